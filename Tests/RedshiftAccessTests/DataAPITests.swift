import AWSClient
import Diagnostics
import TestSupport
import Testing
import WarehouseClient

@testable import RedshiftAccess

/// What the Data API says and takes, in terms of a session.
@Suite struct DataAPITests {
  // MARK: Errors

  @Test(
    arguments: [
      ("ERROR: syntax error at or near \"selec\"\n  Position: 1", "42601", 11),
      ("ERROR: column \"x\" does not exist in t", "42703", nil),
      ("ERROR: relation \"a.b\" does not exist [SQLState=42P01]", "42P01", nil),
      ("Query #2 failed with ERROR: relation \"t\" already exists", "42P07", nil),
      ("ERROR: permission denied for relation t", "42501", nil),
      ("ERROR: schema \"s\" does not exist", "3F000", nil),
      ("ERROR: Query (12) cancelled on user's request", "57014", nil),
      ("ERROR: something else", "XX000", nil),
    ] as [(String, String, Int?)]
  )
  func errorsHaveTheirStates(_ text: String, _ state: String, _ position: Int?) {
    let error = DataErrors.error(text, offset: 10)
    #expect(error.sqlState == state && error.position == position, "\(error)")
    #expect(!error.message.contains("ERROR") && !error.message.contains("SQLState"))
    #expect(!error.message.contains("Query #"))
  }

  @Test func detailsAreKept() {
    let error = DataErrors.error(
      "ERROR: Load into table 't' failed\n  Detail: \n  -----\n  error: x\n  code: 8001\n  -----",
      offset: 0
    )
    #expect(error.message == "Load into table 't' failed")
    #expect(error.detail?.contains("code: 8001") == true)
  }

  // MARK: Values

  @Test(arguments: [
    ("AAH/gA==", "0001ff80"), ("", ""), ("TWFu", "4d616e"), ("TQ==", "4d"),
  ])
  func bytesAreDigits(_ encoded: String, _ digits: String) {
    #expect(DataText.hexadecimal(encoded) == digits)
  }

