import Diagnostics

/// Namespaces (what is stored) and workgroups (what computes).
package struct RedshiftServerless: Sendable {
  let client: AWSClient

  // MARK: Namespaces

  /// Makes a namespace.
  package func createNamespace(_ request: CreateNamespaceRequest) async throws(AWSError)
    -> Namespace
  {
    try await namespace("CreateNamespace", request.fields, isIdempotent: false)
  }

  /// A namespace; `ResourceNotFoundException` when there is none.
  package func namespace(_ name: String) async throws(AWSError) -> Namespace {
    try await namespace("GetNamespace", named("namespaceName", name))
  }

  /// Changes the roles of a namespace.
  package func updateNamespace(
    _ name: String,
    roles: [String],
    defaultRole: String? = nil
  ) async throws(AWSError) -> Namespace {
    var fields = named("namespaceName", name)
    fields.list("iamRoles", roles)
    fields.set("defaultIamRoleArn", defaultRole)
    return try await namespace("UpdateNamespace", fields)
  }

  /// Deletes a namespace that has no workgroup.
  package func deleteNamespace(
    _ name: String,
    finalSnapshot: String? = nil,
    retentionDays: Int? = nil
  ) async throws(AWSError) -> Namespace {
    var fields = named("namespaceName", name)
    fields.set("finalSnapshotName", finalSnapshot)
    fields.set("finalSnapshotRetentionPeriod", retentionDays)
    return try await namespace("DeleteNamespace", fields)
  }

  /// All namespaces.
  package func namespaces() async throws(AWSError) -> [Namespace] {
    try await listed("ListNamespaces", "namespaces") { Namespace($0) }
  }

  // MARK: Workgroups

  /// Makes a workgroup.
  package func createWorkgroup(_ request: CreateWorkgroupRequest) async throws(AWSError)
    -> Workgroup
  {
    try await workgroup("CreateWorkgroup", request.fields, isIdempotent: false)
  }

  /// A workgroup; `ResourceNotFoundException` when there is none.
  package func workgroup(_ name: String) async throws(AWSError) -> Workgroup {
    try await workgroup("GetWorkgroup", named("workgroupName", name))
  }

  /// Changes a workgroup.
  package func updateWorkgroup(
    _ name: String,
    baseCapacity: Int? = nil,
    maximumCapacity: Int? = nil,
    isPublic: Bool? = nil,
    securityGroups: [String]? = nil
  ) async throws(AWSError) -> Workgroup {
    var fields = named("workgroupName", name)
    fields.set("baseCapacity", baseCapacity)
    fields.set("maxCapacity", maximumCapacity)
    fields.set("publiclyAccessible", isPublic)
    fields.list("securityGroupIds", securityGroups)
    return try await workgroup("UpdateWorkgroup", fields)
  }

  /// Deletes a workgroup.
  package func deleteWorkgroup(_ name: String) async throws(AWSError) -> Workgroup {
    try await workgroup("DeleteWorkgroup", named("workgroupName", name))
  }

  /// All workgroups.
  package func workgroups() async throws(AWSError) -> [Workgroup] {
    try await listed("ListWorkgroups", "workgroups") { Workgroup($0) }
  }

  /// A temporary password of the database user that stands for the caller.
  package func credentials(
    workgroup: String,
    database: String? = nil,
    durationSeconds: Int? = nil
  ) async throws(AWSError) -> DatabaseCredentials {
    var fields = JSONFields()
    fields.set("dbName", database)
    fields.set("durationSeconds", durationSeconds)
    fields.set("workgroupName", workgroup)
    let call = AWSCall.json(.redshiftServerless, "GetCredentials", fields)
    let answer = try await client.json(call)
    guard let user = answer.text("dbUser"), let password = answer.text("dbPassword") else {
      throw AnswerReader(call).failure("dbUser or dbPassword is missing")
    }
    return DatabaseCredentials(
      user: user,
      password: Secret(password),
      expiration: answer.time("expiration")
    )
  }

  // MARK: Calls

  private func named(_ key: String, _ name: String) -> JSONFields {
    var fields = JSONFields()
    fields.set(key, name)
    return fields
  }

  private func namespace(
    _ operation: String,
    _ fields: JSONFields,
    isIdempotent: Bool = true
  ) async throws(AWSError) -> Namespace {
    Namespace(try await object(operation, fields, "namespace", isIdempotent))
  }

  private func workgroup(
    _ operation: String,
    _ fields: JSONFields,
    isIdempotent: Bool = true
  ) async throws(AWSError) -> Workgroup {
    Workgroup(try await object(operation, fields, "workgroup", isIdempotent))
  }

  private func object(
    _ operation: String,
    _ fields: JSONFields,
    _ key: String,
    _ isIdempotent: Bool
  ) async throws(AWSError) -> PlainDictionary {
    let call = AWSCall.json(.redshiftServerless, operation, fields, isIdempotent: isIdempotent)
    guard let object = try await client.json(call).object(key) else {
      throw AnswerReader(call).failure("\(key) is missing")
    }
    return object
  }

  private func listed<Value: Sendable>(
    _ operation: String,
    _ key: String,
    _ read: @escaping @Sendable (PlainDictionary) -> Value
  ) async throws(AWSError) -> [Value] {
    let pages = Pages<[Value]> { (mark) async throws(AWSError) in
      var fields = JSONFields()
      fields.set("nextToken", mark)
      let answer = try await client.json(.json(.redshiftServerless, operation, fields))
      return (answer.objects(key).map(read), answer.text("nextToken"))
    }
    return try await pages.all()
  }
}

