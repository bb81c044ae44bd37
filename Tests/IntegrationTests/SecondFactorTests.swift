import Foundation
import Glibc
import TestSupport
import Testing

/// The code of a second factor, asked for on a real terminal.
@Suite struct SecondFactorTests {
  private static let files = [
    ".aws/config": """
    [profile base]
    aws_access_key_id = BASE
    aws_secret_access_key = base-secret
    [profile guarded]
    role_arn = arn:aws:iam::1:role/guarded
    source_profile = base
    mfa_serial = arn:aws:iam::1:mfa/me
    """
  ]

  private static func server() throws -> HTTPStandIn {
    let verifier = SignatureVerifier(secrets: ["BASE": "base-secret", "GUARDED": "role-secret"])
    return try HTTPStandIn { request in
      do throws(SignatureVerifier.Problem) {
        let scope = try verifier.scope(of: request)
        let isRole = request.text.contains("Action=AssumeRole")
        guard scope.key == (isRole ? "BASE" : "GUARDED") else {
          throw SignatureVerifier.Problem("signed by \(scope.key)")
        }
        if !isRole {
          return HTTPStandIn.Reply(
            200,
            "<ListBucketResult><Contents><Key>songs.csv</Key><Size>7</Size></Contents>"
              + "</ListBucketResult>"
          )
        }
        guard request.text.contains("&TokenCode=123456") else {
          throw SignatureVerifier.Problem("another code")
        }
      } catch {
        return HTTPStandIn.Reply(
          403,
          "<Error><Code>AccessDenied</Code><Message>\(error)</Message></Error>"
        )
      }
      return HTTPStandIn.Reply(
        200,
        """
        <AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>GUARDED</AccessKeyId>
        <SecretAccessKey>role-secret</SecretAccessKey><SessionToken>t</SessionToken>
        <Expiration>2100-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult>
        </AssumeRoleResponse>
        """
      )
    }
  }

  private static func environment(_ folder: TemporaryFolder, _ server: HTTPStandIn) -> [String:
    String]
  {
    [
      "HOME": folder.path, "AWS_PROFILE": "guarded", "AWS_REGION": "us-west-2",
      "AWS_ENDPOINT_URL": server.address, "AWS_EC2_METADATA_DISABLED": "true", "TERM": "xterm",
      "PATH": "/usr/bin:/bin",
    ]
  }

  @Test func theCodeIsTypedOnTheTerminal() throws {
    let server = try Self.server()
    defer { server.stop() }
    let folder = try TemporaryFolder()
    try folder.write(Self.files)
    let (master, terminal) = try Self.terminal()
    defer { close(master) }
    let handle = FileHandle(fileDescriptor: terminal, closeOnDealloc: true)
    let output = Pipe()
    let process = Process()
    // A session of its own, whose terminal is its input.
    process.executableURL = URL(fileURLWithPath: "/usr/bin/setsid")
    process.arguments = ["--ctty", "--wait", ProgramHarness.program.path, "s3", "ls", "s3://lake/"]
    process.environment = Self.environment(folder, server)
    process.standardInput = handle
    process.standardError = handle
    process.standardOutput = output
    try process.run()
    try handle.close()
    let shown = Self.read(master, until: "arn:aws:iam::1:mfa/me: ")
    #expect(shown.contains("Code of the second factor arn:aws:iam::1:mfa/me: "), "\(shown)")
    let code = Array("123456\n".utf8)
    #expect(code.withUnsafeBytes { write(master, $0.baseAddress, $0.count) } == code.count)
    let listing = String(
      decoding: output.fileHandleForReading.readDataToEndOfFile(),
      as: UTF8.self
    )
    let rest = Self.read(master, until: "\u{0}")
    process.waitUntilExit()
    #expect(process.terminationStatus == 0, "\(rest)")
    #expect(listing.contains("songs.csv"))
    // What is typed is not shown.
    #expect(!(shown + rest).contains("123456"))
    // The next command needs neither a code nor a terminal.
    let harness = ProgramHarness(folder, environment: Self.environment(folder, server))
    let again = try harness.run("s3", "ls", "s3://lake/")
    #expect(again.code == 0 && again.output.contains("songs.csv"), "\(again.error)")
    #expect(server.requests.count { $0.text.contains("Action=AssumeRole") } == 1)
  }

  @Test func withoutATerminalThereIsNobodyToAsk() throws {
    let server = try Self.server()
    defer { server.stop() }
    let folder = try TemporaryFolder()
    try folder.write(Self.files)
    let harness = ProgramHarness(folder, environment: Self.environment(folder, server))
    let outcome = try harness.run("s3", "ls", "s3://lake/")
    #expect(outcome.code != 0 && outcome.error.contains("error[mfa-needed]"), "\(outcome.error)")
    #expect(server.requests.isEmpty)
  }

  /// Both ends of a new terminal.
  private static func terminal() throws -> (master: Int32, slave: Int32) {
    let master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
    var unlocked: Int32 = 0
    var number: UInt32 = 0
    // TIOCSPTLCK and TIOCGPTN of Linux, which Swift does not see.
    let isReady =
      ioctl(master, 0x4004_5431, &unlocked) == 0 && ioctl(master, 0x8004_5430, &number) == 0
    let slave = isReady ? open("/dev/pts/\(number)", O_RDWR | O_NOCTTY | O_CLOEXEC) : -1
    guard slave >= 0 else { throw POSIXError(.ENOTTY) }
    return (master, slave)
  }

  /// What a terminal shows until it has shown some words, or is closed.
  private static func read(_ descriptor: Int32, until words: String) -> String {
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 4096)
    while !String(decoding: bytes, as: UTF8.self).contains(words) {
      let count = block.withUnsafeMutableBytes {
        Foundation.read(descriptor, $0.baseAddress, $0.count)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { break }
      bytes += block[..<count]
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
