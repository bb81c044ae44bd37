import Diagnostics

/// Calls of procedures, and the arguments of functions in SQL.
extension QueryWalker {
  /// Reports a call of a procedure that is not there, or takes other arguments.
  ///
  /// Only where every procedure of the schema is known: of others nothing can be said, and a name
  /// without a schema is looked up in schemas of which nobody knows.
  mutating func check(_ call: Call, _ given: [ExprFacts]) {
    guard catalog.knowsProcedures, call.name.parts.count > 1 else { return }
    let key = catalog.key(of: call.name.relation)
    guard catalog.ownSchemas.contains(key.schema),
      !catalog.uncheckedProcedures.contains(key.identifier)
    else { return }
    guard let procedures = catalog.procedures[key], !procedures.isEmpty else {
      let names = catalog.procedures.keys.filter { $0.schema == key.schema }.map(\.identifier)
      report(.unknownProcedure(call.name, among: names.sorted()))
      return
    }
    guard !procedures.contains(where: \.isLoose) else { return }
    let fitting = procedures.filter { $0.arguments.count == given.count }
    guard let first = fitting.first else {
      report(.callArgumentCount(call.name, given.count, procedures))
      return
    }
    let isTaken = fitting.contains { procedure in
      zip(given, procedure.arguments).allSatisfy { $0.type.isAssignable(to: $1) }
    }
    if !isTaken, fitting.count > 1 {
      report(.callArgumentTypes(call.name, given.map(\.type), fitting))
      return
    }
    guard fitting.count == 1 else { return }
    for (index, type) in first.arguments.enumerated() where index < call.arguments.count {
      let argument = call.arguments[index]
      if given[index].type.isAssignable(to: type) {
        checkLiteral(argument, against: type)
      } else {
        report(.callArgument(call.name, index + 1, given[index].type, type, argument.range, first))
      }
    }
  }

  /// Reports `$3` in a function of SQL that has two arguments.
  mutating func checkNumberedArguments(of routine: CreateRoutine) {
    guard routine.kind == .function, routine.language == "sql", let body = routine.body,
      body.isDollarQuoted
    else { return }
    let source = bytes[body.contents.bytes.clamped(to: 0..<bytes.count)]
    for token in SQLLexer.significantTokens(of: Array(source)) {
      guard token.kind == .parameter, token.stop - token.start > 1 else { continue }
      let digits = source.dropFirst(token.start + 1).prefix(token.stop - token.start - 1)
      guard let number = Int(String(decoding: digits, as: UTF8.self)),
        number < 1 || number > routine.arguments.count
      else { continue }
      let start = body.contents.bytes.lowerBound
      let range = TextRange(
        buffer: body.contents.buffer,
        bytes: start + token.start..<start + token.stop
      )
      report(.argumentOutOfRange(number, of: routine.arguments.count, at: range))
    }
  }

  /// A function in SQL is one SELECT of its arguments by their numbers, without any table.
  mutating func checkFunction(_ routine: CreateRoutine) {
    guard routine.kind == .function, routine.language == "sql" else { return }
    if let named = routine.arguments.first(where: { $0.name != nil }), let name = named.name {
      report(.namedArgument(name, at: named.range))
    }
    let volatilities: Set<String> = ["volatile", "stable", "immutable"]
    if !routine.options.contains(where: { volatilities.contains($0.name) }) {
      report(.volatilityMissing(at: routine.name.range))
    }
    guard let body = routine.body, body.isDollarQuoted else { return }
    let range = body.contents.bytes.clamped(to: 0..<bytes.count)
    let parsed = SQLParser.parse(range, of: bytes, buffer: body.contents.buffer)
    guard case .query(let query)? = parsed.statements.first?.kind,
      case .select(let select) = query.body.kind
    else { return }
    if let from = select.fromRange {
      report(.functionReadsTable(at: from))
    } else {
      _ = derive(query, parent: nil)
    }
  }
}
