import Diagnostics

/// What a procedure fills, and where it goes.
extension QueryWalker {
  /// Reports names that a statement writes to and nobody has declared.
  mutating func checkTargets(of statement: ProcedureStatement) {
    switch statement.kind {
    case .assignment(let target, _), .diagnostics(let target): checkTarget(at: target)
    case .dynamic(let dynamic): checkTargets(dynamic.targets)
    case .loop(let loop):
      switch loop.kind {
      case .rows(let targets, _), .cursor(let targets, _): checkTargets(targets)
      case .dynamic(let targets, let dynamic):
        checkTargets(targets)
        checkTargets(dynamic.targets)
      case .endless, .condition, .numbers: break
      }
    case .cursor(let command):
      switch command {
      case .open(let name, _), .openQuery(let name, _), .openDynamic(let name, _),
        .move(let name), .close(let name):
        checkVariable(name)
      case .fetch(let name, let targets):
        checkVariable(name)
        checkTargets(targets)
      }
    case .sql(let inner):
      if case .query(let query) = inner.kind, case .select(let select) = query.body.kind,
        let targets = select.targets
      {
        checkTargets(targets.names)
      }
    default: break
    }
  }

  private mutating func checkTargets(_ names: [ObjectName]) {
    for name in names {
      if let first = name.parts.first { checkVariable(first) }
    }
  }

  /// A target as it is written: `x`, `row.field`, `block.x`.
  private mutating func checkTarget(at range: TextRange) {
    let tokens = SQLLexer.significantTokens(of: Array(text(range)))
    guard let first = tokens.first else { return }
    let start = range.bytes.lowerBound
    let place = TextRange(buffer: range.buffer, bytes: start + first.start..<start + first.stop)
    switch first.kind {
    case .word:
      let word = String(decoding: text(place).map(asciiLowercased), as: UTF8.self)
      checkVariable(Identifier(text: word, range: place, isQuoted: false))
    case .quotedIdentifier:
      checkVariable(
        Identifier(text: SQLStrings.name(of: text(place)), range: place, isQuoted: true)
      )
    default: break
    }
  }

  private mutating func checkVariable(_ name: Identifier) {
    guard let scope = blockScope, !variables.contains(name.text),
      !scope.tables.contains(where: { $0.name == name.text && !$0.isValue })
    else { return }
    report(.undeclaredVariable(name, near: variables.sorted()))
  }

  // MARK: Where it goes

  /// Reports ways out of what a statement is not in, and results that a procedure does not have.
  mutating func checkFlow(of block: ProcedureBlock, in routine: CreateRoutine) {
    var labels = Set([block.label?.text, routine.name.last].compactMap { $0 })
    block.walk { statement in
      if let label = statement.label?.text { labels.insert(label) }
      if case .block(let inner) = statement.kind, let label = inner.label?.text {
        labels.insert(label)
      }
    }
    var waiting = block.parts.joined().reversed().map { (statement: $0, isInLoop: false) }
    while let (statement, isInLoop) = waiting.popLast() {
      var isLoop = false
      switch statement.kind {
      case .loop: isLoop = true
      case .exit(let leave), .continue(let leave):
        if let label = leave.label {
          if !labels.contains(label.text) { report(.unknownLabel(label)) }
        } else if !isInLoop {
          report(.outsideOfLoop(at: statement.range))
        }
      case .giveBack(let value?) where routine.kind == .procedure:
        report(.resultOfProcedure(at: value.range))
      case .raise(let raise):
        if let message = raise.message {
          let wanted = Self.placeholders(in: message.value)
          if wanted != raise.arguments.count {
            report(.raiseArguments(raise.arguments.count, wanted, at: statement.range))
          }
        }
      default: break
      }
      waiting += statement.parts.joined().reversed().map { ($0, isInLoop || isLoop) }
    }
  }

  /// How many values a message takes: `%%` is a percent sign.
  private static func placeholders(in message: String) -> Int {
    var count = 0
    var isPercent = false
    for byte in message.utf8 {
      if isPercent, byte == UInt8(ascii: "%") {
        count -= 1
        isPercent = false
      } else if byte == UInt8(ascii: "%") {
        count += 1
        isPercent = true
      } else {
        isPercent = false
      }
    }
    return count
  }
}

extension Diagnostic {
  static func undeclaredVariable(_ name: Identifier, near names: [String]) -> Diagnostic {
    Diagnostic(
      code: "undeclared-variable",
      "the procedure declares no variable \"\(name.text)\"",
      at: name.range,
      label: "not declared",
      help: [
        Suggestion.sentence(for: name.text, among: names) ?? "declare it between DECLARE and BEGIN"
      ]
    )
  }

  static func unknownLabel(_ label: Identifier) -> Diagnostic {
    Diagnostic(
      code: "unknown-label",
      "no loop and no block has the label \"\(label.text)\"",
      at: label.range,
      help: ["write <<\(label.text)>> in front of it"]
    )
  }

  static func outsideOfLoop(at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "outside-of-loop",
      "EXIT and CONTINUE without a label stand in loops only",
      at: range,
      help: ["RETURN leaves the procedure"]
    )
  }

  static func resultOfProcedure(at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "result-of-procedure",
      "a procedure returns no value",
      at: range,
      help: ["give it an OUT argument, and RETURN alone"]
    )
  }

  static func raiseArguments(_ count: Int, _ wanted: Int, at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "raise-arguments",
      "the message of RAISE has \(wanted) place\(wanted == 1 ? "" : "s") for values, and gets \(count)",
      at: range,
      help: ["each % takes one; %% is a percent sign"]
    )
  }
}
