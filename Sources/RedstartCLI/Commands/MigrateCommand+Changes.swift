import Diagnostics
import Execution
import Migrations
import ProjectCompiler
import ProjectModel

extension CommandSession {
  /// `redstart migrate undo [VERSION|--to VERSION]` and `redo`.
  func undo(_ migrator: Migrator, reapplies: Bool) async throws -> ExitCode {
    let scope: Migrator.UndoScope =
      if let version = arguments.positional.first {
        .only(version)
      } else if let version = arguments.value("to") {
        .above(version)
      } else {
        .last
      }
    if arguments.has("dry-run") { return try await showUndo(migrator, scope, reapplies) }
    let notes = NoteSummary(buffers: buffers)
    do throws(DiagnosticList) {
      let undone = try await migrator.undo(scope, reapplies: reapplies) { observe($0, notes) }
      for text in notes.lines { note(style.paint("note: \(text)", .faint)) }
      if undone.isEmpty { note("nothing to take back") }
      return .success
    } catch {
      return failure(error)
    }
  }

  /// `redstart migrate undo --dry-run`.
  private func showUndo(
    _ migrator: Migrator,
    _ scope: Migrator.UndoScope,
    _ reapplies: Bool
  ) async throws -> ExitCode {
    do throws(DiagnosticList) {
      let wanted = try await migrator.undoPlan(scope)
      for (state, undo) in wanted {
        var lines = ["\(style.paint(state.version, .success))  \(state.name)  (\(undo.path))"]
        lines += self.lines(of: MigrationSegment.segments(of: undo.statements))
        console.output(lines.joined(separator: "\n") + "\n")
      }
      let them = wanted.count == 1 ? "it" : "them"
      let command =
        reapplies
        ? "redo` takes \(them) back and applies \(them) again" : "undo` takes \(them) back"
      note(
        wanted.isEmpty
          ? "nothing to take back" : "\(wanted.count) to take back: `redstart migrate \(command)"
      )
      return .success
    } catch {
      return failure(error)
    }
  }

  /// `redstart migrate repair --accept VERSION… --done VERSION:N… --undone VERSION…`.
  func repair(_ migrator: Migrator) async throws -> ExitCode {
    if arguments.has("unlock") { return try await unlock(migrator) }
    var repairs: [Migrator.Repair] = arguments.list("accept").map { .accept(version: $0) }
    repairs += arguments.list("undone").map { .undone(version: $0) }
    for text in arguments.list("done") {
      let parts = text.split(separator: ":", omittingEmptySubsequences: false)
      guard parts.count == 2, let count = Int(parts[1]) else {
        throw Diagnostic(
          code: "usage",
          "--done cannot be \"\(text)\"",
          help: ["write the version, a colon and how many statements are done: --done 4:2"]
        )
      }
      repairs.append(.done(version: String(parts[0]), statements: count))
    }
    guard !repairs.isEmpty else {
      let states = try await migrator.status()
      let problems = Migrator.problems(of: states)
      report(problems)
      note(
        problems.isEmpty
          ? "nothing needs repair; an interrupted migration goes on by itself at the next run"
          : "say what is true with --accept, --done or --undone"
      )
      return problems.isEmpty ? .success : .failure
    }
    do throws(DiagnosticList) {
      let notes = NoteSummary(buffers: buffers)
      for line in try await migrator.repair(repairs, observe: { observe($0, notes) }) { note(line) }
      return .success
    } catch {
      return failure(error)
    }
  }

  /// `redstart migrate repair --unlock [--force]`.
  private func unlock(_ migrator: Migrator) async throws -> ExitCode {
    do throws(Diagnostic) {
      let broken = try await migrator.unlock(force: arguments.has("force")) { lock in
        for line in lock.sentences { note(line) }
      }
      note(broken.isEmpty ? "nobody holds the lock" : "the lock is broken; the next run can begin")
      return .success
    } catch {
      return failure(DiagnosticList([error]))
    }
  }

