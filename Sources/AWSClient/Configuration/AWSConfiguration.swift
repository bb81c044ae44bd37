import Diagnostics

/// What a caller asks for, before environment and files have a say.
package struct AWSOptions: Sendable {
  /// A profile, as `--profile` or a target's `iam_profile` name it.
  package var profile: String?
  package var region: String?
  /// An address for all services.
  package var endpoint: String?
  /// Keys to use instead of what the chain finds.
  package var credentials: AWSCredentials?

  /// Options.
  package init(
    profile: String? = nil,
    region: String? = nil,
    endpoint: String? = nil,
    credentials: AWSCredentials? = nil
  ) {
    self.profile = profile
    self.region = region
    self.endpoint = endpoint
    self.credentials = credentials
  }
}

/// The settings that options, environment and files lead to.
struct AWSConfiguration: Sendable {
  enum RetryMode: String, CaseIterable, Sendable {
    case legacy
    case standard
    /// Taken as `standard`: redstart's own rate is far below what the services limit.
    case adaptive
  }

  var options: AWSOptions
  var environment: [String: String]
  var shared: SharedConfiguration
  var profileName: String
  /// Whether the caller named the profile; then keys in the environment do not count.
  var isProfileExplicit: Bool
  var maximumAttempts: Int
  var usesDualStack: Bool
  var usesFIPS: Bool
  /// `path` or `virtual` where the file says so.
  var addressingStyle: String?

  init(options: AWSOptions, environment: [String: String]) throws(Diagnostic) {
    self.options = options
    self.environment = environment
    shared = try SharedConfiguration(environment: environment)
    func variable(_ name: String) -> String? {
      environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }
    let named = options.profile ?? variable("AWS_PROFILE") ?? variable("AWS_DEFAULT_PROFILE")
    profileName = named ?? "default"
    isProfileExplicit = options.profile != nil
    let profile = shared.profiles[profileName]
    if let named, profile == nil {
      throw .unknownProfile(
        named,
        known: shared.profiles.keys.sorted(),
        files: [shared.configurationFile, shared.credentialsFile]
      )
    }
    let modeText = variable("AWS_RETRY_MODE") ?? profile?["retry_mode"]
    guard let mode = RetryMode(rawValue: modeText ?? "standard") else {
      throw .awsSetting(
        "retry_mode",
        modeText ?? "",
        expected: "one of \(RetryMode.allCases.map(\.rawValue).joined(separator: ", "))"
      )
    }
    maximumAttempts = mode == .legacy ? 5 : 3
    if let text = variable("AWS_MAX_ATTEMPTS") ?? profile?["max_attempts"] {
      guard let number = Int(text), number > 0 else {
        throw .awsSetting("max_attempts", text, expected: "a number from 1")
      }
      maximumAttempts = number
    }
    func flag(_ variableName: String, _ key: String) -> Bool {
      (variable(variableName) ?? profile?[key])?.lowercased() == "true"
    }
    usesDualStack = flag("AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint")
    usesFIPS = flag("AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint")
    addressingStyle = profile?.values["s3"]?.nested?["addressing_style"]
  }

  var profile: SharedConfiguration.Profile? { shared.profiles[profileName] }

  func variable(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }

  /// The region, without asking the instance's metadata.
  var region: String? {
    options.region ?? variable("AWS_REGION") ?? variable("AWS_DEFAULT_REGION") ?? profile?["region"]
  }

  /// The address that somebody configured for a service.
  func endpointOverride(for service: AWSService) throws(Diagnostic) -> HTTPEndpoint? {
    guard let (text, place) = overrideText(for: service) else { return nil }
    guard let endpoint = HTTPEndpoint(text) else {
      throw .awsSetting(place, text, expected: "an address such as https://host:port")
    }
    guard endpoint.scheme == "https" || endpoint.isLoopback else {
      throw .insecureEndpoint(endpoint.text, place: place)
    }
    return endpoint
  }

  private func overrideText(for service: AWSService) -> (text: String, place: String)? {
    if let endpoint = options.endpoint { return (endpoint, "the endpoint") }
    let isIgnored =
      variable("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS") ?? profile?["ignore_configured_endpoint_urls"]
    if isIgnored?.lowercased() == "true" { return nil }
    let name = "AWS_ENDPOINT_URL_\(service.identifier)"
    if let text = variable(name) { return (text, name) }
    if let text = variable("AWS_ENDPOINT_URL") { return (text, "AWS_ENDPOINT_URL") }
    let place = "endpoint_url of profile \"\(profileName)\""
    if let services = profile?["services"],
      let text = shared.services[services]?[service.identifier.lowercased()]?.nested?[
        "endpoint_url"
      ]
    {
      return (text, "endpoint_url of services \"\(services)\"")
    }
    if let text = profile?["endpoint_url"] { return (text, place) }
    return nil
  }

  /// The region that requests to a service are signed for.
  func signingRegion(for service: AWSService, _ region: String) -> String {
    service.isGlobal ? Partition(region: region).globalRegion : region
  }

  /// Where a service is found in a region.
  func endpoint(for service: AWSService, region: String) throws(Diagnostic) -> HTTPEndpoint {
    if let override = try endpointOverride(for: service) { return override }
    guard Self.isRegion(region) else { throw .awsSetting("region", region, expected: "us-west-2") }
    let partition = Partition(region: region)
    if service.isGlobal {
      return HTTPEndpoint(
        authority: partition.globalHost(
          service.hostPrefix,
          usesFIPS: usesFIPS,
          usesDualStack: usesDualStack
        )
      )
    }
    var prefix = service.hostPrefix
    if usesFIPS, !partition.hasFIPS(service) { prefix += "-fips" }
    if service == .s3 {
      let dual = usesDualStack ? ".dualstack" : ""
      return HTTPEndpoint(authority: "\(prefix)\(dual).\(region).\(partition.suffix)")
    }
    let suffix = usesDualStack ? partition.dualStackSuffix : partition.suffix
    return HTTPEndpoint(authority: "\(prefix).\(region).\(suffix)")
  }

  /// Whether a text can stand in a host name as a region does.
  static func isRegion(_ text: String) -> Bool {
    let isPlain = text.utf8.allSatisfy {
      ($0 >= 97 && $0 <= 122) || ($0 >= 48 && $0 <= 57) || $0 == UInt8(ascii: "-")
    }
    return isPlain && !text.isEmpty && text.utf8.count <= 40
  }
}
