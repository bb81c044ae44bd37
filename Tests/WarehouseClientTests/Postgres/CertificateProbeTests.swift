import Foundation
import Synchronization
import TestSupport
import Testing

@testable import WarehouseClient

/// The look at a certificate ends, whatever the server does.
///
/// What it finds is shown in `EncryptionTests`.
@Suite(.timeLimit(.minutes(2))) struct CertificateProbeTests {
  /// Looks at a server on a thread of its own, since that blocks.
  private static func finding(
    _ server: DrippingServer,
    within limit: DispatchTimeInterval,
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) async throws -> CertificateFinding? {
    let authority = try TestAuthority()
    return await withCheckedContinuation { continuation in
      Thread.detachNewThread {
        let probe = CertificateProbe(
          host: "localhost",
          address: "127.0.0.1",
          port: server.port,
          authorities: authority.path,
          deadline: .now() + limit,
          isCancelled: isCancelled
        )
        continuation.resume(returning: probe.finding())
      }
    }
  }

  /// Every step brings something: a limit for each of them would never be reached.
  @Test func itEndsAtItsDeadline() async throws {
    let server = try DrippingServer()
    defer { server.stop() }
    #expect(try await Self.finding(server, within: .milliseconds(300)) == nil)
    #expect(server.sentBytes > 1)
  }

  @Test func itEndsWhenNobodyWantsToKnow() async throws {
    let server = try DrippingServer()
    defer { server.stop() }
    let found = try await Self.finding(server, within: .seconds(3600)) { server.sentBytes > 3 }
    #expect(found == nil)
  }
}

/// Agrees to encrypt, and sends its side of the handshake one byte at a time, without an end.
private final class DrippingServer: Sendable {
  let port: Int
  private let descriptor: Int32
  private let sent = Atomic(0)
  private let isStopped = Atomic(false)
  private let ended = DispatchSemaphore(value: 0)

  init() throws {
    let listener = try Sockets.listener()
    (descriptor, port) = (listener.socket, listener.port)
    Thread.detachNewThread { self.serve() }
  }

  var sentBytes: Int { sent.load(ordering: .acquiring) }

  /// The listener is closed here alone: a number that was closed elsewhere may be another's socket.
  func stop() {
    isStopped.store(true, ordering: .releasing)
    shutdown(descriptor, Int32(SHUT_RDWR))
    ended.wait()
    close(descriptor)
  }

  private func serve() {
    defer { ended.signal() }
    let client = accept(descriptor, nil, nil)
    guard client >= 0 else { return }
    defer { close(client) }
    guard Sockets.read(client).count == 8 else { return }
    // A record of 16 KB that holds a ServerHello.
    let hello: [UInt8] = [UInt8(ascii: "S"), 22, 3, 3, 0x40, 0, 2, 0, 0x3F, 0xFC]
    while !isStopped.load(ordering: .acquiring) {
      let count = sentBytes
      let byte = count < hello.count ? hello[count] : 0
      guard Sockets.write([byte], to: client) else { return }
      sent.add(1, ordering: .acquiringAndReleasing)
      usleep(10_000)
    }
  }
}
