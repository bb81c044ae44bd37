import Foundation
import TestSupport

// Redshift Serverless, by the shapes of its model: namespaces are there at once, workgroups and
// deletions take a few looks, roles of namespaces as well.

extension CloudStandIn {
  typealias Object = [String: Any]

  struct Namespace {
    var status = "AVAILABLE"
    /// Looks until the next state; a namespace that is being deleted is gone then.
    var looks = 0
    /// Looks until new roles work.
    var roleLooks = 2
    var number: Int
    var database: String
    var user: String?
    var roles: [String]
    var defaultRole: String?
    var tags: [[String: String]]
  }

  struct Workgroup {
    var status = "CREATING"
    var looks = 2
    var number: Int
    var namespace: String
    var baseCapacity: Int
    var maximumCapacity: Int?
    var isPublic: Bool
    var groups: [String]
    var port: Int
    var tags: [[String: String]]
  }

  func serverlessSummary(_ state: State) -> [String] {
    let namespaces = state.namespaces.sorted { $0.key < $1.key }.map { name, namespace in
      "namespace \(name) \(namespace.status) \(namespace.user ?? "of its maker") "
        + "\(namespace.roles)"
    }
    let workgroups = state.workgroups.sorted { $0.key < $1.key }.map { name, workgroup in
      "workgroup \(name) of \(workgroup.namespace) \(workgroup.status) "
        + "\(workgroup.baseCapacity) RPU"
    }
    return namespaces + workgroups
  }

  /// What a request asks for against the rules.
  struct Refusal: Error {
    var code: String
    var message: String

    init(_ code: String, _ message: String) {
      self.code = code
      self.message = message
    }

    static func invalid(_ message: String) -> Refusal { Refusal("ValidationException", message) }
    static func missing(_ name: String) -> Refusal {
      Refusal("ResourceNotFoundException", "\(name) is not found")
    }
  }

  static func refusal(_ code: String, _ message: String, status: Int = 400) -> HTTPStandIn.Reply {
    json(["__type": code, "message": message], status: status)
  }

  private static func json(_ object: Object, status: Int = 200) -> HTTPStandIn.Reply {
    let data = try? JSONSerialization.data(withJSONObject: object)
    return HTTPStandIn.Reply(
      status: status,
      headers: [("Content-Type", "application/x-amz-json-1.1")],
      body: [UInt8](data ?? Data())
    )
  }

  func serverless(
    _ target: String,
    _ request: HTTPStandIn.Request,
    _ state: inout State
  ) -> HTTPStandIn.Reply {
    let words = target.split(separator: ".")
    let parsed = try? JSONSerialization.jsonObject(with: Data(request.body)) as? Object
    guard words.first == "RedshiftServerless", let operation = words.last, let input = parsed else {
      return Self.refusal("UnknownOperationException", target)
    }
    do throws(Refusal) {
      return Self.json(try answer(String(operation), input, &state))
    } catch {
      if error.code == "ValidationException" { state.invalid.append(error.message) }
      return Self.refusal(error.code, error.message)
    }
  }

  private func answer(
    _ operation: String,
    _ input: Object,
    _ state: inout State
  ) throws(Refusal) -> Object {
    for key in ["namespaceName", "workgroupName"] {
      guard let name = input[key] as? String else { continue }
      let isName = name.utf8.allSatisfy { byte in
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
          || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
      }
      guard isName, (3...64).contains(name.count) else { throw .invalid("\(key) \(name)") }
    }
    switch operation {
    case "CreateNamespace", "GetNamespace", "UpdateNamespace", "DeleteNamespace":
      return ["namespace": try namespace(operation, input, &state)]
    case "CreateWorkgroup", "GetWorkgroup", "UpdateWorkgroup", "DeleteWorkgroup":
      return ["workgroup": try workgroup(operation, input, &state)]
    case "ListTagsForResource":
      let arn = input["resourceArn"] as? String ?? ""
      let namespace = state.namespaces.values.first { Self.arn("namespace", $0.number) == arn }
      let workgroup = state.workgroups.values.first { Self.arn("workgroup", $0.number) == arn }
      guard let tags = namespace?.tags ?? workgroup?.tags else { throw .missing(arn) }
      return ["tags": tags]
    case "GetCredentials":
      let name = input["workgroupName"] as? String ?? ""
      guard state.workgroups[name]?.status == "AVAILABLE" else { throw .missing(name) }
      return [
        "dbUser": "IAM:maker", "dbPassword": Self.password, "expiration": 1_893_456_000,
        "nextRefreshTime": 1_893_450_000,
      ]
    default: throw Refusal("UnknownOperationException", operation)
    }
  }

