package import RedshiftSQL

/// How a table is to be stored from now on.
package struct TableLayout: Hashable, Sendable {
  package var distribution: CatalogRelation.Distribution?
  package var sortKey: TableDefinition.SortKey?
  /// By column.
  package var encodings: [String: String] = [:]
  /// Whether an identity may become one that accepts values, which Redshift has to have to keep
  /// those that there are.
  package var allowsIdentityByDefault = false

  package init() {}

  /// In words, for the history.
  var summary: String {
    var words: [String] = []
    switch distribution {
    case .key(let column): words.append("distkey (\(column))")
    case .even: words.append("diststyle even")
    case .all: words.append("diststyle all")
    case .automatic: words.append("diststyle auto")
    case .unknown, nil: break
    }
    switch sortKey {
    case .compound(let columns): words.append("sortkey (\(columns.joined(separator: ", ")))")
    case .interleaved(let columns):
      words.append("interleaved sortkey (\(columns.joined(separator: ", ")))")
    case .automatic: words.append("sortkey auto")
    case .some(.none): words.append("no sortkey")
    case .unstated, nil: break
    }
    words += encodings.sorted { $0.key < $1.key }.map { "\($0.key) encode \($0.value)" }
    return words.isEmpty ? "the same layout" : words.joined(separator: ", ")
  }
}

/// The steps of a deep copy, as the server's own SQL: data, so that they can be shown and checked.
///
/// All of it is one transaction. The table is locked first; so nobody writes into the old one while
/// the new one is filled, and whoever waited finds the new one under the old name.
struct TableRebuild: Sendable {
  /// A view that reads the table, or one that reads such a view.
  struct Dependent: Hashable, Sendable {
    var name: RelationName
    var isMaterialized: Bool
    /// The whole statement.
    var creation: String
    /// Owner, grants and comments.
    var belongings: [String]
  }

  /// A foreign key of another table that refers to this one.
  struct Reference: Hashable, Sendable {
    var table: RelationName
    var name: String
    var text: String
  }

  /// What PostgreSQL keeps beside a table and takes away with it.
  struct PostgresExtras: Sendable {
    /// In the order in which they were made, and so in that of their copies.
    var indexes: [String] = []
    /// Sequences with the columns that own them.
    var sequences: [(name: String, column: String)] = []
    /// The sequences behind identities, with their columns.
    var identities: [(name: String, column: String, type: String)] = []
    /// The table's own foreign keys, which LIKE does not copy.
    var foreignKeys: [(name: String, text: String)] = []
  }

  let dialect: SQLQuoting.Dialect
  let name: RelationName
  let definition: TableDefinition
  let layout: TableLayout
  var dependents: [Dependent] = []
  var references: [Reference] = []
  /// Owner, grants and comments of the table.
  var belongings: [String] = []
  var extras = PostgresExtras()
  /// The highest values of identity columns.
  var identityValues: [String: Int] = [:]

  /// The copy's name until it has the table's.
  var copy: RelationName {
    RelationName(schema: name.schema, identifier: "redstart_rebuild_" + shortName)
  }

  private var shortName: String { String(name.identifier.prefix(40)) }

  private var key: SymbolicCatalog.Key {
    SymbolicCatalog.Key(schema: copy.schema ?? "", identifier: copy.identifier)
  }

  private var columns: String {
    definition.columns.map { SQLQuoting.plainIdentifier($0.name) }.joined(separator: ", ")
  }

  // MARK: Steps

  /// Keeps writers and readers out until the end.
  var locking: [String] {
    dialect == .redshift
      ? ["lock \(name.plainSQL)"] : ["lock table \(name.plainSQL) in access exclusive mode"]
  }

  /// Makes the copy and fills it.
  var copying: [String] {
    guard dialect == .redshift else {
      return [
        "create table \(copy.plainSQL) (like \(name.plainSQL) including all)",
        "insert into \(copy.plainSQL) (\(columns)) overriding system value "
          + "select \(columns) from \(name.plainSQL)",
      ]
    }
    var insertion = "insert into \(copy.plainSQL) (\(columns)) select \(columns) "
    insertion += "from \(name.plainSQL)"
    // Rows that come in order need no VACUUM.
    if case .compound(let names) = newDefinition.sortKey {
      insertion += " order by " + names.map(SQLQuoting.plainIdentifier).joined(separator: ", ")
    }
    return [newDefinition.creation(key, known: nil), insertion]
  }

