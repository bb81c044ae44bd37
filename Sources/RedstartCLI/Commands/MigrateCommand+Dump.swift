import Diagnostics
import Execution
import Migrations
import ProjectCompiler
import ProjectModel

extension CommandSession {
  /// `redstart migrate dump [--to VERSION] [--from-database] [-o FILE]`.
  func dumpSchema(_ project: Project, _ parsed: ParsedProject) async throws -> ExitCode {
    let dump: SchemaDump
    if arguments.has("from-database") {
      dump = try await withWarehouse(project) { connection in
        try await migrator(parsed, connection).dumpDatabase()
      }
    } else {
      dump = try SchemaDump(
        parsed.migrations,
        to: arguments.value("to"),
        defaultSchema: project.target.schema,
        buffers: buffers
      )
    }
    report(dump.problems)
    if let file = arguments.value("out") {
      try FileSystem.write(dump.text, to: absolute(file))
      note("wrote \(file)")
    } else {
      console.output(String(decoding: dump.text, as: UTF8.self))
    }
    return dump.problems.contains(where: \.isError) ? .failure : .success
  }
}
