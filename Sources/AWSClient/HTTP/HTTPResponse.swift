import Synchronization

/// The beginning of a response, and its body as it comes.
package struct HTTPResponse: Sendable {
  package var status: Int
  package var headers: HTTPHeaders
  package var body: HTTPBody
}

/// The bytes of a response while they come; the other side waits when nobody reads them.
///
/// One reader at a time. A body that is let go before its end closes the connection.
package final class HTTPBody: Sendable {
  /// Nil for one that has come.
  private let transfer: Transfer?
  /// Lives as long as somebody reads.
  private let transport: HTTPTransport?
  private let whole: Mutex<[UInt8]?>

  init(_ transfer: Transfer, _ transport: HTTPTransport) {
    self.transfer = transfer
    self.transport = transport
    whole = Mutex(nil)
  }

  /// A body of which all has come.
  init(_ bytes: [UInt8]) {
    transfer = nil
    transport = nil
    whole = Mutex(bytes.isEmpty ? nil : bytes)
  }

  deinit { transfer?.abandon() }

  /// The next bytes; nil after the last.
  package func next() async throws(TransportFailure) -> [UInt8]? {
    guard let transfer else { return whole.withLock { $0.take() } }
    return try await transfer.nextChunk()
  }

  /// All bytes; more than the limit is a failure.
  package func collect(limit: Int = 64 << 20) async throws(TransportFailure) -> [UInt8] {
    var bytes: [UInt8] = []
    while let chunk = try await next() {
      if bytes.isEmpty { bytes = chunk } else { bytes += chunk }
      guard bytes.count <= limit else {
        throw TransportFailure(kind: .other, reason: "the response has more than \(limit) bytes")
      }
    }
    return bytes
  }
}

/// Why no response came, or not all of it.
package struct TransportFailure: Error, Hashable, Sendable {
  package enum Kind: Hashable, Sendable {
    /// No connection; nothing was sent.
    case unreachable
    /// Too slow to connect; nothing was sent.
    case connectTimeout
    /// Too slow to answer.
    case timeout
    /// No trusted connection.
    case tls
    /// The connection broke when something had been sent.
    case broken
    case cancelled
    /// The body of the request could not be read.
    case upload
    case other
  }

  package var kind: Kind
  /// libcurl's words, without secrets: they name hosts and files only.
  package var reason: String

  package init(kind: Kind, reason: String) {
    self.kind = kind
    self.reason = reason
  }

  /// Whether the other side cannot have seen the request.
  var wasNotSent: Bool { kind == .unreachable || kind == .connectTimeout }

  /// Whether another try may go better.
  package var isTransient: Bool {
    switch kind {
    case .unreachable, .connectTimeout, .timeout, .broken: true
    case .tls, .cancelled, .upload, .other: false
    }
  }
}
