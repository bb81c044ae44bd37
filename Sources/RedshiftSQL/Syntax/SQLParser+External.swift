import Diagnostics

extension SQLParser {
  // MARK: CREATE EXTERNAL SCHEMA

  mutating func parseCreateExternalSchema() throws(SyntaxFailure) -> Statement.Kind {
    advance()
    advance()
    let allowsExisting = try takeIfNotExists()
    let name = try parseObjectName("the name of the schema")
    try expect(.from)
    var source: [String] = []
    for words in SQLParser.externalSources where areAhead(words) {
      source = words
      break
    }
    // The two words may be left out.
    let isCatalog = source.isEmpty && atWord("database")
    guard !source.isEmpty || isCatalog else {
      throw failure(
        "DATA CATALOG, HIVE METASTORE, POSTGRES, MYSQL, KINESIS, MSK, KAFKA or REDSHIFT",
        help: token.kind == .word
          ? Suggestion.sentence(
            for: string(token).uppercased(),
            among: SQLParser.externalSources.map { $0.joined(separator: " ").uppercased() }
          ) : nil
      )
    }
    for _ in source { advance() }
    let options = try parseOptions(SQLParser.externalSchemaOptions, of: "an option of the schema")
    return .createExternalSchema(
      CreateExternalSchema(
        name: name,
        allowsExisting: allowsExisting,
        source: isCatalog ? "data catalog" : source.joined(separator: " "),
        options: options
      )
    )
  }

  private static let externalSources: [[String]] = [
    ["data", "catalog"], ["hive", "metastore"], ["postgres"], ["mysql"], ["kinesis"], ["msk"],
    ["kafka"], ["redshift"],
  ]

  private static let externalSchemaOptions: [OptionForm] = [
    OptionForm("database", .textOrWord), OptionForm("schema", .textOrWord),
    OptionForm("region", .text),
    OptionForm("uri", .text), OptionForm("port", .number), OptionForm("iam_role", .textOrWord),
    OptionForm("secret_arn", .text), OptionForm("catalog_role", .textOrWord),
    OptionForm("catalog_id", .text), OptionForm("authentication", .word),
    OptionForm("authentication_arn", .text), OptionForm("cluster_arn", .text),
    OptionForm("create external database if not exists"),
  ]

  // MARK: CREATE EXTERNAL TABLE

  mutating func parseCreateExternalTable() throws(SyntaxFailure) -> Statement.Kind {
    advance()
    advance()
    let allowsExisting = try takeIfNotExists()
    var table = CreateExternalTable(
      name: try parseObjectName("the name of the table"),
      allowsExisting: allowsExisting
    )
    if at(.openParenthesis) { table.columns = try parseExternalColumns() }
    while !atStatementEnd {
      if takeWord("partitioned") {
        try expect(.by)
        if peek(2).kind == .comma || peek(2).kind == .closeParenthesis {
          table.partitionNames = try parseIdentifierList("a column")
        } else {
          table.partitions = try parseExternalColumns()
        }
      } else if at(.row) {
        table.rowFormat = try parseRowFormat()
      } else if takeWord("stored") {
        try expect(.as)
        table.storage = try parseStorage()
      } else if try !takeStorageClause(of: &table) {
        throw failure(
          "PARTITIONED BY, ROW FORMAT, STORED AS, LOCATION, TABLE PROPERTIES or AS",
          help: suggestion([.row, .table, .as])
        )
      }
    }
    return .createExternalTable(table)
  }

  /// LOCATION, TABLE PROPERTIES or AS, which every table outside may have.
  ///
  /// - Returns: whether there was one.
  mutating func takeStorageClause(
    of table: inout CreateExternalTable
  ) throws(SyntaxFailure) -> Bool {
    if takeWord("location") {
      table.location = try parseString("an address in quotes, 's3://…'")
    } else if at(.table), isWord(peek(), "properties") {
      advance()
      advance()
      table.properties = try parseProperties()
    } else if take(.as) {
      table.query = try parseQuery()
    } else {
      return false
    }
    return true
  }

