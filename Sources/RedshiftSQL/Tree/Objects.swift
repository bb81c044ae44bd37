package import Diagnostics

/// `CREATE` of a database, a user, a group, a role, a datashare, a library, an identity provider.
package struct CreateObject: Sendable {
  package var kind: ObjectKind
  package var name: ObjectName
  package var replaces: Bool
  package var allowsExisting: Bool
  package var options: [StatementOption]
}

/// `ALTER` of anything but tables and schemas.
package struct AlterObject: Sendable {
  package enum Action: Sendable {
    case rename(to: Identifier)
    case changeOwner(Identifier)
    /// ADD USER and DROP USER of ALTER GROUP.
    case addMembers([Identifier])
    case removeMembers([Identifier])
    /// ADD and REMOVE of ALTER DATASHARE.
    case addToShare(ShareItem)
    case removeFromShare(ShareItem)
    /// The layout and refreshing of a materialized view.
    case changeLayout([TableAttribute])
    case rowSecurity(RowSecurity)
    case options([StatementOption])
  }

  /// What is added to a datashare or removed from it.
  package struct ShareItem: Sendable {
    package var range: TextRange
    /// In lower case: `schema`, `table`, `function`, `all tables in schema`.
    package var kind: String
    package var objects: [RoutineSignature]
  }

  package var kind: ObjectKind
  package var name: ObjectName
  /// Types behind the name of a procedure or a function.
  package var arguments: [RoutineArgument]?
  package var action: Action
}

/// `ROW LEVEL SECURITY ON|OFF`.
package struct RowSecurity: Sendable {
  package var isOn: Bool
  /// AND or OR behind CONJUNCTION TYPE, in lower case.
  package var conjunction: String?
}

/// `DROP` of anything but tables, views and schemas.
package struct DropObject: Sendable {
  package var kind: ObjectKind
  package var names: [RoutineSignature]
  package var allowsMissing: Bool
  package var cascades: Bool
}

/// `CREATE` and `ALTER` of RLS and masking policies.
package struct PolicyDefinition: Sendable {
  package var kind: ObjectKind
  package var alters: Bool
  package var allowsExisting: Bool
  package var name: ObjectName
  /// The columns behind WITH.
  package var columns: [ColumnDefinition]
  package var alias: Identifier?
  /// What USING says: one condition, or a value for each masked column.
  package var expressions: [Expr]
}

/// `ATTACH` and `DETACH` of RLS and masking policies.
package struct PolicyAttachment: Sendable {
  package var kind: ObjectKind
  package var attaches: Bool
  package var policy: ObjectName
  package var tables: [ObjectName]
  /// Masked columns; paths into SUPER columns are navigations.
  package var columns: [Expr]
  /// Columns behind USING.
  package var inputs: [Expr]
  package var grantees: [Grant.Grantee]
  package var priority: Int?
}

/// `ALTER DEFAULT PRIVILEGES`.
package struct AlterDefaultPrivileges: Sendable {
  package var users: [Identifier]
  package var schemas: [Identifier]
  /// What is granted or revoked; its kind of object is `tables`, `functions` or `procedures`.
  package var grant: Grant
}
