import Diagnostics
import RedshiftSQL
import WarehouseClient

/// What a database holds, read from its catalogue as the SQL that would make it.
///
/// The catalogue's answers are written down as statements, and those are read by the same code that
/// reads migrations; so what a database has and what files say meet in one form.
struct LiveDefinitions: Sendable {
  /// Statements in Redshift's SQL.
  var statements: [String] = []
  /// What could not be written down.
  var problems: [Diagnostic] = []

  /// Views as the server writes them down.
  private(set) var views: [SymbolicCatalog.Key: LiveView] = [:]
  /// Defaults of columns as the server writes them down.
  private(set) var defaults: [SymbolicCatalog.Key: [String: String]] = [:]
  /// Users, the one who asks first; empty where only some relations are read.
  private(set) var roles: [String] = []
  /// Whether the server tells how rows are spread and kept.
  private var tellsLayout = false

  /// `procedure` or `function`, by name with the types in the server's words.
  var routineKinds: [RelationName: String] = [:]

  /// Comments and grants of each relation, which are among the statements.
  private var belongings: [RelationName: [String]] = [:]

  let queries: LiveDefinitionQueries
  private let database: MigrationDatabase
  private let literals: SQLQuoting.Dialect

  private init(
    _ database: MigrationDatabase,
    only: [RelationName]?,
    literals: SQLQuoting.Dialect
  ) {
    self.database = database
    self.literals = literals
    queries = LiveDefinitionQueries(
      dialect: database.warehouse.dialect,
      ownSchemas: [database.settings.metadataSchema],
      only: only
    )
  }

  /// - Parameters:
  ///   - database: what is read.
  ///   - only: one table; nil for everything.
  ///   - literals: the server whose literals comments are written with, when they are sent there
  ///     rather than read.
  ///   - tellsForeignParts: whether what Redshift does not know at all is to be told.
  ///   - session: where to ask.
  /// - Throws: errors of the database.
  init(
    _ database: MigrationDatabase,
    only: RelationName? = nil,
    literals: SQLQuoting.Dialect = .redshift,
    tellsForeignParts: Bool = false,
    _ session: any WarehouseSession
  ) async throws(Diagnostic) {
    self.init(database, only: only.map { [$0] }, literals: literals)
    let former = try await Self.qualifyNames(database, session)
    if only == nil {
      try await readSchemas(session)
      try await readRoutines(session)
    }
    try await readTables(session)
    if only == nil {
      try await readViews(session)
      roles = try await rows(queries.roles, session).compactMap { $0.first.flatMap { $0 } }
    }
    try await readComments(session)
    try await readGrants(session)
    if only == nil {
      try await readRoutineGrants(session)
      try await readDefaultPrivileges(session)
      if tellsForeignParts { try await readForeignParts(session) }
    }
    try await Self.search(former, database, session)
  }

  /// Comments and grants of relations, as statements for a server.
  static func belongings(
    of relations: [RelationName],
    _ database: MigrationDatabase,
    _ session: any WarehouseSession
  ) async throws(Diagnostic) -> [RelationName: [String]] {
    guard !relations.isEmpty else { return [:] }
    var read = LiveDefinitions(database, only: relations, literals: database.warehouse.dialect)
    try await read.readComments(session)
    try await read.readGrants(session)
    return read.belongings
  }

  /// Makes the server write names with their schemas, also of what lies on the search path.
  ///
  /// - Returns: the path, to be given back.
  static func qualifyNames(
    _ database: MigrationDatabase,
    _ session: any WarehouseSession
  ) async throws(Diagnostic) -> String {
    let found = try await database.execute("select current_setting('search_path')", session)
    try await search("pg_catalog", database, session)
    return found.rows.first?.first.flatMap { $0 } ?? "public"
  }

  static func search(
    _ path: String,
    _ database: MigrationDatabase,
    _ session: any WarehouseSession
  ) async throws(Diagnostic) {
    let literal = SQLQuoting.literal(path, for: database.warehouse.dialect)
    try await database.execute("select set_config('search_path', \(literal), false)", session)
  }

