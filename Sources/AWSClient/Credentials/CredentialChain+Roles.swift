import Diagnostics

extension CredentialChain {
  /// Keys of a role that a profile assumes with the keys of another; the profiles visited on the
  /// way here must not come again.
  func roleOfProfile(_ name: String, visited: [String]) async throws(AWSError) -> Finding {
    guard let profile = configuration.shared.profiles[name], let role = profile["role_arn"],
      profile["web_identity_token_file"] == nil
    else { return .absent("profile \"\(name)\": no role_arn") }
    if visited.contains(name) { throw .problem(.profileCycle(visited + [name])) }
    var duration: Int?
    if let text = profile["duration_seconds"] {
      guard let seconds = Int(text), (900...43_200).contains(seconds) else {
        throw .problem(
          .awsSetting("duration_seconds", text, expected: "a number from 900 to 43200")
        )
      }
      duration = seconds
    }
    let request = AssumeRoleRequest(
      roleARN: role,
      sessionName: profile["role_session_name"] ?? sessionName,
      externalID: profile["external_id"],
      durationSeconds: duration
    )
    guard let device = profile["mfa_serial"] else {
      let source = try await sourceCredentials(profile, visited: visited + [name])
      return .found(try await assume(request, of: profile, source, visited: visited + [name]))
    }
    let cache = RoleCache(
      request,
      device: device,
      namesSession: profile["role_session_name"] != nil,
      surroundings.environment
    )
    if let kept = cache.credentials(
      now: surroundings.now(),
      source: "role \(role) of profile \"\(name)\", kept in \(cache.path)"
    ) {
      return .found(kept)
    }
    let source = try await sourceCredentials(profile, visited: visited + [name])
    let needed = AWSError.problem(.multiFactorNeeded(profile: name))
    guard let secondFactor = surroundings.secondFactor else { throw needed }
    return .found(
      try await secondFactor.credentials(
        role: "\(name) \(role)",
        device: device,
        now: surroundings.now(),
        unanswered: needed
      ) { (code) async throws(AWSError) in
        var request = request
        request.device = (device, code)
        var keys = try await assume(request, of: profile, source, visited: visited + [name])
        cache.keep(keys)
        keys.keptIn = cache
        return keys
      }
    )
  }

  /// Assumes the role of a profile with the keys of its source; once more with others when those were
  /// kept and AWS does not take them any more.
  private func assume(
    _ request: AssumeRoleRequest,
    of profile: SharedConfiguration.Profile,
    _ source: AWSCredentials,
    visited: [String]
  ) async throws(AWSError) -> AWSCredentials {
    do throws(AWSError) {
      return try await assume(request, profile: profile.name, source)
    } catch {
      guard source.keptIn != nil, case .service(let fault) = error,
        RetryPolicy.isAboutKeys(fault, source)
      else { throw error }
      await forget(source)
      let others = try await sourceCredentials(profile, visited: visited)
      return try await assume(request, profile: profile.name, others)
    }
  }

  /// Forgets keys that were kept and that AWS does not take any more.
  func forget(_ credentials: AWSCredentials) async {
    credentials.keptIn?.forget(credentials)
    await surroundings.secondFactor?.forget(credentials)
  }

  private func assume(
    _ request: AssumeRoleRequest,
    profile: String,
    _ source: AWSCredentials
  ) async throws(AWSError) -> AWSCredentials {
    let response = try await query(
      request.call,
      credentials: FixedCredentials(credentials: source)
    )
    return try STS.credentials(
      in: response,
      operation: "AssumeRole",
      source: "role \(request.roleARN) of profile \"\(profile)\""
    )
  }

