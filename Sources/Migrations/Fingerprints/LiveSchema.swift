import ProjectModel
import RedshiftSQL

/// What a database's catalogue says of some relations, in lines that can be kept and compared.
///
/// Columns with their types, NOT NULL and defaults, keys, and the queries of views. Left out is what
/// changes without anybody's doing: distribution, order and encodings that Redshift chooses, numbers
/// of columns, names of constraints, CHECKs by which PostgreSQL counts bytes.
struct LiveSchema: Hashable, Sendable {
  /// By `schema.name`; relations that do not exist have none.
  private(set) var relations: [String: [String]] = [:]

  init() {}

  /// Reads rows of `query`.
  init(rows: [[String?]]) {
    for row in rows where row.count == 8 {
      guard let part = row[0], let schema = row[1], let name = row[2] else { continue }
      let text = row[5] ?? ""
      let type = row[6] ?? ""
      var line: String
      switch part {
      case "1":
        line = "column \(text) \(type)"
        if let rest = row[7], !rest.isEmpty { line += " default \(Self.stable(rest))" }
      case "2": line = "key \(text)"
      default:
        line = "query \(text.split(whereSeparator: \.isWhitespace).joined(separator: " "))"
      }
      if line.utf8.contains(UInt8(ascii: "\n")) { line.replace("\n", with: " ") }
      let key = "\(schema).\(name)"
      if relations[key] == nil { relations[key] = [row[3] == "r" ? "table" : "view"] }
      relations[key]?.append(line)
    }
  }

  /// Redshift writes the number of the table into the default of an identity.
  private static func stable(_ expression: String) -> String {
    expression.hasPrefix("\"identity\"(") ? "identity" : expression
  }

  // MARK: As text

  /// Beyond this many bytes only checksums are kept, one for each relation.
  private static let limit = 200_000

  /// Reads what `manifest` wrote.
  init(manifest: String) {
    var current: String?
    for line in manifest.split(separator: "\n") {
      if line.hasPrefix("  ") {
        if let current { relations[current]?.append(String(line.dropFirst(2))) }
      } else {
        current = String(line)
        relations[String(line)] = []
      }
    }
  }

  private var text: String {
    relations.keys.sorted().map { key in
      ([key] + (relations[key] ?? []).map { "  \($0)" }).joined(separator: "\n")
    }.joined(separator: "\n")
  }

  /// What is kept in the history, and the fingerprint by which it is known there.
  var record: (manifest: String, fingerprint: String) {
    let text = text
    return (
      text.utf8.count > Self.limit ? compact.text : text, Self.fingerprint(of: text)
    )
  }

  var manifest: String { record.manifest }

  var fingerprint: String { Self.fingerprint(of: text) }

  private static func fingerprint(of text: String) -> String {
    Checksum.sha256(Array(text.utf8))
  }

  /// The same with a checksum in the place of each relation's lines.
  var compact: LiveSchema {
    var schema = LiveSchema()
    schema.relations = relations.mapValues { Self.isCompact($0) ? $0 : ["#" + Self.checksum($0)] }
    return schema
  }

  private var isCompact: Bool { relations.contains { Self.isCompact($0.value) } }

  private static func isCompact(_ lines: [String]) -> Bool {
    lines.count == 1 && lines[0].hasPrefix("#")
  }

  private static func checksum(_ lines: [String]) -> String {
    String(Checksum.sha256(Array(lines.joined(separator: "\n").utf8)).prefix(16))
  }

  /// A short checksum for each relation.
  var checksums: [String: String] { relations.mapValues { Self.checksum($0) } }

  // MARK: Parts and differences

  var names: Set<String> { Set(relations.keys) }

  func restricted(to names: Set<String>) -> LiveSchema {
    var schema = LiveSchema()
    schema.relations = relations.filter { names.contains($0.key) }
    return schema
  }

  func hasColumn(_ column: String, in relation: String) -> Bool {
    relations[relation]?.contains { $0.hasPrefix("column \(column) ") } ?? false
  }

  /// The queries of a view; none where only checksums are kept.
  func query(of relation: String) -> [String] {
    (relations[relation] ?? []).compactMap { line in
      line.hasPrefix("query ") ? DefinitionComparison.words(String(line.dropFirst(6))) : nil
    }
  }

  /// What was changed by hand, so that it stays known: relations as the history has them and as
  /// they were found.
  struct Drift: Hashable, Sendable {
    /// By `schema.name`, what the history has.
    private(set) var known: [String: [String]] = [:]
    /// What was found in its place; nothing where the relation is gone.
    private var found: [String: [String]] = [:]

    init() {}

    init(_ changes: [Change], from former: LiveSchema, to live: LiveSchema) {
      for change in changes {
        known[change.relation] = former.relations[change.relation]
        found[change.relation] = live.relations[change.relation]
      }
    }

