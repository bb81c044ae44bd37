import Diagnostics
import RedshiftSQL
import WarehouseClient

/// How a server itself writes definitions down: each is made under another name, in a transaction
/// that is rolled back.
///
/// Two texts mean the same to a server when it writes them down in the same words; so what is in a
/// catalogue can be held against what a file says, without a reading of the server's own.
struct ServerSpelling: Sendable {
  /// A definition as the catalogue has it, or why the server would not take it.
  enum Answer<Spelled: Sendable>: Sendable {
    case spelled(Spelled)
    case refused(Diagnostic)
  }

  struct View: Hashable, Sendable {
    var text: String
    /// Names and types.
    var columns: [String]
  }

  struct Routine: Hashable, Sendable {
    var kind: String
    /// The types by which the server tells it from others of its name.
    var types: String
    var result: String
    var volatility: String
    var language: String
    /// Of SQL without layout and comments.
    var source: String

    init?(_ row: [String?]) {
      guard row.count == 6 else { return nil }
      kind = row[0] ?? ""
      types = row[1] ?? ""
      result = row[2] ?? ""
      volatility = row[3] ?? ""
      language = row[4] ?? ""
      source = row[5] ?? ""
      guard language == "sql" || language == "plpgsql" else { return }
      source = SQLLexer.words(of: Array(source.utf8)).joined(separator: " ")
    }
  }

  let database: MigrationDatabase
  let session: any WarehouseSession
  private let name = "redstart_expected_\(String(UInt32.random(in: 0...UInt32.max), radix: 36))"

  init(_ database: MigrationDatabase, _ session: any WarehouseSession) {
    self.database = database
    self.session = session
  }

  private var dialect: SQLQuoting.Dialect { database.warehouse.dialect }

  private func literal(_ text: String) -> String { SQLQuoting.literal(text, for: dialect) }

  // MARK: Views

  /// A view, as the server writes it down.
  ///
  /// - Parameters:
  ///   - text: its query.
  ///   - columns: the names that it gives its columns itself.
  ///   - isLate: whether it is one WITH NO SCHEMA BINDING.
  ///   - schema: where it stands.
  ///   - tables: statements that make tables which it reads and which are not there.
  /// - Returns: how the server writes it, or why it would not take it.
  /// - Throws: when the connection is lost.
  func view(
    _ text: String,
    columns: [String],
    isLate: Bool,
    in schema: String,
    beside tables: [String] = []
  ) async throws(Diagnostic) -> Answer<View> {
    let key = SymbolicCatalog.Key(schema: schema, identifier: name)
    let list =
      columns.isEmpty
      ? "" : " (\(columns.map(SQLQuoting.plainIdentifier).joined(separator: ", ")))"
    let end = isLate ? "\nwith no schema binding" : ""
    return try await rolledBack { () async throws(Diagnostic) in
      for table in tables { try await run(table) }
      try await run("create view \(key.sql)\(list) as \(text)\(end)")
      return try await lookUp(key.relation, isLate: isLate)
    }
  }

  /// A view that is there.
  func view(_ name: RelationName) async throws(Diagnostic) -> View? {
    switch try await rolledBack({ () async throws(Diagnostic) in
      try await lookUp(name, isLate: false)
    }) {
    case .spelled(let view): view
    case .refused: nil
    }
  }

  private func lookUp(
    _ name: RelationName,
    isLate: Bool
  ) async throws(Diagnostic) -> View {
    let schema = literal(name.schema ?? "")
    let relation = literal(name.identifier)
    if isLate, dialect == .postgres {
      let found = try await database.execute(
        "select definition from rs.late_views where schema_name = \(schema) "
          + "and view_name = \(relation)",
        session
      )
      return View(text: found.rows.first?.first.flatMap { $0 } ?? "", columns: [])
    }
    if dialect == .postgres {
      try await database.execute(
        "select set_config('search_path', 'pg_catalog', true)",
        session
      )
    }
    let rows = try await database.execute(
      """
      select pg_get_viewdef(c.oid), a.attname, format_type(a.atttypid, a.atttypmod) \
      from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace \
      join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 \
      where n.nspname = \(schema) and c.relname = \(relation) order by a.attnum
      """,
      session
    ).rows
    return View(
      text: rows.first?.first.flatMap { $0 } ?? "",
      columns: rows.map { $0.dropFirst().compactMap { $0 }.joined(separator: " ") }
    )
  }

