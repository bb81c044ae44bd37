/// Roles and their policies.
package struct IAM: Sendable {
  let client: AWSClient

  /// Makes a role; the trust policy is JSON that says who may assume it.
  package func createRole(
    _ name: String,
    trustPolicy: String,
    description: String? = nil,
    tags: [AWSTag] = []
  ) async throws(AWSError) -> IAMRole {
    var fields = FormFields()
    fields.set("RoleName", name)
    fields.set("AssumeRolePolicyDocument", trustPolicy)
    fields.set("Description", description)
    fields.tags("Tags", member: "member", tags)
    return try await role(.query(.iam, "CreateRole", fields, isIdempotent: false))
  }

  /// A role; `NoSuchEntity` when there is none.
  package func role(_ name: String) async throws(AWSError) -> IAMRole {
    var fields = FormFields()
    fields.set("RoleName", name)
    return try await role(.query(.iam, "GetRole", fields))
  }

  /// Deletes a role that has no policies any more.
  package func deleteRole(_ name: String) async throws(AWSError) {
    var fields = FormFields()
    fields.set("RoleName", name)
    _ = try await client.query(.query(.iam, "DeleteRole", fields))
  }

  /// Writes a policy into a role, over one of the same name.
  package func putRolePolicy(
    role: String,
    policy: String,
    document: String
  ) async throws(AWSError) {
    var fields = FormFields()
    fields.set("RoleName", role)
    fields.set("PolicyName", policy)
    fields.set("PolicyDocument", document)
    _ = try await client.query(.query(.iam, "PutRolePolicy", fields))
  }

  /// The JSON of a policy in a role.
  package func rolePolicy(role: String, policy: String) async throws(AWSError) -> String {
    var fields = FormFields()
    fields.set("RoleName", role)
    fields.set("PolicyName", policy)
    let call = AWSCall.query(.iam, "GetRolePolicy", fields)
    guard let document = try await client.query(call).text("PolicyDocument") else {
      throw AnswerReader(call).failure("PolicyDocument is missing")
    }
    return PercentEncoding.decode(document)
  }

  /// Deletes a policy in a role.
  package func deleteRolePolicy(role: String, policy: String) async throws(AWSError) {
    var fields = FormFields()
    fields.set("RoleName", role)
    fields.set("PolicyName", policy)
    _ = try await client.query(.query(.iam, "DeleteRolePolicy", fields))
  }

  /// The names of the policies in a role.
  package func rolePolicies(_ role: String) async throws(AWSError) -> [String] {
    try await names(role, "ListRolePolicies") { answer in
      answer.list("PolicyNames", "member").map(\.text)
    }
  }

  /// The ARNs of the policies attached to a role.
  package func attachedRolePolicies(_ role: String) async throws(AWSError) -> [String] {
    try await names(role, "ListAttachedRolePolicies") { answer in
      answer.list("AttachedPolicies", "member").compactMap { $0.text("PolicyArn") }
    }
  }

  /// Puts tags on a role.
  package func tagRole(_ role: String, _ tags: [AWSTag]) async throws(AWSError) {
    var fields = FormFields()
    fields.set("RoleName", role)
    fields.tags("Tags", member: "member", tags)
    _ = try await client.query(.query(.iam, "TagRole", fields))
  }

  private func names(
    _ role: String,
    _ operation: String,
    _ read: @escaping @Sendable (XMLElement) -> [String]
  ) async throws(AWSError) -> [String] {
    let pages = Pages<[String]> { (mark) async throws(AWSError) in
      var fields = FormFields()
      fields.set("RoleName", role)
      fields.set("Marker", mark)
      let answer = try await client.query(.query(.iam, operation, fields))
      return (read(answer), answer.boolean("IsTruncated") == true ? answer.text("Marker") : nil)
    }
    return try await pages.all()
  }

  private func role(_ call: AWSCall) async throws(AWSError) -> IAMRole {
    guard let role = try await client.query(call).child("Role"), let arn = role.text("Arn"),
      let name = role.text("RoleName")
    else { throw AnswerReader(call).failure("Role is missing") }
    return IAMRole(
      name: name,
      arn: arn,
      identifier: role.text("RoleId") ?? "",
      trustPolicy: PercentEncoding.decode(role.text("AssumeRolePolicyDocument") ?? ""),
      created: role.time("CreateDate"),
      tags: AWSTag.read(role.list("Tags", "member"))
    )
  }
}

/// A role.
package struct IAMRole: Hashable, Sendable {
  package var name: String
  package var arn: String
  package var identifier: String
  package var trustPolicy: String
  package var created: Timestamp?
  package var tags: [AWSTag]
}

extension AWSTag {
  static func read(_ elements: [XMLElement], key: String = "Key", value: String = "Value")
    -> [AWSTag]
  {
    elements.compactMap { element in
      element.text(key).map { AWSTag($0, element.text(value) ?? "") }
    }
  }
}
