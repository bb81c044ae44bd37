package import Diagnostics

/// `CREATE [OR REPLACE] VIEW` and `CREATE MATERIALIZED VIEW`.
package struct CreateView: Sendable {
  package var objectName: ObjectName
  package var isMaterialized: Bool
  package var replaces: Bool
  package var columns: [Identifier]
  package var attributes: [TableAttribute]
  package var query: Query
  /// The range of WITH NO SCHEMA BINDING.
  package var withoutBinding: TextRange?

  package var name: RelationName { objectName.relation }
}

/// `CREATE SCHEMA`.
package struct CreateSchema: Sendable {
  package var name: ObjectName
  package var allowsExisting: Bool
  package var owner: Identifier?
  /// From QUOTA to its end.
  package var quota: TextRange?
  /// Statements that make things in the new schema, which their bare names mean.
  package var elements: [Statement] = []
}

/// `DROP TABLE|VIEW|MATERIALIZED VIEW|SCHEMA`.
package struct Drop: Sendable {
  package enum Kind: String, Hashable, Sendable {
    case table
    case view
    case materializedView = "materialized view"
    case schema
  }

  package var kind: Kind
  package var names: [ObjectName]
  package var allowsMissing: Bool
  package var cascades: Bool
  /// The range of DROP EXTERNAL DATABASE.
  package var dropsExternalDatabase: TextRange?
}

/// `ALTER TABLE`.
package struct AlterTable: Sendable {
  package enum Action: Sendable {
    case addColumn(ColumnDefinition)
    case dropColumn(Identifier, cascades: Bool)
    case renameColumn(Identifier, to: Identifier)
    case rename(to: Identifier)
    case changeOwner(Identifier)
    case addConstraint(TableConstraint)
    case dropConstraint(Identifier, cascades: Bool)
    case changeType(Identifier, DataType)
    case changeEncoding([(column: Identifier, encoding: Identifier)])
    /// ALTER DISTKEY, DISTSTYLE, SORTKEY, ENCODE AUTO.
    case changeLayout([TableAttribute])
    case append(from: ObjectName, ignoresExtra: Bool, fillsTarget: Bool)
    case rowSecurity(RowSecurity)
    /// MASKING ON or OFF FOR DATASHARES.
    case masking(isOn: Bool)
    case external(ExternalTableAction)
    /// An action that Redshift does not have, as SET NOT NULL; it is not read further.
    case other
  }

  package var name: ObjectName
  package var action: Action
  package var actionRange: TextRange
}

/// `ALTER SCHEMA`.
package struct AlterSchema: Sendable {
  package enum Action: Sendable {
    case rename(to: Identifier)
    case changeOwner(Identifier)
    case quota
  }

  package var name: Identifier
  package var action: Action
}