  // MARK: Defaults

  /// Defaults of columns, as the server writes them down.
  ///
  /// - Parameter columns: each with its name, type and default.
  /// - Returns: texts by the names of columns, or why the server would not take them.
  /// - Throws: when the connection is lost.
  func defaults(
    of columns: [TableDefinition.Column]
  ) async throws(Diagnostic) -> Answer<[String: String]> {
    let lines = columns.map { column in
      var column = column
      column.encoding = nil
      column.isRequired = false
      return column.sql
    }
    return try await rolledBack { () async throws(Diagnostic) in
      try await run("create temp table \(name) (\(lines.joined(separator: ", ")))")
      if dialect == .postgres {
        try await database.execute(
          "select set_config('search_path', 'pg_catalog', true)",
          session
        )
      }
      // Each of the two has only one of them in a form that can be read.
      let value = dialect == .redshift ? "d.adsrc" : "pg_get_expr(d.adbin, d.adrelid)"
      let rows = try await database.execute(
        """
        select a.attname, \(value) from pg_catalog.pg_class c \
        join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 \
        join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum \
        where c.relname = \(literal(name)) order by a.attnum
        """,
        session
      ).rows
      var found: [String: String] = [:]
      for row in rows where row.count == 2 {
        if let column = row[0], let text = row[1] { found[column] = text }
      }
      return found
    }
  }

  // MARK: Routines

  /// A routine, as the server writes it down.
  ///
  /// - Parameters:
  ///   - schema: where it stands.
  ///   - creation: the statement that makes it under the name it is given.
  /// - Returns: how the server writes it, or why it would not take it.
  /// - Throws: when the connection is lost.
  func routine(
    in schema: String,
    _ creation: (SymbolicCatalog.Key) -> String?
  ) async throws(Diagnostic) -> Answer<Routine?>? {
    let key = SymbolicCatalog.Key(schema: schema, identifier: name)
    guard let text = creation(key) else { return nil }
    return try await rolledBack { () async throws(Diagnostic) in
      try await run(text)
      return try await routines(key.relation).first
    }
  }

  /// The routines of a name.
  func routines(_ name: RelationName) async throws(Diagnostic) -> [Routine] {
    let table = dialect == .redshift ? "pg_proc_info" : "pg_catalog.pg_proc"
    let rows = try await database.execute(
      """
      select p.prokind, oidvectortypes(p.proargtypes), format_type(p.prorettype, null), \
      p.provolatile, l.lanname, p.prosrc from \(table) p \
      join pg_catalog.pg_namespace n on n.oid = p.pronamespace \
      join pg_catalog.pg_language l on l.oid = p.prolang \
      where n.nspname = \(literal(name.schema ?? "")) and p.proname = \(literal(name.identifier)) \
      order by 2
      """,
      session
    ).rows
    return rows.compactMap(Routine.init)
  }

  // MARK: Transactions

  /// Runs a statement of Redshift's SQL.
  private func run(_ text: String) async throws(Diagnostic) {
    let buffer = database.buffers.add(name: "<definition>", text: text)
    let parsed = SQLParser.parse(buffer, in: database.buffers)
    if let problem = parsed.diagnostics.first(where: \.isError) { throw problem }
    _ = try await database.runner(session).run(buffer)
  }

  private func rolledBack<Spelled: Sendable>(
    _ body: () async throws(Diagnostic) -> Spelled
  ) async throws(Diagnostic) -> Answer<Spelled> {
    try await database.execute("begin", session)
    let answer: Answer<Spelled>
    do throws(Diagnostic) {
      answer = .spelled(try await body())
    } catch {
      guard error.code != "connection-lost" else { throw error }
      answer = .refused(error)
    }
    try await database.execute("rollback", session)
    return answer
  }
}
