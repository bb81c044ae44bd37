import Diagnostics

/// SQL over HTTPS: no network path to the warehouse is needed.
package struct RedshiftData: Sendable {
  let client: AWSClient

  /// Begins to run a statement; the answer comes before it is done.
  package func execute(_ statement: DataStatement) async throws(AWSError) -> StartedStatement {
    var fields = statement.target.fields
    fields.set("Sql", statement.sql)
    fields.set("ClientToken", statement.clientToken)
    fields.set("ResultFormat", statement.format?.rawValue)
    fields.set("StatementName", statement.name)
    fields.set("WithEvent", statement.withEvent)
    if !statement.parameters.isEmpty {
      let list = statement.parameters.map { pair -> PlainValue in
        ["name": .string(pair.name), "value": .string(pair.value)]
      }
      fields.set("Parameters", .list(list))
    }
    return try await started(
      .json(.redshiftData, "ExecuteStatement", fields, isIdempotent: statement.clientToken != nil)
    )
  }

  /// Begins to run statements one after the other, in one transaction.
  package func execute(
    batch sqls: [String],
    on target: DataTarget,
    name: String? = nil,
    clientToken: String? = nil,
    format: ResultFormat? = nil
  ) async throws(AWSError) -> StartedStatement {
    var fields = target.fields
    fields.list("Sqls", sqls)
    fields.set("ClientToken", clientToken)
    fields.set("ResultFormat", format?.rawValue)
    fields.set("StatementName", name)
    return try await started(
      .json(.redshiftData, "BatchExecuteStatement", fields, isIdempotent: clientToken != nil)
    )
  }

  /// How a statement is doing.
  package func describe(_ identifier: String) async throws(AWSError) -> StatementStatus {
    StatementStatus(
      try await client.json(.json(.redshiftData, "DescribeStatement", id(identifier)))
    )
  }

  /// Stops a statement; false when it was too late.
  package func cancel(_ identifier: String) async throws(AWSError) -> Bool {
    let answer = try await client.json(.json(.redshiftData, "CancelStatement", id(identifier)))
    return answer.boolean("Status") ?? false
  }

  /// A page of the rows of a finished statement.
  package func result(
    _ identifier: String,
    page mark: String? = nil
  ) async throws(AWSError) -> StatementRows {
    var fields = id(identifier)
    fields.set("NextToken", mark)
    let answer = try await client.json(.json(.redshiftData, "GetStatementResult", fields))
    return StatementRows(
      columns: answer.objects("ColumnMetadata").map { ResultColumn($0) },
      rows: answer.list("Records").map { row in
        (row.list ?? []).map { ResultField($0.dictionary ?? PlainDictionary()) }
      },
      total: answer.integer("TotalNumRows"),
      next: answer.text("NextToken")
    )
  }

  /// A page of the rows of a statement that was run for CSV.
  package func csvResult(
    _ identifier: String,
    page mark: String? = nil
  ) async throws(AWSError) -> StatementCSV {
    var fields = id(identifier)
    fields.set("NextToken", mark)
    let answer = try await client.json(.json(.redshiftData, "GetStatementResultV2", fields))
    return StatementCSV(
      columns: answer.objects("ColumnMetadata").map { ResultColumn($0) },
      csv: answer.objects("Records").compactMap { $0.text("CSVRecords") }.joined(),
      total: answer.integer("TotalNumRows"),
      next: answer.text("NextToken")
    )
  }

  private func id(_ identifier: String) -> JSONFields {
    var fields = JSONFields()
    fields.set("Id", identifier)
    return fields
  }

  private func started(_ call: AWSCall) async throws(AWSError) -> StartedStatement {
    let answer = try await client.json(call)
    guard let identifier = answer.text("Id") else {
      throw AnswerReader(call).failure("Id is missing")
    }
    return StartedStatement(identifier: identifier, session: answer.text("SessionId"))
  }
}

/// Where a statement runs, and as whom.
package struct DataTarget: Sendable {
  package var cluster: String?
  package var workgroup: String?
  package var database: String?
  /// A database user, whose temporary password the service gets by itself.
  package var user: String?
  /// The ARN of a secret with user and password.
  package var secret: String?
  /// A session that is kept, where temporary tables and settings stay.
  package var session: String?
  package var keepAliveSeconds: Int?

  /// Nowhere yet.
  package init() {}

  var fields: JSONFields {
    var fields = JSONFields()
    fields.set("ClusterIdentifier", cluster)
    fields.set("Database", database)
    fields.set("DbUser", user)
    fields.set("SecretArn", secret)
    fields.set("SessionId", session)
    fields.set("SessionKeepAliveSeconds", keepAliveSeconds)
    fields.set("WorkgroupName", workgroup)
    return fields
  }
}

