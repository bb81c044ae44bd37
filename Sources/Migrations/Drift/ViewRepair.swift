import RedshiftSQL

/// SQL that makes views of a database what files say, in an order in which it can run.
struct ViewRepair: Sendable {
  typealias Key = SymbolicCatalog.Key

  let expected: SchemaDefinition
  let actual: SchemaDefinition

  /// A view that gives the same columns takes the place of the one that is there.
  func replacing(_ key: Key) -> [String] {
    let creation = expected.creation(ofView: key)
    return creation.map { [$0.replacingHead("create ", "create or replace ") + ";"] } ?? []
  }

  /// Drops views and those that read them, and makes all of them again.
  func remaking(_ keys: Set<Key>) -> [String] {
    let all = readers(of: keys).union(keys)
    return dropping(all) + making(all)
  }

  /// Makes views with what belongs to them.
  func making(_ keys: Set<Key>) -> [String] {
    expected.orderedViews(keys).flatMap { key in
      let creation = expected.creation(ofView: key).map { [$0] } ?? []
      return (creation + expected.belongings(of: key)).map { $0 + ";" }
    }
  }

  /// Drops views that are there, those first that read others.
  func dropping(_ keys: Set<Key>) -> [String] {
    actual.orderedViews(keys).reversed().map { key in
      "drop \(actual.views[key]?.noun ?? "view") if exists \(key.sql);"
    }
  }

  /// Bound views of the files that read relations, directly or not, there or by the files.
  func readers(of keys: Set<Key>) -> Set<Key> {
    var found: Set<Key> = []
    var known = keys
    var isGrowing = true
    while isGrowing {
      isGrowing = false
      for (key, view) in expected.views where !view.isLate && !known.contains(key) {
        let read = view.relations.union(actual.views[key]?.relations ?? [])
        guard !read.isDisjoint(with: known) else { continue }
        known.insert(key)
        found.insert(key)
        isGrowing = true
      }
    }
    return found
  }

  /// What differences need.
  ///
  /// - Parameter differences: those that have SQL of their own.
  /// - Returns: one script, in an order in which it can run: tables are altered when the views that
  ///   read them are out of the way; and the views that it drops and makes again though they do not
  ///   differ: what was granted on them by hand, and who owns them, is in no file.
  func script(
    _ differences: [CatalogComparison.Difference]
  ) -> (statements: [String], viewsInTheWay: [RelationName]) {
    let plan = plan(differences)
    let views = expected.orderedViews(plan.made.union(plan.dropped)).flatMap { key in
      plan.dropped.contains(key) || actual.views[key] == nil ? making([key]) : replacing(key)
    }
    let stages = plan.stages
    let differing = Set(differences.map { key(of: $0.relation) })
    let inTheWay = plan.dropped.filter { actual.views[$0] != nil && !differing.contains($0) }
    return (
      dropping(plan.dropped) + stages[0] + stages[1] + stages[2] + views + stages[3],
      inTheWay.map(\.relation).sorted { $0.description < $1.description }
    )
  }

  private struct Plan {
    var stages: [[String]] = [[], [], [], []]
    /// Views that are dropped and made again.
    var dropped: Set<Key> = []
    /// Views that are made, or replaced.
    var made: Set<Key> = []
  }

  private func key(of relation: RelationName) -> Key {
    Key(schema: relation.schema ?? "", identifier: relation.identifier)
  }

  private func plan(_ differences: [CatalogComparison.Difference]) -> Plan {
    var plan = Plan()
    for difference in differences where !difference.repair.isEmpty {
      let key = key(of: difference.relation)
      if expected.views[key] != nil, [.missingRelation, .query].contains(difference.kind) {
        if difference.repair == replacing(key) || actual.views[key] == nil {
          plan.made.insert(key)
        } else {
          plan.dropped.insert(key)
        }
        continue
      }
      switch difference.kind {
      case .missingRelation where difference.relation.schema == nil:
        plan.stages[0] += difference.repair
      case .missingRelation where expected.tables[key] != nil: plan.stages[1] += difference.repair
      case .routine, .missingRelation: plan.stages[2] += difference.repair
      case .owner, .comment, .grant: plan.stages[3] += difference.repair
      case .type, .extraColumn:
        plan.dropped.formUnion(readers(of: [key]))
        plan.stages[1] += difference.repair
      default: plan.stages[1] += difference.repair
      }
    }
    plan.dropped.formUnion(readers(of: plan.dropped))
    return plan
  }
}
