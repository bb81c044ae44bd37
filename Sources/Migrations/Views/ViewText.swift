/// The text of a view as `pg_get_viewdef` gives it.
struct ViewText: Hashable, Sendable {
  /// Without what ends the statement.
  let text: String
  /// Whether it is the whole statement rather than the query: Redshift gives some kinds of view so.
  let isWhole: Bool
  let isMaterialized: Bool

  /// - Parameters:
  ///   - definition: what the server gives.
  ///   - kind: the relation's kind in the catalogue, `m` for a materialized view of PostgreSQL.
  init(_ definition: String, kind: String?) {
    var text = definition
    while let last = text.last, last == ";" || last.isWhitespace { text.removeLast() }
    let start = text.drop(while: \.isWhitespace).prefix(24).lowercased()
    self.text = text
    isWhole = start.hasPrefix("create")
    isMaterialized = kind == "m" || start.hasPrefix("create materialized")
  }
}
