import Diagnostics
import RedshiftSQL
import WarehouseClient

extension TableRebuild {
  /// Reads from a database what a deep copy of a table has to keep.
  ///
  /// - Throws: `rebuild-no-table`, and `rebuild-refused` for what would be lost.
  init(
    of name: RelationName,
    layout: TableLayout,
    _ database: MigrationDatabase,
    _ session: any WarehouseSession
  ) async throws(Diagnostic) {
    let dialect = database.warehouse.dialect
    let live = try await LiveDefinitions(database, only: name, literals: dialect, session)
    let key = SymbolicCatalog.Key(schema: name.schema ?? "", identifier: name.identifier)
    guard let definition = live.definition().tables[key] else { throw .rebuildNoTable(name) }
    self.init(dialect: dialect, name: name, definition: definition, layout: layout)
    try check()
    belongings = live.statements.filter {
      $0.hasPrefix("grant ") || $0.hasPrefix("comment on table") || $0.contains(" owner to ")
        || (dialect == .redshift && $0.hasPrefix("comment on column"))
    }
    let literal: @Sendable (String) -> String = { SQLQuoting.literal($0, for: dialect) }
    let table = "'\(name.sql.replacing("'", with: "''"))'::regclass"
    let former = try await LiveDefinitions.qualifyNames(database, session)
    if dialect == .postgres { try await readExtras(table, database, session) }
    try await readIdentities(database, session)
    try await readReferences(name, literal, database, session)
    try await readDependents(literal, database, session)
    try await LiveDefinitions.search(former, database, session)
  }

  private func check() throws(Diagnostic) {
    var wanted: [String] = Array(layout.encodings.keys)
    if case .key(let column)? = layout.distribution { wanted.append(column) }
    switch layout.sortKey {
    case .compound(let names)?, .interleaved(let names)?: wanted += names
    default: break
    }
    for column in wanted where definition.column(column) == nil {
      throw .rebuildNoColumn(column, name, known: definition.columns.map(\.name))
    }
    let identity = definition.columns.first { $0.identity.map { !$0.acceptsValues } ?? false }
    if dialect == .redshift, let identity, !layout.allowsIdentityByDefault {
      throw .rebuildIdentity(identity.name, name)
    }
  }

  // MARK: What belongs to it

  private mutating func readExtras(
    _ table: String,
    _ database: MigrationDatabase,
    _ session: any WarehouseSession
  ) async throws(Diagnostic) {
    // What LIKE does not copy and cannot be given back from here.
    let lost = try await database.execute(
      """
      select 'trigger ' || tgname from pg_catalog.pg_trigger where tgrelid = \(table) \
      and not tgisinternal \
      union all select 'policy ' || polname from pg_catalog.pg_policy where polrelid = \(table) \
      union all select 'rule ' || rulename from pg_catalog.pg_rewrite where ev_class = \(table) \
      union all select 'partition ' || inhrelid::regclass::text from pg_catalog.pg_inherits \
      where inhparent = \(table) or inhrelid = \(table) \
      union all select 'publication ' || p.pubname from pg_catalog.pg_publication_rel r \
      join pg_catalog.pg_publication p on p.oid = r.prpubid where r.prrelid = \(table)
      """,
      session
    ).rows.compactMap { $0.first.flatMap { $0 } }
    guard lost.isEmpty else { throw .rebuildRefused(name, lost) }
    let indexes = try await database.execute(
      """
      select c.relname from pg_catalog.pg_index i join pg_catalog.pg_class c \
      on c.oid = i.indexrelid where i.indrelid = \(table) order by i.indexrelid
      """,
      session
    )
    extras.indexes = indexes.rows.compactMap { $0.first.flatMap { $0 } }
    let sequences = try await database.execute(
      """
      select d.objid::regclass::text, a.attname from pg_catalog.pg_depend d \
      join pg_catalog.pg_class s on s.oid = d.objid and s.relkind = 'S' \
      join pg_catalog.pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid \
      where d.refobjid = \(table) and d.deptype = 'a' order by 1
      """,
      session
    )
    extras.sequences = sequences.rows.compactMap { row in
      guard let name = row.first ?? nil, let column = row.last ?? nil else { return nil }
      return (name, column)
    }
    let identities = try await database.execute(
      """
      select a.attname, s.relname, format_type(q.seqtypid, null) from pg_catalog.pg_depend d \
      join pg_catalog.pg_class s on s.oid = d.objid and s.relkind = 'S' \
      join pg_catalog.pg_sequence q on q.seqrelid = s.oid \
      join pg_catalog.pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid \
      where d.refobjid = \(table) and d.deptype = 'i' order by 1
      """,
      session
    )
    extras.identities = identities.rows.compactMap { row in
      guard row.count == 3, let column = row[0], let name = row[1], let type = row[2] else {
        return nil
      }
      return (name, column, type)
    }
    let keys = try await database.execute(
      """
      select conname, pg_get_constraintdef(oid) from pg_catalog.pg_constraint \
      where conrelid = \(table) and contype = 'f' order by conname
      """,
      session
    )
    extras.foreignKeys = keys.rows.compactMap { row in
      guard let name = row.first ?? nil, let text = row.last ?? nil else { return nil }
      return (name, text)
    }
  }