  /// The definition that the statements come to.
  func definition() -> SchemaDefinition {
    let buffers = database.buffers
    let text = statements.map { $0 + ";\n" }.joined()
    let buffer = buffers.add(name: "<catalogue>", text: text)
    let parsed = SQLParser.parse(buffer, in: buffers)
    var definition = SchemaDefinition(
      parsed.statements,
      defaultSchema: database.settings.defaultSchema,
      buffers: buffers
    )
    // What the server writes need not be Redshift's SQL.
    for (key, view) in views where definition.views[key] == nil {
      definition.addUnreadView(key, isMaterialized: view.isMaterialized, isLate: view.isLate)
    }
    return definition
  }

  /// What the server keeps of definitions.
  var keptAspects: KeptAspects {
    queries.dialect == .redshift
      ? .redshift(user: roles.first ?? "", tellsLayout: tellsLayout) : .postgres(roles: Set(roles))
  }

  func rows(
    _ query: String,
    _ session: any WarehouseSession
  ) async throws(Diagnostic) -> [[String?]] {
    try await database.execute(query, session).rows
  }

  // MARK: Schemas

  private mutating func readSchemas(_ session: any WarehouseSession) async throws(Diagnostic) {
    var external: Set<String> = []
    if queries.dialect == .redshift {
      let found = try await rows(LiveDefinitionQueries.externalSchemas, session)
      external = Set(found.compactMap { $0.first.flatMap { $0 } })
      problems += external.sorted().map(Diagnostic.externalSchemaNotDumped)
    }
    for row in try await rows(queries.schemas, session) where row.count == 3 {
      guard let name = row[0], !external.contains(name) else { continue }
      let quoted = SQLQuoting.plainIdentifier(name)
      if name != "public" {
        let owner = row[1].map { " authorization \(SQLQuoting.plainIdentifier($0))" } ?? ""
        statements.append("create schema \(quoted)\(owner)")
      }
      if let comment = row[2], name != "public" || comment != "standard public schema" {
        statements.append("comment on schema \(quoted) is \(literal(comment))")
      }
    }
  }

  // MARK: Tables

  private mutating func readTables(_ session: any WarehouseSession) async throws(Diagnostic) {
    let tables = try await rows(queries.tables, session)
    var columns: [RelationName: [[String?]]] = [:]
    for row in try await rows(queries.columns, session) where row.count == 10 {
      guard let schema = row[0], let table = row[1] else { continue }
      columns[RelationName(schema: schema, identifier: table), default: []].append(row)
      // What somebody's own type or a sequence makes of it is told by another type.
      let isForeign = row[9] != nil || row[5]?.hasPrefix("nextval(") ?? false
      if let column = row[2], let value = row[5], !isForeign || queries.only != nil {
        let key = SymbolicCatalog.Key(schema: schema, identifier: table)
        defaults[key, default: [:]][column] = value
      }
    }
    for row in tables where row.count == 4 {
      guard let schema = row[0], let table = row[1] else { continue }
      if row[3] != nil { tellsLayout = true }
      let name = RelationName(schema: schema, identifier: table)
      statements.append(creation(of: name, columns[name] ?? [], style: row[3]))
      if let owner = row[2] {
        statements.append(
          "alter table \(name.plainSQL) owner to \(SQLQuoting.plainIdentifier(owner))"
        )
      }
    }
    for row in try await rows(queries.constraints, session) where row.count == 4 {
      guard let schema = row[0], let table = row[1], let constraint = row[2], let text = row[3]
      else { continue }
      let name = RelationName(schema: schema, identifier: table)
      // A name that the server gave says nothing.
      let isGiven = !["_pkey", "_key", "_fkey"].contains { constraint.hasSuffix($0) }
      let head = isGiven ? "constraint \(SQLQuoting.plainIdentifier(constraint)) " : ""
      statements.append("alter table \(name.plainSQL) add \(head)\(text)")
    }
  }

