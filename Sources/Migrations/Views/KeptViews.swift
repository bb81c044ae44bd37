import Diagnostics
import RedshiftSQL
import WarehouseClient

/// Views that are dropped before a segment's statements and made again behind them.
struct KeptViews: Sendable {
  /// How a view comes back.
  enum Choice: Sendable {
    /// In the server's own words.
    case sql(String)
    /// In Redshift's.
    case statement(Statement)
    /// Somebody else makes it: a later statement, a later file or the next run of its model.
    case leave
  }

  struct View: Sendable {
    var key: String
    var name: RelationName
    var isMaterialized: Bool
    /// The best one first; those that failed are taken away.
    var choices: [Choice]
    /// Whether the segment itself makes it.
    var isMadeHere: Bool
    var isModel: Bool
    /// The repeatable migration that makes it, where that is to be applied again if it stays away.
    var repeatable: String?
    /// Owner, grants and comments as they were, as statements.
    var restoring: [String]

    var drop: String { "drop \(isMaterialized ? "materialized view" : "view") \(name.sql)" }
    /// Whether it is there when the segment is done.
    var returns: Bool {
      if isMadeHere { return true }
      if case .leave? = choices.first { return false }
      return !choices.isEmpty
    }
  }

  /// The statement that they are dropped before.
  var start: TextRange
  /// In the order in which they can be made.
  var views: [View] = []

  /// The repeatable migrations whose views stay away, by their paths, with the views' names.
  var lost: [String: [String]] {
    let lost = views.filter { !$0.returns && $0.repeatable != nil }.sorted { $0.key < $1.key }
    return Dictionary(grouping: lost) { $0.repeatable ?? "" }.mapValues { $0.map(\.key) }
  }

  /// What makes way for a segment's statements.
  ///
  /// Locally late-binding views are views like others: those that stand on these go first.
  static func drops(_ views: [View], _ warehouse: any Warehouse) -> [String] {
    let releases =
      warehouse.translates ? views.map { PostgresShims.releaseLateViews($0.name.sql) } : []
    return releases + views.reversed().map(\.drop)
  }

  /// Gives up the way that a view was to come back by.
  ///
  /// - Returns: false when there is no other one.
  mutating func giveUp(_ key: String) -> Bool {
    guard let index = views.firstIndex(where: { $0.key == key }), views[index].choices.count > 1
    else { return false }
    views[index].choices.removeFirst()
    return true
  }
}
