import Diagnostics

/// What single functions ask of their arguments beyond what the table of functions says.
///
/// Facts: Amazon Redshift Database Developer Guide, the page of each function.
extension QueryWalker {
  mutating func checkTypes(of call: FunctionCall, _ arguments: [ExprFacts]) {
    let name = call.name.last
    guard arguments.count == call.arguments.count, let first = arguments.first,
      let value = call.arguments.first
    else { return }
    switch name {
    case "max" where first.type == .boolean, "min" where first.type == .boolean:
      refuse(name, "a number, a text or a date", .boolean, value, help: "use BOOL_OR or BOOL_AND")
    case "median": requireMedian(first.type, "MEDIAN", value)
    case "mod":
      for (facts, argument) in zip(arguments, call.arguments) where facts.isSurelyFloating {
        refuse(name, "a whole number or a DECIMAL", facts.type, argument)
      }
    case "nullif" where arguments.count == 2:
      compare(first, arguments[1], at: call.arguments[1].range, literal: call.arguments[1])
    case "decode":
      for index in stride(from: 1, to: arguments.count - 1, by: 2) {
        let searched = call.arguments[index]
        compare(first, arguments[index], at: searched.range, literal: searched)
      }
    case "to_char": requireMoment(or: [.number], first.type, name, value)
    case "convert_timezone":
      guard let facts = arguments.last, let last = call.arguments.last else { break }
      requireMoment(or: [.text], facts.type, name, last)
    case "extract": requireMoment(or: [.text, .interval], first.type, name, value)
    case "date_part", "datepart", "pgdate_part":
      guard arguments.count == 2 else { break }
      requireMoment(or: [.text, .interval], arguments[1].type, name, call.arguments[1])
    case "object" where arguments.count % 2 == 1:
      report(.objectWithoutValue(at: value.range.union(call.argumentsRange)))
    default: break
    }
  }

  /// What has a middle: numbers and dates.
  mutating func requireMedian(_ type: SQLType, _ name: String, _ value: Expr) {
    switch type.family {
    case .boolean: refuse(name, "a number or a date", type, value)
    case .text where type.hasLength: refuse(name, "a number or a date", type, value)
    default: break
    }
  }

  /// Refuses what certainly is neither a date or a time, nor one of other kinds.
  private mutating func requireMoment(
    or others: Set<SQLType.Family>,
    _ type: SQLType,
    _ name: String,
    _ value: Expr
  ) {
    switch type.family {
    case .number, .boolean, .binary: break
    case .text where type.hasLength: break
    default: return
    }
    guard !others.contains(type.family) else { return }
    let wanted =
      others.contains(.number) ? "a date, a timestamp or a number" : "a date or a timestamp"
    refuse(name, wanted, type, value)
  }

  private mutating func refuse(
    _ name: String,
    _ wanted: String,
    _ type: SQLType,
    _ value: Expr,
    help: String? = nil
  ) {
    var diagnostic = Diagnostic.argumentType(name.uppercased(), wanted, type, value.range)
    if let help { diagnostic.help = [help] }
    report(diagnostic)
  }

  /// `COUNT(t.*)` needs a table t.
  mutating func checkStar(_ qualifier: NameParts, in scope: Scope) {
    guard let name = qualifier.last else { return }
    var current: Scope? = scope
    while let level = current {
      if level.isLoose || level.tables.contains(where: { $0.name == name.text }) { return }
      current = level.parent
    }
    reportUnknownTable(name, in: scope)
  }

  /// A frame ends where it starts, or behind it; how many rows lie between is nobody's business,
  /// since a frame may be empty.
  mutating func checkOrder(of frame: WindowFrame) {
    let start = side(of: frame.start)
    let end = frame.end.map { side(of: $0) } ?? 0
    if start > end || start == 2 || end == -2 { report(.frameEndsBeforeStart(at: frame.range)) }
  }

  /// Where a bound of a frame is: before (-2, -1), at (0) or behind (1, 2) the current row.
  private func side(of bound: WindowFrame.Bound) -> Int {
    switch bound {
    case .unboundedPreceding: -2
    case .preceding: -1
    case .currentRow: 0
    case .following: 1
    case .unboundedFollowing: 2
    }
  }
}
