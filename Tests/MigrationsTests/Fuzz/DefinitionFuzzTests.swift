import Diagnostics
import Foundation
import TestSupport
import Testing
import WarehouseClient

@testable import Migrations
@testable import RedshiftSQL

/// Random definitions on a real server and in the catalogue worked out from text: the two stay the
/// same, statement by statement.
///
/// `REDSTART_FUZZ_SEQUENCES` and `REDSTART_FUZZ_SEED` make longer and other runs.
@Suite struct DefinitionFuzzTests {
  static let sequences = number("REDSTART_FUZZ_SEQUENCES") ?? 200
  static let firstSeed = number("REDSTART_FUZZ_SEED") ?? 1
  static let length = 18

  static func number(_ name: String) -> Int? {
    ProcessInfo.processInfo.environment[name].flatMap { Int($0) }
  }

  @Test func whatTheTextSaysIsWhatTheServerHas() async throws {
    let folder = try TemporaryFolder()
    let server = LocalServer(
      projectRoot: folder.path,
      environment: ProcessInfo.processInfo.environment
    )
    let lease = try await server.acquire()
    do {
      try await run(lease.settings)
    } catch {
      Issue.record(error)
    }
    #expect(await lease.release() == nil)
    try await server.reset()
  }

  private func run(_ settings: PostgresConnectionSettings) async throws {
    var accepted = 0
    var refused = 0
    var dumps = 0
    var failures = 0
    for offset in 0..<Self.sequences {
      let seed = UInt64(Self.firstSeed + offset)
      let world = try await DefinitionWorld(settings, seed: seed)
      do {
        try await world.run(Self.length)
        if let problem = try await world.problemAtTheEnd() {
          Issue.record("seed \(seed): \(problem)\n\(await world.text)")
          failures += 1
        }
      } catch let error as DefinitionWorld.Mismatch {
        Issue.record("seed \(seed): \(error.problem)\n\(await world.text)")
        failures += 1
      }
      accepted += await world.accepted
      refused += await world.refused
      dumps += await world.dumps
      await world.close()
      try #require(failures < 5, "too many mismatches to go on")
    }
    print("\(Self.sequences) sequences, \(accepted) statements, \(refused) refused, \(dumps) dumps")
    #expect(accepted > Self.sequences * Self.length / 2)
    #expect(dumps > Self.sequences / 3)
  }
}

