import Dispatch
import Glibc
import Synchronization

/// The socket of one client; calls that wait do so on a queue of their own.
final class ClientSocket: Sendable {
  private let descriptor: Int32
  private let queue = DispatchQueue(label: "stand-in.client")
  /// Nil until the client has asked for it.
  private let channel = Mutex<EncryptedChannel?>(nil)

  init(_ descriptor: Int32) { self.descriptor = descriptor }

  deinit { Glibc.close(descriptor) }

  /// Exactly so many bytes; nil when the client is gone.
  func read(_ count: Int) async -> [UInt8]? {
    await withCheckedContinuation { continuation in
      queue.async { continuation.resume(returning: self.readNow(count)) }
    }
  }

  /// Shakes hands; false when the client did not like what it saw.
  func encrypt(_ encryption: Encryption) async -> Bool {
    await withCheckedContinuation { continuation in
      queue.async {
        let found = encryption.accept(self.descriptor)
        self.channel.withLock { $0 = found }
        continuation.resume(returning: found != nil)
      }
    }
  }

  private func readNow(_ count: Int) -> [UInt8]? {
    let channel = channel.withLock { $0 }
    var bytes = [UInt8](repeating: 0, count: count)
    var done = 0
    while done < count {
      let got = bytes.withUnsafeMutableBytes { buffer in
        let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
        return channel?.read(into: rest) ?? recv(descriptor, rest.baseAddress, rest.count, 0)
      }
      if got < 0, errno == EINTR { continue }
      guard got > 0 else { return nil }
      done += got
    }
    return bytes
  }

  /// A message with its kind; nil when the client is gone.
  func message() async -> (kind: Character, body: [UInt8])? {
    guard let head = await read(5) else { return nil }
    var reader = WireReader(Array(head.dropFirst()))
    let length = reader.int32()
    guard (4...Self.largestMessage).contains(length), let body = await read(length - 4) else {
      return nil
    }
    return (Character(UnicodeScalar(head[0])), body)
  }

  /// Redshift takes statements of 16 MB at most.
  static let largestMessage = 16 << 20

  func write(_ bytes: [UInt8]) {
    let channel = channel.withLock { $0 }
    var done = 0
    while done < bytes.count {
      let sent = bytes.withUnsafeBytes { buffer in
        let rest = UnsafeRawBufferPointer(rebasing: buffer[done...])
        return channel?.write(rest)
          ?? send(descriptor, rest.baseAddress, rest.count, Int32(MSG_NOSIGNAL))
      }
      if sent < 0, errno == EINTR { continue }
      // A client that is gone is noticed by the next read.
      guard sent > 0 else { return }
      done += sent
    }
  }

  /// Breaks the connection as a network does: without a word.
  func drop() { _ = shutdown(descriptor, Int32(SHUT_RDWR)) }
}

/// A socket on 127.0.0.1 that takes connections.
struct Listener {
  let descriptor: Int32
  let port: UInt16

  struct Failure: Error { var message: String }

  /// Zero is any port that is free.
  init(port: UInt16) throws(Failure) {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { throw Failure(message: "no socket: \(errno)") }
    var yes: Int32 = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let descriptor = descriptor
    let bound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
        bind(descriptor, generic, length) == 0 && listen(descriptor, 64) == 0
          && getsockname(descriptor, generic, &length) == 0
      }
    }
    guard bound else { throw Failure(message: "127.0.0.1:\(port) cannot be had: \(errno)") }
    self.port = UInt16(bigEndian: address.sin_port)
  }

  /// Waits for clients for ever.
  func accept(_ serve: (ClientSocket) -> Void) {
    while true {
      let client = Glibc.accept(descriptor, nil, nil)
      if client >= 0 {
        var yes: Int32 = 1
        setsockopt(
          client,
          Int32(IPPROTO_TCP),
          TCP_NODELAY,
          &yes,
          socklen_t(MemoryLayout<Int32>.size)
        )
        serve(ClientSocket(client))
      } else if errno != EINTR {
        return
      }
    }
  }
}
