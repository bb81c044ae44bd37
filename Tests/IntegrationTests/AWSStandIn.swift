import Diagnostics
import Dispatch
import Foundation
import RedshiftSQL
import Synchronization
import TestSupport
import WarehouseClient

/// AWS as a target of Redshift needs it: who somebody is, where the warehouse is, temporary
/// passwords, and the Data API, whose statements run on a stand-in for Redshift.
///
/// Requests are held to the rules of the services' models and manuals: one statement in a call,
/// sizes, numbers, which members go together, a session that does one thing at a time.
final class AWSStandIn: Sendable {
  static let secretKey = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"

  /// What tests change.
  struct Behaviour: Sendable {
    var clusterStatus = "available"
    /// Seconds that a temporary password is good for.
    var passwordSeconds = 900.0
    /// How many statements are turned away first.
    var turnedAway = 0
    var isPublic = true
  }

  struct Statement: Sendable {
    var sqls: [String]
    var session: DataAPISession
    var status = "STARTED"
    var error: String?
    var results: [StatementResult] = []
    var failed: Int?
  }

  struct State: Sendable {
    var behaviour = Behaviour()
    var sessions: [String: DataAPISession] = [:]
    var statements: [String: Statement] = [:]
    var tokens: [String: String] = [:]
    var refusals: [String] = []
    var cancelled = 0
  }

  private static let executor = StandInExecutor()

  let state = Mutex(State())
  let settings: PostgresConnectionSettings
  private let servers = Mutex<[HTTPStandIn]>([])

  init(database port: Int) throws {
    settings = .redshift(
      host: "127.0.0.1",
      port: port,
      database: "dev",
      user: "IAM:loader",
      password: RedshiftStandIn.password,
      sslMode: .disable
    )
    let server = try HTTPStandIn { [self] request in answer(request) }
    servers.withLock { $0 = [server] }
  }

  func stop() {
    for server in servers.withLock({ $0 }) { server.stop() }
  }

  var requests: [HTTPStandIn.Request] { servers.withLock { $0.first?.requests ?? [] } }

  /// Names of the operations that were asked for, in order.
  var operations: [String] { requests.map { Self.operation($0) } }

  /// What was asked for against the rules.
  var refusals: [String] { state.withLock { $0.refusals } }

  func change(_ body: (inout Behaviour) -> Void) { state.withLock { body(&$0.behaviour) } }

  /// What leads the program here.
  var environment: [String: String] {
    [
      "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": Self.secretKey,
      "AWS_REGION": "us-west-2", "AWS_EC2_METADATA_DISABLED": "true",
      "AWS_ENDPOINT_URL": servers.withLock { $0.first?.address ?? "" },
      "AWS_CONFIG_FILE": "/nonexistent", "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent",
    ]
  }

  // MARK: Requests

  private static func operation(_ request: HTTPStandIn.Request) -> String {
    if let target = request.header("X-Amz-Target") {
      return String(target.split(separator: ".").last ?? "")
    }
    return form(request)["Action"] ?? ""
  }

  private static func form(_ request: HTTPStandIn.Request) -> [String: String] {
    HTTPStandIn.Request.pairs(request.text)
  }

  private func answer(_ request: HTTPStandIn.Request) -> HTTPStandIn.Reply {
    guard request.header("Authorization")?.hasPrefix("AWS4-HMAC-SHA256 Credential=AKID") == true
    else { return refuse("MissingAuthenticationTokenException", "not signed", 403) }
    let operation = Self.operation(request)
    guard request.header("X-Amz-Target") != nil else {
      return xml(operation, Self.form(request))
    }
    let parsed = try? JSONSerialization.jsonObject(with: Data(request.body)) as? [String: Any]
    return json(operation, parsed ?? [:])
  }