    /// Forgets relations that a migration changes: what it leaves behind is what is meant.
    mutating func forget(_ names: Set<String>) {
      known = known.filter { !names.contains($0.key) }
    }

    /// Whether a relation still is what was found.
    fileprivate func holds(_ name: String, in live: LiveSchema) -> Bool {
      live.relations[name] == found[name]
    }
  }

  /// The same as the history has it, as if nothing had been changed by hand.
  func without(_ drift: Drift) -> LiveSchema {
    var schema = self
    for (name, lines) in drift.known where drift.holds(name, in: self) {
      schema.relations[name] = lines
    }
    return schema
  }

  /// What became of one relation.
  struct Change: Hashable, Sendable {
    var relation: String
    var isGone: Bool
    /// Lines that are not there any more.
    var before: [String]
    /// Lines that are new.
    var after: [String]

    /// In words, one line for each thing.
    var sentences: [String] {
      if isGone { return ["\(relation) is gone"] }
      var sentences: [String] = []
      var added = after
      for line in before {
        let name = Self.subject(line)
        if let index = added.firstIndex(where: { Self.subject($0) == name }) {
          sentences.append("\(relation): \(line) is now \(added.remove(at: index))")
        } else {
          sentences.append("\(relation): \(line) is gone")
        }
      }
      return sentences + added.map { "\(relation): \($0) is new" }
    }

    private static func subject(_ line: String) -> String {
      line.split(separator: " ").prefix(line.hasPrefix("column ") ? 2 : 1).joined(separator: " ")
    }
  }

  /// In what a later state of the same relations differs from this one.
  func changes(to later: LiveSchema) -> [Change] {
    // Some relations may be of another time than the rest, and known by checksums alone.
    let isCompact = self.isCompact || later.isCompact
    let later = isCompact ? later.compact : later
    let relations = isCompact ? compact.relations : self.relations
    return relations.keys.sorted().compactMap { key in
      let before = relations[key] ?? []
      guard let after = later.relations[key] else {
        return Change(relation: key, isGone: true, before: [], after: [])
      }
      guard before != after else { return nil }
      var lost = before.filter { !after.contains($0) }
      var new = after.filter { !before.contains($0) }
      if isCompact {
        lost = ["it"]
        new = ["another one"]
      } else if lost.isEmpty, new.isEmpty {
        lost = ["order of columns \(Self.order(before))"]
        new = ["order of columns \(Self.order(after))"]
      }
      return Change(relation: key, isGone: false, before: lost, after: new)
    }
  }

  private static func order(_ lines: [String]) -> String {
    lines.filter { $0.hasPrefix("column ") }
      .compactMap { $0.split(separator: " ").dropFirst().first.map(String.init) }
      .joined(separator: ", ")
  }

  // MARK: Asking

  /// Rows of part, schema, relation, kind, place, text, type and default; for both kinds of server.
  ///
  /// All of it is answered by Redshift's leader node alone, so nothing of it is joined with tables
  /// of the user.
  static func query(
    _ names: [String],
    _ dialect: SQLQuoting.Dialect,
    literal: (String) -> String
  ) -> String {
    // Each of the two has only one of them in a form that can be read.
    let value = dialect == .redshift ? "d.adsrc" : "pg_get_expr(d.adbin, d.adrelid)"
    let wanted = names.map(literal).joined(separator: ", ")
    let relation = """
      cast(n.nspname as varchar(128)), cast(c.relname as varchar(128)), \
      cast(c.relkind as varchar(1))
      """
    let place = """
      join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      """
    let condition = """
      cast(n.nspname as varchar(128)) || '.' || cast(c.relname as varchar(128)) in (\(wanted))
      """
    return """
      select '1', \(relation), cast(a.attnum as int), cast(a.attname as varchar(128)), \
      cast(format_type(a.atttypid, a.atttypmod) as varchar(256)) \
      || case when a.attnotnull then ' not null' else '' end, \
      cast(\(value) as varchar(65535)) \
      from pg_catalog.pg_class c \(place) \
      join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 \
      and not a.attisdropped \
      left join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum \
      where c.relkind in ('r', 'v', 'm') and \(condition) \
      union all \
      select '2', \(relation), 0, cast(pg_get_constraintdef(k.oid) as varchar(65535)), '', '' \
      from pg_catalog.pg_class c \(place) \
      join pg_catalog.pg_constraint k on k.conrelid = c.oid and k.contype in ('p', 'u', 'f') \
      where \(condition) \
      union all \
      select '3', \(relation), 0, cast(pg_get_viewdef(c.oid) as varchar(65535)), '', '' \
      from pg_catalog.pg_class c \(place) \
      where c.relkind in ('v', 'm') and \(condition) \
      order by 2, 3, 1, 5, 6
      """
  }
}
