@testable import AWSClient

extension OperationTests {
  static let dataCases: [String: Case] = [
    "ExecuteStatement": Case(
      perform: { (client) async throws(AWSError) in
        var target = DataTarget()
        target.cluster = "c1"
        target.database = "dev"
        target.user = "etl"
        var statement = DataStatement(sql: "select 'é', :id", target: target)
        statement.parameters = [("id", "1")]
        statement.name = "s"
        statement.clientToken = "token"
        statement.format = .json
        statement.withEvent = false
        let started = try await client.redshiftData.execute(statement)
        return [started.identifier, started.session]
      },
      expected: ["Id", "SessionId"]
    ),
    "BatchExecuteStatement": Case(
      perform: { (client) async throws(AWSError) in
        var target = DataTarget()
        target.workgroup = "wg1"
        target.database = "dev"
        target.secret = "arn:s"
        target.keepAliveSeconds = 60
        let started = try await client.redshiftData.execute(
          batch: ["select 1", "select 2"],
          on: target,
          name: "b",
          clientToken: "token",
          format: .csv
        )
        return [started.identifier, started.session]
      },
      expected: ["Id", "SessionId"]
    ),
    "DescribeStatement": Case(
      perform: { (client) async throws(AWSError) in
        let status = try await client.redshiftData.describe(id)
        return [
          status.identifier, status.phase?.rawValue, status.error, "\(status.hasResult)",
          "\(status.rows) \(status.resultBytes)", status.queryID.map { "\($0)" },
          status.processID.map { "\($0)" }, status.session, status.duration.map { "\($0)" },
          status.parts.last?.identifier, status.parts.last?.error,
        ]
      },
      expected: [
        "Id", "SUBMITTED", "Error", "true", "7 7", "7", "7", "SessionId", "7",
        "SubStatements.2.Id", "SubStatements.2.Error",
      ]
    ),
    "CancelStatement": Case(
      perform: { (client) async throws(AWSError) in
        ["\(try await client.redshiftData.cancel(id))"]
      },
      expected: ["true"]
    ),
    "GetStatementResult": Case(
      perform: { (client) async throws(AWSError) in
        let page = try await client.redshiftData.result(id, page: "mark")
        let column = page.columns[1]
        return [
          "\(page.rows.count) \(page.rows[0].count)", page.total.map { "\($0)" }, column.name,
          column.label, column.typeName, column.schema, column.table, "\(column.length)",
        ]
      },
      expected: [
        "2 2", "7", "ColumnMetadata.2.name", "ColumnMetadata.2.label", "ColumnMetadata.2.typeName",
        "ColumnMetadata.2.schemaName", "ColumnMetadata.2.tableName", "7",
      ]
    ),
    "GetStatementResultV2": Case(
      perform: { (client) async throws(AWSError) in
        let page = try await client.redshiftData.csvResult(id, page: "mark")
        return [page.csv, page.columns[0].name]
      },
      expected: ["Records.1.CSVRecordsRecords.2.CSVRecords", "ColumnMetadata.1.name"]
    ),
  ]
}
