package import Diagnostics
import ProjectModel
import RedshiftSQL

/// What `clone` makes: a view in the target for each relation of another state.
///
/// As dbt does on adapters that cannot clone tables.
package struct Clones {
  /// Views to make, by the unique_id of the node whose relation they show.
  package private(set) var compiled: [String: CompiledNode] = [:]
  /// Why a node is left as it is, by unique_id.
  package private(set) var untouched: [String: String] = [:]
  package private(set) var problems: [Diagnostic] = []
  /// Why nodes cannot be cloned, by unique_id.
  package private(set) var failures: [String: [Diagnostic]] = [:]

  /// Works out what is to be done for each node.
  ///
  /// - Parameters:
  ///   - selected: unique_ids of models, seeds and snapshots.
  ///   - deferral: where the other state has them.
  ///   - existing: what the target holds.
  ///   - isFullRefresh: whether what stands in the target is replaced.
  ///   - compiler: renders the nodes' hooks.
  package init(
    of selected: Set<String>,
    from deferral: Deferral,
    existing: ExistingRelations,
    isFullRefresh: Bool,
    compiler: Compiler
  ) {
    for id in selected.sorted() {
      guard let node = compiler.parsed.graph.nodes[id], let own = node.relationName else {
        continue
      }
      guard let place = deferral.places[id] else {
        untouched[id] = "No relation found in state manifest for \(id)"
        continue
      }
      if existing[own] != nil, !isFullRefresh {
        untouched[id] = "Relation \(own.sql) already exists"
        continue
      }
      guard place.relation.name != own else {
        if existing[own] == nil {
          failures[id] = [.cloneOfItself(own, node)]
        } else {
          untouched[id] = "Relation \(own.sql) is the one of the state"
        }
        continue
      }
      do throws(Diagnostic) {
        compiled[id] = try compiler.compileView(
          of: node,
          on: place.written ?? place.relation.name.sql
        )
      } catch {
        problems.append(error)
      }
    }
  }
}

extension Compiler {
  /// A view in the place of a node that shows another relation.
  fileprivate func compileView(
    of node: Node,
    on relation: String
  ) throws(Diagnostic) -> CompiledNode {
    var view = node
    view.kind = .model
    view.config["materialized"] = .string(Materialization.view.rawValue)
    view.config["sql_header"] = nil
    let sql = buffers.add(name: "clone of \(node.name)", text: "select * from \(relation)")
    var compiled = compiledNode(view, sql: sql)
    try addHooks(&compiled, context(for: view))
    return compiled
  }
}
