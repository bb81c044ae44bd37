package import Diagnostics

/// The source of procedures.
///
/// It runs some day, against whatever is there then: nothing is said of relations that are not
/// known, nor of those that the procedure makes itself. Variables are columns of a scope around
/// every statement.
extension QueryWalker {
  /// Goes through all statements of a procedure.
  mutating func follow(sourceOf routine: CreateRoutine) {
    guard let block = routine.body?.block else { return }
    for name in block.changedRelations { catalog.forget(name) }
    let scope = makeScope(parent: nil)
    scope.isBlock = true
    declare(routine.arguments, in: scope)
    blockScope = scope
    declare(block.declarations)
    block.walk { statement in
      if case .block(let inner) = statement.kind { declare(inner.declarations) }
      // These loops make their variable, others fill one that is declared.
      if case .loop(let loop) = statement.kind, case .numbers = loop.kind { declare(loop) }
    }
    variables = Set(scope.visible.map(\.name))
    block.walk { statement in
      if case .loop(let loop) = statement.kind { declare(loop) }
    }
    // Whether the last statement with a result had any.
    if !scope.declares("found") { declare("found", .boolean, at: block.start, in: scope) }
    declareLabels(of: routine, block, in: scope)
    follow(block)
    checkFlow(of: block, in: routine)
    blockScope = nil
    variables = []
  }

  /// Statements wait in a list, as the parser's bound on depth is none on length; those of handlers
  /// can name what went wrong.
  private mutating func follow(_ block: ProcedureBlock) {
    guard let scope = blockScope else { return }
    for declaration in block.declarations { follow(declaration) }
    var waiting: [(statement: ProcedureStatement, isHandling: Bool)] = []
    func wait(_ statements: [ProcedureStatement], _ isHandling: Bool) {
      waiting += statements.reversed().map { ($0, isHandling) }
    }
    for handler in block.handlers.reversed() { wait(handler.statements, true) }
    wait(block.statements, false)
    while let (statement, isHandling) = waiting.popLast() {
      let start = scope.tables.count
      if isHandling {
        for name in ["sqlerrm", "sqlstate"] where !scope.declares(name) {
          declare(name, .characterVarying(nil), at: statement.range, in: scope)
        }
      }
      follow(statement)
      scope.removeTables(from: start)
      if case .block(let inner) = statement.kind {
        for handler in inner.handlers.reversed() { wait(handler.statements, true) }
        wait(inner.statements, isHandling)
      } else {
        for part in statement.parts.reversed() { wait(part, isHandling) }
      }
    }
  }

  // MARK: Variables

  private func declare(_ name: String, _ type: SQLType, at range: TextRange, in scope: Scope) {
    let column = ScopeColumn(
      name: name,
      type: type,
      isNullable: true,
      origins: .none,
      traits: .declared
    )
    var table = ScopeTable(name: nil, columns: [column], isComplete: true, range: range)
    if type == .unknown {
      // A record, perhaps: `name.field` is a path into it.
      table.name = name
      table.isValue = true
    }
    scope.append(table)
  }

  private func declare(_ arguments: [RoutineArgument], in scope: Scope) {
    for argument in arguments {
      guard let name = argument.name else { continue }
      declare(name.text, SQLType(declared: argument.type), at: name.range, in: scope)
    }
  }

  /// `label.variable`: the routine's name stands for a block with its arguments, a label for what
  /// its block declares, or its loop counts with.
  private func declareLabels(
    of routine: CreateRoutine,
    _ block: ProcedureBlock,
    in scope: Scope
  ) {
    func label(_ name: String?, _ variables: [String], _ range: TextRange) {
      guard let name, !scope.tables.contains(where: { $0.name == name }) else { return }
      let columns = variables.compactMap { variable in
        scope.tables.lazy.compactMap { $0.columns.first }.first { $0.name == variable }
      }
      // Without `visible`: what is declared is in sight already.
      scope.tables.append(
        ScopeTable(name: name, columns: columns, isComplete: true, range: range)
      )
    }
    label(routine.name.last, routine.arguments.compactMap(\.name?.text), routine.name.range)
    label(block.label?.text, block.declarations.map(\.name.text), block.range)
    block.walk { statement in
      switch statement.kind {
      case .block(let inner):
        label(inner.label?.text, inner.declarations.map(\.name.text), inner.range)
      case .loop(let loop): label(statement.label?.text, loop.variables, statement.range)
      default: break
      }
    }
  }

