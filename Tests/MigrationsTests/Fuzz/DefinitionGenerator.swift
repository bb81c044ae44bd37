import RedshiftSQL
import TestSupport

extension SeededRandom {
  mutating func pick<Element>(_ choices: [Element]) -> Element? {
    choices.randomElement(using: &self)
  }

  mutating func word(_ choices: String...) -> String { choices.randomElement(using: &self) ?? "" }
}

/// Makes statements that define and change things, from what is there.
///
/// Most of them are right; whether one is, the server says.
struct DefinitionGenerator {
  typealias Key = SymbolicCatalog.Key

  private(set) var random: SeededRandom
  private var counter = 0

  init(seed: UInt64) { random = SeededRandom(seed: seed) }

  /// The next statement for a database that holds what `catalog` says.
  mutating func statement(_ catalog: SymbolicCatalog) -> String {
    let schemas = catalog.schemas.sorted()
    guard !schemas.isEmpty else { return "create schema \(schemaName())" }
    let keys = catalog.relations.keys.sorted()
    let tables = keys.filter { catalog.relations[$0]?.kind == .table }
    let views = keys.filter { catalog.relations[$0]?.kind == .view }
    let materialized = keys.filter { catalog.relations[$0]?.kind == .materializedView }
    guard let table = random.pick(tables), let relation = catalog.relations[table] else {
      return creation(schemas, catalog)
    }
    switch Int.random(in: 0..<100, using: &random) {
    case 0..<3: return "create schema \(schemaName())"
    case 3..<5: return "alter schema \(quoted(schemas)) rename to \(schemaName())"
    case 5..<6: return "drop schema \(quoted(schemas))\(random.word("", " cascade", " cascade"))"
    case 6..<20: return creation(schemas, catalog)
    case 20..<25: return copy(schemas, table, relation)
    case 25..<41: return view(schemas, keys, catalog)
    case 41..<72: return change(table, relation)
    case 72..<76:
      return
        "drop table \(random.word("", "if exists "))\(sql(table))\(random.word("", " cascade"))"
    case 76..<80:
      guard let view = random.pick(views) else { return remark(table, relation) }
      return "drop view \(sql(view))\(random.word("", " cascade"))"
    case 80..<82:
      guard let view = random.pick(materialized) else { return remark(table, relation) }
      return "drop materialized view \(sql(view))\(random.word("", " cascade"))"
    case 82..<90: return remark(table, relation)
    default:
      guard let any = random.pick(tables + views) else { return remark(table, relation) }
      return grant(any, schemas)
    }
  }

  // MARK: Names

  private mutating func schemaName() -> String {
    random.word("f1", "f2", "f3", "f_four", "\"f five\"")
  }

  private mutating func quoted(_ schemas: [String]) -> String {
    SQLQuoting.identifier(random.pick(schemas) ?? "f1")
  }

  private mutating func relationName(_ schemas: [String]) -> String {
    let name = random.word("a", "b", "c", "orders", "\"order\"", "\"Mixed Case\"", "d1", "d2")
    return "\(quoted(schemas)).\(name)"
  }

  private mutating func columnName() -> String {
    random.word(
      "x",
      "y",
      "z",
      "id",
      "name",
      "\"group\"",
      "\"Upper\"",
      "amount",
      "at",
      "\"with blank\"",
      "k",
      "l"
    )
  }

  private func sql(_ key: Key) -> String {
    "\(SQLQuoting.identifier(key.schema)).\(SQLQuoting.identifier(key.identifier))"
  }

  private mutating func column(of relation: CatalogRelation) -> CatalogColumn? {
    random.pick(relation.columns)
  }

  // MARK: Tables

  private mutating func type() -> (name: String, value: String) {
    random.pick([
      ("int", "5"), ("smallint", "-1"), ("bigint", "100"), ("integer", "0"), ("int8", "7"),
      ("decimal(10, 2)", "1.5"), ("numeric", "3"), ("decimal(38, 10)", "0"), ("real", "1"),
      ("float", "2"), ("double precision", "0.5"), ("boolean", "true"), ("bool", "false"),
      ("char(5)", "'abc'"), ("char", "'x'"), ("varchar", "'it''s'"), ("varchar(20)", "''"),
      ("character varying(7)", "'a'"), ("nvarchar(9)", "'b'"), ("text", "'t'"), ("bpchar", "'c'"),
      ("date", "'2020-02-29'"), ("timestamp", "'2020-01-01 10:00:00'"),
      ("timestamptz", "'2020-01-01 10:00:00'"), ("time", "'10:00'"), ("timetz", "'10:00'"),
      ("super", "null"), ("varbyte(10)", "null"), ("timestamp without time zone", "sysdate"),
    ]) ?? ("int", "5")
  }

  private mutating func definition() -> String {
    let (type, value) = type()
    var text = "\(columnName()) \(type)"
    if random.percent(25) { text += " default \(value)" }
    if random.percent(15) { text += " encode \(random.word("zstd", "raw", "lzo"))" }
    if random.percent(20) { text += " not null" } else if random.percent(5) { text += " null" }
    return text
  }

