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
    let token = try await token(
      session ?? startURL,
      region: region,
      isRenewable: session != nil,
      profile: name,
      source
    )
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

  /// Seconds before its end from which a token is renewed, while it still works.
  private static let renewalWindow = 900.0

  private func token(
    _ key: String,
    region: String,
    isRenewable: Bool,
    profile: String,
    _ source: String
  ) async throws(AWSError) -> Secret {
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
    guard let token = JSONAnswer.object(bytes).flatMap({ SignInToken($0) }) else {
      throw .problem(.signInNeeded(profile: profile, reason: "\(path) holds no token"))
    }
    let now = surroundings.now()
    let left = token.expiration.seconds - now.seconds
    if left > Self.renewalWindow { return token.access }
    var reason = "the token expired at \(token.expiration.iso8601)"
    if isRenewable, let renewal = token.renewal, renewal.end > now {
      let renewed: SignInToken?
      do throws(AWSError) {
        renewed = try await renew(token, renewal, region: region)
      } catch {
        // Not yet a reason to stop: the old token is good for a while.
        guard left <= 0 || error == .cancelled else { return token.access }
        guard case .service(let fault) = error else { throw error }
        reason += ", and AWS does not renew it (\(fault.code))"
        renewed = nil
      }
      if let renewed {
        try save(renewed, path, source)
        return renewed.access
      }
    }
    guard left > 0 else { throw .problem(.signInNeeded(profile: profile, reason: reason)) }
    return token.access
  }

  /// Asks for a new token without anybody's signing in.
  private func renew(
    _ token: SignInToken,
    _ renewal: SignInToken.Renewal,
    region: String
  ) async throws(AWSError) -> SignInToken {
    var fields = JSONFields()
    fields.set("clientId", renewal.clientID)
    fields.set("clientSecret", renewal.clientSecret.revealed)
    fields.set("grantType", "refresh_token")
    fields.set("refreshToken", renewal.refreshToken.revealed)
    // A token for renewing may be good once only.
    var call = AWSCall(service: .signInTokens, operation: "CreateToken", isIdempotent: false)
    call.path = "/token"
    call.headers["Content-Type"] = "application/json"
    call.body = .bytes(fields.body)
    call.signing = .none
    call.region = region
    let response = try await caller.send(
      call,
      region: region,
      credentials: FixedCredentials.nobody
    )
    let answer = try await AnswerReader(call).json(response)
    guard let access = answer.text("accessToken"), let seconds = answer.integer("expiresIn") else {
      throw AnswerReader(call).failure("accessToken or expiresIn is missing")
    }
    return token.renewed(
      access: access,
      expiration: Timestamp(surroundings.now().seconds + Double(seconds)),
      refreshToken: answer.text("refreshToken")
    )
  }

  /// Keeps a token where the AWS tools find it as well: the old one may be of no use any more.
  private func save(
    _ token: SignInToken,
    _ path: String,
    _ source: String
  ) throws(AWSError) {
    do throws(SmallFile.Failure) {
      try SmallFile.replace(path, token.bytes)
    } catch {
      throw .problem(.credentialSource(source, "cannot write \(path): \(error.reason)"))
    }
  }
}
