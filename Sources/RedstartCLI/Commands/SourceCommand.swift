import Diagnostics
import Execution
import ProjectCompiler
import ProjectModel
import WarehouseClient

extension CommandSession {
  /// `redstart source sync`.
  func source() async throws -> ExitCode {
    guard arguments.subcommand == "sync" else {
      throw Diagnostic(
        code: "usage",
        "`redstart source` needs to be told what to do",
        help: ["write redstart source freshness, or redstart source sync"]
      )
    }
    let project = try loadProject()
    let parsed = try parseProject(project)
    let sources = parsed.graph.nodes.values.filter { $0.kind == .source }
      .sorted { $0.uniqueID < $1.uniqueID }
    guard !sources.isEmpty else {
      note("the project has no sources")
      return .success
    }
    let known = try await withWarehouse(project) { connection in
      try await connection.withSession { session throws(Diagnostic) in
        try await SourceIntrospection.columns(
          schemas: sources.compactMap(\.schema),
          on: session,
          dialect: connection.warehouse.dialect
        )
      }
    }
    var lock = SourceLock()
    var problems: [Diagnostic] = []
    for node in sources {
      guard let name = node.relationName else { continue }
      let key = MigrationScript.key(name)
      if let columns = known.relations[key] {
        lock.relations[key] = columns
      } else if !parsed.isMigrated(node.uniqueID) {
        problems.append(.sourceNotFound(node, key, target: project.target.name))
      }
    }
    report(problems)
    let path = FilePath.joining(project.root, SourceLock.fileName)
    let tables = Self.count(lock.relations.count, "table")
    if lock == project.sourceLock, FileSystem.isFile(path) {
      note("\(SourceLock.fileName) is up to date: \(tables)")
    } else {
      try FileSystem.write(lock.text, to: path)
      note("wrote the columns of \(tables) to \(SourceLock.fileName)")
    }
    return .success
  }
}

extension Diagnostic {
  fileprivate static func sourceNotFound(_ node: Node, _ name: String, target: String)
    -> Diagnostic
  {
    Diagnostic(
      .warning,
      code: "source-not-found",
      "target \(target) has no table \(name)",
      at: node.declaration,
      label: "its columns stay unknown",
      help: ["`schema:` and `identifier:` say where the table of a source is"]
    )
  }
}
