import Foundation
import Synchronization

/// Stands for a pooler that gives each transaction of a client another session of the server, as
/// PgBouncer does with `pool_mode = transaction`.
///
/// Like PgBouncer it tells each client a number of its own as that of its session.
package final class TransactionPooler: Sendable {
  package let port: Int
  private let folder: String
  private let listener: Int32
  private let isStopped = Atomic(false)
  private let switches = Atomic(0)
  private let running = DispatchGroup()

  package init(serverIn folder: String) throws {
    self.folder = folder
    (listener, port) = try Sockets.listener()
    start { pooler in pooler.accept() }
  }

  /// How often a client was given another session than before.
  package var switchCount: Int { switches.load(ordering: .acquiring) }

  package func stop() {
    isStopped.store(true, ordering: .releasing)
    running.wait()
  }

  private func start(_ body: @escaping @Sendable (TransactionPooler) -> Void) {
    running.enter()
    Thread.detachNewThread {
      body(self)
      self.running.leave()
    }
  }

  private func accept() {
    while !isStopped.load(ordering: .acquiring) {
      guard Sockets.readable([listener], milliseconds: 20) == [true] else { continue }
      let client = Glibc.accept(listener, nil, nil)
      guard client >= 0 else { continue }
      start { pooler in
        pooler.serve(client)
        close(client)
      }
    }
    close(listener)
  }

  // MARK: One client

  private func serve(_ client: Int32) {
    var startup: [UInt8] = []
    while startup.count < 4 || startup.count < length(startup[...]) {
      guard let more = next(client) else { return }
      startup += more
    }
    // Two sessions in turn; both begin as the client asked.
    var sessions: [Int32] = []
    defer { for session in sessions { close(session) } }
    for index in 0..<2 {
      guard let session = try? Sockets.connect(serverIn: folder) else { return }
      sessions.append(session)
      Sockets.write(startup, to: session)
      guard let greeting = answer(of: session) else { return }
      if index == 0 { Sockets.write(renumbered(greeting.bytes), to: client) }
    }
    var current = 0
    while true {
      guard var message = next(client) else { return }
      while message.count < 5 || message.count < 1 + length(message[1...]) {
        guard let more = next(client) else { return }
        message += more
      }
      if message[0] == UInt8(ascii: "X") { return }
      Sockets.write(message, to: sessions[current])
      guard let answer = answer(of: sessions[current]) else { return }
      Sockets.write(answer.bytes, to: client)
      guard !answer.isInTransaction else { continue }
      current = 1 - current
      switches.add(1, ordering: .relaxed)
    }
  }

  /// What a session sends up to its next ReadyForQuery.
  private func answer(of session: Int32) -> (bytes: [UInt8], isInTransaction: Bool)? {
    var bytes: [UInt8] = []
    var start = 0
    while true {
      while bytes.count >= start + 5 {
        let end = start + 1 + length(bytes[(start + 1)...])
        guard bytes.count >= end else { break }
        if bytes[start] == UInt8(ascii: "Z") {
          return (bytes, bytes[end - 1] != UInt8(ascii: "I"))
        }
        start = end
      }
      guard let more = next(session) else { return nil }
      bytes += more
    }
  }

  /// The greeting with another number in its BackendKeyData.
  private func renumbered(_ greeting: [UInt8]) -> [UInt8] {
    var bytes = greeting
    var start = 0
    while bytes.count >= start + 5 {
      if bytes[start] == UInt8(ascii: "K") {
        for index in 0..<4 { bytes[start + 5 + index] = UInt8(0x11 * (index + 1)) }
      }
      start += 1 + length(bytes[(start + 1)...])
    }
    return bytes
  }

  private func length(_ bytes: ArraySlice<UInt8>) -> Int {
    bytes.prefix(4).reduce(0) { $0 << 8 | Int($1) }
  }

  private func next(_ socket: Int32) -> [UInt8]? {
    while !isStopped.load(ordering: .acquiring) {
      guard Sockets.readable([socket], milliseconds: 20) == [true] else { continue }
      let bytes = Sockets.read(socket)
      return bytes.isEmpty ? nil : bytes
    }
    return nil
  }
}