  private mutating func parseExternalColumns() throws(SyntaxFailure) -> [ColumnDefinition] {
    try expect(.openParenthesis, "\"(\"")
    var columns: [ColumnDefinition] = []
    repeat {
      let start = index
      let name = try parseIdentifier("a column")
      let type = try parseExternalType()
      columns.append(
        ColumnDefinition(range: textRange(from: start), name: name, type: type, attributes: [])
      )
    } while take(.comma)
    try expect(.closeParenthesis, "\",\" or \")\"")
    return columns
  }

  /// A type, or a nested one such as `array<struct<a:int>>`, which is kept by its first word.
  private mutating func parseExternalType() throws(SyntaxFailure) -> DataType {
    guard peek().kind == .operator, bytes[peek().start] == UInt8(ascii: "<") else {
      return try parseDataType()
    }
    let start = index
    let name = word(token)
    advance()
    var depth = 0
    repeat {
      if token.kind == .operator {
        for byte in bytes[token.range] {
          if byte == UInt8(ascii: "<") { depth += 1 }
          if byte == UInt8(ascii: ">") { depth -= 1 }
        }
      }
      guard !atStatementEnd else { throw failure("\">\"") }
      advance()
    } while depth > 0
    return DataType(range: textRange(from: start), kind: .other, name: name)
  }

  private mutating func parseStorage() throws(SyntaxFailure) -> CreateExternalTable.Storage {
    let start = index
    if takeWord("inputformat") {
      let input = try parseString("a class in quotes")
      guard takeWord("outputformat") else { throw failure("OUTPUTFORMAT") }
      let output = try parseString("a class in quotes")
      return CreateExternalTable.Storage(
        name: "inputformat \(input.value) outputformat \(output.value)",
        range: textRange(from: start)
      )
    }
    let format = try parseLabel("PARQUET, TEXTFILE or another format")
    return CreateExternalTable.Storage(name: format.text, range: format.range)
  }

  private mutating func parseRowFormat() throws(SyntaxFailure) -> CreateExternalTable.RowFormat {
    let start = index
    advance()
    guard takeWord("format") else { throw failure("FORMAT") }
    var format = CreateExternalTable.RowFormat(
      range: textRange(from: start),
      serializer: nil,
      properties: [],
      delimiters: []
    )
    if takeWord("serde") {
      format.serializer = try parseString("a class in quotes")
      if at(.with), isWord(peek(), "serdeproperties") {
        advance()
        advance()
        format.properties = try parseProperties()
      }
    } else {
      guard takeWord("delimited") else { throw failure("DELIMITED or SERDE") }
      while let option = try parseOption(SQLParser.delimiterOptions) {
        format.delimiters.append(option)
      }
    }
    format.range = textRange(from: start)
    return format
  }

  private static let delimiterOptions: [OptionForm] = [
    OptionForm("fields terminated by", .text), OptionForm("escaped by", .text),
    OptionForm("lines terminated by", .text), OptionForm("collection items terminated by", .text),
    OptionForm("map keys terminated by", .text), OptionForm("null defined as", .text),
  ]

  mutating func parseProperties() throws(SyntaxFailure) -> [CreateExternalTable.Property] {
    try expect(.openParenthesis, "\"(\"")
    var properties: [CreateExternalTable.Property] = []
    repeat {
      let start = index
      let key = try parseString("a property in quotes")
      guard takeOperator("=") else { throw failure("\"=\"") }
      let value = try parseString("a value in quotes")
      properties.append(
        CreateExternalTable.Property(range: textRange(from: start), key: key, value: value)
      )
    } while take(.comma)
    try expect(.closeParenthesis, "\",\" or \")\"")
    return properties
  }

  // MARK: ALTER TABLE of external tables

