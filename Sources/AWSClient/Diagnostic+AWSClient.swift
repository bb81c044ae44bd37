package import Diagnostics

// All wording of this module's diagnostics.

// MARK: Settings

extension Diagnostic {
  static func awsFileUnreadable(_ path: String, reason: String) -> Diagnostic {
    Diagnostic(code: "aws-file", "the AWS tools' file cannot be read: \(reason)", file: path)
  }

  static func unknownProfile(_ name: String, known: [String], files: [String]) -> Diagnostic {
    let list =
      known.isEmpty ? "there are no profiles" : "there are \(known.joined(separator: ", "))"
    return Diagnostic(
      code: "unknown-aws-profile",
      "there is no AWS profile \"\(name)\"",
      notes: ["looked at \(files.joined(separator: " and "))"],
      help: [Suggestion.sentence(for: name, among: known) ?? list]
    )
  }

  static func awsSetting(_ name: String, _ value: String, expected: String) -> Diagnostic {
    Diagnostic(
      code: "aws-setting",
      "\(name) cannot be \"\(value)\"",
      help: ["it must be \(expected)"]
    )
  }

  static func insecureEndpoint(_ address: String, place: String) -> Diagnostic {
    Diagnostic(
      code: "insecure-endpoint",
      "\(place) is \(address): data would cross the network in the clear",
      help: ["use https; http is for this machine (127.0.0.1) only"]
    )
  }

  static var noRegion: Diagnostic {
    Diagnostic(
      code: "no-region",
      "no AWS region is set",
      notes: [
        "looked at: AWS_REGION, AWS_DEFAULT_REGION, `region` of the profile, the instance"
      ],
      help: ["set AWS_REGION, as AWS_REGION=us-west-2"]
    )
  }
}

// MARK: Credentials

extension Diagnostic {
  static func noCredentials(_ trace: [String]) -> Diagnostic {
    Diagnostic(
      code: "no-credentials",
      "no AWS credentials were found",
      notes: trace.map { "looked at \($0)" },
      help: [
        "set AWS_PROFILE to a profile of ~/.aws/config, run `aws sso login`, or set "
          + "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
      ]
    )
  }

  static func partialCredentials(_ missing: String, of place: String) -> Diagnostic {
    Diagnostic(
      code: "partial-credentials",
      "half of the AWS credentials are missing: \(missing) of \(place)",
      help: ["give both the key's ID and its secret, or neither"]
    )
  }

  static func credentialSource(_ source: String, _ reason: String) -> Diagnostic {
    Diagnostic(code: "credential-source", "no credentials from \(source): \(reason)")
  }

  static func profileCycle(_ names: [String]) -> Diagnostic {
    Diagnostic(
      code: "profile-cycle",
      "AWS profiles get their keys from each other in a circle: "
        + names.joined(separator: " → "),
      help: ["let one of them have keys of its own"]
    )
  }

  static func multiFactorNeeded(profile: String) -> Diagnostic {
    Diagnostic(
      code: "mfa-needed",
      "profile \"\(profile)\" asks for a second factor, which redstart cannot ask you for",
      help: [
        "run `aws configure export-credentials --profile \(profile) --format env`, which asks, and "
          + "put what it prints into the environment"
      ]
    )
  }

  static func signInNeeded(profile: String, reason: String) -> Diagnostic {
    Diagnostic(
      code: "sign-in-needed",
      "not signed in to IAM Identity Center: \(reason)",
      help: ["run `aws sso login --profile \(profile)`"]
    )
  }
}

// MARK: Objects

extension Diagnostic {
  static func objectChanged(_ url: String) -> Diagnostic {
    Diagnostic(
      code: "object-changed",
      "\(url) was changed or deleted while it was read",
      help: ["run the command again when nothing writes there"]
    )
  }

  static func objectDamaged(_ url: String, _ reason: String) -> Diagnostic {
    Diagnostic(code: "object-damaged", "\(url) came damaged: \(reason)")
  }
}

// MARK: Calls

extension AWSError {
  /// What to tell the user.
  package var diagnostic: Diagnostic {
    switch self {
    case .service(let fault): .serviceFault(fault)
    case .problem(let diagnostic): diagnostic
    case .cancelled: Diagnostic(code: "interrupted", "interrupted while waiting for AWS")
    case .response(let service, let operation, let reason):
      Diagnostic(
        code: "aws-answer",
        "the answer of \(service) to \(operation) cannot be read: \(reason)",
        help: ["check that the endpoint and the proxy are those of AWS"]
      )
    case .transport(let failure, let service, let operation, let host):
      .transport(failure, service, operation, host)
    }
  }
}