  private mutating func creation(
    of name: RelationName,
    _ rows: [[String?]],
    style: String?
  ) -> String {
    let isRedshift = queries.dialect == .redshift
    var sortKey: [(place: Int, column: String)] = []
    var distributionKey: String?
    var lines: [String] = []
    for row in rows {
      guard let column = row[2], let type = row[3] else { continue }
      let quoted = SQLQuoting.plainIdentifier(column)
      var line = "\(quoted) \(spelled(type: type, standIn: row[9], of: column, name))"
      let fallback = row[5].map { ColumnSpelling.value(spelled($0)) }
      var identity: String?
      if isRedshift {
        identity = fallback.flatMap(ColumnSpelling.identity)
        if row[7] == "t" || row[7] == "true" { distributionKey = quoted }
        if let place = row[8].flatMap({ Int($0) }), place != 0 {
          sortKey.append((place, quoted))
        }
      } else if let kind = row[6], !kind.isEmpty {
        let numbers = "identity(\(row[7] ?? "1"), \(row[8] ?? "1"))"
        identity = kind == "d" ? "generated by default as \(numbers)" : numbers
      } else if let start = row[7], let step = row[8], queries.only == nil,
        fallback?.hasPrefix("nextval(") ?? false
      {
        identity = "generated by default as identity(\(start), \(step))"
        problems.append(.sequenceNotRedshifts("\(name.description).\(column)"))
      }
      if let identity {
        line += " \(identity)"
      } else if let fallback {
        line += " default \(fallback)"
      }
      if isRedshift, let encoding = row[6], encoding != "none" { line += " encode \(encoding)" }
      if isRedshift, row[6] == "none", row[8] == "0" || row[8] == nil { line += " encode raw" }
      if row[4] == "t" || row[4] == "true" { line += " not null" }
      lines.append(line)
    }
    var text = "create table \(name.plainSQL) (\(lines.joined(separator: ", ")))"
    switch style {
    case "0": text += " diststyle even"
    case "1": text += distributionKey.map { " distkey (\($0))" } ?? ""
    case "8": text += " diststyle all"
    case nil: break
    default: text += " diststyle auto"
    }
    if !sortKey.isEmpty {
      // The places of an interleaved key alternate in sign.
      let isInterleaved = sortKey.contains { $0.place < 0 }
      let columns = sortKey.sorted { abs($0.place) < abs($1.place) }.map(\.column)
      text += isInterleaved ? " interleaved sortkey" : " sortkey"
      text += " (\(columns.joined(separator: ", ")))"
    }
    return text
  }

  /// A type in Redshift's words; of one that Redshift does not have, the nearest is taken, and of one
  /// that somebody made, `standIn`, which is under it.
  private mutating func spelled(
    type: String,
    standIn: String?,
    of column: String,
    _ name: RelationName
  ) -> String {
    if let standIn, queries.only == nil {
      let nearest = ForeignType(standIn).map(\.nearest) ?? ColumnSpelling.type(standIn)
      problems.append(
        .typeNotRedshifts("\(name.description).\(column)", type, nearest: nearest)
      )
      return nearest ?? type
    }
    // What is copied on this server keeps its type.
    guard queries.dialect == .postgres, queries.only == nil, let foreign = ForeignType(type) else {
      return ColumnSpelling.type(type)
    }
    let place = "\(name.description).\(column)"
    problems.append(.typeNotRedshifts(place, type, nearest: foreign.nearest))
    return foreign.nearest ?? type
  }

  /// Tells what tables have that Redshift does not know at all.
  private mutating func readForeignParts(
    _ session: any WarehouseSession
  ) async throws(Diagnostic) {
    guard let query = queries.foreignParts else { return }
    var parts: [(table: String, parts: [String])] = []
    for row in try await rows(query, session) where row.count == 3 {
      guard let schema = row[0], let table = row[1], let text = row[2] else { continue }
      let name = RelationName(schema: schema, identifier: table).description
      if parts.last?.table == name {
        parts[parts.count - 1].parts.append(text)
      } else {
        parts.append((name, [text]))
      }
    }
    problems += parts.map { .partsNotRedshifts($0.table, $0.parts) }
  }

  // MARK: Views, comments, grants

