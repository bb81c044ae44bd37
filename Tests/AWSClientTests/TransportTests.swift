import Foundation
import Synchronization
import TestSupport
import Testing

@testable import AWSClient

@Suite struct TransportTests {
  @Test func keepsConnectionsAndWorksConcurrently() async throws {
    let server = try HTTPStandIn { HTTPStandIn.Reply(200, $0.target) }
    defer { server.stop() }
    let transport = HTTPTransport()
    let endpoint = try #require(HTTPEndpoint(server.address))
    let texts = try await withThrowingTaskGroup(of: String.self) { group in
      for number in 0..<100 {
        group.addTask {
          let request = HTTPRequest(endpoint: endpoint, path: "/\(number)")
          let response = try await transport.send(request)
          return String(decoding: try await response.body.collect(), as: UTF8.self)
        }
      }
      var all: Set<String> = []
      for try await text in group { all.insert(text) }
      return all
    }
    #expect(texts == Set((0..<100).map { "/\($0)" }))
    #expect(server.connectionCount <= 32)
  }

  @Test func theSenderWaitsForASlowReader() async throws {
    let size = 64 << 20
    let server = try HTTPStandIn { _ in
      HTTPStandIn.Reply(body: [UInt8](repeating: 7, count: size))
    }
    defer { server.stop() }
    let transport = HTTPTransport()
    let request = HTTPRequest(endpoint: try #require(HTTPEndpoint(server.address)))
    let response = try await transport.send(request)
    let first = try #require(try await response.body.next())
    // Buffers of sockets hold some megabytes; sixty do not fit anywhere but in this process.
    #expect(server.sentBytes < 32 << 20)
    var count = first.count
    while let chunk = try await response.body.next() { count += chunk.count }
    #expect(count == size)
  }

  @Test func streamsBodiesOut() async throws {
    let server = try HTTPStandIn { HTTPStandIn.Reply(200, "\($0.body.count) \($0.body.last ?? 0)") }
    defer { server.stop() }
    let left = Mutex(50)
    let body = HTTPRequest.Body.stream(length: 50 * 100_000) {
      let number = left.withLock { left -> Int in
        left -= 1
        return left
      }
      await Task.yield()
      return number < 0 ? nil : [UInt8](repeating: UInt8(number), count: 100_000)
    }
    let request = HTTPRequest(
      method: "PUT",
      endpoint: try #require(HTTPEndpoint(server.address)),
      body: body
    )
    let response = try await HTTPTransport().send(request)
    #expect(String(decoding: try await response.body.collect(), as: UTF8.self) == "5000000 0")
  }

  /// Who makes the bytes may wait for a database; that is no silence of the other side.
  @Test func aSlowBodyIsNoSilenceOfTheServer() async throws {
    let server = try HTTPStandIn { HTTPStandIn.Reply(200, $0.text) }
    defer { server.stop() }
    let silent = try HTTPStandIn { _ in
      var reply = HTTPStandIn.Reply()
      reply.isSilent = true
      return reply
    }
    defer { silent.stop() }
    let transport = HTTPTransport()
    let other = HTTPRequest(endpoint: try #require(HTTPEndpoint(silent.address)))
    let left = Mutex(["first ", "second"])
    let body = HTTPRequest.Body.stream(length: 12) {
      let part = left.withLock { $0.isEmpty ? nil : $0.removeFirst() }
      if part == "second" {
        // A longer limit than that of the body's own request: it is over by then.
        await #expect {
          try await transport.send(other, timeouts: HTTPTimeouts(stall: 4))
        } throws: {
          ($0 as? TransportFailure)?.kind == .timeout
        }
      }
      return part.map { Array($0.utf8) }
    }
    let request = HTTPRequest(
      method: "PUT",
      endpoint: try #require(HTTPEndpoint(server.address)),
      body: body
    )
    let response = try await transport.send(request, timeouts: HTTPTimeouts(stall: 1))
    #expect(String(decoding: try await response.body.collect(), as: UTF8.self) == "first second")
  }

  @Test func aBodyThatCannotBeReadIsAFailure() async throws {
    struct Broken: Error {}
    let server = try HTTPStandIn { _ in HTTPStandIn.Reply() }
    defer { server.stop() }
    let request = HTTPRequest(
      method: "PUT",
      endpoint: try #require(HTTPEndpoint(server.address)),
      body: .stream(length: 10) { throw Broken() }
    )
    await #expect { try await HTTPTransport().send(request) } throws: { error in
      (error as? TransportFailure)?.kind == .upload
    }
  }

