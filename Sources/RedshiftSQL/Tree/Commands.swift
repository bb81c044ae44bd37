package import Diagnostics

/// `GRANT` and `REVOKE`.
package struct Grant: Sendable {
  package struct Grantee: Sendable {
    package enum Kind: Hashable, Sendable {
      case user
      case group
      case role
      case everybody
    }

    package var range: TextRange
    package var kind: Kind
    package var name: Identifier?
  }

  package var revokes: Bool
  /// The words before ON, in lower case, with their ranges; empty when roles are granted.
  package var privileges: [(name: String, range: TextRange)]
  /// From what follows ON to the word before TO or FROM; nil when roles are granted.
  package var object: TextRange?
  /// The first words of `object` in lower case, such as `table` or `all tables in schema`.
  package var objectKind: String
  package var grantees: [Grantee]
}

/// `COMMENT ON … IS …`.
package struct Remark: Sendable {
  /// The word after ON, in lower case.
  package var objectKind: String
  package var object: ObjectName
  /// Nil for IS NULL.
  package var text: CopyStatement.Literal?
}

/// `ANALYZE` of table statistics.
package struct Analyze: Sendable {
  package var isVerbose: Bool
  /// ANALYZE COMPRESSION, which reports and changes nothing.
  package var isCompression: Bool
  package var table: ObjectName?
  package var columns: [Identifier]
  /// PREDICATE COLUMNS or ALL COLUMNS, or COMPROWS with its number.
  package var option: TextRange?
}

/// `VACUUM`.
package struct Vacuum: Sendable {
  package var table: ObjectName?
}

/// `SET`, `RESET` and `SHOW` of a parameter.
package struct Parameter: Sendable {
  package enum Action: Hashable, Sendable {
    case set
    case reset
    case show
  }

  package var action: Action
  /// In lower case, `all` for ALL; words joined by blanks for `session authorization`.
  package var name: String
  package var nameRange: TextRange
  /// Everything after TO or `=`.
  package var value: TextRange?
}

/// `BEGIN`, `COMMIT`, `ROLLBACK` and their synonyms.
package enum TransactionCommand: Hashable, Sendable {
  case begin
  case commit
  case rollback
}

/// `LOCK [TABLE]`.
package struct Lock: Sendable {
  package var tables: [ObjectName]
}

/// `CALL procedure(…)`.
package struct Call: Sendable {
  package var name: ObjectName
  package var arguments: [Expr]
}

/// `EXPLAIN`; the statement that is explained.
package struct Explain: Sendable {
  package var isVerbose: Bool
  package var statement: Statement
}

/// `REFRESH MATERIALIZED VIEW`.
package struct Refresh: Sendable {
  package var name: ObjectName
}

/// A statement that is not read further, kept as it is.
package struct Opaque: Sendable {
  /// The words that tell what it is, in lower case, for instance `create procedure`.
  package var keywords: [String]
}