  private func sourceCredentials(
    _ profile: SharedConfiguration.Profile,
    visited: [String]
  ) async throws(AWSError) -> AWSCredentials {
    let name = profile.name
    switch (profile["source_profile"], profile["credential_source"]) {
    case (let source?, nil):
      guard let other = configuration.shared.profiles[source] else {
        throw .problem(
          .awsSetting("source_profile", source, expected: "a profile that exists")
        )
      }
      // A profile with keys of its own may name itself.
      let hasKeys = other["aws_access_key_id"] != nil
      if !hasKeys, case .found(let found) = try await roleOfProfile(source, visited: visited) {
        return found
      }
      for case .found(let found) in try await profileFindings(source, usesEnvironment: false) {
        return found
      }
      throw .problem(
        .credentialSource("profile \"\(source)\", the source of \"\(name)\"", "it has no keys")
      )
    case (nil, let place?):
      let finding: Finding
      switch place.lowercased() {
      case "environment": finding = try environmentCredentials()
      case "ecscontainer": finding = try await containerCredentials()
      case "ec2instancemetadata": finding = try await instanceCredentials()
      default:
        throw .problem(
          .awsSetting(
            "credential_source",
            place,
            expected: "Environment, EcsContainer or Ec2InstanceMetadata"
          )
        )
      }
      switch finding {
      case .found(let found): return found
      case .absent(let reason):
        throw .problem(.credentialSource("credential_source of profile \"\(name)\"", reason))
      }
    default:
      throw .problem(
        .credentialSource(
          "role_arn of profile \"\(name)\"",
          "exactly one of source_profile and credential_source must stand beside it"
        )
      )
    }
  }

  /// Keys for a token that somebody else vouches with: Kubernetes, GitHub Actions.
  func webIdentity(_ name: String, usesEnvironment: Bool) async throws(AWSError) -> Finding {
    let profile = configuration.shared.profiles[name]
    func value(_ variable: String, _ key: String) -> String? {
      (usesEnvironment ? configuration.variable(variable) : nil) ?? profile?[key]
    }
    guard let file = value("AWS_WEB_IDENTITY_TOKEN_FILE", "web_identity_token_file") else {
      return .absent("a web identity: no AWS_WEB_IDENTITY_TOKEN_FILE or web_identity_token_file")
    }
    let source = "the web identity in \(file)"
    guard let role = value("AWS_ROLE_ARN", "role_arn") else {
      throw .problem(.credentialSource(source, "AWS_ROLE_ARN or role_arn is missing"))
    }
    let token = try text(
      ofFile: SharedConfiguration.expand(file, surroundings.environment),
      source
    )
    let request = AssumeRoleWithWebIdentityRequest(
      roleARN: role,
      sessionName: value("AWS_ROLE_SESSION_NAME", "role_session_name") ?? sessionName,
      token: Secret(token)
    )
    let response = try await query(request.call, credentials: nil)
    return .found(
      try STS.credentials(
        in: response,
        operation: "AssumeRoleWithWebIdentity",
        source: "role \(role) for \(source)"
      )
    )
  }

  /// The text of a small file without space around it.
  func text(ofFile path: String, _ source: String) throws(AWSError) -> String {
    do throws(SmallFile.Failure) {
      guard let bytes = try SmallFile.read(path, limit: 1 << 20) else {
        throw SmallFile.Failure(reason: "no such file")
      }
      let text = String(decoding: bytes, as: UTF8.self)
      return String(text.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
    } catch {
      throw .problem(.credentialSource(source, "cannot read \(path): \(error.reason)"))
    }
  }

  private var sessionName: String { "redstart-\(Int(surroundings.now().seconds))" }

  /// A call to STS with keys of its own, or none.
  private func query(
    _ call: AWSCall,
    credentials: (any CredentialSource)?
  ) async throws(AWSError) -> XMLElement {
    // Any region's STS will do; only keys from there must reach further than the region.
    let region = configuration.region ?? "us-east-1"
    let response = try await caller.send(
      call,
      region: region,
      credentials: credentials ?? FixedCredentials.nobody
    )
    return try await AnswerReader(call).result(response)
  }
}