  private static func arn(_ kind: String, _ number: Int) -> String {
    "arn:aws:redshift-serverless:us-west-2:123456789012:\(kind)/\(number)"
  }

  private func tags(_ input: Object) throws(Refusal) -> [[String: String]] {
    let tags = input["tags"] as? [[String: String]] ?? []
    for tag in tags where tag["key"] == nil || tag["value"] == nil || tag.count != 2 {
      throw .invalid("tags \(tag)")
    }
    return tags
  }

  private func check(_ input: Object, _ known: [String]) throws(Refusal) {
    for key in input.keys where !known.contains(key) { throw .invalid("unknown member \(key)") }
  }

  // MARK: Namespaces

  private func namespace(
    _ operation: String,
    _ input: Object,
    _ state: inout State
  ) throws(Refusal) -> Object {
    guard let name = input["namespaceName"] as? String else { throw .invalid("namespaceName") }
    let roles = input["iamRoles"] as? [String] ?? []
    for role in roles where state.roles[String(role.split(separator: "/").last ?? "")] == nil {
      throw .invalid("the role \(role) cannot be assumed")
    }
    if operation == "CreateNamespace" {
      try check(
        input,
        [
          "namespaceName", "adminUsername", "manageAdminPassword", "dbName", "iamRoles",
          "defaultIamRoleArn", "tags",
        ]
      )
      if state.namespaces[name] != nil { throw Refusal("ConflictException", "\(name) exists") }
      let user = input["adminUsername"] as? String
      guard (user != nil) == (input["manageAdminPassword"] as? Bool == true) else {
        throw .invalid("adminUsername and manageAdminPassword go together")
      }
      state.groupCount += 1
      state.namespaces[name] = Namespace(
        number: state.groupCount,
        database: input["dbName"] as? String ?? "dev",
        user: user,
        roles: roles,
        defaultRole: input["defaultIamRoleArn"] as? String,
        tags: try tags(input)
      )
    }
    guard var namespace = state.namespaces[name] else { throw .missing(name) }
    switch operation {
    case "UpdateNamespace":
      try check(input, ["namespaceName", "iamRoles", "defaultIamRoleArn"])
      guard namespace.status == "AVAILABLE" else { throw Refusal("ConflictException", name) }
      guard let given = input["defaultIamRoleArn"] as? String, roles.contains(given) else {
        throw .invalid("iamRoles and defaultIamRoleArn go together")
      }
      namespace.roles = roles
      namespace.defaultRole = given
      namespace.roleLooks = 2
    case "DeleteNamespace":
      try check(input, ["namespaceName", "finalSnapshotName", "finalSnapshotRetentionPeriod"])
      guard namespace.status == "AVAILABLE",
        !state.workgroups.values.contains(where: { $0.namespace == name })
      else { throw Refusal("ConflictException", "\(name) has a workgroup, or changes") }
      if let snapshot = input["finalSnapshotName"] as? String { state.snapshots.append(snapshot) }
      if let days = input["finalSnapshotRetentionPeriod"] as? Int {
        guard input["finalSnapshotName"] != nil else {
          throw .invalid("a retention period without a snapshot")
        }
        state.snapshotDays.append(days)
      }
      namespace.status = "DELETING"
      namespace.looks = 2
    case "GetNamespace":
      namespace.roleLooks -= 1
      if namespace.status == "DELETING" {
        namespace.looks -= 1
        if namespace.looks <= 0 {
          state.namespaces[name] = nil
          throw .missing(name)
        }
      }
    default: break
    }
    state.namespaces[name] = namespace
    return description(name, namespace)
  }

  private func description(_ name: String, _ namespace: Namespace) -> Object {
    let state = namespace.roleLooks > 0 ? "adding" : "in-sync"
    var object: Object = [
      "namespaceName": name, "namespaceArn": Self.arn("namespace", namespace.number),
      "namespaceId": "\(namespace.number)", "status": namespace.status,
      "dbName": namespace.database, "kmsKeyId": "AWS_OWNED_KMS_KEY", "logExports": [String](),
      "creationDate": "2026-01-01T00:00:00Z",
      "iamRoles": namespace.roles.map { "IamRole(applyStatus=\(state), iamRoleArn=\($0))" },
    ]
    if let role = namespace.defaultRole { object["defaultIamRoleArn"] = role }
    if let user = namespace.user {
      object["adminUsername"] = user
      object["adminPasswordSecretArn"] =
        "arn:aws:secretsmanager:us-west-2:123456789012:secret:redshift!\(name)-\(user)"
    }
    return object
  }

