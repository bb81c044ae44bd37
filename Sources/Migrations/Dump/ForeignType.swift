/// A type of PostgreSQL that Redshift does not have, as `format_type` writes it.
struct ForeignType: Hashable, Sendable {
  /// The type of Redshift that takes its values; nil where there is none.
  let nearest: String?

  /// - Parameter text: a type; nil is given where Redshift has it too.
  init?(_ text: String) {
    if text.hasSuffix("[]") {
      nearest = "super"
      return
    }
    let name = String(text.prefix { $0 != "(" }).trimmed
    if name == "numeric", !text.contains("(") {
      // Without a precision PostgreSQL takes any number; Redshift would take whole ones.
      nearest = "decimal(38,10)"
      return
    }
    if name == "timestamp" || name == "time", let end = text.firstIndex(of: ")") {
      // Digits that the server keeps less of than Redshift.
      nearest = name + text[text.index(after: end)...]
      return
    }
    if Self.shared.contains(name) { return nil }
    nearest = Self.near[name]
  }

  private static let shared: Set<String> = [
    "boolean", "smallint", "integer", "bigint", "numeric", "real", "double precision", "character",
    "bpchar", "character varying", "text", "date", "time without time zone", "time with time zone",
    "timestamp without time zone", "timestamp with time zone", "jsonb", "bytea", "time",
    "timestamp", "super", "varbyte", "geometry", "geography", "hllsketch",
    "interval year to month", "interval day to second",
  ]

  private static let near = [
    "json": "super", "uuid": "varchar(36)", "money": "decimal(19,2)", "xml": "varchar(max)",
    "inet": "varchar(43)", "cidr": "varchar(43)", "macaddr": "varchar(17)",
    "macaddr8": "varchar(23)", "bit": "varchar(64)", "bit varying": "varchar(max)",
    "interval": "interval day to second", "hstore": "super", "citext": "varchar(max)",
    "tsvector": "varchar(max)", "tsquery": "varchar(max)", "oid": "bigint", "name": "varchar(63)",
    "\"char\"": "char(1)",
  ]
}

extension String {
  fileprivate var trimmed: String {
    var text = self[...]
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}
