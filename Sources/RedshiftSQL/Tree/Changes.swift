package import Diagnostics

/// `INSERT INTO`.
package struct Insert: Sendable {
  package enum Source: Sendable {
    case defaultValues
    /// VALUES is a query whose body is `values`.
    case query(Query)
  }

  package var table: ObjectName
  package var columns: [Identifier]
  package var source: Source
  /// ON CONFLICT to its end, which Redshift does not have.
  package var conflict: TextRange?
  /// RETURNING, which Redshift does not have.
  package var returning: Returning?
}

/// `RETURNING …`, which is PostgreSQL's and not Redshift's.
package struct Returning: Sendable {
  package var range: TextRange
  package var items: [SelectItem]
}

/// `UPDATE`.
package struct Update: Sendable {
  package var with: With?
  package var table: ObjectName
  package var alias: Identifier?
  package var assignments: [Assignment]
  package var from: [TableReference]
  package var condition: Expr?
  package var returning: Returning?
}

/// `column = value` in UPDATE and MERGE.
package struct Assignment: Sendable {
  package var range: TextRange
  /// The column, possibly with its table in front.
  package var target: ObjectName
  package var value: Expr
}

/// `DELETE [FROM]`.
package struct Delete: Sendable {
  package var with: With?
  /// The range of DELETE.
  package var keyword: TextRange
  package var hasFrom: Bool
  package var table: ObjectName
  package var alias: Identifier?
  package var using: [TableReference]
  package var condition: Expr?
  package var returning: Returning?
}

/// `MERGE INTO`.
package struct Merge: Sendable {
  package struct Branch: Sendable {
    package enum Action: Sendable {
      case update([Assignment])
      case delete
      case insert(columns: [Identifier], values: [Expr])
    }

    package var range: TextRange
    package var isMatched: Bool
    package var condition: Expr?
    package var action: Action
  }

  package var target: ObjectName
  package var alias: Identifier?
  package var source: TableReference
  package var condition: Expr
  package var branches: [Branch]
  /// The range of REMOVE DUPLICATES.
  package var removesDuplicates: TextRange?
}

/// `TRUNCATE [TABLE]`.
package struct Truncate: Sendable {
  package var table: ObjectName
}