/// A namespace to be made.
package struct CreateNamespaceRequest: Sendable {
  package var name: String
  package var adminUser: String?
  /// Nil lets AWS keep the password in Secrets Manager, where there is an administrator.
  package var adminPassword: Secret?
  package var database: String?
  package var roles: [String]?
  package var defaultRole: String?
  package var tags: [AWSTag] = []

  /// A namespace of a name.
  package init(name: String) {
    self.name = name
  }

  var fields: JSONFields {
    var fields = JSONFields()
    fields.set("adminUserPassword", adminPassword?.revealed)
    fields.set("adminUsername", adminUser)
    fields.set("dbName", database)
    fields.set("defaultIamRoleArn", defaultRole)
    fields.list("iamRoles", roles)
    fields.set("manageAdminPassword", adminUser != nil && adminPassword == nil ? true : nil)
    fields.set("namespaceName", name)
    fields.tags("tags", tags)
    return fields
  }
}

/// A workgroup to be made.
package struct CreateWorkgroupRequest: Sendable {
  package var name: String
  package var namespace: String
  package var baseCapacity: Int?
  package var maximumCapacity: Int?
  package var isPublic = false
  package var securityGroups: [String]?
  package var subnets: [String]?
  package var port: Int?
  /// Parameters of the database, as `require_ssl`.
  package var parameters: [(key: String, value: String)] = []
  package var tags: [AWSTag] = []

  /// A workgroup for a namespace.
  package init(name: String, namespace: String) {
    self.name = name
    self.namespace = namespace
  }

  var fields: JSONFields {
    var fields = JSONFields()
    fields.set("baseCapacity", baseCapacity)
    if !parameters.isEmpty {
      let list = parameters.map { pair -> PlainValue in
        ["parameterKey": .string(pair.key), "parameterValue": .string(pair.value)]
      }
      fields.set("configParameters", .list(list))
    }
    fields.set("maxCapacity", maximumCapacity)
    fields.set("namespaceName", namespace)
    fields.set("port", port)
    fields.set("publiclyAccessible", isPublic)
    fields.list("securityGroupIds", securityGroups)
    fields.list("subnetIds", subnets)
    fields.tags("tags", tags)
    fields.set("workgroupName", name)
    return fields
  }
}

/// What a serverless warehouse stores.
package struct Namespace: Hashable, Sendable {
  package var name: String
  package var arn: String
  package var identifier: String
  /// `AVAILABLE`, `MODIFYING` or `DELETING`.
  package var status: String
  package var database: String?
  package var adminUser: String?
  package var adminPasswordSecret: String?
  /// ARNs, taken out of what AWS wraps them in.
  package var roles: [String]
  package var defaultRole: String?
  package var created: Timestamp?

  init(_ object: PlainDictionary) {
    name = object.text("namespaceName") ?? ""
    arn = object.text("namespaceArn") ?? ""
    identifier = object.text("namespaceId") ?? ""
    status = object.text("status") ?? ""
    database = object.text("dbName")
    adminUser = object.text("adminUsername")
    adminPasswordSecret = object.text("adminPasswordSecretArn")
    roles = object.list("iamRoles").compactMap(\.string).map { Self.roleARN($0) }
    defaultRole = object.text("defaultIamRoleArn")
    created = object.time("creationDate")
  }

  /// The answer has `IamRole(applyStatus=in-sync, iamRoleArn=arn:…)` where the request had an ARN.
  static func roleARN(_ text: String) -> String {
    guard let start = text.utf8Range(of: "iamRoleArn=") else { return text }
    return String(text[start.upperBound...].prefix { $0 != ")" && $0 != "," })
  }
}

/// What a serverless warehouse computes with.
package struct Workgroup: Hashable, Sendable {
  package var name: String
  package var arn: String
  package var identifier: String
  package var namespace: String
  /// `CREATING`, `AVAILABLE`, `MODIFYING` or `DELETING`.
  package var status: String
  package var baseCapacity: Int?
  package var maximumCapacity: Int?
  package var host: String?
  package var port: Int?
  package var network: String?
  package var isPublic: Bool
  package var securityGroups: [String]
  package var subnets: [String]
  package var created: Timestamp?

  init(_ object: PlainDictionary) {
    name = object.text("workgroupName") ?? ""
    arn = object.text("workgroupArn") ?? ""
    identifier = object.text("workgroupId") ?? ""
    namespace = object.text("namespaceName") ?? ""
    status = object.text("status") ?? ""
    baseCapacity = object.integer("baseCapacity")
    maximumCapacity = object.integer("maxCapacity")
    let endpoint = object.object("endpoint")
    host = endpoint?.text("address")
    port = endpoint?.integer("port") ?? object.integer("port")
    network = endpoint?.objects("vpcEndpoints").first?.text("vpcId")
    isPublic = object.boolean("publiclyAccessible") ?? false
    securityGroups = object.list("securityGroupIds").compactMap(\.string)
    subnets = object.list("subnetIds").compactMap(\.string)
    created = object.time("creationDate")
  }
}
