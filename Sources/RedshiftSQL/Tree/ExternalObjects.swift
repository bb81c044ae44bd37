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

  package var name: ObjectName
  package var allowsExisting: Bool
  package var columns: [ColumnDefinition]
  /// Columns of PARTITIONED BY; where a query follows they have no types.
  package var partitions: [ColumnDefinition]
  package var partitionNames: [Identifier]
  package var rowFormat: RowFormat?
  /// What follows STORED AS in lower case, as `parquet`.
  package var storage: String?
  package var location: CopyStatement.Literal?
  package var properties: [Property]
  package var query: Query?
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
  case setFormat(String)
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
