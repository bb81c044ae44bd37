import Diagnostics
import ProjectModel
import RedshiftSQL

/// The functions that migrations make and leave, as `schema.name` with the place of the last statement.
struct MigratedFunctions {
  private var places: [String: TextRange] = [:]
  private let defaultSchema: String

  /// - Parameters:
  ///   - scripts: the migrations, in their order.
  ///   - defaultSchema: the schema of names that have none.
  init(_ scripts: [MigrationScript], defaultSchema: String) {
    self.defaultSchema = defaultSchema
    for statement in scripts.flatMap(\.statements) {
      switch statement.kind {
      case .createRoutine(let routine) where routine.kind == .function:
        places[key(routine.name.relation)] = routine.name.range
      case .dropObject(let drop) where drop.kind == .function:
        for name in drop.names { places[key(name.name.relation)] = nil }
      default: break
      }
    }
  }

  private func key(_ name: RelationName) -> String {
    MigrationScript.key(
      RelationName(schema: name.schema ?? defaultSchema, identifier: name.identifier)
    )
  }

  /// A warning for each function that is a node as well: whichever comes last has its way.
  func problems(with nodes: [Node]) -> [Diagnostic] {
    nodes.compactMap { node in
      guard let name = node.functionName, let place = places[key(name)] else { return nil }
      return .functionMadeTwice(name, node, migration: place)
    }
  }
}

extension Diagnostic {
  fileprivate static func functionMadeTwice(
    _ name: RelationName,
    _ node: Node,
    migration place: TextRange
  ) -> Diagnostic {
    Diagnostic(
      .warning,
      code: "function-made-twice",
      "a migration and \(node.originalFilePath) make the same function",
      at: place,
      label: "\(RelationName(schema: name.schema, identifier: name.identifier).description) here",
      notes: ["`build` replaces what the migration made, and drift is told of it"],
      help: ["drop it in a migration, and leave it to the node; or take the node away"]
    )
  }
}
