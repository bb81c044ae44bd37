import Diagnostics
import Foundation
import Testing

@testable import WarehouseClient

/// Connections that fail, and what is said about them.
@Suite(.sharedServer) struct ConnectingTests {
  @Test func tellsWhyAServerRefuses() async throws {
    let settings = try #require(SharedServer.settings)
    let session = try await SharedServer.open()
    let file = try await session.execute("SHOW hba_file").rows.first?.first ?? nil
    let path = try #require(file)
    _ = try await session.execute("CREATE ROLE locked LOGIN PASSWORD 'right'")
    let rules = try String(contentsOfFile: path, encoding: .utf8)
    // In place: the file keeps its owner.
    let handle = try #require(FileHandle(forWritingAtPath: path))
    try handle.write(contentsOf: Data("local all locked scram-sha-256\n\(rules)".utf8))
    try handle.close()
    _ = try await session.execute("SELECT pg_reload_conf()")
    await session.close()

    var wrong = settings
    wrong.user = "locked"
    wrong.password = "top-secret"
    // The postmaster reads its files a moment after the signal.
    var problem = await diagnostic(wrong)
    while problem == nil { problem = await diagnostic(wrong) }
    #expect(problem?.code == "authentication-failed")
    #expect(problem?.notes == ["password authentication failed for user \"locked\""])
    #expect(
      "\(String(describing: problem)) \(wrong) \(String(reflecting: wrong))".contains("top-secret")
        == false
    )
    wrong.password = "right"
    #expect(await diagnostic(wrong) == nil)

    var unknown = settings
    unknown.database = "nowhere"
    #expect(await diagnostic(unknown)?.code == "unknown-database")
    var unencrypted = settings
    unencrypted.sessionSetup = ["SELECT 1", "SELECT nonsense"]
    #expect(await diagnostic(unencrypted) != nil)
  }

  @Test func tellsThatNobodyIsThere() async throws {
    var settings = PostgresConnectionSettings(host: "/nowhere", database: "d", user: "u")
    #expect(await diagnostic(settings)?.code == "server-unreachable")
    settings.host = "127.0.0.1"
    settings.port = 1
    let problem = await diagnostic(settings)
    #expect(problem?.code == "server-unreachable")
    #expect(problem?.message == "cannot reach 127.0.0.1:1")
    #expect(problem?.notes.first?.contains("Connection refused") == true)
  }

  @Test func givesUpOnASilentServer() async throws {
    let silent = try Listener()
    defer { silent.stop() }
    let settings = PostgresConnectionSettings(
      host: "127.0.0.1",
      port: silent.port,
      database: "d",
      user: "u",
      connectTimeout: 1
    )
    #expect(await diagnostic(settings)?.notes == ["no answer from 127.0.0.1 within 1 s"])
    let patient = PostgresConnectionSettings(
      host: "127.0.0.1",
      port: silent.port,
      database: "d",
      user: "u",
      connectTimeout: 60
    )
    let attempt = Task { await diagnostic(patient) }
    attempt.cancel()
    #expect(await attempt.value?.code == "interrupted")
  }

  @Test func explainsRedshiftsOwnAuthentication() async throws {
    // Authentication request 13, which AWS's own drivers know.
    let server = try Listener(answer: [UInt8(ascii: "R"), 0, 0, 0, 8, 0, 0, 0, 13])
    defer { server.stop() }
    var settings = PostgresConnectionSettings.redshift(
      host: "127.0.0.1",
      port: server.port,
      database: "d",
      user: "etl",
      password: "p"
    )
    settings.sslMode = .disable
    let problem = await diagnostic(settings)
    #expect(problem?.code == "authentication-unsupported")
    #expect(problem?.help.first?.contains("ALTER USER etl PASSWORD") == true)
  }

  @Test func insistsOnTLS() async throws {
    let server = try Listener(answer: [UInt8(ascii: "N")])
    defer { server.stop() }
    let settings = PostgresConnectionSettings.redshift(
      host: "127.0.0.1",
      port: server.port,
      database: "d",
      user: "u"
    )
    #expect(settings.sslMode == .verifyFull)
    #expect(PostgresConnectionSettings.redshift(host: "h", database: "d", user: "u").port == 5439)
    #expect(await diagnostic(settings)?.code == "tls-failed")
  }

  private func diagnostic(_ settings: PostgresConnectionSettings) async -> Diagnostic? {
    do {
      let session = try await PostgresConnection.open(settings)
      await session.close()
      return nil
    } catch {
      return .connection(error, settings: settings)
    }
  }
}

/// A server on a free port that takes connections, gives one answer, and says no more.
final class Listener: Sendable {
  let port: Int
  private let descriptor: Int32

  init(answer: [UInt8] = []) throws {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let outcome = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        bind(descriptor, address, size) | listen(descriptor, 4)
          | getsockname(descriptor, address, &size)
      }
    }
    guard outcome == 0 else { throw CocoaError(.fileReadUnknown) }
    port = Int(UInt16(bigEndian: address.sin_port))
    self.descriptor = descriptor
    guard !answer.isEmpty else { return }
    DispatchQueue(label: "listener").async {
      let client = accept(descriptor, nil, nil)
      var request = [UInt8](repeating: 0, count: 1024)
      _ = recv(client, &request, request.count, 0)
      _ = send(client, answer, answer.count, 0)
      _ = recv(client, &request, request.count, 0)
      close(client)
    }
  }

  func stop() { close(descriptor) }
}
