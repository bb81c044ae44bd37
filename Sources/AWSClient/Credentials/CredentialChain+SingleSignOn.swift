import Diagnostics

extension CredentialChain {
  /// Keys for a role of IAM Identity Center, by the token that `aws sso login` left.
  func singleSignOn(_ name: String) async throws(AWSError) -> Finding {
    guard let profile = configuration.shared.profiles[name],
      let account = profile["sso_account_id"],
      let role = profile["sso_role_name"]
    else { return .absent("profile \"\(name)\": no sso_account_id and sso_role_name") }
    let source = "IAM Identity Center for profile \"\(name)\""
    let session = profile["sso_session"]
    var settings = profile.values
    if let session {
      guard let found = configuration.shared.singleSignOnSessions[session] else {
        throw .problem(
          .credentialSource(source, "there is no section [sso-session \(session)]")
        )
      }
      settings = found
    }
    guard let startURL = settings["sso_start_url"]?.text, let region = settings["sso_region"]?.text
    else { throw .problem(.credentialSource(source, "sso_start_url or sso_region is missing")) }
    let token = try cachedToken(session ?? startURL, profile: name, source)
    var call = AWSCall(service: .singleSignOn, operation: "GetRoleCredentials", method: "GET")
    call.path = "/federation/credentials"
    call.query = [("role_name", role), ("account_id", account)]
    call.headers["x-amz-sso_bearer_token"] = token.revealed
    call.signing = .none
    call.region = region
    let response: HTTPResponse
    do throws(AWSError) {
      response = try await caller.send(
        call,
        region: region,
        credentials: FixedCredentials.nobody
      )
    } catch {
      if case .service(let fault) = error, fault.status == 401 {
        throw .problem(.signInNeeded(profile: name, reason: "AWS does not accept the token"))
      }
      throw error
    }
    let answer = try await AnswerReader(call).json(response)
    guard let keys = answer.object("roleCredentials"), let key = keys.text("accessKeyId"),
      let secret = keys.text("secretAccessKey")
    else { throw .problem(.credentialSource(source, "the answer has no roleCredentials")) }
    return .found(
      AWSCredentials(
        accessKeyID: key,
        secretAccessKey: Secret(secret),
        sessionToken: keys.text("sessionToken").map { Secret($0) },
        expiration: keys.integer("expiration").map { Timestamp(Double($0) / 1000) },
        source: source
      )
    )
  }

  private func cachedToken(
    _ key: String,
    profile: String,
    _ source: String
  ) throws(AWSError) -> Secret {
    let name = Hexadecimal.encode(Digest.of(Array(key.utf8), .sha1))
    let path = SharedConfiguration.expand(
      "~/.aws/sso/cache/\(name).json",
      surroundings.environment
    )
    let bytes: [UInt8]?
    do throws(SmallFile.Failure) {
      bytes = try SmallFile.read(path)
    } catch {
      throw .problem(.credentialSource(source, "cannot read \(path): \(error.reason)"))
    }
    guard let bytes else {
      throw .problem(.signInNeeded(profile: profile, reason: "there is no token in \(path)"))
    }
    guard let object = JSONAnswer.object(bytes), let token = object.text("accessToken"),
      let expiration = object.time("expiresAt")
    else { throw .problem(.signInNeeded(profile: profile, reason: "\(path) holds no token")) }
    guard expiration > surroundings.now() else {
      throw .problem(
        .signInNeeded(profile: profile, reason: "the token expired at \(expiration.iso8601)")
      )
    }
    return Secret(token)
  }
}
