package import Diagnostics

/// A value expression.
package struct Expr: Sendable {
  package var range: TextRange
  package var kind: Kind

  package init(range: TextRange, kind: Kind) {
    self.range = range
    self.kind = kind
  }

  /// Names and literals have no box of their own: they are most of what is read.
  package enum Kind: Sendable {
    case literal(Literal)
    /// `timestamp 'epoch'`.
    indirect case typedLiteral(DataType, Literal)
    /// `interval '1 day'`, with the range of a qualifier such as `day to second`.
    indirect case interval(Expr, qualifier: TextRange?)
    /// `$1` or `?`.
    case parameter
    /// `DEFAULT` as a value of INSERT or UPDATE.
    case defaultValue
    /// `column`, `table.column`, `schema.table.column`; outermost first. Steps into SUPER values
    /// look the same, so what each part is must be looked up.
    case column(NameParts)
    /// `*` or `table.*`.
    case star(qualifier: NameParts)
    /// Steps into a SUPER value after a subscript or a parenthesis: `c.items[0].name`.
    indirect case navigation(Expr, [PathStep])
    indirect case prefix(Operator, Expr)
    /// A run of operators of one rank, read from the left: `a + b - c` is one node, so that
    /// thousands of terms make no deep tree.
    indirect case infix(Expr, [InfixTerm])
    indirect case test(Expr, Test)
    indirect case between(Expr, low: Expr, high: Expr, isNegated: Bool)
    indirect case membership(Expr, MemberSet, isNegated: Bool)
    indirect case match(PatternMatch)
    indirect case exists(Query)
    /// `a = ANY (…)`.
    indirect case quantified(Expr, Operator, MemberSet)
    indirect case subquery(Query)
    indirect case conditional(CaseExpr)
    indirect case cast(Expr, DataType, CastSyntax)
    indirect case call(FunctionCall)
    /// `(a, b)`; `hasKeyword` for `ROW (a, b)`.
    indirect case row([Expr], hasKeyword: Bool)
    indirect case parenthesized(Expr)
    indirect case collation(Expr, ObjectName)
    indirect case timeZone(Expr, zone: Expr)
    /// `b.id (+)`, the older notation of outer joins.
    indirect case outerJoinMark(Expr)
    /// `PRIOR a` in CONNECT BY.
    indirect case prior(Expr)
    /// `ARRAY[…]`, which is PostgreSQL's and not Redshift's.
    case array([Expr])
  }

  /// Whether the value is NULL as it is written, also as `NULL::type`.
  var isAlwaysNull: Bool {
    var expr = self
    while true {
      switch expr.kind {
      case .literal(.null): return true
      case .parenthesized(let inner), .cast(let inner, _, _): expr = inner
      default: return false
      }
    }
  }

  package enum Literal: Hashable, Sendable {
    case null
    case boolean(Bool)
    case number
    /// The text that is meant, escapes resolved.
    case string(String)
  }

  package struct InfixTerm: Sendable {
    package var `operator`: Operator
    package var right: Expr
  }

  /// An operator and where it stands.
  package struct Operator: Hashable, Sendable {
    package var kind: Kind
    package var range: TextRange

    package enum Kind: Hashable, Sendable {
      case or, and, not
      case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual
      case concatenate, plus, minus, times, divide, modulo, power
      /// Any other, as `~` or `@`.
      case other
    }
  }

  /// What follows IS.
  package struct Test: Sendable {
    package indirect enum Kind: Sendable {
      case null
      case boolean(Bool)
      case unknown
      case distinctFrom(Expr)
    }

    package var kind: Kind
    package var isNegated: Bool
  }

  package enum PathStep: Sendable {
    case attribute(Identifier)
    case element(Expr)
  }

  /// What IN and ANY look through.
  package enum MemberSet: Sendable {
    case list([Expr])
    case query(Query)
  }

  package struct PatternMatch: Sendable {
    package enum Kind: Hashable, Sendable {
      case like
      case likeIgnoringCase
      case similarTo
    }

    package var kind: Kind
    package var value: Expr
    package var pattern: Expr
    package var escape: Expr?
    package var isNegated: Bool
  }

  package struct CaseExpr: Sendable {
    package struct Branch: Sendable {
      package var condition: Expr
      package var result: Expr
    }

    package var operand: Expr?
    package var branches: [Branch]
    package var otherwise: Expr?
  }

  package enum CastSyntax: Hashable, Sendable {
    /// `a::type`.
    case suffix
    /// `CAST(a AS type)`.
    case cast
    /// `TRY_CAST(a AS type)`.
    case tryCast
    /// `CONVERT(type, a)`.
    case convert
  }
}
