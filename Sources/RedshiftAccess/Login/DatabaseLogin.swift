package import AWSClient
import Diagnostics
package import WarehouseClient

/// Finds user and password of a target whose login AWS gives.
package struct DatabaseLogin: Sendable {
  private let settings: AccessSettings
  private let client: AWSClient

  /// The longest that a cluster gives a password for.
  private static let seconds = 3600

  /// A login of a target.
  package init(_ settings: AccessSettings, _ client: AWSClient) {
    self.settings = settings
    self.client = client
  }

  /// Asks for user and password.
  package func credentials() async throws(AWSError) -> DatabaseCredentials {
    if let secret = settings.secret { return try await stored(secret) }
    switch settings.place {
    case .workgroup(let name):
      return try await client.redshiftServerless.credentials(
        workgroup: name,
        database: settings.database,
        durationSeconds: Self.seconds
      )
    case .cluster(let name):
      if settings.method == .iamRole {
        return try await client.redshift.clusterCredentialsWithIAM(
          name,
          database: settings.database,
          durationSeconds: Self.seconds
        )
      }
      guard let user = settings.user else { throw .problem(.userMissing) }
      return try await client.redshift.clusterCredentials(
        name,
        user: user,
        database: settings.database,
        autoCreate: settings.createsUser ? true : nil,
        groups: settings.groups.isEmpty ? nil : settings.groups,
        durationSeconds: Self.seconds
      )
    case nil: throw .problem(.placeUnknown(target: "", method: settings.method.rawValue))
    }
  }

  private func stored(_ identifier: String) async throws(AWSError) -> DatabaseCredentials {
    let secret = try await client.secretsManager.value(identifier)
    guard let password = secret.member("password") else {
      throw .problem(.secretUnreadable("it has no member \"password\""))
    }
    guard let user = settings.user ?? secret.member("username")?.revealed else {
      throw .problem(.secretUnreadable("it has no member \"username\""))
    }
    return DatabaseCredentials(user: user, password: password, expiration: nil)
  }
}

extension WarehouseError {
  /// What AWS said, as what went wrong with a session or a statement.
  package init(_ error: AWSError, kind: Kind) {
    let cause = error.diagnostic
    self.init(kind: error == .cancelled ? .cancelled : kind, message: cause.message)
    if error == .cancelled { sqlState = "57014" } else { self.cause = cause }
  }
}
