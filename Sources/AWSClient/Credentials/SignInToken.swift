import Diagnostics

/// The token that a sign-in to IAM Identity Center left, in the file where the AWS tools keep it.
struct SignInToken: Sendable {
  /// What a new token is asked for with.
  struct Renewal: Sendable {
    var refreshToken: Secret
    var clientID: String
    var clientSecret: Secret
    /// Until when the client is known.
    var end: Timestamp
  }

  var access: Secret
  var expiration: Timestamp
  /// Nil for sign-ins that cannot be renewed.
  var renewal: Renewal?
  /// All that the file says, also what is only for other tools.
  private var object: PlainDictionary

  /// Reads the file; nil when it holds no token.
  init?(_ object: PlainDictionary) {
    guard let token = object.text("accessToken"), let expiration = object.time("expiresAt") else {
      return nil
    }
    self.object = object
    access = Secret(token)
    self.expiration = expiration
    if let refresh = object.text("refreshToken"), let client = object.text("clientId"),
      let secret = object.text("clientSecret"), let end = object.time("registrationExpiresAt")
    {
      renewal = Renewal(
        refreshToken: Secret(refresh),
        clientID: client,
        clientSecret: Secret(secret),
        end: end
      )
    }
  }

  /// The token that a renewal gave.
  func renewed(
    access: String,
    expiration: Timestamp,
    refreshToken: String?
  ) -> SignInToken {
    var token = self
    token.object["accessToken"] = .string(access)
    token.object["expiresAt"] = .string(expiration.iso8601)
    token.access = Secret(access)
    token.expiration = expiration
    if let refreshToken {
      token.object["refreshToken"] = .string(refreshToken)
      token.renewal?.refreshToken = Secret(refreshToken)
    }
    return token
  }

  /// What the file holds then.
  var bytes: [UInt8] { PlainValue.dictionary(object).json() }
}
