package import Diagnostics

/// `GRANT` and `REVOKE`.
package struct Grant: Sendable {
  package struct Grantee: Sendable {
    package enum Kind: Hashable, Sendable {
      case user
      case group
      case role
      case everybody
      case rowSecurityPolicy
      case maskingPolicy
      /// NAMESPACE or ACCOUNT, to which datashares are granted.
      case namespace
      case account
      /// A role of AWS, to which external tables are granted.
      case awsRole
    }

    package var range: TextRange
    package var kind: Kind
    /// Nil for PUBLIC and where the name is text.
    package var name: Identifier?
    package var text: CopyStatement.Literal?
    /// WITH GRANT OPTION or WITH ADMIN OPTION.
    package var mayPassOn = false
  }

  package struct Privilege: Sendable {
    /// The words in lower case, as `select` or `create user`; `all` for ALL PRIVILEGES.
    package var name: String
    package var range: TextRange
    package var columns: [Identifier]
  }

  /// FOR TABLES IN SCHEMA s: what is there and what is to come.
  package struct Scope: Sendable {
    package var range: TextRange
    /// In lower case: `tables`, `functions`, `schemas` and so on.
    package var kind: String
    package var schema: ObjectName?
    package var database: Identifier?
  }

  package var revokes: Bool
  /// GRANT OPTION FOR or ADMIN OPTION FOR: only the right to pass it on is revoked.
  package var revokesOption = false
  /// What stands before ON; empty when roles are granted.
  package var privileges: [Privilege]
  /// The roles that are granted.
  package var roles: [Identifier] = []
  /// From what follows ON to the word before TO or FROM; nil when there is no ON.
  package var object: TextRange?
  /// The first words of `object` in lower case, such as `table` or `all tables in schema`;
  /// `table` where a name follows ON at once.
  package var objectKind: String
  package var objects: [RoutineSignature] = []
  /// The roles of ASSUMEROLE.
  package var roleNames: [CopyStatement.Literal] = []
  package var scope: Scope?
  package var grantees: [Grantee]
  /// What ASSUMEROLE is for, in lower case, as `copy` or `external function`.
  package var purposes: [String] = []
  package var cascades = false
}

/// `COMMENT ON … IS …`.
package struct Remark: Sendable {
  /// The words after ON, in lower case, as `table` or `materialized view`.
  package var objectKind: String
  package var object: ObjectName
  /// Types behind the name of a procedure or a function.
  package var arguments: [RoutineArgument]?
  /// The table of a constraint.
  package var table: ObjectName?
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
  package enum Mode: String, Hashable, Sendable {
    case full
    case sortOnly = "sort only"
    case deleteOnly = "delete only"
    case reindex
    case recluster
  }

  /// `full` where none is written.
  package var mode: Mode
  package var table: ObjectName?
  /// TO n PERCENT.
  package var threshold: Int?
  package var isBoosted: Bool
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
