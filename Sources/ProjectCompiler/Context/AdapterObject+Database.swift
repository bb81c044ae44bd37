import Diagnostics
import ProjectModel
import RedshiftSQL
import Templating

extension AdapterObject {
  /// What the adapter answers while nothing is asked.
  private func answer(
    _ name: String,
    _ quiet: Value,
    _ body: @escaping (Arguments, any LiveDatabase) throws(Diagnostic) -> Value
  ) -> Method {
    { [self] arguments throws(Diagnostic) in
      guard context.isExecuting else { return quiet }
      return try body(arguments, try context.database("adapter.\(name)", at: arguments.range))
    }
  }

  // MARK: The catalogue

  /// The columns that the database has, whatever macros a project has put in the place of asking: a
  /// replacement that ends with asking the original must not come back to itself.
  private static let ownColumns = "catalog_columns"

  func catalogMethod(_ name: String) -> Method? {
    switch name {
    case "get_relation":
      return answer(name, .none) { [self] arguments, database throws(Diagnostic) in
        let schema = try arguments.required(1, "schema", of: name)
        let identifier = try arguments.required(2, "identifier", of: name)
        guard !schema.isNone, !identifier.isNone, !identifier.isUndefined else { return .none }
        let found = try LiveCatalog(database: database)
          .relation(schema: schema.rendered, name: identifier.rendered)
        return found.map { .object(relation($0)) } ?? Value.none
      }
    case "load_relation":
      return answer(name, .none) { [self] arguments, database throws(Diagnostic) in
        try standing(try self.relation(arguments, name), database)
          .map { .object($0) } ?? Value.none
      }
    case "list_relations":
      return answer(name, .list([])) { [self] arguments, database throws(Diagnostic) in
        let schema = try arguments.required(1, "schema", of: name).rendered
        return .list(
          try LiveCatalog(database: database).relations(schema: schema)
            .map { .object(self.relation($0)) }
        )
      }
    case "list_relations_without_caching":
      return answer(name, .list([])) { [self] arguments, database throws(Diagnostic) in
        let schema = try relation(arguments, name).schema ?? ""
        return .list(
          try LiveCatalog(database: database).relations(schema: schema)
            .map { .object(self.relation($0)) }
        )
      }
    case "list_schemas":
      return answer(name, .list([])) { _, database throws(Diagnostic) in
        .list(try LiveCatalog(database: database).schemas().map { .text($0) })
      }
    case "check_schema_exists":
      return answer(name, .boolean(false)) { arguments, database throws(Diagnostic) in
        let schema = try arguments.required(1, "schema", of: name).rendered.lowercased()
        return .boolean(
          try LiveCatalog(database: database).schemas().contains { $0.lowercased() == schema }
        )
      }
    case "get_columns_in_relation", "get_columns_in_table", Self.ownColumns:
      return answer(name, .list([])) { [self] arguments, database throws(Diagnostic) in
        if name == "get_columns_in_relation",
          let macro = context.environment.macros.replacement(for: name)
        {
          return try MacroObject(macro, context: context).call(arguments)
        }
        let relation: RelationObject
        if name == "get_columns_in_table", arguments.positional.count > 1 {
          relation = RelationObject(
            RelationName(
              schema: arguments.positional[0].rendered,
              identifier: arguments.positional[1].rendered
            ),
            kind: nil
          )
        } else {
          relation = try self.relation(arguments, name)
        }
        return .list(try columns(of: relation, database).map { .object($0) })
      }
    case "get_missing_columns":
      return answer(name, .list([])) { [self] arguments, database throws(Diagnostic) in
        let known = try columns(of: try relation(arguments, name, index: 1), database)
        let names = Set(known.map(\.name))
        return .list(
          try columns(of: try relation(arguments, name), database)
            .filter { !names.contains($0.name) }.map { .object($0) }
        )
      }
    case "expand_target_column_types":
      return answer(name, .text("")) { [self] arguments, database throws(Diagnostic) in
        try expandColumns(arguments, database)
        return .text("")
      }
    case "get_column_schema_from_query":
      return answer(name, .list([])) { [self] arguments, database throws(Diagnostic) in
        let sql = try arguments.required(0, "sql", of: name)
        let answer = try database.run(context.mapped(sql), name: context.statementName)
        let isPostgres = context.adapterType == "postgres"
        return .list(
          answer.columns.map { column in
            let type =
              isPostgres
              ? Self.driverTypeName(column.typeName) : Self.longTypeName(column.typeName)
            return .object(ColumnObject(name: column.name, type: type))
          }
        )
      }
    default: return nil
    }
  }

  /// The words of information_schema for a type of the wire protocol.
  static func longTypeName(_ name: String) -> String {
    switch name {
    case "int2": "smallint"
    case "int4": "integer"
    case "int8": "bigint"
    case "float4": "real"
    case "float8": "double precision"
    case "bool": "boolean"
    case "varchar": "character varying"
    case "bpchar": "character"
    case "timestamp": "timestamp without time zone"
    case "timestamptz": "timestamp with time zone"
    case "time": "time without time zone"
    default: name
    }
  }

  /// What dbt-postgres calls a type of the wire protocol: contracts compare these words, so types of
  /// one word are the same to them (`text` and `varchar`, `smallint` and `integer`).
  static func driverTypeName(_ name: String) -> String {
    if name.hasPrefix("_") {
      return driverTypeName(String(name.dropFirst()), isElement: true) + "ARRAY"
    }
    if name.hasSuffix("[]") {
      return driverTypeName(String(name.dropLast(2)), isElement: true) + "ARRAY"
    }
    return driverTypeName(name, isElement: false)
  }

