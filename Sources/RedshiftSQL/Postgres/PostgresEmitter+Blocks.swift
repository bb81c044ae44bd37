import Diagnostics

/// PL/pgSQL: PostgreSQL's own, with the SQL, the values and the types in it translated.
extension PostgresEmitter {
  mutating func emit(_ block: ProcedureBlock, of routine: CreateRoutine, in range: Range<Int>) {
    isInBlock = true
    variables = block.variables.union(routine.arguments.compactMap(\.name?.text))
    for argument in routine.arguments {
      if let name = argument.name { variableTypes[name.text] = SQLType(declared: argument.type) }
    }
    declareTypes(of: block)
    var patches: [Patch] = []
    collect(block, into: &patches)
    emit(range, children: [], patches: patches)
    variables = []
    variableTypes = [:]
    records = [:]
    isInBlock = false
  }

  private func collect(_ block: ProcedureBlock, into patches: inout [Patch]) {
    for declaration in block.declarations { collect(declaration, into: &patches) }
    if let nonatomic = block.nonatomic { patches.append(Patch(range: nonatomic.bytes) { _ in }) }
    collect(block.statements, into: &patches)
    if let exception = block.exception {
      patches.append(
        Patch(range: exception.bytes) {
          $0.note(
            "raising an error again behind EXCEPTION",
            at: exception,
            why: "PostgreSQL swallows what a handler has handled"
          )
          $0.copy(exception)
        }
      )
    }
    for handler in block.handlers { collect(handler.statements, into: &patches) }
  }

  private func collect(_ declaration: ProcedureDeclaration, into patches: inout [Patch]) {
    switch declaration.kind {
    case .variable(let type): collect(type, into: &patches)
    case .cursor(let arguments, let query):
      for argument in arguments { collect(argument.type, into: &patches) }
      collect(query, into: &patches)
    case .typeOfColumn, .rowOfTable, .alias: break
    }
    if let value = declaration.defaultValue { collect(value, into: &patches) }
  }

  private func collect(_ type: DataType, into patches: inout [Patch]) {
    patches.append(Patch(range: type.range.bytes) { $0.emit(type, isColumn: false) })
  }

  private func collect(_ statements: [ProcedureStatement], into patches: inout [Patch]) {
    for statement in statements {
      if case .choice(let value?, let branches, _) = statement.kind {
        collect(value, branches.flatMap(\.conditions), into: &patches)
      } else {
        for value in statement.values { collect(value, into: &patches) }
      }
      if let query = statement.query { collect(query, filling: statement.record, into: &patches) }
      switch statement.kind {
      case .block(let block):
        collect(block, into: &patches)
        continue
      case .sql(let inner): collect(inner, into: &patches)
      case .dynamic(let dynamic):
        noteDynamic(dynamic.range, into: &patches)
        forget(dynamic.targets, at: statement.range, into: &patches)
      case .cursor(.fetch(_, let targets)):
        forget(targets, at: statement.range, into: &patches)
      case .loop(let loop):
        if case .dynamic(_, let dynamic) = loop.kind { noteDynamic(dynamic.range, into: &patches) }
        if statement.query == nil {
          let names = Set(loop.variables)
          patches.append(
            Patch(range: loop.start.bytes.lowerBound..<loop.start.bytes.lowerBound) { emitter in
              for name in names { emitter.records[name] = nil }
            }
          )
        }
      case .cursor(.openDynamic): noteDynamic(statement.range, into: &patches)
      default: break
      }
      for part in statement.parts { collect(part, into: &patches) }
    }
  }

  /// What is in a record from here on nobody knows before it runs.
  private func forget(
    _ targets: [ObjectName],
    at range: TextRange,
    into patches: inout [Patch]
  ) {
    let start = range.bytes.lowerBound
    let names = targets.compactMap { $0.parts.first?.text }
    patches.append(
      Patch(range: start..<start) { emitter in
        for name in names { emitter.records[name] = nil }
      }
    )
  }

  private func noteDynamic(_ range: TextRange, into patches: inout [Patch]) {
    let start = range.bytes.lowerBound
    patches.append(
      Patch(range: start..<start) {
        $0.note("translation of EXECUTE", at: range, why: "its text is sent as it is")
      }
    )
  }

  private func collect(_ statement: Statement, into patches: inout [Patch]) {
    let range = statement.range
    patches.append(
      Patch(range: range.bytes) { emitter in
        switch statement.kind {
        case .truncate:
          emitter.note(
            "the commit of TRUNCATE",
            at: range,
            why: "inside of a procedure it is not made here"
          )
          emitter.copy(range)
        case .invalid: emitter.copy(range)
        default: emitter.emitInner(statement, filling: statement.record, isOnly: false)
        }
      }
    )
  }

  private func collect(
    _ query: Query,
    filling record: String? = nil,
    into patches: inout [Patch]
  ) {
    let statement = Statement(range: query.range, kind: .query(query))
    patches.append(
      Patch(range: query.range.bytes) {
        $0.emitInner(statement, filling: record, isOnly: true)
      }
    )
  }

  private func collect(_ value: Expr, into patches: inout [Patch]) {
    patches.append(
      Patch(range: value.range.bytes) { emitter in emitter.emitAlone(value) { $0.emit(value) } }
    )
  }
}

extension Expr {
  /// `SELECT value`, in the place of the value.
  var asQuery: Statement {
    var select = Select(range: range)
    select.items = [SelectItem(range: range, value: self, alias: nil)]
    let query = Query(
      range: range,
      with: nil,
      body: QueryBody(range: range, kind: .select(select)),
      order: [],
      orderRange: nil,
      limit: nil,
      limitRange: nil
    )
    return Statement(range: range, kind: .query(query))
  }
}

extension ProcedureStatement {
  /// The record that the query of a loop fills.
  fileprivate var record: String? {
    guard case .loop(let loop) = kind, case .rows(let targets, _) = loop.kind else { return nil }
    return targets.count == 1 ? targets.first?.parts.first?.text : nil
  }
}

extension Statement {
  /// The record, or the variable, that a query fills.
  fileprivate var record: String? {
    guard case .query(let query) = kind, let targets = query.body.firstSelect?.targets else {
      return nil
    }
    return targets.names.count == 1 ? targets.names.first?.parts.first?.text : nil
  }
}
