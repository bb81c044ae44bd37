package import Diagnostics

/// A type as written, for instance `varchar(256)` or `timestamp with time zone`.
package struct DataType: Sendable {
  /// The types that Redshift knows, and all others by name.
  package enum Kind: Hashable, Sendable {
    case smallInteger
    case integer
    case bigInteger
    case decimal
    case real
    case double
    case boolean
    /// CHAR, CHARACTER, NCHAR.
    case character
    /// BPCHAR without a length is CHAR(256).
    case blankPadded
    /// VARCHAR, NVARCHAR, CHARACTER VARYING.
    case characterVarying
    case text
    case date
    case time
    case timeWithZone
    case timestamp
    case timestampWithZone
    case interval
    case `super`
    case binary
    case geometry
    case geography
    case sketch
    /// A type that is not one of Redshift's, or one of the catalog's such as `oid`.
    case other
  }

  /// What stands in the parentheses.
  package enum Argument: Hashable, Sendable {
    case number(Int)
    case maximum
  }

  package var range: TextRange
  package var kind: Kind
  /// The type's name in lower case, as written, one blank between words.
  package var name: String
  package var arguments: [Argument]
  /// Number of `[]` after the name; Redshift has no arrays.
  package var dimensions: Int

  package init(
    range: TextRange,
    kind: Kind,
    name: String,
    arguments: [Argument] = [],
    dimensions: Int = 0
  ) {
    self.range = range
    self.kind = kind
    self.name = name
    self.arguments = arguments
    self.dimensions = dimensions
  }

  /// Bytes that a CHAR or VARCHAR column of this type holds; nil for the other types.
  package var byteLimit: Int? {
    let written: Int?
    switch arguments.first {
    case .number(let count): written = count
    case .maximum: written = kind == .character ? 4096 : 65535
    case nil: written = nil
    }
    switch kind {
    case .character: return written ?? 1
    case .blankPadded, .text, .characterVarying: return written ?? 256
    default: return nil
    }
  }
}