  // MARK: Workgroups

  private func workgroup(
    _ operation: String,
    _ input: Object,
    _ state: inout State
  ) throws(Refusal) -> Object {
    guard let name = input["workgroupName"] as? String else { throw .invalid("workgroupName") }
    let groups = input["securityGroupIds"] as? [String]
    for group in groups ?? [] where state.groups[group] == nil {
      throw .invalid("the security group \(group) does not exist")
    }
    for key in ["baseCapacity", "maxCapacity"] {
      if let number = input[key] as? Int, number != 4, number % 8 != 0 { throw .invalid(key) }
    }
    if operation == "CreateWorkgroup" {
      try check(
        input,
        [
          "workgroupName", "namespaceName", "baseCapacity", "maxCapacity", "publiclyAccessible",
          "securityGroupIds", "subnetIds", "port", "tags",
        ]
      )
      if state.workgroups[name] != nil { throw Refusal("ConflictException", "\(name) exists") }
      let namespace = input["namespaceName"] as? String ?? ""
      guard state.namespaces[namespace]?.status == "AVAILABLE" else { throw .missing(namespace) }
      if state.workgroups.values.contains(where: { $0.namespace == namespace }) {
        throw Refusal("ConflictException", "\(namespace) has a workgroup")
      }
      state.groupCount += 1
      state.workgroups[name] = Workgroup(
        number: state.groupCount,
        namespace: namespace,
        baseCapacity: input["baseCapacity"] as? Int ?? 128,
        maximumCapacity: input["maxCapacity"] as? Int,
        isPublic: input["publiclyAccessible"] as? Bool ?? false,
        groups: groups ?? ["sg-default"],
        port: input["port"] as? Int ?? 5439,
        tags: try tags(input)
      )
    }
    guard var workgroup = state.workgroups[name] else { throw .missing(name) }
    switch operation {
    case "UpdateWorkgroup":
      try check(
        input,
        ["workgroupName", "baseCapacity", "maxCapacity", "publiclyAccessible", "securityGroupIds"]
      )
      guard input.count == 2 else {
        throw .invalid("Can't update multiple configurations at the same time")
      }
      guard workgroup.status == "AVAILABLE" else { throw Refusal("ConflictException", name) }
      workgroup.baseCapacity = input["baseCapacity"] as? Int ?? workgroup.baseCapacity
      workgroup.maximumCapacity = input["maxCapacity"] as? Int ?? workgroup.maximumCapacity
      if let most = workgroup.maximumCapacity, most < workgroup.baseCapacity {
        throw .invalid("maxCapacity is less than baseCapacity")
      }
      workgroup.isPublic = input["publiclyAccessible"] as? Bool ?? workgroup.isPublic
      workgroup.groups = groups ?? workgroup.groups
      workgroup.status = "MODIFYING"
      workgroup.looks = 2
    case "DeleteWorkgroup":
      guard workgroup.status == "AVAILABLE" else { throw Refusal("ConflictException", name) }
      workgroup.status = "DELETING"
      workgroup.looks = 2
    case "GetWorkgroup":
      workgroup.looks -= 1
      if workgroup.looks <= 0, workgroup.status == "DELETING" {
        state.workgroups[name] = nil
        throw .missing(name)
      }
      if workgroup.looks <= 0 { workgroup.status = "AVAILABLE" }
    default: break
    }
    state.workgroups[name] = workgroup
    return description(name, workgroup)
  }

  private func description(_ name: String, _ workgroup: Workgroup) -> Object {
    var object: Object = [
      "workgroupName": name, "workgroupArn": Self.arn("workgroup", workgroup.number),
      "workgroupId": "\(workgroup.number)", "namespaceName": workgroup.namespace,
      "status": workgroup.status, "baseCapacity": workgroup.baseCapacity,
      "publiclyAccessible": workgroup.isPublic, "securityGroupIds": workgroup.groups,
      "subnetIds": ["subnet-1", "subnet-2", "subnet-3"], "enhancedVpcRouting": false,
      "port": workgroup.port, "creationDate": "2026-01-01T00:00:00Z",
    ]
    if let most = workgroup.maximumCapacity { object["maxCapacity"] = most }
    if workgroup.status != "CREATING" {
      object["endpoint"] = ["address": "127.0.0.1", "port": workgroup.port]
    }
    return object
  }
}
