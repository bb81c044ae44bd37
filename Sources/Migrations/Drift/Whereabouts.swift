import RedshiftSQL

/// What became of relations that are not where the files say.
///
/// A table that was only renamed by hand still has its rows: to make it anew would leave an empty
/// twin, and nobody would know. So the one that it may be is looked for first, and where several
/// could be it, nothing is made.
struct Whereabouts: Sendable {
  typealias Key = SymbolicCatalog.Key
  typealias Difference = CatalogComparison.Difference

  private let expected: SchemaDefinition
  private let actual: SchemaDefinition
  /// What a table that is missing may be called in the database.
  private var tables: [Key: [Key]] = [:]
  /// The same of schemas.
  private var schemas: [String: [String]] = [:]
  /// Those of them that can be nothing else.
  private var table: [Key: Key] = [:]
  private var schema: [String: String] = [:]

  /// - Parameters:
  ///   - expected: what the files say.
  ///   - actual: what the database has.
  ///   - comparison: knows the columns of both.
  ///   - built: relations of models, seeds and snapshots, which are nobody's twins.
  init(
    expected: SchemaDefinition,
    actual: SchemaDefinition,
    comparison: CatalogComparison,
    built: Set<String>
  ) {
    self.expected = expected
    self.actual = actual
    let known = Set(expected.tables.keys).union(expected.views.keys)
    let strangers = actual.tables.keys.filter {
      !known.contains($0) && !built.contains("\($0.schema).\($0.identifier)")
    }.sorted()
    let missing = expected.tables.keys.filter { actual.tables[$0] == nil }.sorted()
    let gone = Self.missingSchemas(expected, actual)
    for key in missing where !gone.contains(key.schema) {
      tables[key] = strangers.filter {
        $0.schema == key.schema && comparison.isTwin($0, of: key)
      }
    }
    let others = Set(strangers.map(\.schema))
      .subtracting(expected.schemaNames).subtracting(known.map(\.schema)).sorted()
    for schema in gone {
      let own = expected.tables.keys.filter { $0.schema == schema }
      guard !own.isEmpty else { continue }
      schemas[schema] = others.filter { other in
        own.allSatisfy {
          comparison.isTwin(Key(schema: other, identifier: $0.identifier), of: $0)
        }
      }
    }
    table = Self.single(tables)
    schema = Self.single(schemas)
  }

  /// What has one candidate, which is nobody else's.
  private static func single<Name: Hashable>(_ candidates: [Name: [Name]]) -> [Name: Name] {
    var claims: [Name: Int] = [:]
    for name in candidates.values.joined() { claims[name, default: 0] += 1 }
    return candidates.compactMapValues { found in
      found.count == 1 ? found.first.flatMap { claims[$0] == 1 ? $0 : nil } : nil
    }
  }

  /// Schemas that the files make and the database does not have.
  static func missingSchemas(
    _ expected: SchemaDefinition,
    _ actual: SchemaDefinition
  ) -> Set<String> {
    expected.schemaNames.subtracting(actual.schemaNames).subtracting(["public"])
  }

  // MARK: Answers

  /// A text of the server with the names that tables had before they were renamed by hand.
  func withFormerNames(_ words: String) -> String {
    var former: [String: String] = [:]
    for (key, other) in table {
      former[SQLQuoting.plainIdentifier(other.identifier)] =
        SQLQuoting.plainIdentifier(key.identifier)
    }
    guard !former.isEmpty else { return words }
    return words.split(separator: " ", omittingEmptySubsequences: false)
      .map { former[String($0)] ?? String($0) }.joined(separator: " ")
  }

  /// Statements that make those of some tables that are missing.
  func missing(of relations: Set<Key>) -> [String] {
    relations.sorted().compactMap { key in
      guard tables[key] != nil, actual.views[key] == nil else { return nil }
      return expected.tables[key]?.creation(key, known: [])
    }
  }

  // MARK: Differences

