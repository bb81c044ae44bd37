package import Diagnostics

/// The type of a value as far as translation needs it.
package struct TranslationType: Hashable, Sendable {
  package var kind: DataType.Kind
  /// Digits of a DECIMAL.
  package var precision: Int?
  /// Digits behind the point of a DECIMAL.
  package var scale: Int?

  package init(kind: DataType.Kind, precision: Int? = nil, scale: Int? = nil) {
    self.kind = kind
    self.precision = precision
    self.scale = scale
  }

  /// The type that a written one means.
  package init(_ type: DataType) {
    kind = type.kind
    guard type.kind == .decimal else { return }
    var numbers: [Int] = []
    for case .number(let number) in type.arguments { numbers.append(number) }
    precision = numbers.first ?? 18
    scale = numbers.count > 1 ? numbers[1] : 0
  }
}

/// A column of a relation.
package struct TranslationColumn: Hashable, Sendable {
  /// As stored: without quotes.
  package var name: String
  package var type: TranslationType?

  package init(name: String, type: TranslationType? = nil) {
    self.name = name
    self.type = type
  }
}

/// What is known about a statement beyond its text.
///
/// Some rewritings depend on it: which names are columns decides where a name means an earlier item
/// of the select list, types decide about the digits of a division or the meaning of a cast. Without
/// facts translation does what the text alone allows.
package protocol TranslationFacts {
  /// The columns of a table or view, in order; nil when they are not known.
  func columns(of relation: RelationName) -> [TranslationColumn]?
  /// The type of an expression that stands at this place; nil when it is not known.
  func type(of expression: TextRange) -> TranslationType?
}

extension TranslationFacts {
  package func type(of expression: TextRange) -> TranslationType? { nil }
}

/// Facts about nothing.
package struct NoFacts: TranslationFacts {
  package init() {}

  package func columns(of relation: RelationName) -> [TranslationColumn]? { nil }
}

/// Facts about the columns of some relations.
package struct KnownColumns: TranslationFacts {
  private let columns: [RelationName: [TranslationColumn]]

  package init(_ columns: [RelationName: [TranslationColumn]]) {
    self.columns = columns
  }

  package func columns(of relation: RelationName) -> [TranslationColumn]? { columns[relation] }
}
