package import Diagnostics
package import ProjectModel
import RedshiftSQL

/// Where nodes are read from that this command does not build: `--defer`.
///
/// A reference to a node whose relation is not in the target means that of an earlier run.
package struct Deferral: Sendable {
  /// A relation of the earlier run.
  struct Place: Sendable {
    var relation: ResolvedRelation
    /// As dbt renders it, `"db"."schema"."name"`.
    var written: String?
  }

  private(set) var places: [String: Place] = [:]
  /// Where the earlier run has functions.
  private(set) var functions: [String: ResolvedRelation] = [:]
  /// Whether the earlier run's relations are preferred to those of the target.
  private let favorsState: Bool
  /// What the command works on.
  private let selected: Set<String>
  /// What the command builds, which will be there when it is read.
  private let built: Set<String>

  /// Finds where an earlier run has put the project's nodes.
  ///
  /// - Parameters:
  ///   - manifest: that of the earlier run.
  ///   - graph: the project as it is now.
  ///   - favorsState: `--favor-state`.
  ///   - selected: unique_ids of what the command works on.
  ///   - builds: whether the command makes relations, rather than only reading them.
  package init(
    to manifest: PlainDictionary,
    graph: Graph,
    favorsState: Bool = false,
    selected: Set<String>,
    builds: Bool
  ) {
    self.favorsState = favorsState
    self.selected = selected
    built = builds ? selected : []
    for (id, entry) in manifest["nodes"]?.dictionary?.pairs ?? [] {
      guard let node = graph.nodes[id], [.model, .seed, .snapshot].contains(node.kind),
        let entry = entry.dictionary, let place = Self.place(entry)
      else { continue }
      places[id] = place
    }
    for (id, entry) in manifest["functions"]?.dictionary?.pairs ?? [] {
      guard graph.nodes[id] != nil, let entry = entry.dictionary else { continue }
      functions[id] = Self.place(entry)?.relation
    }
  }

  private static func place(_ entry: PlainDictionary) -> Place? {
    let config = entry["config"]?.dictionary
    let materialized = config?["materialized"]?.string
    guard materialized != Materialization.ephemeral.rawValue,
      let schema = entry["schema"]?.string,
      let identifier = entry["alias"]?.string ?? entry["name"]?.string
    else { return nil }
    let name = RelationName(
      database: entry["database"]?.string,
      schema: schema,
      identifier: identifier
    )
    return Place(
      relation: ResolvedRelation(
        name: name,
        isView: materialized == Materialization.view.rawValue,
        quoting: config?["quoting"]?.dictionary ?? PlainDictionary()
      ),
      written: entry["relation_name"]?.string
    )
  }

  /// The relation that a reference to a node means instead of the node's own; nil for its own.
  ///
  /// Without `existing`, what the target holds is not known yet, and the earlier run's is taken.
  func relation(
    insteadOf id: String,
    _ own: ResolvedRelation,
    existing: ExistingRelations?
  ) -> ResolvedRelation? {
    guard !own.isEphemeral, let place = places[id] else { return nil }
    if favorsState, !selected.contains(id) { return place.relation }
    if built.contains(id) || existing?[own.name] != nil { return nil }
    return place.relation
  }

  /// The function that a call means instead of the node's own; nil for its own.
  func function(
    insteadOf id: String,
    _ own: ResolvedRelation,
    existing: ExistingRelations?
  ) -> ResolvedRelation? {
    guard let place = functions[id] else { return nil }
    if favorsState, !selected.contains(id) { return place }
    if built.contains(id) || existing?.holds(function: own.name) == true { return nil }
    return place
  }
}

extension ParsedProject {
  /// Lets references mean the relations of an earlier run, where the target has none.
  package mutating func `defer`(to deferral: Deferral) { environment.deferral = deferral }

  /// Whether references may mean relations of an earlier run.
  package var isDeferring: Bool { environment.deferral != nil }

  /// Whether calls of functions may mean those of an earlier run.
  package var defersFunctions: Bool { environment.deferral?.functions.isEmpty == false }
}