  private func declare(_ declarations: [ProcedureDeclaration]) {
    guard let scope = blockScope else { return }
    for declaration in declarations {
      var type = SQLType.unknown
      if case .variable(let declared) = declaration.kind { type = SQLType(declared: declared) }
      // What is declared twice, in blocks beside one another, may be of two types.
      if let known = scope.tables.firstIndex(where: {
        $0.columns.first?.name == declaration.name.text
      }) {
        if scope.tables[known].columns.first?.type != type {
          scope.tables[known].columns[0].type = .unknown
        }
        continue
      }
      declare(declaration.name.text, type, at: declaration.range, in: scope)
    }
  }

  private func declare(_ loop: ProcedureStatement.Loop) {
    guard let scope = blockScope else { return }
    for name in loop.variables
    where !scope.tables.contains(where: { $0.columns.first?.name == name }) {
      declare(name, .unknown, at: loop.start, in: scope)
    }
  }

  // MARK: Statements

  private mutating func follow(_ declaration: ProcedureDeclaration) {
    if case .cursor(let arguments, let query) = declaration.kind, let scope = blockScope {
      let start = scope.tables.count
      declare(arguments.filter { !scope.declares($0.name?.text ?? "") }, in: scope)
      _ = derive(query, parent: nil)
      scope.removeTables(from: start)
    }
    if case .variable(let type) = declaration.kind {
      check(type)
      if let value = declaration.defaultValue { checkLiteral(value, against: SQLType(cast: type)) }
    }
    if let value = declaration.defaultValue { follow(value) }
  }

  private mutating func follow(_ statement: ProcedureStatement) {
    checkTargets(of: statement)
    for value in statement.values { follow(value) }
    if let query = statement.query { _ = derive(query, parent: nil) }
    switch statement.kind {
    case .block(let block): for declaration in block.declarations { follow(declaration) }
    case .sql(let inner): _ = follow(inner)
    default: break
    }
  }

  private mutating func follow(_ value: Expr) {
    let scope = makeScope(parent: nil)
    _ = within(.other) { $0.facts(of: value, in: scope) }
  }
}

extension Scope {
  /// Whether a variable of the name is in sight.
  fileprivate func declares(_ name: String) -> Bool {
    visible.contains { $0.name == name }
  }

  /// Takes away what was appended last.
  fileprivate func removeTables(from start: Int) {
    guard start < tables.count else { return }
    tables.removeSubrange(start...)
    visible.removeAll { $0.table >= start }
  }
}

extension ProcedureBlock {
  /// Relations that statements in the block make, drop or alter, so that they are not always what
  /// the catalog has.
  fileprivate var changedRelations: [RelationName] {
    var names: [RelationName] = []
    walk { statement in
      if case .sql(let inner) = statement.kind { names += inner.changedRelations }
    }
    return names
  }
}

extension SQLAnalyzer {
  /// Findings that depend on what is there when a procedure is called.
  private static let undecidable: Set<String> = [
    "unknown-relation", "undeclared-relation", "undeclared-function", "unknown-function",
    "leader-node-function",
  ]

  /// What is wrong in the source of a procedure: warnings, for nothing of it runs yet.
  ///
  /// - Parameters:
  ///   - routine: a routine, as it stands when all migrations have run.
  ///   - name: its name then.
  /// - Returns: what cannot be right whenever it is called.
  package func findings(
    inSourceOf routine: CreateRoutine,
    named name: RelationName
  ) -> [Diagnostic] {
    var walker = QueryWalker(
      catalog: catalog,
      bytes: buffers.bytes(of: routine.name.range.buffer)
    )
    walker.follow(sourceOf: routine)
    return walker.finish(DerivedTable()).diagnostics.compactMap { finding in
      guard finding.isError, !Self.undecidable.contains(finding.code) else { return nil }
      var warning = finding
      warning.severity = .warning
      warning.notes.append(
        "in the procedure \(name.description), as it is after all migrations"
      )
      return warning
    }
  }
}
