package import Diagnostics

/// One item of FROM.
package struct TableReference: Sendable {
  package enum Kind: Sendable {
    case named(ObjectName)
    /// `query` stands in parentheses; `lateral` is the range of LATERAL.
    indirect case subquery(Query, lateral: TextRange?)
    indirect case function(Expr, lateral: TextRange?)
    /// A run of joins, read from the left.
    indirect case joined(TableReference, [Join])
    indirect case parenthesized(TableReference)
    indirect case pivot(TableReference, Pivot)
    indirect case unpivot(TableReference, Unpivot)
    /// `UNPIVOT value AS v AT k`: the attributes of a SUPER object.
    indirect case attributes(Expr)
    /// `UNNEST(value) [WITH OFFSET] AS t (element, offset)`: the elements of a SUPER array.
    indirect case unnested(Expr, withOffset: Bool)
  }

  package var range: TextRange
  package var kind: Kind
  package var alias: TableAlias?

  /// The name that columns of this table are qualified with; nil for a join.
  package var exposedName: String? {
    if let alias { return alias.name.text }
    if case .named(let name) = kind { return name.last }
    return nil
  }
}

/// `[AS] name [(columns)] [AT index]`.
package struct TableAlias: Sendable {
  package var range: TextRange
  package var name: Identifier
  package var columns: [Identifier]
  /// The position of an element or the name of an attribute, for SUPER values.
  package var position: Identifier?
}

/// The second and later tables of a join.
package struct Join: Sendable {
  package enum Kind: Hashable, Sendable {
    case inner
    case left
    case right
    case full
    case cross
  }

  package enum Condition: Sendable {
    case none
    case natural
    case on(Expr)
    case using([Identifier])
  }

  package var range: TextRange
  package var kind: Kind
  package var right: TableReference
  package var condition: Condition
}

/// `PIVOT (aggregate FOR column IN (…))`.
package struct Pivot: Sendable {
  package var range: TextRange
  package var aggregates: [SelectItem]
  package var column: Expr
  package var values: [SelectItem]
}

/// `UNPIVOT (value FOR name IN (…))`.
package struct Unpivot: Sendable {
  package var range: TextRange
  package var includesNulls: Bool
  package var value: Identifier
  package var name: Identifier
  package var columns: [SelectItem]
}