  /// ADD PARTITION, DROP PARTITION, SET LOCATION and the others; nil where none stands here.
  mutating func parseExternalAction() throws(SyntaxFailure) -> ExternalTableAction? {
    if at(.add) {
      guard peek().keyword == .partition || peek().keyword == .if else { return nil }
      advance()
      let allowsExisting = try takeIfNotExists()
      var partitions: [ExternalTableAction.Partition] = []
      repeat { partitions.append(try parsePartition()) } while at(.partition)
      return .addPartitions(partitions, allowsExisting: allowsExisting)
    }
    if at(.drop, .partition) {
      advance()
      return .dropPartition(try parsePartition())
    }
    if at(.partition) {
      var partition = try parsePartition()
      try expect(.set)
      guard takeWord("location") else { throw failure("LOCATION") }
      partition.location = try parseString("an address in quotes, 's3://…'")
      return .setPartitionLocation(partition)
    }
    guard at(.set) else { return nil }
    if isWord(peek(), "location") {
      advance()
      advance()
      return .setLocation(try parseString("an address in quotes, 's3://…'"))
    }
    if isWord(peek(), "file") {
      advance()
      advance()
      guard takeWord("format") else { throw failure("FORMAT") }
      return .setFormat(try parseStorage())
    }
    guard peek().keyword == .table, isWord(peek(2), "properties") else { return nil }
    advance()
    advance()
    advance()
    return .setProperties(try parseProperties())
  }

  private mutating func parsePartition() throws(SyntaxFailure) -> ExternalTableAction.Partition {
    let start = index
    try expect(.partition)
    try expect(.openParenthesis, "\"(\"")
    let values = try parseAssignments()
    try expect(.closeParenthesis, "\",\" or \")\"")
    var location: CopyStatement.Literal?
    if takeWord("location") { location = try parseString("an address in quotes, 's3://…'") }
    return ExternalTableAction.Partition(
      range: textRange(from: start),
      values: values,
      location: location
    )
  }

  // MARK: CREATE MODEL

  mutating func parseCreateModel(isExternal: Bool) throws(SyntaxFailure) -> Statement.Kind {
    advance()
    if isExternal { advance() }
    var model = CreateModel(
      name: try parseObjectName("the name of the model"),
      isExternal: isExternal,
      source: .none,
      function: nil,
      result: nil,
      options: []
    )
    while !atStatementEnd {
      if take(.from) {
        if take(.openParenthesis) {
          model.source = .query(try parseQuery())
          try expect(.closeParenthesis, "\")\"")
        } else if at(.string) {
          model.source = .text(try parseString("a text"))
        } else {
          model.source = .table(try parseObjectName("a table, a query or a training job"))
        }
      } else if at(.function) {
        advance()
        model.function = try parseSignature("the name of the function")
      } else if takeWord("returns") {
        model.result = try parseDataType()
      } else if let option = try parseOption(SQLParser.modelOptions) {
        model.options.append(option)
      } else {
        throw failure("FROM, TARGET, FUNCTION or another part of the model")
      }
    }
    return .createModel(model)
  }

  private static let modelOptions: [OptionForm] = [
    OptionForm("target", .names), OptionForm("iam_role", .textOrWord), OptionForm("auto", .word),
    OptionForm("model_type", .word), OptionForm("problem_type", .word),
    OptionForm("objective", .text), OptionForm("preprocessors", .text),
    OptionForm("hyperparameters default"), OptionForm("hyperparameters default except", .pairs),
    OptionForm("settings", .pairs), OptionForm("sagemaker", .textAndPart),
    OptionForm("horizon", .number),
    OptionForm("frequency", .text), OptionForm("percentiles", .text), OptionForm("prompt", .text),
    OptionForm("suffix", .text), OptionForm("request_type", .word),
    OptionForm("response_type", .word), OptionForm("model_id", .text),
  ]
}