  private mutating func creation(_ schemas: [String], _ catalog: SymbolicCatalog) -> String {
    let count = Int.random(in: 1...6, using: &random)
    var lines = (0..<count).map { _ in definition() }
    if random.percent(20) { lines.append("s int identity(\(random.word("0", "1", "7")), 1)") }
    if random.percent(10) { lines.append("u bigint generated by default as identity(1, 2)") }
    if random.percent(20) { lines.append("pk int, primary key (pk)") }
    if random.percent(10) { lines.append("uq int unique") }
    var text = "create table \(random.word("", "", "if not exists "))\(relationName(schemas)) ("
    text += lines.joined(separator: ", ") + ")"
    text += random.word("", "", " diststyle even", " diststyle all", " diststyle auto")
    return text + random.word("", "", " sortkey auto", " backup no")
  }

  private mutating func copy(
    _ schemas: [String],
    _ table: Key,
    _ relation: CatalogRelation
  ) -> String {
    if random.percent(40) {
      let defaults = random.word("", " including defaults", " excluding defaults")
      return "create table \(relationName(schemas)) (like \(sql(table))\(defaults))"
    }
    return "create table \(relationName(schemas)) as \(query(table, relation))"
  }

  private mutating func change(_ table: Key, _ relation: CatalogRelation) -> String {
    let head = "alter table \(sql(table)) "
    guard let column = column(of: relation) else { return head + "add column \(definition())" }
    let name = SQLQuoting.identifier(column.name)
    switch Int.random(in: 0..<11, using: &random) {
    case 0...2: return head + "add column \(definition())"
    case 3...4:
      // PostgreSQL lets the last column go, Redshift does not.
      guard relation.columns.count > 1 else { return head + "add column \(definition())" }
      return head + "drop column \(name)\(random.word("", " cascade"))"
    case 5...6: return head + "rename column \(name) to \(columnName())"
    case 7:
      let new = random.word("a", "b", "c", "d3", "d4", "\"order\"")
      return head + "rename to \(new)"
    case 8:
      guard case .characterVarying(let length?) = column.type else { fallthrough }
      return head + "alter column \(name) type varchar(\(length + 10))"
    case 9: return head + "add constraint uq_\(counter) unique (\(name))"
    default:
      return head + random.word("alter sortkey none", "alter diststyle even", "owner to somebody")
    }
  }

  // MARK: Queries and views

  private mutating func query(_ key: Key, _ relation: CatalogRelation) -> String {
    counter += 1
    let alias = random.percent(50) ? "q" : nil
    let qualifier =
      alias.map { "\($0)." }
      ?? (random.percent(30) ? "\(SQLQuoting.identifier(key.identifier))." : "")
    let from = sql(key) + (alias.map { " \($0)" } ?? "")
    if random.percent(10) { return "select * from \(from)" }
    if random.percent(10) { return "select count(*) as n from \(from)" }
    var items: [String] = []
    var seen: Set<String> = []
    for column in relation.columns where items.isEmpty || random.percent(50) {
      guard seen.insert(column.name).inserted else { continue }
      let name = qualifier + SQLQuoting.identifier(column.name)
      switch column.type.family {
      case .number where random.percent(30): items.append("\(name) + 1 as n\(items.count)")
      case .text where random.percent(30): items.append("\(name) || 'x' as t\(items.count)")
      case .moment where random.percent(20):
        items.append("cast(\(name) as date) as d\(items.count)")
      default: items.append(name)
      }
    }
    let list = items.isEmpty ? "1 as one" : items.joined(separator: ", ")
    if random.percent(15) { return "with w as (select * from \(sql(key))) select * from w" }
    return "select \(list) from \(from)"
  }

  private mutating func view(
    _ schemas: [String],
    _ keys: [Key],
    _ catalog: SymbolicCatalog
  ) -> String {
    guard let source = random.pick(keys), let relation = catalog.relations[source] else {
      return creation(schemas, catalog)
    }
    let query = query(source, relation)
    if random.percent(15) {
      return "create materialized view \(relationName(schemas)) as \(query)"
    }
    let end = random.percent(12) ? " with no schema binding" : ""
    return
      "create \(random.word("", "", "or replace "))view \(relationName(schemas)) as \(query)\(end)"
  }

  // MARK: Remarks and grants

  private mutating func remark(_ table: Key, _ relation: CatalogRelation) -> String {
    let text = random.word("'a comment'", "'it''s'", "null", "'ü'", "'back\\\\slash'")
    if random.percent(50), let column = column(of: relation) {
      return "comment on column \(sql(table)).\(SQLQuoting.identifier(column.name)) is \(text)"
    }
    return "comment on table \(sql(table)) is \(text)"
  }

  private mutating func grant(_ key: Key, _ schemas: [String]) -> String {
    switch Int.random(in: 0..<6, using: &random) {
    case 0: return "grant usage on schema \(quoted(schemas)) to public"
    case 1: return "revoke usage on schema \(quoted(schemas)) from public"
    case 2: return "revoke select on \(sql(key)) from public"
    case 3: return "grant select on all tables in schema \(quoted(schemas)) to public"
    default:
      return "grant \(random.word("select", "insert, select", "update")) on \(sql(key)) to public"
    }
  }
}
