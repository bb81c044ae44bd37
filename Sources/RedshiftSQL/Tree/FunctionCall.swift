package import Diagnostics

/// A call of a function, an aggregate or a window function.
package struct FunctionCall: Sendable {
  /// How the arguments are written.
  package enum Syntax: Hashable, Sendable {
    case ordinary
    /// Without parentheses, as SYSDATE and CURRENT_DATE.
    case bare
    /// `EXTRACT(field FROM a)`.
    indirect case extract(field: Identifier)
    /// `POSITION(a IN b)`.
    case position
    /// `SUBSTRING(a FROM b FOR c)`.
    case substring
    /// `TRIM([BOTH|LEADING|TRAILING] [a] FROM b)`.
    case trim(Ends)
  }

  /// Which ends of a text TRIM cuts off.
  package enum Ends: Hashable, Sendable {
    case both, leading, trailing
  }

  /// IGNORE NULLS or RESPECT NULLS.
  package struct NullTreatment: Hashable, Sendable {
    package var ignoresNulls: Bool
    package var range: TextRange
  }

  package var name: ObjectName
  package var syntax: Syntax
  /// In the order of the text; `count(*)` has one `star`.
  package var arguments: [Expr]
  /// From the opening to the closing parenthesis; empty for the bare syntax.
  package var argumentsRange: TextRange
  /// The range of DISTINCT.
  package var distinct: TextRange?
  /// ORDER BY inside of the parentheses.
  package var order: [SortItem] = []
  package var nullTreatment: NullTreatment?
  /// WITHIN GROUP (ORDER BY …).
  package var withinGroup: [SortItem] = []
  /// From WITHIN to its closing parenthesis.
  package var withinGroupRange: TextRange?
  package var filter: Expr?
  package var over: WindowReference?
  /// The range of APPROXIMATE before the name.
  package var approximate: TextRange?
}

/// One item of ORDER BY.
package struct SortItem: Sendable {
  package var range: TextRange
  package var value: Expr
  package var isDescending: Bool
  /// Whether NULLS FIRST is written; nil when nothing is.
  package var putsNullsFirst: Bool?
}

/// What follows OVER.
package struct WindowReference: Sendable {
  package indirect enum Kind: Sendable {
    case named(Identifier)
    case inline(WindowDefinition)
  }

  /// From OVER to the end.
  package var range: TextRange
  package var kind: Kind
}

/// A window: `(PARTITION BY … ORDER BY … ROWS …)`.
package struct WindowDefinition: Sendable {
  /// With the parentheses.
  package var range: TextRange
  package var existing: Identifier?
  package var partition: [Expr]
  package var order: [SortItem]
  package var frame: WindowFrame?
}

/// `ROWS BETWEEN … AND …`.
package struct WindowFrame: Sendable {
  package enum Unit: Hashable, Sendable {
    case rows
    case range
    case groups
  }

  package enum Bound: Sendable {
    case unboundedPreceding
    case preceding(Expr)
    case currentRow
    case following(Expr)
    case unboundedFollowing
  }

  package var range: TextRange
  package var unit: Unit
  package var start: Bound
  package var end: Bound?
}
