import Foundation
import Synchronization

/// A network between a client and a PostgreSQL server: slow, counted, and cut when a test wants it.
///
/// It listens on a port of 127.0.0.1 and goes on to the server's Unix socket.
package final class NetworkProxy: Sendable {
  /// What goes wrong on the first connection on which a text is sent.
  package enum Fault: Sendable {
    /// The message with the text arrives, its answer and everything after it does not.
    case answerVanishes(of: String)
    /// The message with the text is answered; whatever is sent after it vanishes.
    case nothingArrives(after: String)

    fileprivate var text: [UInt8] {
      switch self {
      case .answerVanishes(let text), .nothingArrives(let text): Array(text.utf8)
      }
    }
  }

  package let port: Int
  private let folder: String
  private let delay: Int
  private let listener: Int32
  private let fault: Mutex<Fault?>
  private let answered = Atomic(0)
  private let isStopped = Atomic(false)
  private let running = DispatchGroup()

  /// Begins to listen in front of the server whose socket is in `folder`.
  ///
  /// Everything takes `delay` milliseconds each way; `fault` happens once.
  package init(serverIn folder: String, delay: Int = 0, fault: Fault? = nil) throws {
    self.folder = folder
    self.delay = delay
    self.fault = Mutex(fault)
    (listener, port) = try Sockets.listener()
    start { proxy in proxy.accept() }
  }

  /// How often somebody waited for the server.
  ///
  /// Changes of direction are counted, from what a client sent to what came back; the client's
  /// goodbye is not among them.
  package var roundTrips: Int { answered.load(ordering: .acquiring) }

  /// Whether the fault has struck.
  package var hasFailed: Bool { fault.withLock { $0 == nil } }

  /// Runs `body` and returns how many round trips it took.
  package func roundTrips(of body: () throws -> Void) rethrows -> Int {
    let before = roundTrips
    try body()
    return roundTrips - before
  }

  /// Ends every connection, on both sides.
  package func stop() {
    isStopped.store(true, ordering: .releasing)
    running.wait()
  }

  private func start(_ body: @escaping @Sendable (NetworkProxy) -> Void) {
    running.enter()
    Thread.detachNewThread {
      body(self)
      self.running.leave()
    }
  }

  private var mustStop: Bool { isStopped.load(ordering: .acquiring) }

  private func accept() {
    while !mustStop {
      guard Sockets.readable([listener], milliseconds: 20) == [true] else { continue }
      let client = Glibc.accept(listener, nil, nil)
      guard client >= 0 else { continue }
      var isOn: Int32 = 1
      setsockopt(
        client,
        Int32(IPPROTO_TCP),
        TCP_NODELAY,
        &isOn,
        socklen_t(MemoryLayout<Int32>.size)
      )
      guard let server = try? Sockets.connect(serverIn: folder) else {
        close(client)
        continue
      }
      start { proxy in
        var link = Link(client: client, server: server)
        proxy.forward(&link)
        close(client)
        close(server)
      }
    }
    close(listener)
  }

  // MARK: One connection

  private struct Link {
    var client: Int32
    var server: Int32
    var isWaiting = false
    /// What was read and not passed on yet.
    var underWay: [(due: UInt64, bytes: [UInt8], sink: Int32)] = []
    /// The end of what the client sent.
    var tail: [UInt8] = []
    /// Whether the next answer is the last thing that passes.
    var isDoomed = false
    var isCut = false
  }

  private static var now: UInt64 { DispatchTime.now().uptimeNanoseconds / 1_000_000 }

  private func forward(_ link: inout Link) {
    while !mustStop {
      let pause = link.underWay.first.map { Int($0.due) - Int(Self.now) } ?? 20
      let ready = Sockets.readable(
        [link.client, link.server],
        milliseconds: min(max(pause, 0), 20)
      )
      if ready[0] {
        let bytes = Sockets.read(link.client)
        if bytes.isEmpty, !link.isCut { return drain(&link) }
        if !link.isCut { pass(fromClient: bytes, &link) }
      }
      if ready[1] {
        let bytes = Sockets.read(link.server)
        if bytes.isEmpty, !link.isCut { return drain(&link) }
        // Nothing more to wait for there; poll passes over negative numbers.
        if bytes.isEmpty { link.server = -1 }
        if !link.isCut { pass(fromServer: bytes, &link) }
      }
      deliver(&link, until: Self.now)
    }
  }

  private func pass(fromClient bytes: [UInt8], _ link: inout Link) {
    link.isWaiting = true
    link.underWay.append((Self.now + UInt64(delay), bytes, link.server))
    link.tail = link.tail.suffix(1024) + bytes
    let struck = fault.withLock { fault -> Fault? in
      guard let planned = fault, link.tail.contains(planned.text) else { return nil }
      fault = nil
      return planned
    }
    switch struck {
    case .answerVanishes:
      deliver(&link, until: .max)
      cut(&link)
    case .nothingArrives: link.isDoomed = true
    case nil: break
    }
  }

  private func pass(fromServer bytes: [UInt8], _ link: inout Link) {
    if link.isWaiting {
      link.isWaiting = false
      answered.add(1, ordering: .acquiringAndReleasing)
    }
    link.underWay.append((Self.now + UInt64(delay), bytes, link.client))
    // The end of an answer is a ReadyForQuery: its letter, four bytes of length, its state.
    guard link.isDoomed, bytes.dropLast(5).last == UInt8(ascii: "Z") else { return }
    // Deaf before the answer is passed on, so that whatever follows it is lost.
    cut(&link)
    deliver(&link, until: .max)
  }

  private func cut(_ link: inout Link) {
    link.isCut = true
    do {
      try Sockets.goDeaf(link.client)
    } catch {
      // Without the kernel's help there is no dead network: the test sees a closed connection.
      shutdown(link.client, Int32(SHUT_RDWR))
    }
  }

  private func deliver(_ link: inout Link, until now: UInt64) {
    while let first = link.underWay.first, first.due <= now {
      link.underWay.removeFirst()
      Sockets.write(first.bytes, to: first.sink)
    }
  }

  private func drain(_ link: inout Link) { deliver(&link, until: .max) }
}

extension Array where Element == UInt8 {
  fileprivate func contains(_ part: [UInt8]) -> Bool {
    guard !part.isEmpty, count >= part.count else { return false }
    return (0...(count - part.count)).contains { self[$0..<($0 + part.count)].elementsEqual(part) }
  }
}
