import Glibc
import RedshiftSQL

/// How to reach a server that speaks PostgreSQL's protocol: PostgreSQL itself or Redshift.
///
/// No description of it shows the password.
package struct PostgresConnectionSettings: Hashable, Sendable {
  /// How much is asked of an encrypted connection, in libpq's words.
  package enum SSLMode: String, Hashable, Sendable, CaseIterable {
    case disable
    case allow
    case prefer
    case require
    case verifyCA = "verify-ca"
    case verifyFull = "verify-full"
  }

  /// The file of certificate authorities that this machine trusts: the one that `SSL_CERT_FILE`
  /// names, as for other programs with OpenSSL, else the system's.
  package static let systemCertificates: String = {
    if let named = getenv("SSL_CERT_FILE"), named.pointee != 0 { return String(cString: named) }
    return storePlaces.first { access($0, R_OK) == 0 } ?? storePlaces[0]
  }()

  /// Where Debian and Alpine, Fedora and its kin, and SUSE keep them.
  private static let storePlaces = [
    "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
  ]

  /// A name, an address, or the folder of a Unix socket.
  package var host: String
  package var port: Int
  package var database: String
  package var user: String
  /// Nil leaves it to libpq: `PGPASSWORD` or the password file.
  package var password: String?
  package var sslMode: SSLMode
  /// A file of certificates to trust; nil is libpq's own choice.
  package var sslRootCertificate: String?
  /// Whether the authentication may be bound to the TLS channel; Redshift does not know it.
  package var usesChannelBinding: Bool
  /// Seconds until a connection attempt is given up.
  package var connectTimeout: Int
  /// Seconds of silence after which client and server ask each other whether they are still there;
  /// twice as long, and the connection counts as lost.
  package var keepaliveIdle = 60
  package var applicationName: String
  /// Statements sent once after connecting.
  package var sessionSetup: [String]

  package init(
    host: String,
    port: Int = 5432,
    database: String,
    user: String,
    password: String? = nil,
    sslMode: SSLMode = .prefer,
    sslRootCertificate: String? = nil,
    usesChannelBinding: Bool = true,
    connectTimeout: Int = 10,
    applicationName: String = "redstart",
    sessionSetup: [String] = []
  ) {
    self.host = host
    self.port = port
    self.database = database
    self.user = user
    self.password = password
    self.sslMode = sslMode
    self.sslRootCertificate = sslRootCertificate
    self.usesChannelBinding = usesChannelBinding
    self.connectTimeout = connectTimeout
    self.applicationName = applicationName
    self.sessionSetup = sessionSetup
  }

  /// Settings with Redshift's defaults: port 5439 and a verified certificate.
  package static func redshift(
    host: String,
    port: Int = 5439,
    database: String,
    user: String,
    password: String? = nil,
    sslMode: SSLMode = .verifyFull,
    sslRootCertificate: String? = nil,
    connectTimeout: Int = 10,
    sessionSetup: [String] = []
  ) -> PostgresConnectionSettings {
    PostgresConnectionSettings(
      host: host,
      port: port,
      database: database,
      user: user,
      password: password,
      sslMode: sslMode,
      sslRootCertificate: sslRootCertificate ?? systemCertificates,
      usesChannelBinding: false,
      connectTimeout: connectTimeout,
      sessionSetup: sessionSetup
    )
  }

  /// `SET search_path` as a translated session needs it.
  ///
  /// What is created without a schema goes to `schema`, else to `public`, as on Redshift; the
  /// shims come before PostgreSQL's own functions, which some of them replace.
  package static func searchPathStatement(schema: String?) -> String {
    let first = schema.map(SQLQuoting.identifier) ?? "\"$user\""
    return "SET search_path = \(first), public, \(PostgresShims.schema), pg_catalog"
  }

  /// These settings with unqualified names looked up in `schema` first.
  package func withSchema(_ schema: String?) -> PostgresConnectionSettings {
    var changed = self
    changed.sessionSetup.removeAll { $0.hasPrefix("SET search_path") }
    changed.sessionSetup.append(Self.searchPathStatement(schema: schema))
    return changed
  }

  /// Whether `host` is the folder of a Unix socket.
  package var usesUnixSocket: Bool { host.hasPrefix("/") }

  /// Host and port as people read them.
  package var address: String {
    if usesUnixSocket { return host }
    return host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
  }

  /// A connection string for psql: as few words as it needs, and no password.
  func connectionString(schema: String?) -> String {
    var words = [("host", host), ("port", String(port)), ("dbname", database), ("user", user)]
    words.append(("sslmode", sslMode.rawValue))
    if let schema {
      let path = [SQLQuoting.identifier(schema), "public", PostgresShims.schema, "pg_catalog"]
      // In `options` a space ends a word unless a backslash comes before it.
      let value = escaping(path.joined(separator: ","), [" ", "\\"])
      words.append(("options", "-csearch_path=" + value))
    }
    return words.map { "\($0)='\(escaping($1, ["'", "\\"]))'" }.joined(separator: " ")
  }

  private func escaping(_ text: String, _ special: Set<Character>) -> String {
    var result = ""
    for character in text {
      if special.contains(character) { result.append("\\") }
      result.append(character)
    }
    return result
  }

  private static let keepaliveCount = 4
  private var keepaliveInterval: Int { max(1, keepaliveIdle / 4) }

  /// Seconds after which a silent network counts as dead.
  private var silenceLimit: Int { keepaliveIdle + keepaliveInterval * Self.keepaliveCount }

  /// Statements by which PostgreSQL watches the connection as closely as the client does: a session
  /// whose client is gone must not hold its locks for hours.
  var serverKeepalives: [String] {
    guard !usesUnixSocket else { return [] }
    return [
      "SET tcp_keepalives_idle = \(keepaliveIdle)",
      "SET tcp_keepalives_interval = \(keepaliveInterval)",
      "SET tcp_keepalives_count = \(Self.keepaliveCount)",
      "SET tcp_user_timeout = \(silenceLimit * 1000)",
    ]
  }

  /// libpq's keywords and values.
  ///
  /// Everything that an environment variable could change to another server is given here.
  var parameters: [(keyword: String, value: String)] {
    var parameters: [(keyword: String, value: String)] = [
      ("host", host), ("port", String(port)), ("dbname", database), ("user", user),
      ("sslmode", sslMode.rawValue),
      ("gssencmode", "disable"),
      ("client_encoding", "UTF8"),
      ("application_name", applicationName),
      ("keepalives", "1"), ("keepalives_idle", String(keepaliveIdle)),
      ("keepalives_interval", String(keepaliveInterval)),
      ("keepalives_count", String(Self.keepaliveCount)),
      // Keepalives rest while something is under way, and retransmissions go on for a quarter of
      // an hour.
      ("tcp_user_timeout", String(silenceLimit * 1000)),
    ]
    if let password { parameters.append(("password", password)) }
    if let sslRootCertificate { parameters.append(("sslrootcert", sslRootCertificate)) }
    if !usesChannelBinding { parameters.append(("channel_binding", "disable")) }
    return parameters
  }
}

extension PostgresConnectionSettings: CustomStringConvertible, CustomDebugStringConvertible,
  CustomReflectable
{
  package var description: String { "\(user)@\(address)/\(database)" }
  package var debugDescription: String { description }
  package var customMirror: Mirror {
    Mirror(self, children: ["server": description], displayStyle: .struct)
  }
}
