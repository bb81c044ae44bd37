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
    for argument in routine.arguments {
      if let name = argument.name {
        declare(name.text, SQLType(declared: argument.type), at: name.range, in: scope)
      }
    }
    blockScope = scope
    follow(block)
    blockScope = nil
  }

  private mutating func follow(_ block: ProcedureBlock) {
    declare(block.declarations)
    block.walk { statement in
      if case .block(let inner) = statement.kind { declare(inner.declarations) }
      if case .loop(let loop) = statement.kind { declare(loop) }
    }
    for declaration in block.declarations { follow(declaration) }
    block.walk { follow($0) }
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
    if case .cursor(_, let query) = declaration.kind { _ = derive(query, parent: nil) }
    if let value = declaration.defaultValue { follow(value) }
  }

  private mutating func follow(_ statement: ProcedureStatement) {
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
  /// - Parameter routine: a routine, as it stands when all migrations have run.
  /// - Returns: what cannot be right whenever it is called.
  package func findings(inSourceOf routine: CreateRoutine) -> [Diagnostic] {
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
        "in the procedure \(routine.name.relation.description), as it is after all migrations"
      )
      return warning
    }
  }
}
