package import Diagnostics

/// One name as it stands in the text, for instance `artist_id` or `"Artist Id"`.
package struct Identifier: Hashable, Sendable {
  /// The name as Redshift stores it: without quotes and, unless a session asks otherwise, in
  /// lower case even when it was quoted.
  package var text: String
  package var range: TextRange
  package var isQuoted: Bool

  package init(text: String, range: TextRange, isQuoted: Bool) {
    self.text = text
    self.range = range
    self.isQuoted = isQuoted
  }

  /// Whether this is the name of a temporary table in the `#name` form.
  package var isTemporary: Bool { text.utf8.first == UInt8(ascii: "#") }
}

/// A name of one to several parts: `schema.table`, `database.schema.function`.
package struct ObjectName: Hashable, Sendable {
  /// Outermost first; never empty.
  package var parts: NameParts
  package var range: TextRange

  package init(parts: NameParts, range: TextRange) {
    self.parts = parts
    self.range = range
  }

  package init(parts: some Collection<Identifier>, range: TextRange) {
    self.init(parts: NameParts(parts), range: range)
  }

  /// The innermost part as a plain word.
  package var last: String { parts.last?.text ?? "" }

  /// This name, in the schema where it has none of its own.
  package func placed(in schema: ObjectName) -> ObjectName {
    parts.count > 1 ? self : ObjectName(parts: schema.parts + parts, range: range)
  }

  /// This name as a name of a relation; parts beyond the third from the right are left out.
  package var relation: RelationName {
    let words = parts.map(\.text)
    return RelationName(
      database: words.count > 2 ? words[words.count - 3] : nil,
      schema: words.count > 1 ? words[words.count - 2] : nil,
      identifier: words.last ?? ""
    )
  }
}