  /// The table as it will be.
  var newDefinition: TableDefinition {
    var new = definition
    if let distribution = layout.distribution { new.distribution = distribution }
    if let sortKey = layout.sortKey { new.sortKey = sortKey }
    for index in new.columns.indices {
      let name = new.columns[index].name
      if let encoding = layout.encodings[name] { new.columns[index].encoding = encoding }
      if var identity = new.columns[index].identity {
        identity.acceptsValues = true
        if let last = identityValues[name] { identity.seed = last + identity.step }
        new.columns[index].identity = identity
      }
    }
    if !layout.encodings.isEmpty { new.encodesAutomatically = false }
    // Names of constraints belong to the old table until it is gone.
    return new
  }

  /// Rows and a checksum of the table and of the copy, one row each.
  var comparison: String {
    func part(_ table: RelationName) -> String {
      let sums = checksums.isEmpty ? "" : ", " + checksums.joined(separator: ", ")
      return "select count(*)\(sums) from \(table.plainSQL) t"
    }
    return part(name) + " union all " + part(copy)
  }

  private var checksums: [String] {
    guard dialect == .redshift else {
      return ["coalesce(sum(pg_catalog.hashtextextended(t::text, 0)), 0)"]
    }
    return definition.columns.compactMap { column in
      let kind = column.type.prefix { $0 != "(" }
      guard
        ["smallint", "integer", "bigint", "decimal", "numeric", "char", "varchar", "character"]
          .contains(String(kind.split(separator: " ").first ?? ""))
      else { return nil }
      let name = SQLQuoting.plainIdentifier(column.name)
      return "sum(cast(checksum(t.\(name)) as decimal(38, 0)))"
    }
  }

  /// Gives the copy the table's place, and everything back that belonged to it.
  var swapping: [String] {
    var statements: [String] = []
    for view in dependents.reversed() {
      let kind = view.isMaterialized ? "materialized view" : "view"
      statements.append("drop \(kind) \(view.name.plainSQL)")
    }
    for reference in references {
      let name = SQLQuoting.plainIdentifier(reference.name)
      statements.append("alter table \(reference.table.plainSQL) drop constraint \(name)")
    }
    if dialect == .postgres { statements += sequenceStatements }
    statements.append("drop table \(name.plainSQL)")
    statements.append(
      "alter table \(copy.plainSQL) rename to \(SQLQuoting.plainIdentifier(name.identifier))"
    )
    for key in extras.foreignKeys {
      let constraint = SQLQuoting.plainIdentifier(key.name)
      statements.append("alter table \(name.plainSQL) add constraint \(constraint) \(key.text)")
    }
    for reference in references {
      let constraint = SQLQuoting.plainIdentifier(reference.name)
      statements.append(
        "alter table \(reference.table.plainSQL) add constraint \(constraint) \(reference.text)"
      )
    }
    statements += belongings
    for view in dependents { statements += [view.creation] + view.belongings }
    return statements
  }

  /// Identities go on where they stood; sequences of the user's own go with the copy.
  private var sequenceStatements: [String] {
    let copyLiteral = SQLQuoting.literal(copy.sql, for: .postgres)
    let tableLiteral = SQLQuoting.literal(name.sql, for: .postgres)
    var statements: [String] = []
    for column in definition.columns where column.identity != nil {
      let literal = SQLQuoting.literal(column.name, for: .postgres)
      statements.append(
        """
        do $redstart$ declare last bigint; called boolean; begin \
        execute 'select last_value, is_called from ' \
        || pg_get_serial_sequence(\(tableLiteral), \(literal)) into last, called; \
        perform setval(pg_get_serial_sequence(\(copyLiteral), \(literal)), last, called); \
        end $redstart$
        """
      )
    }
    for sequence in extras.sequences {
      let column = SQLQuoting.plainIdentifier(sequence.column)
      statements.append("alter sequence \(sequence.name) owned by \(copy.plainSQL).\(column)")
    }
    return statements
  }

  /// All of it, as it is shown.
  var statements: [String] {
    ["begin"] + locking + copying + [comparison] + swapping + ["commit"]
  }
}
