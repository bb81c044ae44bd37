package import Diagnostics
package import RedshiftSQL

/// What a database has and what the text of its migrations says it has.
package struct CatalogComparison: Sendable {
  /// One thing in which the two differ.
  package struct Difference: Hashable, Sendable {
    package enum Kind: String, Hashable, Sendable {
      case missingRelation = "missing"
      /// A view stands where a table should, or a table where a view should.
      case otherKind = "kind"
      case missingColumn = "missing column"
      case extraColumn = "extra column"
      case type
      case nullability
      case order = "order of columns"
      case defaultValue = "default"
      case identity
      case key
      case encoding
      case distribution
      case sortKey = "sort key"
      case query
      case routine = "body"
      case owner
      case comment
      case grant
    }

    package var kind: Kind
    package var relation: RelationName
    package var column: String?
    /// In words, as `varchar(20) in the database, varchar(10) in the files`.
    package var detail: String
    /// Statements that make the database as the files say; empty where there is no simple one.
    package var repair: [String]
    /// Where the files say it.
    package var range: TextRange?
    /// What a column or a table that is missing is most likely called in the database.
    package internal(set) var nameFound: String?
    /// Whether it could not be found out, since the user may not try things out.
    var isUnknown = false

    init(
      kind: Kind,
      relation: RelationName,
      column: String? = nil,
      detail: String,
      repair: [String],
      range: TextRange? = nil
    ) {
      self.kind = kind
      self.relation = relation
      self.column = column
      self.detail = detail
      self.repair = repair
      self.range = range
    }
  }

  private let expected: SymbolicCatalog
  private let actual: [SymbolicCatalog.Key: [ActualColumn]]
  /// Tables made by queries.
  private let derived: Set<SymbolicCatalog.Key>
  /// What relations of the database are; none where it is not known.
  private let kinds: [SymbolicCatalog.Key: CatalogRelation.Kind]
  /// Whether the server changes NOT NULL of columns that are there.
  private let changesColumns: Bool

  init(
    expected: SymbolicCatalog,
    actual: [SymbolicCatalog.Key: [ActualColumn]],
    derived: Set<SymbolicCatalog.Key>,
    kinds: [SymbolicCatalog.Key: CatalogRelation.Kind],
    changesColumns: Bool
  ) {
    self.changesColumns = changesColumns
    self.expected = expected
    self.actual = actual
    self.derived = derived
    self.kinds = kinds
  }

  /// Whether a relation of the database has the columns that the files give another one.
  ///
  /// - Parameters:
  ///   - other: a relation of the database.
  ///   - key: one of the files.
  /// - Returns: true where names, order, types and NOT NULL are the same.
  func isTwin(_ other: SymbolicCatalog.Key, of key: SymbolicCatalog.Key) -> Bool {
    guard let relation = expected.relations[key], relation.isComplete,
      let columns = actual[other], !columns.isEmpty, columns.count == relation.columns.count
    else { return false }
    let isDerived = derived.contains(key)
    return zip(relation.columns, columns).allSatisfy { mine, theirs in
      mine.name == theirs.name && theirs.isOf(mine.type, isDerived: isDerived)
        && (isDerived || mine.isNullable == theirs.isNullable)
    }
  }

  /// Differences in the order of names.
  package var differences: [Difference] {
    let keys = expected.relations.keys.sorted {
      ($0.schema, $0.identifier) < ($1.schema, $1.identifier)
    }
    return keys.flatMap { key -> [Difference] in
      guard let relation = expected.relations[key], relation.kind != .external else { return [] }
      return differences(of: relation, key)
    }
  }

  private func differences(
    of relation: CatalogRelation,
    _ key: SymbolicCatalog.Key
  ) -> [Difference] {
    let name = RelationName(schema: key.schema, identifier: key.identifier)
    if let found = kinds[key], (found == .table) != (relation.kind == .table) {
      return [
        Difference(
          kind: .otherKind,
          relation: name,
          detail: "a \(found.rawValue) in the database, a \(relation.kind.rawValue) in the files",
          repair: [],
          range: relation.range
        )
      ]
    }
    // What binds late has the columns of the day, and on Redshift no place in information_schema;
    // locally it waits for what it reads.
    if relation.bindsLate || expected.standsOnLateView(key) { return [] }
    guard let columns = actual[key] else {
      // information_schema does not list materialized views.
      if relation.kind == .materializedView { return [] }
      return [
        Difference(
          kind: .missingRelation,
          relation: name,
          detail: "the database has no such \(relation.kind.rawValue)",
          repair: relation.kind == .table ? [creation(of: relation, name)] : [],
          range: relation.range
        )
      ]
    }
    var found = relation.columns.flatMap { differences(of: $0, columns, relation, name) }
    guard relation.isComplete else { return found }
    let known = Set(relation.columns.map(\.name))
    for column in columns where !known.contains(column.name) {
      found.append(
        Difference(
          kind: .extraColumn,
          relation: name,
          column: column.name,
          detail: "\(column.spelling) in the database, no such column in the files",
          repair: relation.kind == .table
            ? ["alter table \(name.sql) drop column \(SQLQuoting.identifier(column.name));"] : [],
          range: relation.range
        )
      )
    }
    if relation.kind == .table { pairRenamed(&found, relation, columns, name) }
    let here = relation.columns.map(\.name)
    let there = columns.map(\.name)
    if found.isEmpty, here != there {
      found.append(
        Difference(
          kind: .order,
          relation: name,
          detail: "\(there.joined(separator: ", ")) in the database, "
            + "\(here.joined(separator: ", ")) in the files",
          repair: [],
          range: relation.range
        )
      )
    }
    return found
  }

  /// Takes a column that is missing and one that is too many for one that was renamed, if they are
  /// the only ones of their type: to drop the one and add the other would lose its values.
  private func pairRenamed(
    _ found: inout [Difference],
    _ relation: CatalogRelation,
    _ columns: [ActualColumn],
    _ name: RelationName
  ) {
    let known = Set(relation.columns.map(\.name))
    let here = Set(columns.map(\.name))
    let missing = relation.columns.filter { !here.contains($0.name) }
    let extra = columns.filter { !known.contains($0.name) }
    for column in missing {
      let candidates = extra.filter { $0.isOf(column.type, isDerived: false) }
      guard candidates.count == 1, let other = candidates.first,
        missing.filter({ other.isOf($0.type, isDerived: false) }).count == 1,
        let gone = found.firstIndex(where: { $0.kind == .missingColumn && $0.column == column.name }
        ),
        let made = found.firstIndex(where: { $0.kind == .extraColumn && $0.column == other.name })
      else { continue }
      found[gone].nameFound = other.name
      found[gone].detail += "; \(other.name) may be it"
      found[gone].repair = [
        "alter table \(name.sql) rename column \(SQLQuoting.identifier(other.name)) "
          + "to \(SQLQuoting.identifier(column.name));"
      ]
      found[made].detail += "; \(column.name) may be it"
      found[made].repair = []
    }
  }

  private func differences(
    of column: CatalogColumn,
    _ columns: [ActualColumn],
    _ relation: CatalogRelation,
    _ name: RelationName
  ) -> [Difference] {
    let table = "alter table \(name.sql)"
    let quoted = SQLQuoting.identifier(column.name)
    guard let actual = columns.first(where: { $0.name == column.name }) else {
      return [
        Difference(
          kind: .missingColumn,
          relation: name,
          column: column.name,
          detail: "\(column.type.spelling) in the files, no such column in the database",
          repair: relation.kind == .table && column.type.isKnown
            ? ["\(table) add column \(quoted) \(column.type.spelling);"] : [],
          range: column.range
        )
      ]
    }
    // A view's columns, and those of a table made by a query, have the types of expressions.
    let isDerived = relation.kind != .table || derived.contains(expected.key(of: name))
    if !actual.isOf(column.type, isDerived: isDerived) {
      let isLonger = column.type.family == .text && actual.type == "character varying"
      return [
        Difference(
          kind: .type,
          relation: name,
          column: column.name,
          detail: "\(actual.spelling) in the database, \(column.type.spelling) in the files",
          repair: isLonger && relation.kind == .table
            ? ["\(table) alter column \(quoted) type \(column.type.spelling);"] : [],
          range: column.range
        )
      ]
    }
    guard relation.kind == .table, !isDerived, actual.isNullable != column.isNullable else {
      return []
    }
    return [
      Difference(
        kind: .nullability,
        relation: name,
        column: column.name,
        detail: actual.isNullable
          ? "takes NULL in the database, not in the files"
          : "takes NULL in the files, not in the database",
        // Redshift changes that of no column that is there.
        repair: changesColumns
          ? ["\(table) alter column \(quoted) \(actual.isNullable ? "set" : "drop") not null;"]
          : [],
        range: column.range
      )
    ]
  }

  private func creation(of relation: CatalogRelation, _ name: RelationName) -> String {
    let lines = relation.columns.map { column in
      "  \(SQLQuoting.identifier(column.name)) \(column.type.spelling)"
        + (column.isNullable ? "" : " not null")
    }
    return "create table \(name.sql) (\n\(lines.joined(separator: ",\n"))\n);"
  }
}
