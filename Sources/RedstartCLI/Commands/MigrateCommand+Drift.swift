import Diagnostics
import Execution
import Migrations
import ProjectCompiler
import ProjectModel
import RedshiftSQL
import WarehouseClient

extension CommandSession {
  /// `redstart migrate diff`: what was changed by hand.
  func showDrift(_ migrator: Migrator) async throws -> ExitCode {
    if arguments.has("repair") { return try await repairDrift(migrator) }
    let drift = try await migrator.drift()
    let differences = drift.differences
    let obstacle = drift.obstacle.map { diagnostic -> Diagnostic in
      var diagnostic = diagnostic
      diagnostic.severity = .warning
      return diagnostic
    }
    report(drift.problems + (obstacle.map { [$0] } ?? []))
    if arguments.value("output") == "json" {
      let rows = differences.map { difference -> PlainValue in
        [
          "relation": .string(difference.relation.description),
          "column": difference.column.map { .string($0) } ?? .null,
          "kind": .string(difference.kind.rawValue), "detail": .string(difference.detail),
          "may_be": difference.nameFound.map { .string($0) } ?? .null,
          "repair": .list(difference.repair.map { .string($0) }),
        ]
      }
      console.output(String(decoding: PlainValue.list(rows).json(indent: 2), as: UTF8.self) + "\n")
    } else {
      show(drift)
    }
    note(
      differences.isEmpty
        ? "the database is as its migrations say"
          + (drift.problems.isEmpty ? "" : ", as far as seen")
        : "\(differences.count) difference\(differences.count == 1 ? "" : "s")"
    )
    return differences.isEmpty ? .success : .failure
  }

  /// `redstart migrate diff --repair`: makes the database as the files say.
  private func repairDrift(_ migrator: Migrator) async throws -> ExitCode {
    let notes = NoteSummary(buffers: buffers)
    do throws(DiagnosticList) {
      let (found, left) = try await migrator.repairDrift { observe($0, notes) }
      for text in notes.lines { note(style.paint("note: \(text)", .faint)) }
      for statement in found.repair { console.output(statement + "\n") }
      if !left.differences.isEmpty { show(left) }
      let count = left.differences.count
      note(
        left.differences.isEmpty
          ? "the database is as its migrations say"
          : "\(count) difference\(count == 1 ? "" : "s") left"
            + (left.repair.isEmpty ? ", for which there is no simple SQL" : "")
      )
      return left.differences.isEmpty ? .success : .failure
    } catch {
      return failure(error)
    }
  }

  func show(_ drift: SchemaDrift) {
    guard !drift.differences.isEmpty else { return }
    var table = TextTable(columns: ["relation", "column", "differs in", "how"])
    for difference in drift.differences {
      table.add([
        difference.relation.description, difference.column ?? "", difference.kind.rawValue,
        difference.detail,
      ])
    }
    table.maximumWidth = 100
    console.output(table.text)
    if !drift.repair.isEmpty {
      let sql = drift.repair.joined(separator: "\n") + "\n"
      protectSecretsInSQL()
      console.output("\n-- makes the database as the files say\n")
      console.output(sql)
      if console.redacted(sql) != sql {
        note(
          "secrets are hidden in this SQL, which cannot run as it is shown: "
            + "`redstart migrate diff --repair` runs it with them"
        )
      }
    }
  }

  /// `redstart migrate test`: everything from nothing on a scratch database.
  ///
  /// Applies all, compares the real catalogue with the one worked out from text, takes back what
  /// has undo scripts, applies that again and compares once more.
  func testMigrations(_ project: Project, _ parsed: ParsedProject) async throws -> ExitCode {
    try await withScratchDatabase("test", project) { connection in
      try await applyAndCompare(try migrator(parsed, connection))
    }
  }

  private func applyAndCompare(_ checked: Migrator) async throws -> ExitCode {
    let notes = NoteSummary(buffers: buffers)
    // Some database has taken most of the files already: what Redshift would say of them today is
    // told, and forbids nothing.
    report(checked.doubts)
    let migrator = checked.withoutCheck
    do throws(DiagnosticList) {
      let applied = try await migrator.migrate { event in
        if case .note(let diagnostic) = event { notes.add(diagnostic) }
      }
      note("applied \(applied.count) migrations from nothing")
    } catch {
      return failure(error)
    }
    let drift = try await migrator.drift()
    show(drift)
    if !drift.differences.isEmpty {
      note("the database is not what the text of the migrations says")
      return .failure
    }
    let undoable = try await undoableSuffix(migrator)
    let untested = try await undoScriptsBelow(undoable, migrator)
    if let gap = untested.gap, !untested.scripts.isEmpty {
      note(
        "not tested: \(untested.scripts.joined(separator: ", ")); above them, migration \(gap)"
          + " has no undo script"
      )
    }
    guard let below = undoable else {
      note(
        "the catalogue is as the text says"
          + (untested.scripts.isEmpty ? "; no undo script to test" : "")
      )
      return .success
    }
    do throws(DiagnosticList) {
      let undone = try await migrator.undo(.above(below)) { _ in }
      let again = try await migrator.migrate { _ in }
      note("took back \(undone.count) and applied \(again.count) again")
    } catch {
      return failure(error)
    }
    let rest = try await migrator.drift()
    show(rest)
    let isSame = rest.differences.isEmpty
    note(isSame ? "the catalogue is as the text says" : "undo and redo do not lead back")
    return isSame ? .success : .failure
  }

  /// Undo scripts that cannot be tried, as a migration above them cannot be taken back.
  private func undoScriptsBelow(
    _ version: String?,
    _ migrator: Migrator
  ) async throws -> (scripts: [String], gap: String?) {
    let versioned = try await migrator.status().filter { !$0.version.isEmpty }
    let end =
      version.map { below in versioned.firstIndex { $0.version == below } } ?? versioned.count - 1
    guard let end, versioned.indices.contains(end) else { return ([], nil) }
    let scripts = versioned[...end].compactMap { $0.script?.undo?.path }
    return (scripts, versioned[end].version)
  }

  /// The version above which every migration can be taken back; nil when the last one cannot.
  private func undoableSuffix(_ migrator: Migrator) async throws -> String? {
    let versioned = try await migrator.status().filter { !$0.version.isEmpty }
    let suffix = versioned.reversed().prefix { $0.script?.undo != nil }
    guard !suffix.isEmpty else { return nil }
    let rest = versioned.dropLast(suffix.count)
    return rest.last?.version ?? "0"
  }
}
