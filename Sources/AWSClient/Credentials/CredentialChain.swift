import Diagnostics

/// Finds keys where the AWS tools find them, in their order.
///
/// 1. the environment, 2. a profile that assumes a role, 3. a web identity, 4. IAM Identity Center,
/// 5. the credentials file, 6. a program of the user, 7. the configuration file, 8. the container,
/// 9. the instance. Each place that has nothing says why, in words that hold no secret; when no place
/// has anything, the user reads them all.
struct CredentialChain: Sendable {
  /// What came of looking at one place.
  enum Finding: Sendable {
    case found(AWSCredentials)
    /// Why there is nothing.
    case absent(String)
  }

  let caller: AWSCaller

  var configuration: AWSConfiguration { caller.configuration }
  var surroundings: AWSSurroundings { caller.surroundings }

  /// The first keys that are found.
  func credentials() async throws(AWSError) -> AWSCredentials {
    var trace: [String] = []
    func take(_ finding: Finding) -> AWSCredentials? {
      switch finding {
      case .found(let credentials): return credentials
      case .absent(let reason):
        trace.append(reason)
        return nil
      }
    }
    if configuration.isProfileExplicit {
      trace.append("the environment: skipped, since a profile was named")
    } else if let found = take(try environmentCredentials()) {
      return found
    }
    if let found = take(try await roleOfProfile(configuration.profileName, visited: [])) {
      return found
    }
    for finding in try await profileFindings(
      configuration.profileName,
      usesEnvironment: !configuration.isProfileExplicit
    ) {
      if let found = take(finding) { return found }
    }
    if let found = take(try await containerCredentials()) { return found }
    if let found = take(try await instanceCredentials()) { return found }
    throw .problem(.noCredentials(trace))
  }

  // MARK: The environment

  func environmentCredentials() throws(AWSError) -> Finding {
    guard let key = configuration.variable("AWS_ACCESS_KEY_ID") else {
      return .absent("the environment: AWS_ACCESS_KEY_ID is not set")
    }
    guard let secret = configuration.variable("AWS_SECRET_ACCESS_KEY") else {
      throw .problem(
        .partialCredentials(
          "AWS_SECRET_ACCESS_KEY",
          of: "the environment, which has AWS_ACCESS_KEY_ID"
        )
      )
    }
    let token =
      configuration.variable("AWS_SESSION_TOKEN") ?? configuration.variable("AWS_SECURITY_TOKEN")
    return .found(
      AWSCredentials(
        accessKeyID: key,
        secretAccessKey: Secret(secret),
        sessionToken: token.map { Secret($0) },
        // They do not renew themselves; when they end, AWS says so.
        source: "the environment"
      )
    )
  }

  // MARK: Profiles

  /// Everything in a profile besides a role with a source, as lazily as the order needs.
  func profileFindings(
    _ name: String,
    usesEnvironment: Bool
  ) async throws(AWSError) -> [Finding] {
    var findings: [Finding] = []
    for step in ProfileStep.allCases {
      let finding =
        switch step {
        case .webIdentity: try await webIdentity(name, usesEnvironment: usesEnvironment)
        case .singleSignOn: try await singleSignOn(name)
        case .credentialsFile: try keysOfProfile(name, inCredentialsFile: true)
        case .program: try await programOfProfile(name)
        case .configurationFile: try keysOfProfile(name, inCredentialsFile: false)
        }
      findings.append(finding)
      if case .found = finding { return findings }
    }
    return findings
  }

  /// Where keys of a profile can be, in order.
  private enum ProfileStep: CaseIterable {
    case webIdentity
    case singleSignOn
    case credentialsFile
    case program
    case configurationFile
  }

  /// Keys that stand in a file.
  func keysOfProfile(_ name: String, inCredentialsFile: Bool) throws(AWSError) -> Finding {
    let shared = configuration.shared
    let place = inCredentialsFile ? shared.credentialsFile : shared.configurationFile
    guard shared.found.contains(place) else {
      return .absent("the file \(place): it does not exist")
    }
    guard let profile = configuration.shared.profiles[name] else {
      return .absent("the file \(place): no profile \"\(name)\"")
    }
    guard let key = profile["aws_access_key_id"],
      inCredentialsFile == shared.withKeysInCredentialsFile.contains(name)
    else { return .absent("the file \(place): profile \"\(name)\" has no aws_access_key_id there") }
    guard let secret = profile["aws_secret_access_key"] else {
      throw .problem(.partialCredentials("aws_secret_access_key", of: "profile \"\(name)\""))
    }
    let token = profile["aws_session_token"] ?? profile["aws_security_token"]
    return .found(
      AWSCredentials(
        accessKeyID: key,
        secretAccessKey: Secret(secret),
        sessionToken: token.map { Secret($0) },
        source: "profile \"\(name)\""
      )
    )
  }

  /// Keys that a program of the user prints.
  func programOfProfile(_ name: String) async throws(AWSError) -> Finding {
    guard let line = configuration.shared.profiles[name]?["credential_process"] else {
      return .absent("profile \"\(name)\": no credential_process")
    }
    let source = "the credential_process of profile \"\(name)\""
    guard let words = WordSplitter.split(line), !words.isEmpty else {
      throw .problem(.credentialSource(source, "its quotes do not match"))
    }
    let output: [UInt8]
    do throws(CredentialProgram.Failure) {
      output = try await CredentialProgram.run(words, surroundings.environment)
    } catch {
      throw .problem(.credentialSource(source, error.reason))
    }
    guard let object = JSONAnswer.object(output) else {
      throw .problem(.credentialSource(source, "it did not print JSON"))
    }
    guard object.integer("Version") == 1 else {
      throw .problem(.credentialSource(source, "its output has no \"Version\": 1"))
    }
    return .found(try temporary(object, token: "SessionToken", source: source))
  }

  /// Reads the JSON that programs, containers and instances give.
  func temporary(
    _ object: PlainDictionary,
    token: String,
    source: String
  ) throws(AWSError) -> AWSCredentials {
    guard let key = object.text("AccessKeyId"), let secret = object.text("SecretAccessKey") else {
      throw .problem(
        .credentialSource(source, "its answer lacks AccessKeyId or SecretAccessKey")
      )
    }
    let expiration = object.time("Expiration")
    if let expiration, expiration <= surroundings.now() {
      throw .problem(.credentialSource(source, "its keys expired at \(expiration.iso8601)"))
    }
    return AWSCredentials(
      accessKeyID: key,
      secretAccessKey: Secret(secret),
      sessionToken: object.text(token).map { Secret($0) },
      expiration: expiration,
      source: source
    )
  }
}

/// Answers in JSON.
enum JSONAnswer {
  /// An object; nil for everything else.
  static func object(_ bytes: [UInt8]) -> PlainDictionary? {
    do throws(PlainValue.JSONProblem) {
      return try PlainValue(json: bytes).dictionary
    } catch {
      return nil
    }
  }
}