  /// Gives each difference about a missing table, or about one of another kind, its SQL.
  func complete(_ differences: inout [Difference]) {
    // What stands in the place of something else has comments and grants of its own.
    let replaced = Set(differences.filter { $0.kind == .otherKind }.map(\.relation))
    differences.removeAll { $0.kind != .otherKind && replaced.contains($0.relation) }
    for index in differences.indices {
      let relation = differences[index].relation
      switch differences[index].kind {
      case .missingRelation where relation.schema == nil: completeSchema(&differences[index])
      case .missingRelation: completeMissing(&differences[index])
      case .otherKind: completeOtherKind(&differences[index])
      default: continue
      }
    }
  }

  private func completeSchema(_ difference: inout Difference) {
    let name = difference.relation.identifier
    guard let found = schemas[name], !found.isEmpty else { return }
    difference.detail += "; \(Self.list(found)) may be it: its tables have the same columns"
    difference.repair = []
    guard let other = schema[name] else { return }
    difference.nameFound = other
    difference.repair = [
      "alter schema \(SQLQuoting.plainIdentifier(other)) "
        + "rename to \(SQLQuoting.plainIdentifier(name));"
    ]
  }

  private func completeMissing(_ difference: inout Difference) {
    let key = expected.catalog.key(of: difference.relation)
    if let found = schemas[key.schema], !found.isEmpty {
      difference.repair = []
      return
    }
    guard expected.tables[key] != nil else { return }
    difference.repair = bringingBack(key)
    if !tellTwins(of: key, &difference) { difference.detail += "; made anew, it has no rows" }
  }

  /// Says what a table may be called now; false where nothing can be it.
  @discardableResult
  private func tellTwins(of key: Key, _ difference: inout Difference) -> Bool {
    guard let found = tables[key], !found.isEmpty else { return false }
    difference.detail += "; \(may(be: key, found))"
    difference.nameFound = table[key]?.relation.description
    return true
  }

  private func completeOtherKind(_ difference: inout Difference) {
    let key = expected.catalog.key(of: difference.relation)
    let isMaterialized = actual.views[key]?.isMaterialized == true
    let away =
      isMaterialized
      ? "drop materialized view \(key.sql);"
      : "alter table \(key.sql) rename to \(SQLQuoting.plainIdentifier(asideName(key)));"
    if expected.views[key] != nil {
      difference.repair =
        [away] + ViewRepair(expected: expected, actual: actual).making([key])
      return
    }
    let back = bringingBack(key)
    tellTwins(of: key, &difference)
    difference.repair = back.isEmpty ? [] : [away] + back
  }

  private func may(be key: Key, _ found: [Key]) -> String {
    let names = Self.list(found.map(\.relation.description))
    let verb = found.count == 1 ? "has" : "have"
    let other = found.count == 1 && table[key] == nil ? ", as they may be another one's" : ""
    return "\(names) may be it, which \(verb) the same columns\(other)"
  }

  private static func list(_ names: [String]) -> String { names.joined(separator: " or ") }

  /// Renames a table back, or makes it anew if nothing can be it; nothing where that is not known.
  private func bringingBack(_ key: Key) -> [String] {
    if let other = table[key] {
      return [
        "alter table \(other.sql) rename to \(SQLQuoting.plainIdentifier(key.identifier));"
      ]
    }
    guard tables[key]?.isEmpty != false, let table = expected.tables[key] else { return [] }
    return ([table.creation(key, known: nil)] + expected.belongings(of: key)).map { $0 + ";" }
  }

  /// A name for what stands in the way, which keeps its rows or its text.
  private func asideName(_ key: Key) -> String {
    var name = key.identifier + "_by_hand"
    var number = 1
    while isTaken(Key(schema: key.schema, identifier: name)) {
      number += 1
      name = "\(key.identifier)_by_hand_\(number)"
    }
    return name
  }

  private func isTaken(_ key: Key) -> Bool {
    [expected, actual].contains { $0.tables[key] != nil || $0.views[key] != nil }
  }
}