  private func xml(_ operation: String, _ fields: [String: String]) -> HTTPStandIn.Reply {
    let behaviour = state.withLock { $0.behaviour }
    let body: String
    switch operation {
    case "GetCallerIdentity":
      body =
        "<Arn>arn:aws:iam::123456789012:user/loader</Arn><UserId>AIDA</UserId>"
        + "<Account>123456789012</Account>"
    case "DescribeClusters":
      guard fields["ClusterIdentifier"] == "sparkify" else {
        return fault("ClusterNotFound", "Cluster \(fields["ClusterIdentifier"] ?? "") not found.")
      }
      body = """
        <Clusters><Cluster><ClusterIdentifier>sparkify</ClusterIdentifier>
        <ClusterStatus>\(behaviour.clusterStatus)</ClusterStatus><DBName>dev</DBName>
        <Endpoint><Address>127.0.0.1</Address><Port>\(settings.port)</Port></Endpoint>
        <PubliclyAccessible>\(behaviour.isPublic)</PubliclyAccessible>
        <VpcSecurityGroups><VpcSecurityGroup><VpcSecurityGroupId>sg-1</VpcSecurityGroupId>
        <Status>active</Status></VpcSecurityGroup></VpcSecurityGroups></Cluster></Clusters>
        """
    case "DescribeSecurityGroups":
      return HTTPStandIn.Reply(
        200,
        """
        <DescribeSecurityGroupsResponse><securityGroupInfo><item><groupId>sg-1</groupId>
        <ipPermissions><item><ipProtocol>tcp</ipProtocol><fromPort>443</fromPort>
        <toPort>443</toPort></item></ipPermissions></item></securityGroupInfo>
        </DescribeSecurityGroupsResponse>
        """
      )
    case "GetClusterCredentials", "GetClusterCredentialsWithIAM":
      guard operation.hasSuffix("WithIAM") || fields["DbUser"] == "loader",
        fields["DbName"] == "dev", fields["ClusterIdentifier"] == "sparkify"
      else { return fault("InvalidParameterValue", "\(fields)") }
      body = """
        <DbUser>\(operation.hasSuffix("WithIAM") ? "IAMR:loader" : "IAM:loader")</DbUser>
        <DbPassword>\(RedshiftStandIn.password)</DbPassword>
        <Expiration>\(Self.time(behaviour.passwordSeconds))</Expiration>
        """
    default: return fault("InvalidAction", operation)
    }
    return HTTPStandIn.Reply(
      200,
      "<\(operation)Response><\(operation)Result>\(body)</\(operation)Result></\(operation)Response>"
    )
  }

  private static func time(_ seconds: Double) -> String {
    ISO8601DateFormatter().string(from: Date().addingTimeInterval(seconds))
  }

  private func fault(_ code: String, _ message: String) -> HTTPStandIn.Reply {
    HTTPStandIn.Reply(
      400,
      "<ErrorResponse><Error><Type>Sender</Type><Code>\(code)</Code>"
        + "<Message>\(message)</Message></Error><RequestId>r</RequestId></ErrorResponse>"
    )
  }

  private func json(_ operation: String, _ input: [String: Any]) -> HTTPStandIn.Reply {
    switch operation {
    case "GetWorkgroup":
      return reply([
        "workgroup": [
          "workgroupName": "sparkify", "status": "AVAILABLE", "publiclyAccessible": true,
          "endpoint": ["address": "127.0.0.1", "port": settings.port],
        ]
      ])
    case "GetCredentials":
      return reply([
        "dbUser": "IAM:loader", "dbPassword": RedshiftStandIn.password,
        "expiration": Date().timeIntervalSince1970
          + state.withLock { $0.behaviour.passwordSeconds },
      ])
    case "GetSecretValue":
      return reply([
        "ARN": "arn:aws:secretsmanager:us-west-2:123456789012:secret:login", "Name": "login",
        "VersionId": "1",
        "SecretString": "{\"username\":\"loader\",\"password\":\"\(RedshiftStandIn.password)\"}",
      ])
    case "ExecuteStatement", "BatchExecuteStatement": return execute(operation, input)
    case "DescribeStatement": return describe(input)
    case "GetStatementResult": return result(input)
    case "CancelStatement":
      let identifier = input["Id"] as? String ?? ""
      let session = state.withLock { state in
        state.cancelled += 1
        return state.statements[identifier]?.session
      }
      Task(executorPreference: Self.executor) { await session?.cancel() }
      return reply(["Status": session != nil])
    default: return refuse("UnknownOperationException", operation)
    }
  }

  // MARK: The Data API