  /// The highest value of each identity, with which Redshift's go on.
  private mutating func readIdentities(
    _ database: MigrationDatabase,
    _ session: any WarehouseSession
  ) async throws(Diagnostic) {
    guard dialect == .redshift else { return }
    for column in definition.columns {
      guard let identity = column.identity else { continue }
      let end = identity.step < 0 ? "min" : "max"
      let found = try await database.execute(
        "select \(end)(\(SQLQuoting.identifier(column.name))) from \(name.sql)",
        session
      )
      identityValues[column.name] = found.rows.first?.first.flatMap { $0 }.flatMap { Int($0) }
    }
  }

  private mutating func readReferences(
    _ name: RelationName,
    _ literal: @Sendable (String) -> String,
    _ database: MigrationDatabase,
    _ session: any WarehouseSession
  ) async throws(Diagnostic) {
    let found = try await database.execute(
      """
      select n.nspname, c.relname, k.conname, pg_get_constraintdef(k.oid) \
      from pg_catalog.pg_constraint k join pg_catalog.pg_class c on c.oid = k.conrelid \
      join pg_catalog.pg_namespace n on n.oid = c.relnamespace \
      join pg_catalog.pg_class t on t.oid = k.confrelid \
      join pg_catalog.pg_namespace s on s.oid = t.relnamespace \
      where k.contype = 'f' and k.conrelid <> k.confrelid and t.relname = \(literal(name.identifier)) \
      and s.nspname = \(literal(name.schema ?? "")) order by 1, 2, 3
      """,
      session
    )
    references = found.rows.compactMap { row in
      guard row.count == 4, let schema = row[0], let table = row[1], let constraint = row[2],
        let text = row[3]
      else { return nil }
      return Reference(
        table: RelationName(schema: schema, identifier: table),
        name: constraint,
        text: text
      )
    }
  }

  // MARK: Views

  /// Bound views, those first that others read.
  private mutating func readDependents(
    _ literal: @Sendable (String) -> String,
    _ database: MigrationDatabase,
    _ session: any WarehouseSession
  ) async throws(Diagnostic) {
    var level = [name]
    var known: [RelationName: Int] = [:]
    var found: [RelationName: [String?]] = [:]
    var depth = 0
    // A chain of views ends; the limit guards against a catalogue that says otherwise.
    while !level.isEmpty, depth < 200 {
      depth += 1
      let list = level.map {
        "(n.nspname = \(literal($0.schema ?? "")) and c.relname = \(literal($0.identifier)))"
      }
      .joined(separator: " or ")
      let rows = try await database.execute(readers(of: list), session).rows
      level = []
      for row in rows where row.count == 6 {
        guard let schema = row[0], let view = row[1] else { continue }
        let name = RelationName(schema: schema, identifier: view)
        // One that is reached by a longer way stands behind what lies on it.
        known[name] = depth
        found[name] = row
        level.append(name)
      }
    }
    let order = known.sorted { ($0.value, $0.key.description) < ($1.value, $1.key.description) }
    let kept = try await LiveDefinitions.belongings(of: order.map(\.key), database, session)
    for (view, _) in order {
      guard let row = found[view], let definition = row[4] else { continue }
      let text = ViewText(definition, kind: row[2])
      if let options = row[5] { throw .rebuildRefused(name, ["options of \(view): \(options)"]) }
      let kind = text.isMaterialized ? "materialized view" : "view"
      var belongings = kept[view] ?? []
      if let owner = row[3] {
        belongings.insert(
          "alter table \(view.plainSQL) owner to \(SQLQuoting.plainIdentifier(owner))",
          at: 0
        )
      }
      dependents.append(
        Dependent(
          name: view,
          isMaterialized: text.isMaterialized,
          creation: text.isWhole
            ? text.text : "create \(kind) \(view.plainSQL) as \(text.text)",
          belongings: belongings
        )
      )
    }
  }

  /// Bound views that read one of some relations.
  private func readers(of list: String) -> String {
    let table = "array[to_regclass(\(SQLQuoting.literal(name.sql, for: dialect)))::oid]"
    let late = dialect == .postgres ? " and \(PostgresShims.standsApart("v.oid", from: table))" : ""
    let options = dialect == .redshift ? "null" : "array_to_string(v.reloptions, ', ')"
    return """
      select distinct m.nspname, v.relname, v.relkind, \
      case when pg_get_userbyid(v.relowner) = current_user then null \
      else pg_get_userbyid(v.relowner) end, pg_get_viewdef(v.oid), \(options) \
      from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace \
      join pg_catalog.pg_depend d on d.refobjid = c.oid \
      join pg_catalog.pg_rewrite r on r.oid = d.objid \
      join pg_catalog.pg_class v on v.oid = r.ev_class and v.oid <> c.oid \
      join pg_catalog.pg_namespace m on m.oid = v.relnamespace \
      where d.classid = 'pg_catalog.pg_rewrite'::regclass \
      and d.refclassid = 'pg_catalog.pg_class'::regclass and (\(list))\(late) order by 1, 2
      """
  }
}
