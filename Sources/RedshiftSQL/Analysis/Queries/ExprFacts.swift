import Diagnostics

/// What is known of one expression.
struct ExprFacts {
  /// A column outside of every aggregate, for the check of GROUP BY.
  struct Bare {
    var range: TextRange
    var name: String
  }

  var type = SQLType.unknown
  /// Of text: what its last byte, its emptiness and its length are known to be.
  var traits: TextTraits = []
  var isNullable = true
  var origins = Origins.none
  /// Equal for expressions that mean the same.
  var fingerprint: UInt64 = 0
  /// The first column that is neither grouped nor inside of an aggregate.
  var bare: Bare?
  var hasAggregate = false
  var hasWindow = false
  /// Tables of the same FROM that the expression names, by position; the first 64.
  var tables: UInt64 = 0
  /// Whether it names something of a query around its own.
  var namesOuter = false
  /// Whether this is a column and nothing else.
  var isColumn = false

  /// Whether this is a REAL or DOUBLE, and may not be a DECIMAL after all.
  var isSurelyFloating: Bool { type.isFloating && !traits.contains(.exponent) }

  static var unknown: ExprFacts { ExprFacts() }

  /// The depth of a row that CONNECT BY finds.
  static var level: ExprFacts {
    var facts = ExprFacts()
    facts.type = .bigInteger
    facts.isNullable = false
    facts.fingerprint = Fingerprint.of("level")
    return facts
  }

  /// Takes over what a part of an expression says about the whole.
  mutating func absorb(_ part: ExprFacts) {
    origins.formUnion(part.origins)
    if bare == nil { bare = part.bare }
    hasAggregate = hasAggregate || part.hasAggregate
    hasWindow = hasWindow || part.hasWindow
    tables |= part.tables
    namesOuter = namesOuter || part.namesOuter
    mix(part.fingerprint)
  }

  /// Makes the fingerprint depend on one more number.
  mutating func mix(_ value: UInt64) {
    fingerprint = Fingerprint.mix(fingerprint, value)
  }
}

/// Numbers that are the same for expressions of the same meaning.
enum Fingerprint {
  static func mix(_ state: UInt64, _ value: UInt64) -> UInt64 {
    var mixed = (state ^ value) &* 0x9E37_79B9_7F4A_7C15
    mixed ^= mixed >> 29
    return mixed &* 0xBF58_476D_1CE4_E5B9 &+ 0x94D0_49BB_1331_11EB
  }

  /// FNV-1a over bytes.
  static func of(_ bytes: some Sequence<UInt8>) -> UInt64 {
    var state: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in bytes { state = (state ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    return state
  }

  static func of(_ text: String) -> UInt64 { of(text.utf8) }
}