  private func execute(_ operation: String, _ input: [String: Any]) -> HTTPStandIn.Reply {
    let known: Set<String> = [
      "Sql", "Sqls", "ClusterIdentifier", "WorkgroupName", "Database", "DbUser", "SecretArn",
      "SessionId", "SessionKeepAliveSeconds", "ClientToken", "StatementName", "WithEvent",
      "ResultFormat", "Parameters",
    ]
    for name in input.keys where !known.contains(name) {
      return refuse("ValidationException", "unknown member \(name)")
    }
    let isBatch = operation.hasPrefix("Batch")
    let sqls = (isBatch ? input["Sqls"] as? [String] : (input["Sql"] as? String).map { [$0] }) ?? []
    guard (1...40).contains(sqls.count) else {
      return refuse("ValidationException", "\(sqls.count) statements")
    }
    for sql in sqls {
      guard sql.utf8.count <= 100_000 else {
        return refuse("ValidationException", "Query string exceeds 100 KB")
      }
      let buffers = Buffers()
      let parsed = SQLParser.parse(buffers.add(name: "sql", text: sql), in: buffers)
      guard parsed.statements.count == 1 else {
        return refuse("ValidationException", "Multi-statement not allowed: \(sql)")
      }
    }
    let token = input["ClientToken"] as? String
    guard let keep = input["SessionKeepAliveSeconds"] as? Int, (0...86_400).contains(keep) else {
      return refuse("ValidationException", "SessionKeepAliveSeconds")
    }
    enum Outcome {
      case refused(String, String)
      case known(String, String)
      case started(String, DataAPISession)
    }
    let settings = settings
    let outcome = state.withLock { state -> Outcome in
      if let token, let identifier = state.tokens[token], let old = state.statements[identifier] {
        return .known(identifier, old.session.identifier)
      }
      if state.behaviour.turnedAway > 0 {
        state.behaviour.turnedAway -= 1
        return .refused("ActiveStatementsExceededException", "too many")
      }
      let session: DataAPISession
      if let name = input["SessionId"] as? String {
        for other in ["ClusterIdentifier", "Database", "DbUser", "SecretArn", "WorkgroupName"]
        where input[other] != nil {
          return .refused("ValidationException", "\(other) beside SessionId")
        }
        guard let found = state.sessions[name] else {
          return .refused("ValidationException", "Session \(name) is not found")
        }
        session = found
        if keep == 0 { state.sessions[name] = nil }
      } else {
        guard input["Database"] as? String == "dev",
          input["ClusterIdentifier"] as? String == "sparkify"
            || input["WorkgroupName"] as? String == "sparkify"
        else { return .refused("ValidationException", "which database?") }
        session = DataAPISession(settings)
        state.sessions[session.identifier] = session
      }
      let busy = state.statements.values.contains {
        $0.session === session && $0.status == "STARTED"
      }
      if busy { return .refused("ValidationException", "Session is busy") }
      let identifier = UUID().uuidString.lowercased()
      state.statements[identifier] = Statement(sqls: sqls, session: session)
      if let token { state.tokens[token] = identifier }
      return .started(identifier, session)
    }
    switch outcome {
    case .refused(let code, let message): return refuse(code, message)
    case .known(let identifier, let session):
      return reply(["Id": identifier, "SessionId": session])
    case .started(let identifier, let session):
      Task(executorPreference: Self.executor) {
        let ended = await session.run(sqls, isBatch: isBatch)
        self.state.withLock { state in
          state.statements[identifier]?.status = ended.status
          state.statements[identifier]?.error = ended.error
          state.statements[identifier]?.results = ended.results
          state.statements[identifier]?.failed = ended.failed
        }
        if keep == 0 { await session.close() }
      }
      return reply(["Id": identifier, "SessionId": session.identifier])
    }
  }

  private func describe(_ input: [String: Any]) -> HTTPStandIn.Reply {
    let identifier = input["Id"] as? String ?? ""
    guard let statement = state.withLock({ $0.statements[identifier] }) else {
      return refuse("ResourceNotFoundException", "Query does not exist")
    }
    var answer: [String: Any] = [
      "Id": identifier, "Status": statement.status, "SessionId": statement.session.identifier,
      "RedshiftPid": statement.session.process.withLock { $0 ?? 0 }, "ResultRows": -1,
    ]
    if let error = statement.error { answer["Error"] = error }
    if statement.sqls.count > 1 {
      answer["SubStatements"] = statement.sqls.indices.map { index -> [String: Any] in
        let done = statement.results.indices.contains(index)
        var part = Self.facts(of: done ? statement.results[index] : StatementResult())
        part["Id"] = "\(identifier):\(index + 1)"
        part["Status"] = done ? "FINISHED" : index == statement.failed ? "FAILED" : "ABORTED"
        if index == statement.failed { part["Error"] = statement.error }
        return part
      }
      if let failed = statement.failed, let error = statement.error {
        answer["Error"] = "Query #\(failed + 1) failed with \(error)"
      }
    } else if let result = statement.results.first {
      answer.merge(Self.facts(of: result)) { $1 }
    }
    return reply(answer)
  }

  private static func facts(of result: StatementResult) -> [String: Any] {
    [
      "HasResultSet": !result.columns.isEmpty,
      "ResultRows": result.columns.isEmpty ? result.rowCount ?? -1 : result.rows.count,
    ]
  }

  /// Rows in pages of a size that makes several of most.
  private static let pageSize = 40

