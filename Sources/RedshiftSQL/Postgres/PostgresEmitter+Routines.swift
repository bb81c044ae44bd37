import Diagnostics

/// Procedures and functions: their types, and the SQL in their bodies.
extension PostgresEmitter {
  mutating func emit(_ routine: CreateRoutine, in range: TextRange) {
    if routine.kind == .externalFunction {
      return fail("CREATE EXTERNAL FUNCTION", at: range, help: PostgresEmitter.substitute)
    }
    if routine.language == "plpythonu" {
      return fail(
        "a Python function",
        at: range,
        help: "Redshift retires them: use SQL, or a Lambda function"
      )
    }
    guard let body = routine.body else { return copy(range) }
    isStored = true
    defer { isStored = false }
    check(routine)
    var position = routine.name.range.bytes.upperBound
    copy(range.bytes.lowerBound..<position)
    for argument in routine.arguments {
      copy(position..<argument.range.bytes.lowerBound)
      emit(argument, of: routine)
      position = argument.range.bytes.upperBound
    }
    emitParts(of: routine, body, position..<range.bytes.upperBound)
  }

  /// An argument; OUT of a procedure is left out by its callers in Redshift.
  private mutating func emit(_ argument: RoutineArgument, of routine: CreateRoutine) {
    let isOut = argument.mode == .out && routine.kind == .procedure
    if isOut {
      write("INOUT ", for: argument.range)
    } else if let mode = argument.mode {
      write("\(mode.rawValue.uppercased()) ", for: argument.range)
    }
    if let name = argument.name {
      copy(name.range)
      write(" ", for: name.range)
    }
    emit(argument.type, isColumn: false)
    if isOut { write(" DEFAULT NULL", for: argument.range) }
  }

  /// What Redshift does not have, and an OUT argument before others, which callers leave out.
  private mutating func check(_ routine: CreateRoutine) {
    for argument in routine.arguments where argument.defaultValue != nil {
      reject("defaults of arguments", at: argument.range, help: "give every argument a value")
    }
    if let result = routine.result, result.name == "table" {
      reject("RETURNS TABLE", at: result.range, help: "return one value, or use a view")
    }
    for option in routine.options where PostgresEmitter.foreignOptions.contains(option.name) {
      reject(option.name.uppercased(), at: option.range, help: "leave it out")
    }
    guard routine.kind == .procedure,
      let out = routine.arguments.firstIndex(where: { $0.mode == .out }),
      routine.arguments[out...].contains(where: { $0.mode != .out })
    else { return }
    fail(
      "an OUT argument before others",
      at: routine.arguments[out].range,
      help: "put OUT arguments at the end"
    )
  }

  private static let foreignOptions: Set<String> = [
    "strict", "called on null input", "returns null on null input", "cost", "rows", "parallel",
    "leakproof",
  ]

  /// What follows the arguments: the type of the result, options and the body, in any order.
  private mutating func emitParts(
    of routine: CreateRoutine,
    _ body: CreateRoutine.Body,
    _ range: Range<Int>
  ) {
    var patches = [Patch(range: body.range.bytes) { $0.emit(body, of: routine) }]
    if let result = routine.result {
      patches.append(Patch(range: result.range.bytes) { $0.emit(result, isColumn: false) })
    }
    for option in routine.options {
      if option.name.hasPrefix("set ") {
        patches.append(Patch(range: option.range.bytes) { $0.emitSetting(option) })
      } else if option.name == "nonatomic" {
        patches.append(Patch(range: option.range.bytes) { _ in })
      }
    }
    emit(range, children: [], patches: patches)
  }

  /// The source, in which SQL is Redshift's.
  private mutating func emit(_ body: CreateRoutine.Body, of routine: CreateRoutine) {
    let contents = body.contents.bytes
    if !body.isDollarQuoted, bytes[contents].contains(where: { $0 == 0x27 || $0 == 0x5C }) {
      return fail("source with quotes in quotes", at: body.range, help: "write it in dollar quotes")
    }
    // Translated SQL may have quotes of its own.
    let quote = body.isDollarQuoted ? nil : "$body$"
    if let quote {
      write(quote, for: body.range)
    } else {
      copy(body.range.bytes.lowerBound..<contents.lowerBound)
    }
    respell(within: contents)
    argumentTypes = routine.arguments.map { SQLType(declared: $0.type) }
    if routine.language == "plpgsql" {
      if let block = body.block {
        emit(block, of: routine, in: contents)
      } else {
        copy(contents)
      }
    } else if !emitSlice(contents, of: routine) {
      copy(contents)
    }
    if let quote {
      write(quote, for: body.range)
    } else {
      copy(contents.upperBound..<body.range.bytes.upperBound)
    }
  }

  /// The query that a function of SQL is.
  private mutating func emitSlice(_ slice: Range<Int>, of routine: CreateRoutine) -> Bool {
    let parsed = SQLParser.parse(slice, of: bytes, buffer: statement.buffer)
    guard let inner = parsed.statements.first, parsed.statements.count == 1 else { return false }
    // PostgreSQL forgets the digits of a result.
    guard case .query(let query) = inner.kind, let result = routine.result,
      let name = SQLType(declared: result).numericName
    else {
      emitInner(inner)
      return true
    }
    let outer = meanings
    analyze(inner)
    let column = resultColumns(of: query.body)?.first
    let isSized = column?.isSized == true && column?.type == SQLType(declared: result)
    emit(query, as: [isSized ? nil : .type(name)])
    meanings = outer
    return true
  }

  /// Emits a statement with meanings of its own.
  ///
  /// - Parameters:
  ///   - statement: the statement.
  ///   - record: the record that its rows go to.
  ///   - isOnly: whether that has no other rows from there on.
  mutating func emitInner(
    _ statement: Statement,
    filling record: String? = nil,
    isOnly: Bool = true
  ) {
    let outer = meanings
    analyze(statement)
    emit(statement)
    if let record,
      variableTypes[record, default: .unknown] == .catalog("record")
        || variableTypes[record] == nil, case .query(let query) = statement.kind
    {
      fill(record, from: query.body, isOnly: isOnly)
    }
    meanings = outer
  }
}