  @Test func namesWhatWentWrong() async throws {
    let silent = try HTTPStandIn { _ in
      var reply = HTTPStandIn.Reply()
      reply.isSilent = true
      return reply
    }
    defer { silent.stop() }
    let short = try HTTPStandIn { _ in HTTPStandIn.Reply(body: [1, 2, 3, 4], cut: 2) }
    defer { short.stop() }
    let gone = try HTTPStandIn { _ in HTTPStandIn.Reply() }
    gone.stop()
    let transport = HTTPTransport()
    // Only the silent server is to run into a limit, however busy the machine is.
    func kind(_ address: String, total: Double = 60) async throws -> TransportFailure.Kind? {
      let request = HTTPRequest(endpoint: try #require(HTTPEndpoint(address)))
      do throws(TransportFailure) {
        let timeouts = HTTPTimeouts(connect: 60, stall: 60, total: total)
        _ = try await transport.send(request, timeouts: timeouts).body.collect()
        return nil
      } catch {
        return error.kind
      }
    }
    #expect(try await kind(silent.address, total: 0.5) == .timeout)
    #expect(try await kind(short.address) == .broken)
    #expect(try await kind("http://127.0.0.1:1") == .unreachable)
    let plain = try HTTPStandIn(greeting: "this is no TLS") { _ in HTTPStandIn.Reply() }
    defer { plain.stop() }
    #expect(try await kind("https://127.0.0.1:\(plain.port)") == .tls)
  }

  @Test func aCancelledTaskStopsWaiting() async throws {
    let server = try HTTPStandIn { _ in
      var reply = HTTPStandIn.Reply()
      reply.isSilent = true
      return reply
    }
    defer { server.stop() }
    let endpoint = try #require(HTTPEndpoint(server.address))
    let work = Task { () -> TransportFailure.Kind? in
      do throws(TransportFailure) {
        _ = try await HTTPTransport().send(HTTPRequest(endpoint: endpoint))
        return nil
      } catch {
        return error.kind
      }
    }
    work.cancel()
    #expect(await work.value == .cancelled)
  }

  @Test func proxiesAreUsed() async throws {
    let proxy = try HTTPStandIn { HTTPStandIn.Reply(200, "via \($0.target)") }
    defer { proxy.stop() }
    let transport = HTTPTransport(HTTPSettings(environment: ["http_proxy": proxy.address]))
    let request = HTTPRequest(endpoint: HTTPEndpoint(scheme: "http", authority: "aws.invalid"))
    let response = try await transport.send(request)
    let text = String(decoding: try await response.body.collect(), as: UTF8.self)
    #expect(text == "via http://aws.invalid/")
  }

  /// TLS's own greetings are part of connecting.
  @Test func aServerThatDoesNotShakeHandsIsGivenUp() async throws {
    let silent = try HTTPStandIn { _ in
      var reply = HTTPStandIn.Reply()
      reply.isSilent = true
      return reply
    }
    defer { silent.stop() }
    let endpoint = try #require(HTTPEndpoint("https://127.0.0.1:\(silent.port)"))
    let timeouts = HTTPTimeouts(connect: 0.5, stall: 60, total: 60)
    await #expect {
      try await HTTPTransport().send(HTTPRequest(endpoint: endpoint), timeouts: timeouts)
    } throws: {
      ($0 as? TransportFailure)?.kind == .connectTimeout
    }
  }

  @Test func proxiesLeadToEncryptedServersWithoutReadingAlong() async throws {
    let proxy = try HTTPStandIn { _ in HTTPStandIn.Reply(502, "") }
    defer { proxy.stop() }
    let transport = HTTPTransport(HTTPSettings(environment: ["HTTPS_PROXY": proxy.address]))
    let request = HTTPRequest(
      endpoint: HTTPEndpoint(scheme: "https", authority: "sts.us-west-2.amazonaws.com"),
      headers: HTTPHeaders([("Authorization", "a signature")])
    )
    await #expect(throws: TransportFailure.self) { try await transport.send(request) }
    let asked = try #require(proxy.requests.first)
    #expect(asked.method == "CONNECT" && asked.target == "sts.us-west-2.amazonaws.com:443")
    #expect(asked.header("Authorization") == nil)
  }

  /// A server of OpenSSL's own, with certificates of an authority that no system knows.
  @Test func certificatesAreVerified() async throws {
    let authority = try TestAuthority()
    let stranger = try TestAuthority(named: "Somebody else")
    func kind(
      _ certificate: TestAuthority.Certificate,
      trusting file: String?
    ) async throws -> TransportFailure.Kind? {
      let server = try EncryptedServer(certificate)
      defer { server.stop() }
      let settings = HTTPSettings(environment: file.map { ["AWS_CA_BUNDLE": $0] } ?? [:])
      let endpoint = try #require(HTTPEndpoint("https://localhost:\(server.port)"))
      do throws(TransportFailure) {
        let response = try await HTTPTransport(settings).send(HTTPRequest(endpoint: endpoint))
        #expect(response.status == 200)
        return nil
      } catch {
        return error.kind
      }
    }
    let good = try authority.certificate(for: "localhost")
    #expect(try await kind(good, trusting: authority.path) == nil)
    #expect(try await kind(good, trusting: nil) == .tls)
    #expect(try await kind(good, trusting: stranger.path) == .tls)
    let other = try authority.certificate(for: "other.example")
    #expect(try await kind(other, trusting: authority.path) == .tls)
    let old = try authority.certificate(for: "localhost", days: -1)
    #expect(try await kind(old, trusting: authority.path) == .tls)
  }
}

/// `openssl s_server`, which shows a page over TLS.
private final class EncryptedServer {
  let port: Int
  private let process = Process()

  init(_ certificate: TestAuthority.Certificate) throws {
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [
      "openssl", "s_server", "-accept", "127.0.0.1:0", "-www", "-cert", certificate.path, "-key",
      certificate.keyPath,
    ]
    let output = Pipe()
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    // It says `ACCEPT 127.0.0.1:PORT`.
    var text = ""
    while !text.contains("ACCEPT ") || !text.hasSuffix("\n") {
      let more = output.fileHandleForReading.availableData
      if more.isEmpty { break }
      text += String(decoding: more, as: UTF8.self)
    }
    let digits = text.split(separator: ":").last?.prefix { $0.isNumber }
    port = try #require(digits.flatMap { Int($0) }, "openssl did not start: \(text)")
  }

  func stop() {
    // Other tests let this process ignore gentler signals, which programs inherit.
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }
}