  private func result(_ input: [String: Any]) -> HTTPStandIn.Reply {
    let words = (input["Id"] as? String ?? "").split(separator: ":")
    let number = words.count == 2 ? (Int(words[1]) ?? 1) - 1 : 0
    let statement = state.withLock { $0.statements[String(words.first ?? "")] }
    guard let statement, statement.results.indices.contains(number),
      !statement.results[number].columns.isEmpty
    else { return refuse("ResourceNotFoundException", "Query does not have result") }
    let result = statement.results[number]
    let start = (input["NextToken"] as? String).flatMap { Int($0) } ?? 0
    let rows = result.rows.dropFirst(start).prefix(Self.pageSize)
    var answer: [String: Any] = [
      "ColumnMetadata": result.columns.map {
        ["name": $0.name, "label": $0.name, "typeName": $0.typeName, "nullable": 1]
      },
      "Records": rows.map { row in
        zip(row, result.columns).map { Self.field($0, $1.typeName) }
      },
      "TotalNumRows": result.rows.count,
    ]
    if start + rows.count < result.rows.count { answer["NextToken"] = String(start + rows.count) }
    return reply(answer)
  }

  private static func field(_ value: String?, _ type: String) -> [String: Any] {
    guard let value else { return ["isNull": true] }
    switch type {
    case "int2", "int4", "int8", "oid": return Int(value).map { ["longValue": $0] } ?? [:]
    case "float4", "float8": return Double(value).map { ["doubleValue": $0] } ?? [:]
    case "bool": return ["booleanValue": value == "t"]
    default: return ["stringValue": value]
    }
  }

  private func reply(_ object: [String: Any]) -> HTTPStandIn.Reply {
    let data = try? JSONSerialization.data(withJSONObject: object)
    return HTTPStandIn.Reply(
      status: 200,
      headers: [("Content-Type", "application/x-amz-json-1.1")],
      body: [UInt8](data ?? Data())
    )
  }

  private func refuse(_ code: String, _ message: String, _ status: Int = 400)
    -> HTTPStandIn.Reply
  {
    if !["ActiveStatementsExceededException"].contains(code) {
      state.withLock { $0.refusals.append("\(code): \(message)") }
    }
    let data = try? JSONSerialization.data(withJSONObject: ["__type": code, "message": message])
    return HTTPStandIn.Reply(
      status: status,
      headers: [("x-amzn-ErrorType", code)],
      body: [UInt8](data ?? Data())
    )
  }
}

/// One session of the Data API: a connection with the stand-in for Redshift.
actor DataAPISession {
  struct Ending: Sendable {
    var status: String
    var error: String?
    var results: [StatementResult] = []
    var failed: Int?
  }

  nonisolated let identifier = UUID().uuidString.lowercased()
  nonisolated let process = Mutex<Int?>(nil)
  private nonisolated let running = Mutex<PostgresConnection?>(nil)
  private let settings: PostgresConnectionSettings
  private var connection: PostgresConnection?

  init(_ settings: PostgresConnectionSettings) { self.settings = settings }

  func run(_ sqls: [String], isBatch: Bool) async -> Ending {
    var ending = Ending(status: "FINISHED")
    do throws(WarehouseError) {
      let connection = try await open()
      // A batch is one transaction.
      if isBatch { _ = try await connection.execute("BEGIN") }
      for (index, sql) in sqls.enumerated() {
        ending.failed = index
        ending.results.append(try await connection.execute(sql))
      }
      ending.failed = nil
      if isBatch { _ = try await connection.execute("COMMIT") }
    } catch {
      ending.status = error.kind == .cancelled ? "ABORTED" : "FAILED"
      var words = "ERROR: \(error.message)"
      if let position = error.position { words += "\n  Position: \(position)" }
      if let detail = error.detail { words += "\n  Detail: \(detail)" }
      ending.error = words
      if isBatch { await rollBack() }
    }
    return ending
  }

  nonisolated func cancel() async { await running.withLock { $0 }?.cancel() }

  func close() async {
    await connection?.close()
    connection = nil
    running.withLock { $0 = nil }
  }

  private func open() async throws(WarehouseError) -> PostgresConnection {
    if let connection { return connection }
    let opened = try await PostgresConnection.open(settings)
    connection = opened
    running.withLock { $0 = opened }
    let number = await opened.processIdentifier
    process.withLock { $0 = number }
    return opened
  }

  private func rollBack() async {
    // A transaction that is gone has nothing to take back.
    do throws(WarehouseError) { _ = try await connection?.execute("ROLLBACK") } catch {}
  }
}

/// Threads of the stand-in's own: tests that wait for a program hold those that tasks have in
/// common, and the program waits for the stand-in.
private final class StandInExecutor: TaskExecutor {
  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    let executor = asUnownedTaskExecutor()
    DispatchQueue.global().async { job.runSynchronously(on: executor) }
  }
}
