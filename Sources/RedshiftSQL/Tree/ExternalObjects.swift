package import Diagnostics

/// `CREATE EXTERNAL SCHEMA`.
package struct CreateExternalSchema: Sendable {
  package var name: ObjectName
  package var allowsExisting: Bool
  /// What follows FROM in lower case, as `data catalog` or `postgres`.
  package var source: String
  /// DATABASE, SCHEMA, REGION, URI, IAM_ROLE and the others.
  package var options: [StatementOption]
}

/// `CREATE EXTERNAL TABLE`.
package struct CreateExternalTable: Sendable {
  /// `'key' = 'value'` of SERDEPROPERTIES and TABLE PROPERTIES.
  package struct Property: Sendable {
    package var range: TextRange
    package var key: CopyStatement.Literal
    package var value: CopyStatement.Literal
  }

  package struct RowFormat: Sendable {
    package var range: TextRange
    /// The class behind SERDE; nil for DELIMITED.
    package var serializer: CopyStatement.Literal?
    package var properties: [Property]
    /// FIELDS TERMINATED BY and the like.
    package var delimiters: [StatementOption]
  }

  /// What follows STORED AS.
  package struct Storage: Sendable {
    /// In lower case, as `parquet`.
    package var name: String
    package var range: TextRange
  }

  package var name: ObjectName
  package var allowsExisting: Bool
  package var columns: [ColumnDefinition] = []
  /// Columns of PARTITIONED BY; where a query follows they have no types.
  package var partitions: [ColumnDefinition] = []
  package var partitionNames: [Identifier] = []
  package var rowFormat: RowFormat?
  package var storage: Storage?
  package var location: CopyStatement.Literal?
  package var properties: [Property] = []
  package var query: Query?
  /// Whether this is `CREATE TABLE … USING ICEBERG`.
  package var isIceberg = false
  /// Keys and LIKE among the columns, which no table outside can have.
  package var otherElements: [TextRange] = []
}

/// What ALTER TABLE does to an external table.
package enum ExternalTableAction: Sendable {
  package struct Partition: Sendable {
    package var range: TextRange
    package var values: [Assignment]
    package var location: CopyStatement.Literal?
  }

  case addPartitions([Partition], allowsExisting: Bool)
  case dropPartition(Partition)
  case setPartitionLocation(Partition)
  case setLocation(CopyStatement.Literal)
  case setFormat(CreateExternalTable.Storage)
  case setProperties([CreateExternalTable.Property])
}

/// `CREATE MODEL` and `CREATE EXTERNAL MODEL`.
package struct CreateModel: Sendable {
  package enum Source: Sendable {
    case table(ObjectName)
    case query(Query)
    /// The name of a training job or an address.
    case text(CopyStatement.Literal)
    case none
  }

  package var name: ObjectName
  package var isExternal: Bool
  package var source: Source
  package var function: RoutineSignature?
  package var result: DataType?
  package var options: [StatementOption]
}

/// `CREATE`, `ALTER` and `DROP EXTERNAL VIEW`: a view of the data catalog.
package struct ExternalView: Sendable {
  package enum Action: Sendable {
    case create(isProtected: Bool, allowsExisting: Bool, Query)
    case change(isForced: Bool, Query)
    case removeDefinition(isForced: Bool)
    case drop(allowsMissing: Bool)
  }

  package var name: ObjectName
  /// The name in the catalog, where one is written behind the view's own.
  package var catalogName: ObjectName?
  package var action: Action
}

extension ExternalView {
  /// What the view shows; nil where nothing is said of it.
  package var query: Query? {
    switch action {
    case .create(_, _, let query), .change(_, let query): query
    case .removeDefinition, .drop: nil
    }
  }
}

/// `CREATE`, `ALTER` and `DROP TEMPLATE`: parameters of COPY under a name.
package struct CopyTemplate: Sendable {
  package enum Action: Sendable {
    case create(replaces: Bool, [StatementOption])
    case rename(to: Identifier)
    case changeOwner(Identifier)
    case add(StatementOption)
    case remove(StatementOption)
    case set([StatementOption])
    case drop(allowsMissing: Bool)
  }

  package var name: ObjectName
  package var action: Action
}

/// `ALTER SYSTEM SET setting = value`.
package struct AlterSystem: Sendable {
  package var setting: Identifier
  package var value: Expr
}