/// One sequence of statements in both worlds.
actor DefinitionWorld {
  struct Mismatch: Error {
    var problem: String
  }

  private let database: MigrationDatabase
  private let migrator: Migrator
  private let session: any WarehouseSession
  private let buffers = Buffers()
  private var generator: DefinitionGenerator
  private var statements: [Statement] = []
  private var definition = SchemaDefinition(defaultSchema: "public")
  private(set) var texts: [String] = []
  private(set) var accepted = 0
  private(set) var refused = 0
  private(set) var dumps = 0

  init(_ settings: PostgresConnectionSettings, seed: UInt64) async throws {
    generator = DefinitionGenerator(seed: seed)
    let warehouse = PostgresWarehouse(settings: settings, dialect: .postgres)
    let settings = MigrationSettings(
      project: "fuzz",
      runID: "fuzz",
      metadataSchema: "redstart",
      defaultSchema: "public",
      origin: Origin(userName: "", hostName: "", toolVersion: "", gitCommit: nil),
      connectionProblem: { .database($0, at: nil) },
      now: { "" }
    )
    migrator = Migrator(
      scripts: [],
      settings: settings,
      warehouse: warehouse,
      loader: nil,
      buffers: buffers
    )
    database = migrator.database
    session = try await warehouse.connect()
    _ = try await session.execute("set client_min_messages = error")
    try await clear()
  }

  var text: String { texts.map { $0 + ";" }.joined(separator: "\n") }

  func close() async { await session.close() }

  private func clear() async throws {
    _ = try await session.execute(
      """
      do $$ declare s text; begin
      for s in select nspname from pg_namespace where nspname like 'f%' loop
      execute format('drop schema %I cascade', s); end loop;
      delete from rs.late_views; end $$
      """
    )
  }

  /// Runs so many statements; those that the server refuses leave both worlds as they are.
  func run(_ count: Int) async throws {
    for _ in 0..<count {
      let text = generator.statement(definition.catalog)
      let parsed = SQLParser.parse(buffers.add(name: "fuzz", text: text), in: buffers)
      guard let statement = parsed.statements.first, parsed.diagnostics.isEmpty else {
        throw Mismatch(problem: "not read: \(text)")
      }
      _ = try await session.execute("begin")
      do throws(Diagnostic) {
        let runner = database.runner(session)
        for step in try runner.prepare([statement]) { _ = try await runner.run(step) }
      } catch {
        _ = try await session.execute("rollback")
        refused += 1
        continue
      }
      _ = try await session.execute("commit")
      accepted += 1
      texts.append(text)
      statements.append(statement)
      definition.apply(statement, buffers)
      let differences = try await migrator.differences(from: statements, session)
      if let first = differences.first {
        throw Mismatch(
          problem: "\(first.relation.description) \(first.column ?? ""): \(first.detail)"
        )
      }
    }
  }

  /// What the whole definitions differ in, and whether the dump makes the same again.
  func problemAtTheEnd() async throws -> String? {
    let catalogue = try await LiveDefinitions(database, session)
    let live = catalogue.definition()
    if let problem = difference(definition, live) { return problem }
    if let problem = try await drift(catalogue, live) { return problem }
    guard definition.outdatedViews(in: buffers).isEmpty, definition.untypedColumns.isEmpty else {
      return nil
    }
    // What waits for a late-binding view cannot be made anew either.
    guard definition.views.keys.allSatisfy({ isLate($0, definition) || live.views[$0] != nil })
    else { return nil }
    dumps += 1
    let dump = definition.sql(in: buffers)
    let parsed = SQLParser.parse(buffers.add(name: "dump", bytes: dump), in: buffers)
    if let problem = parsed.diagnostics.first { return "dump: \(problem.message)" }
    let again = SchemaDefinition(parsed.statements, defaultSchema: "public", buffers: buffers)
    guard again == definition, again.sql(in: buffers) == dump else {
      return "the dump is no fixed point:\n\(String(decoding: dump, as: UTF8.self))"
    }
    guard dumps % 4 == 0 else { return nil }
    let before = LiveText(live, buffers)
    try await clear()
    do throws(Diagnostic) {
      let runner = database.runner(session)
      for step in try runner.prepare(parsed.statements) { _ = try await runner.run(step) }
    } catch {
      return "the dump does not run: \(error.message)\n\(String(decoding: dump, as: UTF8.self))"
    }
    let after = LiveText(try await LiveDefinitions(database, session).definition(), buffers)
    guard before == after else {
      return "the dump makes something else:\n\(before.text)\n-- now\n\(after.text)"
    }
    return nil
  }

  /// What `migrate diff` would take for a change by hand.
  private func drift(
    _ catalogue: LiveDefinitions,
    _ live: SchemaDefinition
  ) async throws -> String? {
    let comparison = DefinitionComparison(
      expected: definition,
      live: catalogue,
      actual: live,
      spelling: ServerSpelling(database, session),
      dialect: .postgres,
      recorded: nil,
      whereabouts: Whereabouts(
        expected: definition,
        actual: live,
        comparison: CatalogComparison(
          expected: definition.catalog,
          actual: [:],
          derived: [],
          kinds: [:],
          changesColumns: true
        ),
        built: []
      )
    )
    // Of views whose text is not what they are any more, only a history could tell.
    let dated = definition.remadeViews.union(
      definition.outdatedViews(in: buffers).map { definition.catalog.key(of: $0.name) }
    )
    let found = try await comparison.differences().first { difference in
      let key = definition.catalog.key(of: difference.relation)
      return !dated.contains(key) && !isLate(key, definition)
    }
    return found.map { "drift: \($0.relation.description) \($0.kind.rawValue): \($0.detail)" }
  }

  private struct LiveText: Equatable {
    var text: String

    init(_ definition: SchemaDefinition, _ buffers: Buffers) {
      text = String(decoding: definition.sql(in: buffers), as: UTF8.self)
    }
  }

  /// The first thing in which what the text says differs from what the server has.
  private func difference(_ mine: SchemaDefinition, _ live: SchemaDefinition) -> String? {
    if Set(mine.schemas.keys) != Set(live.schemas.keys) {
      return "schemas \(mine.schemas.keys.sorted()) and \(live.schemas.keys.sorted())"
    }
    if Set(mine.tables.keys) != Set(live.tables.keys) {
      return "tables \(mine.tables.keys.sorted()) and \(live.tables.keys.sorted())"
    }
    if Set(mine.views.keys.filter { !isLate($0, mine) })
      != Set(live.views.keys.filter { !isLate($0, mine) })
    {
      return "views \(mine.views.keys.sorted()) and \(live.views.keys.sorted())"
    }
    for (key, table) in mine.tables {
      guard let other = live.tables[key] else { continue }
      let here = table.columns.map { Column($0) }
      let there = other.columns.map { Column($0) }
      if here != there { return "\(key): \(here) and \(there)" }
    }
    let known = mine.comments.filter { $0.key.relation.map { !isLate($0, mine) } ?? true }
    let found = live.comments.filter { $0.key.relation.map { !isLate($0, mine) } ?? true }
    if known != found { return "comments \(known) and \(found)" }
    // A view that binds late is made anew locally when what it reads changes, without its grants.
    let late = mine.views.keys.filter { isLate($0, mine) }
    var (mine, live) = (mine, live)
    for key in late {
      mine.grants.forget(key)
      live.grants.forget(key)
    }
    let granted = mine.grants.statements
    let held = live.grants.statements
    return granted == held ? nil : "grants \(granted) and \(held)"
  }

  private func isLate(_ key: SymbolicCatalog.Key, _ definition: SchemaDefinition) -> Bool {
    definition.views[key]?.isLate ?? false || definition.catalog.standsOnLateView(key)
  }

  /// What the local server keeps of a column.
  private struct Column: Equatable, CustomStringConvertible {
    var name: String
    var isRequired: Bool
    var hasDefault: Bool
    var identity: ColumnAttribute.Identity?

    init(_ column: TableDefinition.Column) {
      name = column.name
      isRequired = column.isRequired
      // A default of NULL is none.
      hasDefault = column.defaultValue.map { $0 != "null" } ?? false
      identity = column.identity
    }

    var description: String {
      "\(name)\(isRequired ? " required" : "")\(hasDefault ? " default" : "")"
        + "\(identity.map { " identity \($0.seed) \($0.step) \($0.acceptsValues)" } ?? "")"
    }
  }
}
