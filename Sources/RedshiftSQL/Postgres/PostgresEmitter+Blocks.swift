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
    isInBlock = false
  }

  private mutating func declareTypes(of block: ProcedureBlock) {
    var declarations = block.declarations
    block.walk { statement in
      if case .block(let inner) = statement.kind { declarations += inner.declarations }
    }
    for declaration in declarations {
      guard case .variable(let type) = declaration.kind else { continue }
      let declared = SQLType(declared: type)
      // What is declared twice, in blocks beside one another, may be of two types.
      let known = variableTypes[declaration.name.text] ?? declared
      variableTypes[declaration.name.text] = known == declared ? declared : .unknown
    }
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
      for value in statement.values { collect(value, into: &patches) }
      if let query = statement.query { collect(query, into: &patches) }
      switch statement.kind {
      case .block(let block):
        collect(block, into: &patches)
        continue
      case .sql(let inner): collect(inner, into: &patches)
      case .dynamic(let dynamic): noteDynamic(dynamic.range, into: &patches)
      case .loop(let loop):
        if case .dynamic(_, let dynamic) = loop.kind { noteDynamic(dynamic.range, into: &patches) }
      case .cursor(.openDynamic): noteDynamic(statement.range, into: &patches)
      default: break
      }
      for part in statement.parts { collect(part, into: &patches) }
    }
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
        default: emitter.emitInner(statement)
        }
      }
    )
  }

  private func collect(_ query: Query, into patches: inout [Patch]) {
    collect(Statement(range: query.range, kind: .query(query)), into: &patches)
  }

  /// A value is understood as the one item of a query.
  private func collect(_ value: Expr, into patches: inout [Patch]) {
    patches.append(
      Patch(range: value.range.bytes) { emitter in
        let outer = emitter.meanings
        emitter.analyze(value.asQuery)
        emitter.emit(value)
        emitter.meanings = outer
      }
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