extension Diagnostic {
  fileprivate static func transport(
    _ failure: TransportFailure,
    _ service: String,
    _ operation: String,
    _ host: String
  ) -> Diagnostic {
    let place = host.isEmpty ? service : "\(service) at \(host)"
    switch failure.kind {
    case .tls:
      return Diagnostic(
        code: "tls-failed",
        "no trusted connection to \(place)",
        notes: [failure.reason],
        help: ["install ca-certificates, or name a file of certificates with AWS_CA_BUNDLE"]
      )
    case .timeout, .connectTimeout:
      return Diagnostic(
        code: "aws-unreachable",
        "\(place) does not answer \(operation) in time",
        notes: [failure.reason],
        help: ["check the network, and HTTPS_PROXY where a proxy is needed"]
      )
    case .unreachable:
      return Diagnostic(
        code: "aws-unreachable",
        "cannot reach \(place)",
        notes: [failure.reason],
        help: ["check the region and the network, and HTTPS_PROXY where a proxy is needed"]
      )
    case .broken, .cancelled, .upload, .other:
      return Diagnostic(
        code: "aws-unreachable",
        "\(operation) of \(place) broke off",
        notes: [failure.reason]
      )
    }
  }

  fileprivate static func serviceFault(_ fault: ServiceFault) -> Diagnostic {
    var diagnostic = faultKind(fault)
    if !fault.message.isEmpty { diagnostic.notes.insert(fault.message, at: 0) }
    var identifiers = ["\(fault.service) \(fault.operation): \(fault.code), HTTP \(fault.status)"]
    if let request = fault.requestID { identifiers.append("request \(request)") }
    if let host = fault.hostID { identifiers.append("host \(host)") }
    diagnostic.notes.append(identifiers.joined(separator: ", "))
    return diagnostic
  }

  private static func faultKind(_ fault: ServiceFault) -> Diagnostic {
    let operation = "\(fault.operation) of \(fault.service)"
    if RetryPolicy.isThrottling(fault) {
      return Diagnostic(
        code: "aws-throttled",
        "\(fault.service) turns \(fault.operation) away: too many requests",
        help: ["try again later, or with AWS_MAX_ATTEMPTS=10"]
      )
    }
    switch fault.code {
    case "AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "UnauthorizedException",
      "AuthorizationError", "Forbidden", "403":
      return accessDenied(fault)
    case "ExpiredToken", "ExpiredTokenException", "RequestExpired":
      return Diagnostic(
        code: "expired-credentials",
        "the AWS credentials have expired",
        help: ["get new ones, as with `aws sso login`, and run the command again"]
      )
    case "InvalidClientTokenId", "InvalidAccessKeyId", "UnrecognizedClientException", "AuthFailure",
      "SignatureDoesNotMatch", "InvalidSignatureException", "InvalidToken":
      return Diagnostic(
        code: "invalid-credentials",
        "AWS does not know the credentials, or their secret does not fit",
        help: ["check the key's ID and secret, and AWS_SESSION_TOKEN for temporary keys"]
      )
    case "RequestTimeTooSkewed", "RequestInTheFuture":
      return Diagnostic(
        code: "clock-skew",
        "the clock of this machine is wrong",
        help: ["set the clock, or let NTP do it"]
      )
    case "NoSuchBucket":
      let name = fault.resource.map { " \"\($0)\"" } ?? ""
      return Diagnostic(code: "bucket-not-found", "the bucket\(name) does not exist")
    case "NoSuchKey":
      let name = fault.resource.map { " \"\($0)\"" } ?? ""
      return Diagnostic(code: "object-not-found", "the object\(name) does not exist")
    case "InvalidObjectState":
      return Diagnostic(
        code: "object-archived",
        "the object is in an archive",
        help: ["restore it in S3 first"]
      )
    case "PermanentRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException":
      let help = fault.region.map { "set AWS_REGION=\($0)" }
      return Diagnostic(
        code: "wrong-region",
        "\(operation) was sent to the wrong region",
        help: help.map { [$0] } ?? []
      )
    default:
      return Diagnostic(code: "aws-error", "\(operation) failed: \(fault.code)")
    }
  }

  private static func accessDenied(_ fault: ServiceFault) -> Diagnostic {
    let action = words(after: "not authorized to perform: ", in: fault.message) ?? action(of: fault)
    let principal = words(after: "User: ", in: fault.message)
    let resource = words(after: "on resource: ", in: fault.message)
    let who = principal.map { " to \($0)" } ?? " to whoever the credentials belong to"
    let place = resource.map { " on \($0)" } ?? ""
    return Diagnostic(
      code: "access-denied",
      "no permission for \(action)\(place)",
      help: ["a policy must allow \(action)\(who), and none may deny it"]
    )
  }

  /// The word after a phrase of AWS's messages.
  private static func words(after phrase: String, in message: String) -> String? {
    guard let start = message.utf8Range(of: phrase) else { return nil }
    let word = message[start.upperBound...].prefix { !$0.isWhitespace }
    var text = String(word)
    while let last = text.last, ".,".contains(last) { text.removeLast() }
    return text.isEmpty ? nil : text
  }

  /// What a policy calls an operation.
  private static func action(of fault: ServiceFault) -> String {
    // Policies name these services as signatures do.
    let services: [AWSService] = [
      .sts, .iam, .ec2, .redshift, .s3, .redshiftServerless, .redshiftData, .secretsManager,
    ]
    let operations = [
      "ListObjectsV2": "ListBucket", "HeadObject": "GetObject", "DeleteObjects": "DeleteObject",
    ]
    let prefix =
      services.first { $0.name == fault.service }?.signingName ?? fault.service.lowercased()
    return "\(prefix):\(operations[fault.operation] ?? fault.operation)"
  }
}
