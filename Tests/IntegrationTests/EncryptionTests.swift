import Foundation
import TestSupport
import Testing

/// How the `redshift` target makes sure that it talks to the cluster, and that nobody listens.
@Suite struct EncryptionTests {
  private static func project(
    _ server: RedshiftStandIn,
    host: String = "localhost",
    _ encryption: String = "",
    environment: [String: String] = [:]
  ) throws -> ProgramHarness {
    try ProgramHarness.project(
      [
        "project.yml": """
        name: shop
        version: "1.0"
        targets:
          redshift:
            \(server.target(host: host, encryption))
            schema: shop
        """
      ],
      environment: environment
    )
  }

  private static func debug(_ project: ProgramHarness) throws -> ProgramHarness.Outcome {
    let outcome = try project.run("debug", "--target", "redshift")
    #expect(!(outcome.output + outcome.error).contains(RedshiftStandIn.password))
    return outcome
  }

  @Test func aTrustedAuthorityAndTheRightNameAreEnough() throws {
    let authority = try TestAuthority()
    let server = try RedshiftStandIn(certificate: try authority.certificate(for: "localhost"))
    let project = try Self.project(server, "sslrootcert: \(authority.path)")
    let debug = try Self.debug(project)
    #expect(debug.code == 0, "\(debug.error)")
    #expect(debug.output.contains("tls         ok: the certificate and its name are verified"))
    let shown = try project.run(
      ["show", "-q", "--output", "csv", "--target", "redshift", "--inline"]
        + ["select lpad('x', 70000, 'x') = repeat('x', 70000) as same"]
    )
    #expect(shown.code == 0 && shown.output.hasPrefix("same\nt"), "\(shown.output)\(shown.error)")
    let file = try Self.debug(try Self.project(server, "sslrootcert: /nowhere/authority.pem"))
    #expect(file.error.contains("/nowhere/authority.pem"), "\(file.error)")
    #expect(file.error.contains("name a file of certificates with `sslrootcert`"), "\(file.error)")
    try server.stop()
  }

  /// Without any key about it the certificate is verified against what the system trusts.
  @Test func theSystemsStoreIsAskedUnlessAFileIsNamed() throws {
    let authority = try TestAuthority()
    let server = try RedshiftStandIn(certificate: try authority.certificate(for: "localhost"))
    let refused = try Self.debug(try Self.project(server))
    #expect(refused.code == 1 && refused.error.contains("error[tls-failed]"), "\(refused.error)")
    #expect(refused.error.contains("signed by /CN=\(authority.name)"), "\(refused.error)")
    #expect(refused.error.contains("ca-certificates.crt does not lead to"), "\(refused.error)")
    #expect(try server.statements.isEmpty)
    // The same store, when it has the authority.
    let trusted = try Self.debug(
      try Self.project(server, environment: ["SSL_CERT_FILE": authority.path])
    )
    #expect(trusted.code == 0, "\(trusted.error)")
    try server.stop()
  }

  @Test func anotherNameIsRefused() throws {
    let authority = try TestAuthority()
    let server = try RedshiftStandIn(certificate: try authority.certificate(for: "other.example"))
    let trust = "sslrootcert: \(authority.path)"
    for host in ["localhost", "127.0.0.1"] {
      let refused = try Self.debug(try Self.project(server, host: host, trust))
      #expect(refused.code == 1 && refused.error.contains("error[tls-failed]"), "\(refused.error)")
      for words in ["certificate for \"other.example\"", "does not match host name \"\(host)\""] {
        #expect(refused.error.contains(words), "\(words): \(refused.error)")
      }
      #expect(refused.error.contains("a name that is in the certificate"), "\(refused.error)")
    }
    #expect(try server.statements.isEmpty)
    for mode in ["verify-ca", "require"] {
      let lenient = try Self.debug(try Self.project(server, trust + "\n    sslmode: \(mode)"))
      #expect(lenient.code == 0, "\(lenient.error)")
      #expect(lenient.output.contains("its name is not"), "\(lenient.output)")
      let strange = try Self.debug(try Self.project(server, "sslmode: \(mode)"))
      #expect(strange.error.contains("error[tls-failed]"), "\(mode): \(strange.output)")
    }
    try server.stop()
  }

  @Test func certificatesThatCannotBeTrustedAreToldApart() throws {
    let authority = try TestAuthority()
    let another = try TestAuthority(named: "Somebody else")
    for (certificate, words, help) in [
      (
        try authority.certificate(for: "localhost", days: -1), "the server's certificate ended on",
        "needs a new certificate"
      ),
      (
        try another.certificate(for: "localhost"), "signed by /CN=Somebody else, whom",
        "`sslrootcert` of the target"
      ),
      (
        try authority.certificateSignedByItself(for: "localhost"),
        "signed by itself: /CN=localhost",
        "`sslrootcert` of the target"
      ),
    ] {
      let server = try RedshiftStandIn(certificate: certificate)
      let refused = try Self.debug(try Self.project(server, "sslrootcert: \(authority.path)"))
      #expect(refused.code == 1 && refused.error.contains("error[tls-failed]"), "\(refused.error)")
      #expect(refused.output.contains("tls         failed"), "\(refused.output)")
      #expect(refused.error.contains(words) && refused.error.contains(help), "\(refused.error)")
      #expect(try server.statements.isEmpty)
      try server.stop()
    }
  }

  @Test func aServerWithoutEncryptionIsRefused() throws {
    let server = try RedshiftStandIn()
    let refused = try Self.debug(try Self.project(server))
    #expect(refused.code == 1 && refused.error.contains("error[tls-failed]"), "\(refused.error)")
    for words in ["does not support SSL", "a tunnel or pooler under this address"] {
      #expect(refused.error.contains(words), "\(words): \(refused.error)")
    }
    #expect(try server.statements.isEmpty)
    let plain = try Self.debug(try Self.project(server, "sslmode: disable"))
    #expect(plain.code == 0 && plain.output.contains("off (`sslmode: disable`)"), "\(plain.error)")
    try server.stop()
  }
}
