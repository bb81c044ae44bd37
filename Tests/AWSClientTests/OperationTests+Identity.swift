@testable import AWSClient

extension OperationTests {
  private static func facts(_ keys: AWSCredentials) -> [String?] {
    [
      keys.accessKeyID, keys.secretAccessKey.revealed, keys.sessionToken?.revealed,
      keys.expiration?.iso8601,
    ]
  }

  private static let keys: [String?] = [
    "Credentials.AccessKeyId", "Credentials.SecretAccessKey", "Credentials.SessionToken", moment,
  ]

  private static func facts(_ role: IAMRole) -> [String?] {
    [
      role.name, role.arn, role.identifier, role.trustPolicy, role.created?.iso8601,
      role.tags.map { "\($0.key)=\($0.value)" }.joined(separator: " "),
    ]
  }

  private static let role: [String?] = [
    "Role.RoleName", "Role.Arn", "Role.RoleId", "Role.AssumeRolePolicyDocument", moment,
    "Role.Tags.1.Key=Role.Tags.1.Value Role.Tags.2.Key=Role.Tags.2.Value",
  ]

  static let identityCases: [String: Case] = [
    "GetCallerIdentity": Case(
      perform: { (client) async throws(AWSError) in
        let identity = try await client.sts.callerIdentity()
        return [identity.account, identity.arn, identity.userID]
      },
      expected: ["Account", "Arn", "UserId"]
    ),
    "AssumeRole": Case(
      perform: { (client) async throws(AWSError) in
        var request = AssumeRoleRequest(
          roleARN: "arn:aws:iam::123456789012:role/loader",
          sessionName: "redstart",
          externalID: "x=1&y",
          durationSeconds: 900,
          policy: "{}"
        )
        request.device = ("arn:aws:iam::123456789012:mfa/me", "123456")
        return facts(try await client.sts.assumeRole(request))
      },
      expected: keys
    ),
    "AssumeRoleWithWebIdentity": Case(
      perform: { (client) async throws(AWSError) in
        facts(
          try await client.sts.assumeRole(
            AssumeRoleWithWebIdentityRequest(
              roleARN: "arn:aws:iam::123456789012:role/loader",
              sessionName: "redstart",
              token: Secret("header.payload.signature"),
              durationSeconds: 900
            )
          )
        )
      },
      expected: keys
    ),
    "CreateRole": Case(
      perform: { (client) async throws(AWSError) in
        facts(
          try await client.iam.createRole(
            "loader",
            trustPolicy: "{\"Version\": \"2012-10-17\"}",
            description: "reads S3",
            tags: tags
          )
        )
      },
      expected: role
    ),
    "GetRole": Case(
      perform: { (client) async throws(AWSError) in facts(try await client.iam.role("loader")) },
      expected: role
    ),
    "DeleteRole": Case(
      perform: { (client) async throws(AWSError) in
        try await client.iam.deleteRole("loader")
        return []
      },
      expected: []
    ),
    "PutRolePolicy": Case(
      perform: { (client) async throws(AWSError) in
        try await client.iam.putRolePolicy(
          role: "loader",
          policy: "s3",
          document: "{\"a\": \"ä+b\"}"
        )
        return []
      },
      expected: []
    ),
    "GetRolePolicy": Case(
      perform: { (client) async throws(AWSError) in
        [try await client.iam.rolePolicy(role: "loader", policy: "s3")]
      },
      expected: ["PolicyDocument"]
    ),
    "DeleteRolePolicy": Case(
      perform: { (client) async throws(AWSError) in
        try await client.iam.deleteRolePolicy(role: "loader", policy: "s3")
        return []
      },
      expected: []
    ),
    "ListRolePolicies": Case(
      perform: { (client) async throws(AWSError) in try await client.iam.rolePolicies("loader") },
      expected: ["PolicyNames.1", "PolicyNames.2"]
    ),
    "ListAttachedRolePolicies": Case(
      perform: { (client) async throws(AWSError) in
        try await client.iam.attachedRolePolicies("loader")
      },
      expected: ["AttachedPolicies.1.PolicyArn", "AttachedPolicies.2.PolicyArn"]
    ),
    "TagRole": Case(
      perform: { (client) async throws(AWSError) in
        try await client.iam.tagRole("loader", tags)
        return []
      },
      expected: []
    ),
    "GetSecretValue": Case(
      perform: { (client) async throws(AWSError) in
        let value = try await client.secretsManager.value("arn:secret")
        return [value.arn, value.name, value.version, value.text.revealed]
      },
      expected: ["ARN", "Name", "VersionId", "SecretString"]
    ),
  ]
}
