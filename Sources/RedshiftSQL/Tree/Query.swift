package import Diagnostics

/// A query with everything that belongs to the whole of it: WITH, ORDER BY, LIMIT.
package struct Query: Sendable {
  package var range: TextRange
  package var with: With?
  package var body: QueryBody
  package var order: [SortItem]
  /// From ORDER to the last item.
  package var orderRange: TextRange?
  package var limit: Limit?
  /// From LIMIT, OFFSET or FETCH to the end of them.
  package var limitRange: TextRange?
}

/// LIMIT, OFFSET and FETCH.
package struct Limit: Sendable {
  /// Nil for LIMIT ALL and where only an offset is given.
  package var count: Expr?
  package var offset: Expr?
}

/// `WITH [RECURSIVE] a AS (…), …`.
package struct With: Sendable {
  package var range: TextRange
  package var isRecursive: Bool
  package var tables: [CommonTable]
}

/// One table of a WITH clause.
package struct CommonTable: Sendable {
  package var range: TextRange
  package var name: Identifier
  package var columns: [Identifier]
  package var query: Query
}

extension CommonTable {
  /// Whether the table is recursive; others may stand behind WITH RECURSIVE, too.
  package var readsItself: Bool {
    guard case .combined = query.body.kind else { return false }
    var found = false
    SyntaxNode.query(query).walk { node in
      if case .table(let table) = node, case .named(let read) = table.kind,
        read.parts.count == 1, read.last == name.text
      {
        found = true
      }
      return !found
    }
    return found
  }
}

/// What a query consists of under its WITH and ORDER BY.
package struct QueryBody: Sendable {
  package indirect enum Kind: Sendable {
    case select(Select)
    /// A run of set operations of one rank, read from the left.
    case combined(QueryBody, [SetTerm])
    case parenthesized(Query)
    case values([ValuesRow])
  }

  package struct SetTerm: Sendable {
    package enum Operator: Hashable, Sendable {
      case union
      case intersect
      case except
      /// The same as `except`.
      case minus
    }

    package var `operator`: Operator
    package var operatorRange: TextRange
    package var keepsDuplicates: Bool
    package var right: QueryBody
  }

  package var range: TextRange
  package var kind: Kind
}

/// One row of VALUES.
package struct ValuesRow: Sendable {
  /// With the parentheses.
  package var range: TextRange
  package var values: [Expr]
}

/// `SELECT … FROM … WHERE …`.
package struct Select: Sendable {
  package enum Quantifier: Sendable {
    case all
    case distinct(TextRange)
    case distinctOn([Expr])
  }

  /// `TOP n`.
  package struct Top: Sendable {
    package var range: TextRange
    package var count: Expr
  }

  /// `INTO [TEMP] [TABLE] name`.
  package struct Into: Sendable {
    package var range: TextRange
    package var name: ObjectName
    package var isTemporary: Bool
  }

  /// `INTO [STRICT] a, b` in a procedure.
  package struct Targets: Sendable {
    package var range: TextRange
    package var names: [ObjectName]
  }

  /// `* EXCLUDE (a, b)`.
  package struct Exclusion: Sendable {
    package var range: TextRange
    package var columns: [Identifier]
  }

  /// START WITH and CONNECT BY.
  package struct Hierarchy: Sendable {
    package var range: TextRange
    package var start: Expr?
    package var connection: Expr
  }

  package var range: TextRange
  package var quantifier = Quantifier.all
  package var top: Top?
  package var items: [SelectItem] = []
  package var exclusion: Exclusion?
  package var into: Into?
  /// The variables of a procedure that the row goes to, in place of `into`.
  package var targets: Targets?
  package var from: [TableReference] = []
  /// From FROM to the last table.
  package var fromRange: TextRange?
  package var condition: Expr?
  package var hierarchy: Hierarchy?
  package var grouping: Grouping?
  package var having: Expr?
  package var qualify: Qualify?
  package var windows: [NamedWindow] = []
}

/// `QUALIFY condition`.
package struct Qualify: Sendable {
  /// From QUALIFY to the end of the condition.
  package var range: TextRange
  package var condition: Expr
}

/// One item of a select list.
package struct SelectItem: Sendable {
  package var range: TextRange
  package var value: Expr
  package var alias: Identifier?
}

/// GROUP BY.
package struct Grouping: Sendable {
  package indirect enum Element: Sendable {
    case value(Expr)
    case rollup([Expr])
    case cube([Expr])
    case sets([Element])
    /// `()`.
    case empty
  }

  package var range: TextRange
  /// `GROUP BY ALL`: every column of the select list that is no aggregate.
  package var isAll: Bool
  package var elements: [Element]
}

/// One item of WINDOW.
package struct NamedWindow: Sendable {
  package var range: TextRange
  package var name: Identifier
  package var definition: WindowDefinition
}

extension Query {
  /// The names that WITH clauses anywhere in this query give.
  var commonNames: Set<String> {
    var names: Set<String> = []
    SyntaxNode.query(self).walk { node in
      if case .query(let query) = node, let with = query.with {
        names.formUnion(with.tables.map(\.name.text))
      }
      return true
    }
    return names
  }
}
