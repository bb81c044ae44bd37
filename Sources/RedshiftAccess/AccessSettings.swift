package import Diagnostics

/// How a target of Redshift is reached: what its keys say, before anything is asked of AWS.
package struct AccessSettings: Sendable {
  /// The ways in, by their names in the file.
  package enum Method: String, CaseIterable, Sendable {
    /// User and password of the target, or of a secret.
    case database
    /// A temporary password of a database user.
    case iam
    /// A temporary password of the database user that stands for the IAM role.
    case iamRole = "iam_role"
    /// Statements over HTTPS; no network path to the warehouse is needed.
    case dataAPI = "data-api"
  }

  /// What runs the statements.
  package enum Place: Hashable, Sendable {
    case cluster(String)
    case workgroup(String)

    package var isWorkgroup: Bool {
      if case .workgroup = self { return true }
      return false
    }
  }

  package var method: Method
  /// Nil where nothing tells, as with an address of one's own.
  package var place: Place?
  package var host: String?
  package var port: Int?
  package var database: String
  package var user: String?
  package var groups: [String] = []
  /// Whether a user who is not there is made.
  package var createsUser = false
  /// Of Secrets Manager, with user and password.
  package var secret: String?
  package var region: String?

  /// Settings of a place in AWS.
  package init(method: Method, database: String) {
    self.method = method
    self.database = database
  }

  /// Takes from the host's name what the keys did not say.
  package mutating func complete() {
    guard let host, let known = RedshiftHost(host) else { return }
    place = place ?? known.place
    region = region ?? known.region
  }
}

/// What the name of an endpoint tells.
package struct RedshiftHost: Hashable, Sendable {
  package var place: AccessSettings.Place
  package var region: String

  /// Reads `CLUSTER.HASH.REGION.redshift.amazonaws.com` and
  /// `WORKGROUP.ACCOUNT.REGION.redshift-serverless.amazonaws.com`; nil for other names.
  package init?(_ host: String) {
    let parts = host.lowercased().split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count >= 6, parts.allSatisfy({ !$0.isEmpty }), parts[4] == "amazonaws" else {
      return nil
    }
    switch parts[3] {
    case "redshift": place = .cluster(String(parts[0]))
    case "redshift-serverless": place = .workgroup(String(parts[0]))
    default: return nil
    }
    region = String(parts[2])
  }
}

extension AccessSettings {
  /// What the target does not say and has to; nil when it says enough.
  package func missing(target: String) -> Diagnostic? {
    switch method {
    case .database: return nil
    case .iam:
      // A secret is a login of its own, and a workgroup derives the user from IAM.
      if secret != nil { return nil }
      guard let place else { return .placeUnknown(target: target, method: method.rawValue) }
      if case .cluster = place, user == nil { return .userMissing }
      return nil
    case .iamRole, .dataAPI:
      return place == nil ? .placeUnknown(target: target, method: method.rawValue) : nil
    }
  }
}
