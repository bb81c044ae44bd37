import Foundation
import Synchronization

/// A small HTTP server on 127.0.0.1 for tests: it answers by a closure and remembers what it was
/// asked.
package final class HTTPStandIn: Sendable {
  /// A request as it came over the wire.
  package struct Request: Sendable {
    package var method: String
    /// Path and query, as sent.
    package var target: String
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]
    /// Which connection it came over, from 1.
    package var connection: Int

    /// A request that came over no wire.
    package init(
      method: String,
      target: String,
      headers: [(name: String, value: String)],
      body: [UInt8],
      connection: Int = 0
    ) {
      self.method = method
      self.target = target
      self.headers = headers
      self.body = body
      self.connection = connection
    }

    package var path: String { String(target.prefix { $0 != "?" }) }
    package var query: String { String(target.drop { $0 != "?" }.dropFirst()) }
    package var text: String { String(decoding: body, as: UTF8.self) }

    /// The first value of a header.
    package func header(_ name: String) -> String? {
      headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    /// The names and values of a query or a form.
    package static func pairs(_ text: String) -> [String: String] {
      var pairs: [String: String] = [:]
      for pair in text.split(separator: "&") {
        let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map {
          String($0.map { $0 == "+" ? " " : $0 }).removingPercentEncoding ?? ""
        }
        pairs[parts[0]] = parts.count == 2 ? parts[1] : ""
      }
      return pairs
    }
  }

  /// What to answer.
  package struct Reply: Sendable {
    package var status: Int
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]
    /// The connection is closed after so many bytes of the body.
    package var cut: Int?
    /// No answer at all; the connection stays open.
    package var isSilent = false

    /// An answer.
    package init(
      status: Int = 200,
      headers: [(name: String, value: String)] = [],
      body: [UInt8] = [],
      cut: Int? = nil
    ) {
      self.status = status
      self.headers = headers
      self.body = body
      self.cut = cut
    }

    /// An answer of text.
    package init(_ status: Int, _ text: String, _ headers: [(name: String, value: String)] = []) {
      self.init(status: status, headers: headers, body: Array(text.utf8))
    }
  }

  private struct State {
    var requests: [Request] = []
    var connections: [Int32] = []
    var count = 0
    var sent = 0
    var isStopped = false
  }

  package let port: UInt16
  private let listener: Int32
  private let state = Mutex(State())
  private let greeting: [UInt8]
  private let answer: @Sendable (Request) -> Reply

  /// Starts to listen on a free port; a greeting is sent before anything is asked, which no HTTP
  /// server does.
  package init(
    greeting: String = "",
    _ answer: @escaping @Sendable (Request) -> Reply
  ) throws {
    self.answer = answer
    self.greeting = Array(greeting.utf8)
    let (listener, port) = try Sockets.listener()
    self.listener = listener
    self.port = UInt16(port)
    // Self is alive as long as the thread is; `stop` ends both.
    DispatchQueue(label: "stand-in").async { self.accept() }
  }

  /// `http://127.0.0.1:PORT`.
  package var address: String { "http://127.0.0.1:\(port)" }

  /// Every request so far.
  package var requests: [Request] { state.withLock { $0.requests } }

  /// How many connections were made.
  package var connectionCount: Int { state.withLock { $0.count } }

  /// Bytes that went out.
  package var sentBytes: Int { state.withLock { $0.sent } }

  /// Closes everything.
  package func stop() {
    // Under the lock, as closing is: a number that was closed meanwhile may already name a
    // connection of another test.
    state.withLock { state in
      guard !state.isStopped else { return }
      state.isStopped = true
      shutdown(listener, Int32(SHUT_RDWR))
      for connection in state.connections { shutdown(connection, Int32(SHUT_RDWR)) }
    }
  }

  private func accept() {
    while true {
      let connection = Glibc.accept(listener, nil, nil)
      if connection < 0, errno == EINTR { continue }
      guard connection >= 0 else { break }
      let number = state.withLock { state -> Int? in
        guard !state.isStopped else { return nil }
        state.connections.append(connection)
        state.count += 1
        return state.count
      }
      guard let number else {
        close(connection)
        break
      }
      DispatchQueue(label: "stand-in.\(number)").async { self.serve(connection, number) }
    }
    // A listener that fails by itself is not shut down afterwards.
    state.withLock { state in
      state.isStopped = true
      _ = close(listener)
    }
  }

  private func serve(_ connection: Int32, _ number: Int) {
    var buffered: [UInt8] = []
    if !greeting.isEmpty {
      _ = greeting.withUnsafeBytes {
        Glibc.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
    }
    while let request = receive(connection, number, &buffered) {
      state.withLock { $0.requests.append(request) }
      let reply = answer(request)
      if reply.isSilent { continue }
      guard send(reply, to: connection, isHead: request.method == "HEAD"), reply.cut == nil else {
        break
      }
    }
    state.withLock { state in
      state.connections.removeAll { $0 == connection }
      _ = close(connection)
    }
  }

  private func receive(
    _ connection: Int32,
    _ number: Int,
    _ buffered: inout [UInt8]
  ) -> Request? {
    let end: [UInt8] = [13, 10, 13, 10]
    var headEnd: Int?
    while headEnd == nil {
      headEnd = buffered.indices.first { buffered[$0...].starts(with: end) }
      if headEnd == nil, !readMore(connection, &buffered) { return nil }
    }
    guard let headEnd else { return nil }
    let lines = String(decoding: buffered[..<headEnd], as: UTF8.self).split(separator: "\r\n")
    buffered.removeFirst(headEnd + end.count)
    let words = lines.first?.split(separator: " ").map { String($0) } ?? []
    guard words.count == 3 else { return nil }
    let headers = lines.dropFirst().map { line -> (name: String, value: String) in
      let name = line.prefix { $0 != ":" }
      return (String(name), String(line.dropFirst(name.count + 1).drop { $0 == " " }))
    }
    var request = Request(
      method: words[0],
      target: words[1],
      headers: headers,
      body: [],
      connection: number
    )
    let length = request.header("Content-Length").flatMap { Int($0) } ?? 0
    while buffered.count < length { if !readMore(connection, &buffered) { return nil } }
    request.body = Array(buffered[..<length])
    buffered.removeFirst(length)
    return request
  }

  private func readMore(_ connection: Int32, _ buffered: inout [UInt8]) -> Bool {
    var block = [UInt8](repeating: 0, count: 65_536)
    let count = block.withUnsafeMutableBytes { recv(connection, $0.baseAddress, $0.count, 0) }
    guard count > 0 else { return false }
    buffered += block[..<count]
    return true
  }

  private func send(_ reply: Reply, to connection: Int32, isHead: Bool) -> Bool {
    var head = "HTTP/1.1 \(reply.status) Status\r\n"
    if !reply.headers.contains(where: { $0.name == "Content-Length" }) {
      head += "Content-Length: \(reply.body.count)\r\n"
    }
    for (name, value) in reply.headers { head += "\(name): \(value)\r\n" }
    var bytes = Array((head + "\r\n").utf8)
    if !isHead { bytes += reply.body.prefix(reply.cut ?? reply.body.count) }
    var offset = 0
    while offset < bytes.count {
      let count = bytes.withUnsafeBytes { raw in
        Glibc.send(
          connection,
          raw.baseAddress?.advanced(by: offset),
          min(65_536, raw.count - offset),
          Int32(MSG_NOSIGNAL)
        )
      }
      guard count > 0 else { return false }
      offset += count
      state.withLock { $0.sent += count }
    }
    return true
  }
}
