import Diagnostics
import Foundation
import RedshiftSQL

@testable import WarehouseClient

/// PostgreSQL as the judge of the analyser: both look at the same statement over the same tables.
struct AnalysisOracle {
  /// What PostgreSQL said of the translation of a statement.
  enum Verdict {
    /// With the columns of the result; nil where it has none.
    case accepted([StatementResult.Column]?)
    /// The words are right, but the values are not.
    case failed(WarehouseError)
    case rejected(WarehouseError)
    /// The translator has no words for it.
    case untranslated([Diagnostic])
  }

  struct Opinion {
    var analysis: QueryAnalysis
    var verdict: Verdict
    var translation: String

    var errors: [Diagnostic] { analysis.diagnostics.filter(\.isError) }
  }

  static let fixtures = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("RedshiftSQLTests/Fixtures/analysis")

  static func text(_ name: String) throws -> String {
    try String(contentsOf: fixtures.appendingPathComponent(name), encoding: .utf8)
  }

  let session: any WarehouseSession
  let catalog: SymbolicCatalog

  /// Makes the tables of the fixtures in both worlds.
  static func open(_ settings: PostgresConnectionSettings) async throws -> AnalysisOracle {
    let session = try await PostgresWarehouse(settings: settings, dialect: .postgres).connect()
    _ = try await session.execute("SET statement_timeout = '10s'; SET client_min_messages = error")
    _ = try await session.execute("DROP SCHEMA IF EXISTS s, made CASCADE")
    let buffers = Buffers()
    let buffer = buffers.add(name: "catalog.sql", text: try text("catalog.sql"))
    var catalog = SymbolicCatalog()
    catalog.closedSchemas = ["s"]
    for statement in SQLParser.parse(buffer, in: buffers).statements {
      let translation = PostgresTranslator.translate(statement, in: buffers)
      _ = try await session.execute(translation.text.string)
      catalog.apply(statement, buffers: buffers)
    }
    return AnalysisOracle(session: session, catalog: catalog)
  }

  /// What both say of a statement; nothing of what it does stays.
  func opinion(of sql: String) async throws -> Opinion? {
    let buffers = Buffers()
    let parsed = SQLParser.parse(buffers.add(name: "test.sql", text: sql), in: buffers)
    guard let statement = parsed.statements.first, !parsed.diagnostics.contains(where: \.isError)
    else { return nil }
    let analysis = SQLAnalyzer(catalog: catalog, buffers: buffers).analyze(statement)
    let translation = PostgresTranslator.translate(statement, in: buffers, catalog: catalog)
    let text = translation.text.string
    guard translation.isUsable else {
      return Opinion(
        analysis: analysis,
        verdict: .untranslated(translation.diagnostics.filter(\.isError)),
        translation: text
      )
    }
    return Opinion(
      analysis: analysis,
      verdict: try await judge(text, isQuery: statement.isQuery),
      translation: text
    )
  }

  private func judge(_ text: String, isQuery: Bool) async throws -> Verdict {
    var verdict: Verdict
    do {
      let result = try await session.execute("BEGIN; \(text)")
      verdict = .accepted(isQuery && !result.columns.isEmpty ? result.columns : nil)
    } catch {
      guard error.kind == .statement || error.kind == .cancelled, let state = error.sqlState else {
        throw error
      }
      // Classes of errors that come of values, not of the words: 22, 23 and the like.
      verdict =
        ["22", "23", "21", "57", "54"].contains(state.prefix(2)) || Self.unlike.contains(state)
        ? .failed(error) : .rejected(error)
    }
    _ = try await session.execute("ROLLBACK")
    return verdict
  }

  /// Refusals that are PostgreSQL's alone: FULL JOIN on anything but equality, types of a recursion.
  private static let unlike: Set<String> = ["0A000", "42P19"]

  /// The family that a type of PostgreSQL belongs to; nil where none corresponds.
  static func family(of type: String) -> SQLType.Family? {
    switch type {
    case "bool": .boolean
    case "int2", "int4", "int8", "numeric", "float4", "float8": .number
    case "text", "varchar", "bpchar": .text
    case "date", "timestamp", "timestamptz": .moment
    case "time", "timetz": .timeOfDay
    case "interval": .interval
    case "jsonb": .super
    case "bytea": .binary
    case "record": .row
    default: nil
    }
  }

  /// Names that columns without an alias have only because of the translation, or of the version.
  private static let translated: [String: Set<String>] = [
    "first_value": ["first_nn"], "last_value": ["last_nn"], "lag": ["last_nn"],
    "lead": ["first_nn"], "listagg": ["array_to_string", "string_agg", "checked_bytes"],
    "json_extract_path_text": ["json_path_text"], "date_part": ["extract_int", "extract"],
    "timestamp": ["localtimestamp", "getdate"], "date": ["current_date"],
    "varbyte": ["bytea"], "super": ["to_jsonb"], "pgdate_part": ["date_part"],
    "grouping_id": ["grouping"],
  ]
  /// Names of what has none of its own, on which versions differ.
  private static let unnamed: Set<String> = ["?column?", "case", "round"]

  /// The server's name of a type that has to be the same to the letter; nil for others.
  private static func exact(_ type: SQLType) -> String? {
    switch type {
    case .smallInteger: "int2"
    case .integer: "int4"
    case .bigInteger: "int8"
    case .date: "date"
    case .timestamp: "timestamp"
    case .timestampWithZone: "timestamptz"
    default: nil
    }
  }

  /// How the columns of a result differ from what the analyser says; nil where they do not.
  static func difference(
    _ analysis: QueryAnalysis,
    _ columns: [StatementResult.Column],
    isExact: Bool = false
  ) -> String? {
    guard analysis.isComplete else { return nil }
    let names = analysis.columns.map(\.name)
    let same =
      names.count == columns.count
      && zip(names, columns).allSatisfy { ours, theirs in
        ours == theirs.name || translated[ours]?.contains(theirs.name) == true
          || unnamed.contains(ours) || unnamed.contains(theirs.name)
          || theirs.name.hasPrefix("\(ours)_") || theirs.name.hasPrefix("__")
      }
    guard same else { return "columns \(names), on the server \(columns.map(\.name))" }
    for (ours, theirs) in zip(analysis.columns, columns) {
      guard let family = family(of: theirs.typeName) else { continue }
      if isExact, let exact = exact(ours.type), exact != theirs.typeName {
        return "\(ours.name) is \(ours.type.spelling), on the server \(theirs.typeName)"
      }
      // Operators on SUPER values give numbers there.
      if ours.type == .super, family == .number { continue }
      if ours.type.family != .unknown, ours.type.family != family {
        return "\(ours.name) is \(ours.type.spelling), on the server \(theirs.typeName)"
      }
    }
    return nil
  }
}

extension Statement {
  fileprivate var isQuery: Bool {
    if case .query = kind { return true }
    return false
  }
}
