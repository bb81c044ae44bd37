/// Who somebody is, and temporary keys.
package struct STS: Sendable {
  let client: AWSClient

  /// Who the keys in use belong to; needs no permission.
  package func callerIdentity() async throws(AWSError) -> CallerIdentity {
    let call = AWSCall.query(.sts, "GetCallerIdentity")
    let answer = try await client.query(call)
    guard let account = answer.text("Account"), let arn = answer.text("Arn") else {
      throw AnswerReader(call).failure("Account or Arn is missing")
    }
    return CallerIdentity(account: account, arn: arn, userID: answer.text("UserId") ?? "")
  }

  /// Keys of a role.
  package func assumeRole(_ request: AssumeRoleRequest) async throws(AWSError) -> AWSCredentials {
    let answer = try await client.query(request.call)
    return try Self.credentials(
      in: answer,
      operation: "AssumeRole",
      source: "role \(request.roleARN)"
    )
  }

  /// Keys of a role for a token of an identity provider.
  package func assumeRole(
    _ request: AssumeRoleWithWebIdentityRequest
  ) async throws(AWSError) -> AWSCredentials {
    let answer = try await client.query(request.call)
    return try Self.credentials(
      in: answer,
      operation: "AssumeRoleWithWebIdentity",
      source: "role \(request.roleARN)"
    )
  }

  /// Reads temporary keys from the result of an operation.
  static func credentials(
    in answer: XMLElement,
    operation: String,
    source: String
  ) throws(AWSError) -> AWSCredentials {
    guard let keys = answer.child("Credentials"), let key = keys.text("AccessKeyId"),
      let secret = keys.text("SecretAccessKey"), let token = keys.text("SessionToken")
    else {
      throw .response(
        service: AWSService.sts.name,
        operation: operation,
        reason: "it has no credentials"
      )
    }
    return AWSCredentials(
      accessKeyID: key,
      secretAccessKey: Secret(secret),
      sessionToken: Secret(token),
      expiration: keys.time("Expiration"),
      source: source
    )
  }
}

/// The account and name behind keys.
package struct CallerIdentity: Hashable, Sendable {
  package var account: String
  package var arn: String
  package var userID: String
}

/// A role to assume with keys.
package struct AssumeRoleRequest: Sendable {
  package var roleARN: String
  package var sessionName: String
  package var externalID: String?
  package var durationSeconds: Int?
  /// JSON that narrows what the keys may do.
  package var policy: String?

  /// A request.
  package init(
    roleARN: String,
    sessionName: String,
    externalID: String? = nil,
    durationSeconds: Int? = nil,
    policy: String? = nil
  ) {
    self.roleARN = roleARN
    self.sessionName = sessionName
    self.externalID = externalID
    self.durationSeconds = durationSeconds
    self.policy = policy
  }

  var call: AWSCall {
    var fields = FormFields()
    fields.set("RoleArn", roleARN)
    fields.set("RoleSessionName", sessionName)
    fields.set("Policy", policy)
    fields.set("DurationSeconds", durationSeconds)
    fields.set("ExternalId", externalID)
    return .query(.sts, "AssumeRole", fields)
  }
}

/// A role to assume with a token.
package struct AssumeRoleWithWebIdentityRequest: Sendable {
  package var roleARN: String
  package var sessionName: String
  package var token: Secret
  package var durationSeconds: Int?

  /// A request.
  package init(
    roleARN: String,
    sessionName: String,
    token: Secret,
    durationSeconds: Int? = nil
  ) {
    self.roleARN = roleARN
    self.sessionName = sessionName
    self.token = token
    self.durationSeconds = durationSeconds
  }

  var call: AWSCall {
    var fields = FormFields()
    fields.set("RoleArn", roleARN)
    fields.set("RoleSessionName", sessionName)
    fields.set("WebIdentityToken", token.revealed)
    fields.set("DurationSeconds", durationSeconds)
    var call = AWSCall.query(.sts, "AssumeRoleWithWebIdentity", fields)
    call.signing = .none
    return call
  }
}
