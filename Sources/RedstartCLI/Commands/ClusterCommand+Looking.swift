import AWSClient
import ClusterLifecycle
import Diagnostics
import ProjectModel
import WarehouseClient

// What exists, and passwords for it.

extension CommandSession {
  func clusterStatus(
    _ lifecycle: ClusterLifecycle,
    _ format: String
  ) async throws(AWSError) -> ExitCode {
    let observed = try await lifecycle.observe()
    let section = lifecycle.planner.section
    if format == "json" {
      console.output(observed.plain(section).jsonString + "\n")
      return .success
    }
    var table = TextTable(columns: ["what", "name", "state"])
    table.maximumWidth = 100
    table.add([section.noun, section.identifier, observed.status ?? "absent"])
    if let serverless = section.serverless {
      table.add(["namespace", serverless.namespace, observed.namespace?.status ?? "absent"])
      if let number = observed.workgroup?.baseCapacity {
        let most = observed.workgroup?.maximumCapacity.map { ", at most \($0)" } ?? ""
        table.add(["capacity", "\(number) RPU\(most)", "billed while queries run"])
      }
    }
    let host = observed.endpoint.map { "\($0.host):\($0.port ?? section.port)" }
    table.add(["endpoint", host ?? "", host == nil ? "absent" : "known"])
    table.add([
      "role", observed.role?.arn ?? lifecycle.planner.roleName, observed.role.state,
    ])
    let blocks = observed.group?.allBlocks ?? []
    table.add([
      "security group", observed.group?.identifier ?? lifecycle.planner.groupName,
      blocks.isEmpty ? observed.group.state : "lets in \(blocks.joined(separator: ", "))",
    ])
    console.output(table.text)
    return .success
  }

  func clusterCredentials(
    _ lifecycle: ClusterLifecycle,
    _ format: String
  ) async throws(AWSError) -> ExitCode {
    let section = lifecycle.planner.section
    guard let endpoint = try await lifecycle.observe().endpoint else {
      throw .problem(.clusterMissing(section.identifier, noun: section.noun))
    }
    let credentials = try await lifecycle.credentials()
    let host = endpoint.host
    let port = endpoint.port ?? section.port
    let password = credentials.password.revealed
    switch format {
    case "env":
      let pairs = [
        ("PGHOST", host), ("PGPORT", "\(port)"), ("PGDATABASE", section.database),
        ("PGUSER", credentials.user), ("PGPASSWORD", password), ("PGSSLMODE", "verify-full"),
        ("PGSSLROOTCERT", PostgresConnectionSettings.systemCertificates),
      ]
      for (name, value) in pairs { console.output("export \(name)=\(value.shellQuoted)\n") }
    case "url":
      let user = PercentEncoding.encode(credentials.user)
      let database = PercentEncoding.encode(section.database)
      console.output(
        "postgresql://\(user):\(PercentEncoding.encode(password))@\(host):\(port)/\(database)"
          + "?sslmode=verify-full&sslrootcert=\(PostgresConnectionSettings.systemCertificates)\n"
      )
    default:
      console.output("user     \(credentials.user)\n")
      console.output("expires  \(credentials.expiration?.iso8601 ?? "unknown")\n")
      note("--output env or --output url prints the password")
    }
    return .success
  }
}

extension ClusterObservation.Role? {
  fileprivate var state: String { self.map { $0.isOurs ? "made" : "of others" } ?? "absent" }
}

extension ClusterObservation.Group {
  fileprivate var allBlocks: [String] { blocks + foreignBlocks }
}

extension ClusterObservation.Group? {
  fileprivate var state: String { self.map { $0.isOurs ? "made" : "of others" } ?? "absent" }
}

extension ClusterObservation {
  fileprivate func plain(_ section: ClusterConfiguration) -> PlainValue {
    var object: PlainDictionary = [
      "cluster": .string(section.identifier),
      "kind": .string(section.serverless == nil ? "provisioned" : "serverless"),
      "status": .string(status ?? "absent"),
      "host": endpoint.map { .string($0.host) } ?? .null,
      "port": (endpoint?.port).map { .integer($0) } ?? .null,
    ]
    if let serverless = section.serverless {
      object["namespace"] = .string(serverless.namespace)
      object["namespace_status"] = .string(namespace?.status ?? "absent")
      object["base_capacity"] = (workgroup?.baseCapacity).map { .integer($0) } ?? .null
      object["max_capacity"] = (workgroup?.maximumCapacity).map { .integer($0) } ?? .null
      object["admin_secret_arn"] = (namespace?.secret).map { .string($0) } ?? .null
    } else {
      object["node_type"] = warehouse.map { .string($0.nodeType) } ?? .null
      object["nodes"] = warehouse.map { .integer($0.nodeCount) } ?? .null
    }
    object["role_arn"] = role.map { .string($0.arn) } ?? .null
    object["security_group"] = group.map { .string($0.identifier) } ?? .null
    object["allowed"] = .list((group?.allBlocks ?? []).map { .string($0) })
    object["estimated_hourly_dollars"] = ClusterPrice.hourly(section).map { .double($0) } ?? .null
    object["estimated_from"] = .string(ClusterPrice.basis(section))
    return .dictionary(object)
  }
}
