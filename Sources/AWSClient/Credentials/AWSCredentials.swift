/// Keys that sign requests.
package struct AWSCredentials: Hashable, Sendable {
  package var accessKeyID: String
  package var secretAccessKey: Secret
  /// Belongs to temporary keys.
  package var sessionToken: Secret?
  /// When temporary keys end.
  package var expiration: Timestamp?
  /// Where they came from, in words for people: `the environment`, `profile "etl"`.
  package var source: String
  /// The file between commands that they are kept in; nil for all that no second factor opened.
  var keptIn: RoleCache?

  /// Keys of a source.
  package init(
    accessKeyID: String,
    secretAccessKey: Secret,
    sessionToken: Secret? = nil,
    expiration: Timestamp? = nil,
    source: String
  ) {
    self.accessKeyID = accessKeyID
    self.secretAccessKey = secretAccessKey
    self.sessionToken = sessionToken
    self.expiration = expiration
    self.source = source
  }
}
