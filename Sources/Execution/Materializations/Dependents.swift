import ProjectCompiler
import Diagnostics
import RedshiftSQL
import WarehouseClient

/// A view that is bound to a relation which is about to be replaced.
struct DependentView: Hashable, Sendable {
  var name: RelationName
  /// The query, as the server has it.
  var definition: String
  /// Whether a model that this run builds owns it.
  var isRebuiltLater: Bool
  /// Whether it is of a model that is gone from the project.
  var isOrphan = false
  /// Whether no model makes it, and none did.
  var isForeign = false
  var kind = ExistingRelations.Kind.view

  /// Whether a run may go on without it, where its text does not fit any more.
  var isDispensable: Bool { isRebuiltLater || isOrphan || isForeign }
}

/// Finds the views that stand on a relation, directly or through other views.
///
/// Late-binding views are not among them: Redshift looks their tables up by name.
enum Dependents {
  /// Views on views beyond this are taken for an error.
  private static let deepest = 32

  /// The views in the order in which they can be created.
  ///
  /// - Throws: `foreign-dependents` when one of them is not a view of the project, nor was one:
  ///   redstart neither drops nor remakes what it did not make, unless the run says so.
  static func read(
    of relation: RelationName,
    _ run: NodeRun
  ) async throws(Diagnostic) -> [DependentView] {
    var ordered: [DependentView] = []
    var foreign: [RelationName] = []
    var level = [relation]
    for _ in 0..<deepest where !level.isEmpty {
      var next: [RelationName] = []
      for parent in level {
        for (name, kind, definition) in try await direct(parent, of: relation, run) {
          let owner = run.state.model(of: name)
          let isShadow = ShadowName.isShadow(name.identifier)
          let isOrphan = owner == nil && !isShadow && run.state.isFormerView(name)
          let isForeign = owner == nil && !isShadow && !isOrphan
          if isForeign, !run.remakesForeignViews {
            foreign.append(name)
            continue
          }
          let view = DependentView(
            name: name,
            definition: definition,
            isRebuiltLater: owner.map(run.state.willBuild) ?? false,
            isOrphan: isOrphan,
            isForeign: isForeign,
            kind: kind
          )
          // Seen on a shorter way already: it must come after what it reads on the longer one.
          ordered.removeAll { $0.name == name }
          ordered.append(view)
          next.append(name)
        }
      }
      level = next
    }
    guard foreign.isEmpty else {
      throw .foreignDependents(of: relation, foreign, node: run.compiled.node)
    }
    return ordered
  }

  /// - Parameters:
  ///   - relation: what the views read.
  ///   - target: what is replaced, where late-binding views that stand on it are views like others.
  ///   - dialect: the server's.
  /// - Returns: a query for schema, name, kind and text.
  static func query(
    _ relation: RelationName,
    besidesLateReadersOf target: RelationName? = nil,
    _ dialect: SQLQuoting.Dialect
  ) -> SQLText {
    """
    select n.nspname, v.relname, v.relkind, pg_catalog.pg_get_viewdef(v.oid)
    from pg_catalog.pg_depend as d
    join pg_catalog.pg_rewrite as r on r.oid = d.objid
    join pg_catalog.pg_class as v on v.oid = r.ev_class
    join pg_catalog.pg_namespace as n on n.oid = v.relnamespace
    join pg_catalog.pg_class as t on t.oid = d.refobjid
    join pg_catalog.pg_namespace as tn on tn.oid = t.relnamespace
    where d.classid = 'pg_catalog.pg_rewrite'::regclass
      and d.refclassid = 'pg_catalog.pg_class'::regclass
      and \(named("tn.nspname", relation.schema ?? "", dialect))
      and \(named("t.relname", relation.identifier, dialect))
      and v.oid <> t.oid\(target.map(besidesLateReaders) ?? SQLText())
    order by 1, 2
    """
  }

  /// PostgreSQL finds names by an index, and plans in a fraction of the time, where they are
  /// compared as they are: in lower case, or as they were written.
  private static func named(
    _ column: String,
    _ name: String,
    _ dialect: SQLQuoting.Dialect
  ) -> SQLText {
    let folded = name.lowercased()
    guard dialect == .postgres else {
      return "lower(\(verbatim: column)) = \(literal: folded, dialect)"
    }
    return
      "\(verbatim: column) in (\(literal: folded, dialect), \(literal: name, dialect))"
  }

  private static let attempts = 6

  /// The answer to `query`.
  ///
  /// A view's text is read from the catalogue as it is now, the list of views as it was a moment
  /// ago: where another node remakes a view in between, asking again helps.
  private static func definitions(
    _ relation: RelationName,
    of target: RelationName,
    _ run: NodeRun
  ) async throws(Diagnostic) -> StatementResult {
    let session = run.session
    // Nothing more can be asked in a transaction that has failed.
    var attempt = run.transaction.isOpen ? attempts : 1
    while true {
      let isLast = attempt == attempts
      do throws(WarehouseError) {
        let result = try await session.attempt([
          query(
            relation,
            besidesLateReadersOf: session.translates ? target : nil,
            session.dialect
          )
        ])
        let isWhole = result.rows.allSatisfy { $0.count == 4 && $0[3] != nil }
        if isWhole || isLast { return result }
      } catch {
        guard error.isConcurrencyConflict, !isLast else {
          throw .statementFailed(error, purpose: "looking for views on \(relation.description)")
        }
      }
      attempt += 1
    }
  }

  private static func besidesLateReaders(of target: RelationName) -> SQLText {
    let oid: SQLText = "array[to_regclass(\(literal: target.sql, .postgres))::oid]"
    return "\n  and \(verbatim: PostgresShims.standsApart("v.oid", from: oid.string))"
  }

  private static func direct(
    _ relation: RelationName,
    of target: RelationName,
    _ run: NodeRun
  ) async throws(Diagnostic) -> [(RelationName, ExistingRelations.Kind, String)] {
    let result = try await definitions(relation, of: target, run)
    var found: [(RelationName, ExistingRelations.Kind, String)] = []
    var seen: Set<RelationName> = []
    for row in result.rows where row.count == 4 {
      let name = RelationName(schema: row[0], identifier: row[1] ?? "")
      // One row for each column that is read.
      guard seen.insert(name).inserted else { continue }
      var definition = row[3] ?? ""
      while let last = definition.last, last == ";" || last.isWhitespace {
        definition.removeLast()
      }
      found.append((name, row[2] == "v" ? .view : .materializedView, definition))
    }
    return found
  }
}
