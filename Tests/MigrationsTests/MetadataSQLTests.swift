import Diagnostics
import RedshiftSQL
import Testing

@testable import Migrations

/// The SQL of the history keeps to what Redshift understands.
@Suite struct MetadataSQLTests {
  static let history = MigrationHistory(schema: "redstart", dialect: .redshift)

  static var event: HistoryEvent {
    var event = HistoryEvent()
    event.version = "1"
    event.name = "it's \\ here"
    event.step = .fail
    event.startedAt = "2026-11-01 00:00:00"
    event.failure = HistoryEvent.Failure(sqlState: "XX000", message: "Größe: 'a'\\n", line: 3)
    event.note = "n"
    event.prefixChecksum = "p"
    event.previousChecksum = "q"
    event.schemaBefore = "b"
    event.schemaAfter = "a"
    return event
  }

  static var statements: [String] {
    var origin = Origin(userName: "u", hostName: "h", toolVersion: "1", gitCommit: "c")
    origin.hasUncommittedChanges = true
    let lease = LeaseLock(history: history, token: "t", holder: "h", now: { "now" })
    let live = LiveDefinitionQueries(dialect: .redshift, ownSchemas: ["redstart"])
    let one = LiveDefinitionQueries(
      dialect: .redshift,
      ownSchemas: [],
      only: [RelationName(schema: "s", identifier: "a")]
    )
    let questions = [
      live.schemas, LiveDefinitionQueries.externalSchemas, live.tables, live.columns,
      live.constraints, live.views, live.comments, live.grants, live.routines, live.routineGrants,
      live.defaultPrivileges, live.roles, one.tables, one.columns, one.constraints, one.views,
      one.comments, one.grants,
      ActualColumn.query(schemas: ["s"], quoting: history.literal),
      BlockingSession.query(
        exclusive: ["s.a"],
        written: ["s.b"],
        .redshift,
        literal: history.literal
      ),
      lease.ownSession, lease.sightQuery(of: "u"), lease.sessionQuery(1, since: "now"),
      history.columnsQuery(of: ["s.a"]), history.functionsQuery,
    ]
    let locking = lease.lockingTable.split(separator: ";").map(String.init)
    return questions + locking + [
      history.schemaCreation, history.leaseCreation, history.existenceQuery,
      history.layoutQuery, history.eventsQuery(project: "p"), history.lastSequenceQuery,
      history.stateQuery(project: "p", hasLayout: true),
      history.bodyQuery(checksum: "c"), history.outcomeQuery(of: event, project: "p"),
      history.insertion(of: event, project: "p", origin: origin), lease.fence, lease.leaseQuery,
      history.announcementQuery(of: event, project: "p"),
      history.bodiesQuery(checksums: ["a", "b"]),
      LiveSchema.query(["s.a", "s.b"], .redshift, literal: history.literal),
      TableFacts.query(["s.a"], .redshift, literal: history.literal),
      FoundView.query(["s.a"], of: ["s.a"], .redshift, literal: history.literal),
      ViewDetails.columnQuery("'s.a'", .redshift), ViewDetails.query("'s.a'"),
    ]
      + history.insertions(ofBody: Array("select 'ä';".utf8), checksum: "c")
      + history.upgrades(present: ["migration_lock"], layout: nil)
  }

  /// The tables as their own statements make them.
  static func catalog(_ buffers: Buffers) -> SymbolicCatalog {
    var catalog = SymbolicCatalog()
    catalog.closedSchemas = ["redstart"]
    // The lock of the first layout, which the upgrade takes away.
    let former = ["create table redstart.migration_lock (id int)"]
    for sql in former + history.upgrades(present: [], layout: nil) {
      let buffer = buffers.add(name: "creation", text: sql)
      for statement in SQLParser.parse(buffer, in: buffers).statements {
        catalog.apply(statement, buffers: buffers)
      }
    }
    return catalog
  }

  @Test(arguments: statements)
  func isReadByOurOwnParserWithoutAWord(sql: String) {
    let buffers = Buffers()
    let parsed = SQLParser.parse(buffers.add(name: "metadata", text: sql), in: buffers)
    #expect(parsed.diagnostics.map(\.message) == [])
    #expect(parsed.statements.count == 1)
    let analyzer = SQLAnalyzer(catalog: Self.catalog(buffers), buffers: buffers)
    for statement in parsed.statements {
      // A fence divides whole numbers on purpose.
      let problems = analyzer.analyze(statement).diagnostics
        .filter { $0.code != "integer-division" }
      #expect(problems.map { "\($0.code): \($0.message)" } == [], "\(sql)")
    }
  }

  @Test(arguments: statements)
  func usesNothingThatRedshiftLacks(sql: String) {
    let words = Set(
      SQLLexer.significantTokens(of: Array(sql.utf8)).map { token in
        String(decoding: Array(sql.utf8)[token.range], as: UTF8.self).lowercased()
      }
    )
    let lacking: Set<String> = [
      "returning", "conflict", "savepoint", "now", "array", "unnest", "text", "serial", "[",
    ]
    #expect(words.intersection(lacking) == [])
  }

  @Test func textsAreCutBetweenCharacters() {
    var event = Self.event
    event.name = String(repeating: "ä", count: 300)
    let origin = Origin(userName: "u", hostName: "h", toolVersion: "1", gitCommit: nil)
    let sql = Self.history.insertion(of: event, project: "p", origin: origin)
    #expect(sql.contains("'\(String(repeating: "ä", count: 128))'"))
    let body = Array(String(repeating: "aä", count: 40_000).utf8)
    let parts = Self.history.insertions(ofBody: body, checksum: "c")
    #expect(parts.count == 2 && parts.allSatisfy { !$0.contains("\u{FFFD}") })
  }
}
