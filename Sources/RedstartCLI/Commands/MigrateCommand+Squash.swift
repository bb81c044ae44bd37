import Diagnostics
import Execution
import Migrations
import ProjectCompiler
import ProjectModel
import RedshiftSQL

extension CommandSession {
  /// `redstart migrate squash --to VERSION`.
  func squash(_ project: Project, _ parsed: ParsedProject) async throws -> ExitCode {
    guard let target = arguments.value("to") else {
      throw Diagnostic(
        code: "usage",
        "`redstart migrate squash` needs the last version to replace",
        help: ["redstart migrate squash --to 12"]
      )
    }
    let style: MigrationSquash.Style =
      arguments.has("keep-statements")
      ? .statements : arguments.has("without-rows") ? .definitionWithoutRows : .definition
    let squash: MigrationSquash
    do throws(DiagnosticList) {
      squash = try MigrationSquash(
        parsed.migrations,
        to: target,
        style: style,
        defaultSchema: project.target.schema,
        buffers: buffers
      )
    } catch {
      return failure(error)
    }
    report(squash.warnings)
    let moves = try archive(of: squash, project)
    note("proving that it comes to the same as \(squash.replaced.count) files …")
    if let problem = try await disproof(of: squash, style, project, parsed) {
      report([problem])
      return .failure
    }
    let folder = FilePath.parent(of: squash.replaced.last?.path ?? "")
    let path = FilePath.joining(folder, squash.fileName)
    if arguments.has("dry-run") {
      console.output(String(decoding: squash.text, as: UTF8.self))
      note("proved; without --dry-run it would become \(path)")
      return .success
    }
    try write(squash, to: FilePath.joining(project.root, path), moves, project)
    for move in moves { note("moved    \(move.from) → \(move.to)") }
    if squash.leftOut > 0 { note("left out \(squash.leftOut) statements that change rows") }
    note(
      "\(self.style.paint("created", .success))  \(path), which stands for \(squash.replaced.count) migrations"
    )
    return .success
  }

  // MARK: Files

  private struct Move {
    var from: String
    var to: String
  }

  /// Where the files go that are replaced: those of the migrations, of their way back and of their
  /// verification.
  private func archive(of squash: MigrationSquash, _ project: Project) throws -> [Move] {
    let last = squash.replaced.last?.versionParts ?? []
    var moves: [Move] = []
    var known: Set<String> = []
    for script in squash.replaced {
      for text in [script.text, script.undo, script.verification].compactMap({ $0 }) {
        known.insert(text.path)
        moves.append(Move(from: text.path, to: FilePath.joining("archive", text.path)))
      }
    }
    // Files of other targets are not among the migrations of this one.
    let others = project.migrationFiles.filter { file in
      guard !known.contains(file.path), let parts = MigrationFileName.versionParts(file.name) else {
        return false
      }
      return !last.lexicographicallyPrecedes(parts)
    }
    if !others.isEmpty { throw MigrationSquash.leftBehind(others.map(\.path)) }
    for move in moves where FileSystem.exists(FilePath.joining(project.root, move.to)) {
      throw MigrationSquash.archived(move.to)
    }
    return moves
  }

  /// The new file lies beside the old ones under a name that is no migration's, until they are in
  /// the archive: a crash at any moment leaves every text somewhere.
  private func write(
    _ squash: MigrationSquash,
    to path: String,
    _ moves: [Move],
    _ project: Project
  ) throws {
    try FileSystem.write(squash.text, to: path + ".new")
    for move in moves {
      let target = FilePath.joining(project.root, move.to)
      try FileSystem.makeDirectories(FilePath.parent(of: target))
      try FileSystem.move(FilePath.joining(project.root, move.from), to: target)
    }
    try FileSystem.move(path + ".new", to: path)
  }

  // MARK: Proof

  /// In what the squashed file differs from what it replaces; nil when both come to the same on
  /// databases of the local warehouse.
  private func disproof(
    of squash: MigrationSquash,
    _ style: MigrationSquash.Style,
    _ project: Project,
    _ parsed: ParsedProject
  ) async throws -> Diagnostic? {
    // The text as the project would read it, in a project that has this file alone.
    var other = project
    let path = FilePath.joining(
      FilePath.parent(of: squash.replaced.last?.path ?? ""),
      squash.fileName
    )
    let buffer = buffers.add(name: path, bytes: squash.text)
    other.migrationFiles = [
      Project.File(
        buffer: buffer,
        path: path,
        resourcePath: FilePath.parent(of: path),
        name: FilePath.stem(of: path)
      )
    ]
    let alone = try parseProject(other)
    return try await withScratchDatabases(["old", "new"], project) { connections in
      guard connections.count == 2 else { throw Self.scratchMissing }
      var before = parsed
      before.migrations = squash.replaced
      let withRows = style == .statements
      let old = try await contents(before, connections[0], withRows)
      let new = try await contents(alone, connections[1], withRows)
      return Migrator.squashProblem(old, new)
    }
  }

  private func contents(
    _ parsed: ParsedProject,
    _ connection: Connection,
    _ withRows: Bool
  ) async throws -> [String] {
    let migrator = try migrator(parsed, connection).withoutCheck
    _ = try await migrator.migrate { _ in }
    return try await migrator.contents(withRows: withRows)
  }
}
