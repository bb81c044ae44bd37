import Diagnostics
import RedshiftSQL

/// What a node's configuration asks for after its table has changed on a cluster: `analyze` and
/// `vacuum`.
///
/// Redshift does both by itself when it finds the time; a policy is for tables that are read before
/// that. Source of the statements and their limits: Amazon Redshift's Developer Guide, "ANALYZE" and
/// "VACUUM".
struct MaintenancePolicy: Hashable, Sendable {
  /// When statistics are gathered, and of which columns.
  enum Analysis: Hashable, Sendable {
    case never
    /// When the cluster says that they are off.
    case whenStale
    case predicateColumns
    case allColumns
  }

  /// When and how rows are sorted and the room of deleted ones is given back.
  enum Cleaning: Hashable, Sendable {
    case never
    /// When the cluster says that it would help.
    case whenNeeded
    /// A kind of VACUUM, in SQL.
    case always(String)
  }

  var analysis = Analysis.never
  /// Percent by which statistics must be off.
  var analysisThreshold: Int?
  var cleaning = Cleaning.never
  /// Percent of the rows that are sorted, and room that is in use, when VACUUM stops.
  var cleaningThreshold: Int?

  /// Nothing is asked for.
  init() {}

  /// Reads a node's configuration.
  ///
  /// - Parameter settings: the configuration.
  /// - Throws: `wrong-config` for words that it does not have, and thresholds that mean nothing.
  init(_ settings: NodeSettings) throws(Diagnostic) {
    switch try settings.word("analyze", Self.analyses) {
    case nil, "false": analysis = .never
    case "auto": analysis = .whenStale
    case "all_columns": analysis = .allColumns
    default: analysis = .predicateColumns
    }
    switch try settings.word("vacuum", Self.cleanings) {
    case nil, "false": cleaning = .never
    case "auto": cleaning = .whenNeeded
    case "true": cleaning = .always("full")
    case let kind?: cleaning = .always(kind.replacing("_", with: " "))
    }
    analysisThreshold = try settings.percent("analyze_threshold")
    cleaningThreshold = try settings.percent("vacuum_threshold")
    if cleaningThreshold != nil, case .always(let kind) = cleaning,
      Self.withoutThreshold.contains(kind)
    {
      throw settings.wrong("vacuum_threshold", "left out: VACUUM \(kind.uppercased()) takes none")
    }
  }

  private static let analyses = ["true", "false", "auto", "predicate_columns", "all_columns"]
  private static let cleanings = [
    "true", "false", "auto", "full", "sort_only", "delete_only", "reindex", "recluster",
  ]
  private static let withoutThreshold: Set<String> = ["reindex", "recluster"]

  /// Whether there is anything to do.
  var isEmpty: Bool { analysis == .never && cleaning == .never }
  /// Whether the cluster's own view of the table decides.
  var asksForHealth: Bool { analysis == .whenStale || cleaning == .whenNeeded }

  /// The statements that gather statistics, each to be sent by itself.
  ///
  /// - Parameters:
  ///   - relation: the table.
  ///   - health: what the cluster says of it; nil for an empty one.
  /// - Returns: none when nothing is to be done.
  func analysis(of relation: RelationName, _ health: TableHealth?) -> [SQLText] {
    let statement: SQLText
    switch analysis {
    case .never: return []
    case .whenStale:
      let limit = Double(analysisThreshold ?? TableHealth.staleLimit)
      guard let health, health.staleStatistics > limit else { return [] }
      statement = "analyze \(relation) predicate columns"
    case .predicateColumns: statement = "analyze \(relation) predicate columns"
    case .allColumns: statement = "analyze \(relation) all columns"
    }
    guard let analysisThreshold else { return [statement] }
    // Otherwise the cluster leaves a table alone of which less than a tenth has changed.
    return [
      "set analyze_threshold_percent to \(number: analysisThreshold)", statement,
      "reset analyze_threshold_percent",
    ]
  }

  /// The statements that sort and clear, each to be sent by itself outside of a transaction.
  ///
  /// - Parameters:
  ///   - relation: the table.
  ///   - health: what the cluster says of it; nil for an empty one.
  /// - Returns: none when nothing is to be done.
  func cleaning(of relation: RelationName, _ health: TableHealth?) -> [SQLText] {
    let kind: String
    switch cleaning {
    case .never: return []
    case .always(let asked): kind = asked
    case .whenNeeded:
      guard let health else { return [] }
      switch (health.hasDeletedRows, health.isUnsorted) {
      case (true, true): kind = "full"
      case (true, false): kind = "delete only"
      case (false, true): kind = "sort only"
      case (false, false): return []
      }
    }
    let end = cleaningThreshold.map { " to \($0) percent" } ?? ""
    return ["vacuum \(verbatim: kind) \(relation)\(verbatim: end)"]
  }
}

extension NodeSettings {
  /// One of some words, of which `true` and `false` may be written as such.
  fileprivate func word(_ key: String, _ allowed: [String]) throws(Diagnostic) -> String? {
    guard let value = value(key) else { return nil }
    let text = value.boolean.map { $0 ? "true" : "false" } ?? value.string?.lowercased()
    guard let text else { throw wrong(key, "one of \(allowed.joined(separator: ", "))") }
    let word = text.replacing(" ", with: "_")
    guard allowed.contains(word) else {
      throw .unknownSetting(key, text, allowed: allowed, node: node)
    }
    return word
  }

  fileprivate func percent(_ key: String) throws(Diagnostic) -> Int? {
    guard let number = try integer(key) else { return nil }
    guard (0...100).contains(number) else { throw wrong(key, "a percentage from 0 to 100") }
    return number
  }
}