  private mutating func readViews(_ session: any WarehouseSession) async throws(Diagnostic) {
    // A view stands behind those that it reads: the text tells, once all are parsed.
    var rows = try await self.rows(queries.views, session)
    if queries.dialect == .postgres {
      rows += try await self.rows(LiveDefinitionQueries.waitingViews, session)
    }
    for row in rows where row.count == 7 {
      guard let schema = row[0], let view = row[1], let definition = row[4] else { continue }
      let text = ViewText(spelled(definition), kind: row[2])
      let name = RelationName(schema: schema, identifier: view)
      let isLate = row[5] == "t" || row[5] == "true"
      views[SymbolicCatalog.Key(schema: schema, identifier: view)] = LiveView(
        text: definition,
        isMaterialized: text.isMaterialized,
        isLate: isLate,
        source: isLate ? row[6] : nil
      )
      if text.isWhole {
        statements.append(text.text)
      } else {
        let kind = text.isMaterialized ? "materialized view" : "view"
        let end = isLate ? " with no schema binding" : ""
        statements.append("create \(kind) \(name.plainSQL) as \(text.text)\(end)")
      }
      if let owner = row[3] {
        statements.append(
          "alter table \(name.plainSQL) owner to \(SQLQuoting.plainIdentifier(owner))"
        )
      }
    }
  }

  private mutating func readComments(_ session: any WarehouseSession) async throws(Diagnostic) {
    for row in try await rows(queries.comments, session) where row.count == 5 {
      guard let schema = row[0], let relation = row[1], let text = row[4] else { continue }
      let name = RelationName(schema: schema, identifier: relation)
      if let column = row[2] {
        let quoted = SQLQuoting.plainIdentifier(column)
        add("comment on column \(name.plainSQL).\(quoted) is \(literal(text))", of: name)
      } else {
        let kind = row[3] == "v" ? "view" : row[3] == "m" ? "materialized view" : "table"
        add("comment on \(kind) \(name.plainSQL) is \(literal(text))", of: name)
      }
    }
  }

  private mutating func readGrants(_ session: any WarehouseSession) async throws(Diagnostic) {
    for row in try await rows(queries.grants, session) where row.count == 7 {
      guard let schema = row[0], var privilege = row[2] else { continue }
      if let column = row[6] { privilege += " (\(SQLQuoting.plainIdentifier(column)))" }
      let relation = row[1].map { RelationName(schema: schema, identifier: $0) }
      let object =
        relation.map { "table \($0.plainSQL)" }
        ?? "schema \(SQLQuoting.plainIdentifier(schema))"
      let grantee = Self.grantee(row[3], kind: row[4])
      let option = row[5] == "t" || row[5] == "true" ? " with grant option" : ""
      add("grant \(privilege) on \(object) to \(grantee)\(option)", of: relation)
    }
  }

  static func grantee(_ name: String?, kind: String?) -> String {
    let name = SQLQuoting.plainIdentifier(name ?? "")
    return switch kind ?? "" {
    case "public": "public"
    case "group": "group \(name)"
    case "role": "role \(name)"
    default: name
    }
  }

  private mutating func add(_ statement: String, of relation: RelationName?) {
    statements.append(statement)
    if let relation { belongings[relation, default: []].append(statement) }
  }

  func literal(_ text: String) -> String { SQLQuoting.literal(text, for: literals) }

  /// What the server wrote, as Redshift reads it.
  private func spelled(_ text: String) -> String {
    queries.dialect == .postgres ? ColumnSpelling.strings(ofPostgres: text) : text
  }
}

/// A view as a catalogue has it.
struct LiveView: Hashable, Sendable {
  /// In the server's own words.
  var text: String
  var isMaterialized: Bool
  var isLate: Bool
  /// Of a late-binding view of PostgreSQL whose text follows the columns under it: what followed its
  /// name when it was made, in Redshift's words.
  var source: String?
}

extension RelationName {
  /// Schema and name, quoted where they have to be.
  var plainSQL: String {
    [schema, identifier].compactMap { $0 }.map(SQLQuoting.plainIdentifier).joined(separator: ".")
  }
}