  @Test func valuesAreTheServersText() async throws {
    let server = try HTTPStandIn { request in
      let target = request.header("X-Amz-Target") ?? ""
      if target.hasSuffix("GetStatementResult") {
        let isSecond = request.text.contains("NextToken")
        let row = """
          [{"booleanValue":true},{"longValue":-7},{"doubleValue":0.1},{"doubleValue":1e300},
          {"doubleValue":0.30000001192092896},{"stringValue":"2020-01-02 03:04:05.0"},
          {"stringValue":"2020-01-02 03:04:05.120+00"},{"stringValue":"12.50"},
          {"blobValue":"AAH/"},{"isNull":true},{"stringValue":""},{"stringValue":"0101000020E610"},
          {"stringValue":"0101000020E611"},{"stringValue":"{\\"version\\":1}"},
          {"stringValue":"1 year 2 mons"},{"stringValue":"3 days 04:05:06"}]
          """
        let types = [
          "bool", "int8", "float8", "float8", "float4", "timestamp", "timestamptz", "numeric",
          "varbyte", "varchar", "varchar", "geometry", "geography", "hllsketch", "intervaly2m",
          "intervald2s",
        ]
        let columns = types.map { "{\"name\":\"c\",\"label\":\"l\",\"typeName\":\"\($0)\"}" }
        return .init(
          200,
          "{\"ColumnMetadata\":[\(columns.joined(separator: ","))],\"Records\":[\(row)],"
            + "\"TotalNumRows\":2\(isSecond ? "" : ",\"NextToken\":\"2\"")}"
        )
      }
      return .init(
        200,
        "{\"Id\":\"1\",\"SessionId\":\"s\",\"Status\":\"FINISHED\",\"HasResultSet\":true,"
          + "\"ResultRows\":2,\"RedshiftPid\":17}"
      )
    }
    defer { server.stop() }
    let session = try await Self.session(server)
    let result = try await session.execute("select * from t")
    let row = [
      "t", "-7", "0.1", "1e+300", "0.3", "2020-01-02 03:04:05", "2020-01-02 03:04:05.12+00",
      "12.50", "0001ff", nil, "", "0101000020E610", "0101000020E611", "{\"version\":1}",
      "1 year 2 mons", "3 days 04:05:06",
    ]
    #expect(result.rows == [row, row])
    #expect(result.tag == "SELECT 2" && result.rowCount == 2)
    #expect(result.columns.first?.name == "l" && result.columns.first?.typeName == "bool")
    #expect(await session.processIdentifier == 17)
    await session.close()
  }

  // MARK: Messages

  private func plan(_ sql: String, isInTransaction: Bool = false) throws -> String {
    switch try DataMessage(sql).plan(isInTransaction: isInTransaction) {
    case .nothing: "nothing"
    case .single(let parts): "single \(parts.map(\.sql))"
    case .batch(let parts): "batch \(parts.map(\.sql))"
    case .wrapped(let parts): "wrapped \(parts.count)"
    }
  }

  @Test func messagesAreSentAsOneTransaction() throws {
    #expect(try plan(" ; -- nothing\n") == "nothing")
    #expect(try plan("select 1;") == "single [\"select 1\"]")
    #expect(try plan("select 1; select ';'") == "batch [\"select 1\", \"select \\';\\'\"]")
    let inside = try plan("select 1; select 2", isInTransaction: true)
    #expect(inside == "single [\"select 1\", \"select 2\"]")
    #expect(try plan("begin; select 2; commit").hasPrefix("single [\"begin\""))
    let many = Array(repeating: "select 1", count: 41).joined(separator: ";")
    #expect(try plan(many) == "wrapped 41")
  }

  @Test func longInsertsAreCutBetweenRows() throws {
    let row = "('" + String(repeating: "é", count: 4000) + "')"
    let sql = "insert into t values " + Array(repeating: row, count: 40).joined(separator: ", ")
    let message = try DataMessage("select 1; " + sql)
    let pieces = message.parts.dropFirst()
    #expect(pieces.count > 3)
    #expect(pieces.allSatisfy { $0.sql.utf8.count <= DataMessage.largestStatement })
    #expect(pieces.allSatisfy { $0.sql.hasPrefix("insert into t values ('") && $0.index == 1 })
    let rows = pieces.reduce(0) { $0 + $1.sql.split(separator: "('").count - 1 }
    #expect(rows == 40)
    guard case .wrapped = message.plan(isInTransaction: false) else {
      Issue.record("a cut statement must stay one")
      return
    }
  }

  @Test func whatCannotBeCutIsRefused() {
    let sql = "select '" + String(repeating: "x", count: 100_001) + "'"
    #expect {
      _ = try DataMessage(sql)
    } throws: { ($0 as? Diagnostic)?.code == "statement-too-long" }
  }

  @Test func placesCountFromTheStartOfTheMessage() throws {
    let message = try DataMessage("select 'é';\nselect 2")
    #expect(message.parts.map(\.offset) == [0, 12])
  }

  // MARK: Cancelling

  @Test func aCancelledTaskStopsTheStatement() async throws {
    let answers = Answers()
    let server = try HTTPStandIn { request in
      let target = request.header("X-Amz-Target") ?? ""
      if target.hasSuffix("CancelStatement") {
        answers.cancelled.finish()
        return .init(200, "{\"Status\":true}")
      }
      if target.hasSuffix("DescribeStatement") {
        answers.described.finish()
        let status = answers.cancelled.isFinished ? "ABORTED" : "STARTED"
        return .init(200, "{\"Id\":\"1\",\"Status\":\"\(status)\"}")
      }
      return .init(200, "{\"Id\":\"1\",\"SessionId\":\"s\"}")
    }
    defer { server.stop() }
    let session = try await Self.session(server)
    let work = Task { try await session.execute("select 1") }
    await answers.described.wait()
    work.cancel()
    let outcome = await work.result
    #expect {
      _ = try outcome.get()
    } throws: { ($0 as? WarehouseError)?.kind == .cancelled }
    #expect(answers.cancelled.isFinished)
  }

  // MARK: Passwords

  @Test func passwordsAreRenewedBeforeTheyEnd() async throws {
    let clock = Clock()
    let password = TemporaryPassword(now: { Timestamp(clock.seconds) }) {
      () async throws(AWSError) in
      clock.count += 1
      return DatabaseCredentials(
        user: "IAM:u",
        password: Secret("word \(clock.count)"),
        expiration: Timestamp(clock.seconds + 900)
      )
    }
    #expect(try await password.current().password.revealed == "word 1")
    clock.seconds = 800
    #expect(try await password.current().password.revealed == "word 1")
    clock.seconds = 850
    #expect(try await password.current().password.revealed == "word 2")
  }

  @Test func hostNamesTellThePlace() {
    let cluster = RedshiftHost("sparkify.abc123.eu-west-1.redshift.amazonaws.com")
    #expect(cluster?.place == .cluster("sparkify") && cluster?.region == "eu-west-1")
    let name = "main.123456789012.us-east-1.redshift-serverless.amazonaws.com"
    #expect(RedshiftHost(name)?.place == .workgroup("main"))
    #expect(RedshiftHost("warehouse.example.com") == nil)
    #expect(RedshiftHost("10.0.0.1") == nil)
  }

  // MARK: Help

  private static func session(_ server: HTTPStandIn) async throws -> DataSession {
    let surroundings = AWSSurroundings(environment: [
      "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret",
      "AWS_REGION": "us-west-2", "AWS_EC2_METADATA_DISABLED": "true", "HOME": "/nonexistent",
      "AWS_ENDPOINT_URL": server.address,
    ])
    let client = try AWSClient(surroundings: surroundings)
    var place = DataTarget()
    place.cluster = "c"
    place.database = "dev"
    return DataSession(DataService(client: client, surroundings: surroundings), place)
  }
}