  /// `redstart migrate baseline --to VERSION`.
  func baseline(_ migrator: Migrator) async throws -> ExitCode {
    let notes = NoteSummary(buffers: buffers)
    do throws(DiagnosticList) {
      let versions = try await migrator.baseline(to: arguments.value("to")) { observe($0, notes) }
      let count = versions.count
      note("\(count) migration\(count == 1 ? "" : "s") taken as applied; later ones are pending")
      return .success
    } catch {
      return failure(error)
    }
  }

  /// `redstart migrate import --from TOOL`.
  func importHistory(_ migrator: Migrator) async throws -> ExitCode {
    guard let name = arguments.value("from"), let tool = ForeignHistory(rawValue: name) else {
      let tools = ForeignHistory.allCases.map(\.rawValue).joined(separator: ", ")
      throw Diagnostic(
        code: "usage",
        "`redstart migrate import` needs the tool whose history is taken over",
        help: ["write --from with one of \(tools)"]
      )
    }
    let notes = NoteSummary(buffers: buffers)
    do throws(DiagnosticList) {
      let outcome = try await migrator.adopt(from: tool) { observe($0, notes) }
      for key in outcome.adopted { note("\(style.paint("adopted", .success)) \(key)") }
      note(
        "\(outcome.adopted.count) taken as applied, \(outcome.known.count) known already, "
          + "\(outcome.unmatched.count) without a file"
      )
      if !outcome.unmatched.isEmpty {
        note("without a file: \(outcome.unmatched.prefix(10).joined(separator: ", "))")
      }
      return .success
    } catch {
      return failure(error)
    }
  }

  /// `redstart migrate verify`.
  func verifyMigrations(_ migrator: Migrator) async throws -> ExitCode {
    let (verified, problems) = try await migrator.verify()
    report(problems)
    note(
      "\(Self.count(verified.count, "verify script")) ran, \(problems.count) found something wrong"
    )
    return problems.isEmpty ? .success : .failure
  }

  /// `redstart migrate new NAME`.
  func newMigration(_ project: Project) throws -> ExitCode {
    guard let name = arguments.positional.first else {
      throw Diagnostic(
        code: "usage",
        "`redstart migrate new` needs a name",
        help: ["say what it will do: redstart migrate new add_country"]
      )
    }
    guard name.contains(where: { $0.isLetter || $0.isNumber }) else {
      throw Diagnostic(
        code: "usage",
        "a migration cannot be called \"\(name)\"",
        help: ["say what it will do: redstart migrate new add_country"]
      )
    }
    let words = name.lowercased().map { character -> Character in
      character.isLetter || character.isNumber ? character : "_"
    }
    let folder = project.configuration.migrationsPath
    let version = NextVersion(
      after: project.migrationFiles.map(\.name),
      now: Moment.now().iso8601
    )
    let path = FilePath.joining(folder, "V\(version.text)__\(String(words)).sql")
    let target = FilePath.joining(project.root, path)
    try FileSystem.makeDirectories(FilePath.parent(of: target))
    try FileSystem.write("-- \(name)\n\n", to: target)
    note("\(style.paint("created", .success))  \(path)")
    return .success
  }
}

/// The version behind those of files, written like them.
struct NextVersion {
  let text: String

  /// - Parameters:
  ///   - names: the files' names.
  ///   - now: the moment, as `2026-11-25T09:30:00Z`, for files that are numbered by it.
  init(after names: [String], now: String) {
    var last: (number: Int, width: Int)?
    for name in names where name.first == "V" || name.first == "v" {
      let digits = name.dropFirst().prefix { $0.isASCII && $0.isNumber }
      guard let number = Int(digits), number >= last?.number ?? 0 else { continue }
      last = (number, digits.count)
    }
    guard let last else {
      text = "0001"
      return
    }
    let moment = String(now.filter(\.isNumber).prefix(14))
    if last.width == 14, let number = Int(moment), number > last.number {
      text = moment
      return
    }
    let digits = String(last.number + 1)
    text = String(repeating: "0", count: max(0, last.width - digits.count)) + digits
  }
}
