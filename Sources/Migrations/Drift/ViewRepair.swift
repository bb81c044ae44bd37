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
  ///   read them are out of the way. Views that do not differ come back with the owner, the comments
  ///   and the grants that they have.
  func script(_ differences: [CatalogComparison.Difference]) -> [String] {
    let plan = plan(differences)
    let differing = Set(differences.map { key(of: $0.relation) })
    let views = expected.orderedViews(plan.made.union(plan.dropped)).flatMap { key in
      guard actual.views[key] != nil else { return making([key]) }
      guard plan.dropped.contains(key) else { return replacing(key) }
      return differing.contains(key) ? making([key]) : remaking(asItIs: key)
    }
    let tables = expected.making(tables: plan.tables).map { $0 + ";" }
    let stages = plan.stages
    return dropping(plan.dropped) + stages[0] + plan.renames + tables + stages[1] + stages[2]
      + views + stages[3]
  }

  /// Makes a view that is as the files say, with what belongs to it in the database.
  private func remaking(asItIs key: Key) -> [String] {
    let creation = expected.creation(ofView: key).map { [$0] } ?? []
    return (creation + actual.belongings(of: key)).map { $0 + ";" }
  }

  private struct Plan {
    var stages: [[String]] = [[], [], [], []]
    /// What gives names back, and takes away what has them.
    var renames: [String] = []
    /// Tables that are made anew.
    var tables: Set<Key> = []
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
      case .otherKind:
        plan.dropped.formUnion(readers(of: [key]))
        plan.renames += difference.repair.prefix(1)
        if expected.views[key] != nil {
          plan.made.insert(key)
        } else {
          bringBack(difference, key, &plan)
        }
      case .missingRelation where expected.tables[key] != nil: bringBack(difference, key, &plan)
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

  /// Renames a table back, or makes it anew.
  private func bringBack(
    _ difference: CatalogComparison.Difference,
    _ key: Key,
    _ plan: inout Plan
  ) {
    if difference.nameFound == nil {
      plan.tables.insert(key)
    } else {
      plan.renames += difference.repair.suffix(1)
    }
  }
}