/// How rows come.
package enum ResultFormat: String, Sendable {
  case json = "JSON"
  case csv = "CSV"
}

/// A statement to run.
package struct DataStatement: Sendable {
  package var sql: String
  package var target: DataTarget
  package var parameters: [(name: String, value: String)] = []
  package var name: String?
  /// Makes running it again with the same token run it once.
  package var clientToken: String?
  package var format: ResultFormat?
  package var withEvent: Bool?

  /// A statement for a warehouse.
  package init(sql: String, target: DataTarget) {
    self.sql = sql
    self.target = target
  }
}

/// A statement that was taken.
package struct StartedStatement: Hashable, Sendable {
  package var identifier: String
  package var session: String?
}

/// How a statement is doing.
package struct StatementStatus: Hashable, Sendable {
  package enum Phase: String, Sendable {
    case submitted = "SUBMITTED"
    case picked = "PICKED"
    case started = "STARTED"
    case finished = "FINISHED"
    case aborted = "ABORTED"
    case failed = "FAILED"
  }

  /// One statement of a batch.
  package struct Part: Hashable, Sendable {
    package var identifier: String
    package var phase: String
    package var error: String?
    package var hasResult: Bool
    package var rows: Int
  }

  package var identifier: String
  /// Nil for a word that is not known.
  package var phase: Phase?
  package var error: String?
  package var hasResult: Bool
  /// Rows of the result or rows changed; -1 where the service does not know.
  package var rows: Int
  package var resultBytes: Int
  package var queryID: Int?
  package var processID: Int?
  package var session: String?
  /// Nanoseconds.
  package var duration: Int?
  package var parts: [Part]

  package var isDone: Bool { [.finished, .aborted, .failed].contains(phase) }

  init(_ object: PlainDictionary) {
    identifier = object.text("Id") ?? ""
    phase = object.text("Status").flatMap { Phase(rawValue: $0) }
    error = object.text("Error")
    hasResult = object.boolean("HasResultSet") ?? false
    rows = object.integer("ResultRows") ?? -1
    resultBytes = object.integer("ResultSize") ?? -1
    queryID = object.integer("RedshiftQueryId")
    processID = object.integer("RedshiftPid")
    session = object.text("SessionId")
    duration = object.integer("Duration")
    parts = object.objects("SubStatements").map { part in
      Part(
        identifier: part.text("Id") ?? "",
        phase: part.text("Status") ?? "",
        error: part.text("Error"),
        hasResult: part.boolean("HasResultSet") ?? false,
        rows: part.integer("ResultRows") ?? -1
      )
    }
  }
}

/// A column of a result.
package struct ResultColumn: Hashable, Sendable {
  package var name: String
  package var label: String
  /// Redshift's name of the type, as `int4`.
  package var typeName: String
  package var length: Int
  package var precision: Int
  package var scale: Int
  package var schema: String
  package var table: String
  /// 0 never null, 1 perhaps, 2 not known.
  package var nullable: Int

  init(_ object: PlainDictionary) {
    name = object.text("name") ?? ""
    label = object.text("label") ?? ""
    typeName = object.text("typeName") ?? ""
    length = object.integer("length") ?? 0
    precision = object.integer("precision") ?? 0
    scale = object.integer("scale") ?? 0
    schema = object.text("schemaName") ?? ""
    table = object.text("tableName") ?? ""
    nullable = object.integer("nullable") ?? 2
  }
}

/// A value of a result.
package enum ResultField: Hashable, Sendable {
  case null
  case boolean(Bool)
  case integer(Int)
  case double(Double)
  case string(String)
  /// Base64, as it came.
  case binary(String)

  init(_ object: PlainDictionary) {
    if let text = object.text("stringValue") {
      self = .string(text)
    } else if let number = object.integer("longValue") {
      self = .integer(number)
    } else if let flag = object.boolean("booleanValue") {
      self = .boolean(flag)
    } else if let text = object.text("blobValue") {
      self = .binary(text)
    } else {
      switch object["doubleValue"] {
      case .double(let number): self = .double(number)
      case .integer(let number): self = .double(Double(number))
      // JSON has no word for these numbers.
      case .string(let word): self = Double(word).map { .double($0) } ?? .string(word)
      default: self = .null
      }
    }
  }
}

/// A page of rows.
package struct StatementRows: Hashable, Sendable {
  package var columns: [ResultColumn]
  package var rows: [[ResultField]]
  package var total: Int?
  /// The mark of the next page.
  package var next: String?
}

/// A page of rows as CSV.
package struct StatementCSV: Hashable, Sendable {
  package var columns: [ResultColumn]
  package var csv: String
  package var total: Int?
  /// The mark of the next page.
  package var next: String?
}
