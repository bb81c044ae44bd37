import Diagnostics

/// What Redshift refuses of external tables: formats, classes and delimiters that it cannot read.
///
/// Source: Amazon Redshift Database Developer Guide, CREATE EXTERNAL TABLE, Parameters.
struct ExternalTableRules {
  let catalog: SymbolicCatalog
  private(set) var problems: [Diagnostic] = []

  init(_ catalog: SymbolicCatalog) {
    self.catalog = catalog
  }

  private mutating func report(_ diagnostic: Diagnostic) { problems.append(diagnostic) }

  mutating func check(_ table: CreateExternalTable) {
    checkSchema(of: table.name)
    checkColumns(of: table)
    for element in table.otherElements {
      report(.externalTable("an Iceberg table has columns only: no keys, and no LIKE", at: element))
    }
    if table.isIceberg {
      let known = table.columns.map(\.name.text)
      for name in table.partitionNames where !known.isEmpty && !known.contains(name.text) {
        report(.keyColumnMissing(name, "partition", known))
      }
    }
    if let storage = table.storage {
      check(storage, writes: table.query != nil)
    }
    guard let format = table.rowFormat else { return }
    if let serializer = format.serializer {
      if table.query != nil {
        report(.externalTable("a table that a query fills is written DELIMITED", at: format.range))
      }
      check(serializer: serializer)
    }
    for delimiter in format.delimiters { check(delimiter) }
  }

  /// The search path does not lead to external tables.
  private mutating func checkSchema(of name: ObjectName) {
    guard name.parts.count == 1 else {
      if name.parts.count == 2, let schema = name.relation.schema,
        catalog.ownSchemas.contains(schema.lowercased())
      {
        report(
          .externalTable(
            "\"\(schema)\" is no external schema",
            at: name.range,
            help: "CREATE EXTERNAL SCHEMA makes one"
          )
        )
      }
      return
    }
    report(
      .externalTable(
        "the name of an external table needs its schema",
        at: name.range,
        help: "the search path does not lead to external schemas: write schema.table"
      )
    )
  }

  private mutating func checkColumns(of table: CreateExternalTable) {
    var seen: [String: TextRange] = [:]
    for column in table.columns + table.partitions {
      let name = column.name
      if ["$path", "$size"].contains(name.text) {
        report(.externalTable("every external table has \"\(name.text)\" already", at: name.range))
      } else if let first = seen.updateValue(name.range, forKey: name.text) {
        report(.duplicateColumn(name.text, at: name.range, first: first))
      }
    }
  }

  private static let formats = [
    "parquet", "rcfile", "sequencefile", "textfile", "orc", "avro",
  ]

  mutating func check(_ storage: CreateExternalTable.Storage, writes: Bool) {
    let name = storage.name
    if name.hasPrefix("inputformat "), !writes { return }
    guard writes || !Self.formats.contains(name) else { return }
    if writes, ["parquet", "textfile"].contains(name) { return }
    let help: String? =
      if writes {
        "a query can fill PARQUET and TEXTFILE"
      } else if name == "json" {
        "ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe' STORED AS TEXTFILE reads JSON"
      } else if ["csv", "tsv", "text"].contains(name) {
        "ROW FORMAT DELIMITED FIELDS TERMINATED BY ',' STORED AS TEXTFILE reads delimited text"
      } else {
        Suggestion.sentence(for: name, among: Self.formats)
          ?? "there are PARQUET, TEXTFILE, ORC, AVRO, RCFILE, SEQUENCEFILE and INPUTFORMAT"
      }
    let word = name.hasPrefix("inputformat ") ? "INPUTFORMAT" : name.uppercased()
    report(
      .externalTable(
        writes ? "no query can be stored as \(word)" : "there is no format \(word)",
        at: storage.range,
        help: help
      )
    )
  }

  /// Classes that the guide names, or shows in examples.
  private static let serializers = [
    "org.apache.hadoop.hive.serde2.RegexSerDe", "com.amazonaws.glue.serde.GrokSerDe",
    "org.apache.hadoop.hive.serde2.OpenCSVSerde", "org.openx.data.jsonserde.JsonSerDe",
    "com.amazon.ionhiveserde.IonHiveSerDe", "org.apache.hadoop.hive.serde2.avro.AvroSerDe",
    "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe",
    "org.apache.hadoop.hive.ql.io.orc.OrcSerde",
    "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe",
    "org.apache.hadoop.hive.serde2.columnar.ColumnarSerDe",
    "org.apache.hive.hcatalog.data.JsonSerDe",
  ]

  /// Other classes may exist; one that is nearly one of these is a slip.
  private mutating func check(serializer: CopyStatement.Literal) {
    let name = serializer.value
    guard !Self.serializers.contains(name),
      let help = Suggestion.sentence(for: name, among: Self.serializers)
    else { return }
    report(.externalTable("there is no class '\(name)'", at: serializer.range, help: help))
  }

  /// One ASCII character, or one that is written with a backslash.
  private mutating func check(_ delimiter: StatementOption) {
    guard delimiter.name == "fields terminated by", case .text(let text) = delimiter.value,
      text.value.utf8.count != 1, !text.value.hasPrefix("\\")
    else { return }
    report(
      .externalTable(
        "fields end with one ASCII character",
        at: text.range,
        help: "write a character such as '|', or its number in octal, as '\\007'"
      )
    )
  }
}