  private static func driverTypeName(_ name: String, isElement: Bool) -> String {
    switch name {
    case "int2", "int4", "smallint", "integer": isElement ? "INTEGER" : "INT"
    case "int8", "bigint": "LONGINTEGER"
    case "float4", "float8", "real", "double precision": "FLOAT"
    case "numeric": "DECIMAL"
    case "bool", "boolean": "BOOLEAN"
    case "text", "varchar", "bpchar", "name", "char", "character varying", "character":
      isElement ? "STRING" : "TEXT"
    case "date": "DATE"
    case "time", "timetz": "TIME"
    case "timestamp", "timestamp without time zone": "DATETIME"
    case "timestamptz", "timestamp with time zone": "DATETIMETZ"
    case "interval": "INTERVAL"
    case "json": "JSON"
    case "jsonb": "JSONB"
    case "bytea": "BINARY"
    default: name
    }
  }

  func relation(_ found: LiveCatalog.Found) -> RelationObject {
    RelationObject(
      RelationName(
        database: context.environment.project.target.database,
        schema: found.schema,
        identifier: found.name
      ),
      kind: found.kind,
      className: context.relationClass
    )
  }

  private func relation(
    _ arguments: Arguments,
    _ method: String,
    index: Int = 0
  ) throws(Diagnostic) -> RelationObject {
    let names = index == 0 ? ["relation", "from_relation", "schema_relation"] : ["to_relation"]
    var value = arguments.positional.indices.contains(index) ? arguments.positional[index] : nil
    for name in names where value == nil { value = arguments.value(named: name) }
    if case .object(let object)? = value, let relation = object as? RelationObject {
      return relation
    }
    throw .notRelation(value?.typeName ?? "nothing", of: "adapter.\(method)", at: arguments.range)
  }

  /// The relation as it stands in the database; nil when nothing does.
  private func standing(
    _ relation: RelationObject,
    _ database: any LiveDatabase
  ) throws(Diagnostic) -> RelationObject? {
    guard let schema = relation.schema, let name = relation.identifier else { return nil }
    return try LiveCatalog(database: database).relation(schema: schema, name: name)
      .map { self.relation($0) }
  }

  func columns(
    of relation: RelationObject,
    _ database: any LiveDatabase
  ) throws(Diagnostic) -> [ColumnObject] {
    guard let name = relation.identifier else { return [] }
    let schema = relation.included.schema ? relation.schema : nil
    return try LiveCatalog(database: database).columns(schema: schema, name: name)
  }

  /// Makes text columns of the target as wide as those of the source.
  private func expandColumns(
    _ arguments: Arguments,
    _ database: any LiveDatabase
  ) throws(Diagnostic) {
    let from = try relation(arguments, "expand_target_column_types")
    let to = try relation(arguments, "expand_target_column_types", index: 1)
    let target = try columns(of: to, database)
    for column in try columns(of: from, database) where column.isString {
      guard let known = target.first(where: { $0.name == column.name }), known.isString,
        known.dataType != column.dataType, let size = column.size, let old = known.size, size > old
      else { continue }
      try context.callMacro(
        "alter_column_type",
        [.object(to), .text(column.name), .text(column.dataType)],
        arguments
      )
    }
  }

  // MARK: Statements

  func sqlMethod(_ name: String) -> Method? {
    switch name {
    case "execute":
      let quiet = Value.tuple([.none, .object(TableObject.empty)])
      return answer(name, quiet) { [self] arguments, database throws(Diagnostic) in
        let sql = try arguments.required(0, "sql", of: name)
        if arguments.value(1, "auto_begin")?.isTrue == true { try database.begin() }
        context.statements.lastSQL = sql.rendered
        let answer = try database.run(context.mapped(sql), name: context.statementName)
        let fetches = arguments.value(2, "fetch")?.isTrue == true
        return .tuple([
          .object(ResponseObject(answer)),
          .object(fetches ? TableObject(answer) : TableObject.empty),
        ])
      }
    case "add_query":
      return answer(name, .tuple([.none, .none])) { [self] arguments, database throws(Diagnostic) in
        let sql = try arguments.required(0, "sql", of: name)
        if arguments.value(1, "auto_begin")?.isTrue ?? true { try database.begin() }
        _ = try database.run(context.mapped(sql), name: context.statementName)
        return .tuple([.none, .none])
      }
    case "run_sql_for_tests":
      return answer(name, .none) { [self] arguments, database throws(Diagnostic) in
        let sql = try arguments.required(0, "sql", of: name)
        let answer = try database.run(context.mapped(sql), name: context.statementName)
        let rows = TableObject(answer).rows.map { Value.tuple($0) }
        switch arguments.value(1, "fetch")?.rendered {
        case "one": return rows.first ?? Value.none
        case "all": return .list(rows)
        default: return .none
        }
      }
    case "commit":
      return answer(name, .text("")) { _, database throws(Diagnostic) in
        try database.commit()
        return .text("")
      }
    case "create_schema", "drop_schema", "drop_relation", "truncate_relation":
      return answer(name, .text("")) { [self] arguments, _ throws(Diagnostic) in
        let relation = try self.relation(arguments, name)
        try context.callMacro(name, [.object(relation)], arguments)
        return .text("")
      }
    case "rename_relation":
      return answer(name, .text("")) { [self] arguments, _ throws(Diagnostic) in
        let from = try relation(arguments, name)
        let to = try relation(arguments, name, index: 1)
        try context.callMacro(name, [.object(from), .object(to)], arguments)
        return .text("")
      }
    case "already_exists":
      return answer(name, .boolean(false)) { arguments, database throws(Diagnostic) in
        let schema = try arguments.required(0, "schema", of: name).rendered
        let table = try arguments.required(1, "table", of: name).rendered
        let found = try LiveCatalog(database: database).relation(schema: schema, name: table)
        return .boolean(found != nil)
      }
    default: return nil
    }
  }
}
