import Dispatch
import Glibc

/// Tries whether a port answers at all, before anything is said to it.
package struct NetworkProbe: Sendable {
  /// Why it does not.
  package enum Failure: Hashable, Sendable {
    case unknownName(String)
    case refused
    case silent(seconds: Int)
    case other(String)
  }

  private let host: String
  private let port: Int
  private let seconds: Int

  /// A port of a host; a folder is the place of a Unix socket, which is not tried.
  package init(host: String, port: Int, seconds: Int = 10) {
    self.host = host
    self.port = port
    self.seconds = seconds
  }

  /// What keeps us from it; nil when it answers.
  package func failure() async -> Failure? {
    if host.hasPrefix("/") { return nil }
    return await withCheckedContinuation { continuation in
      DispatchQueue.global().async { continuation.resume(returning: self.attempt()) }
    }
  }

  private func attempt() -> Failure? {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var list: UnsafeMutablePointer<addrinfo>?
    let outcome = getaddrinfo(host, String(port), &hints, &list)
    guard outcome == 0 else { return .unknownName(String(cString: gai_strerror(outcome))) }
    defer { freeaddrinfo(list) }
    var failure = Failure.other("no address")
    var next = list
    while let entry = next?.pointee {
      guard let found = connect(entry) else { return nil }
      failure = found
      next = entry.ai_next
    }
    return failure
  }

  private func connect(_ entry: addrinfo) -> Failure? {
    let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
    let socket = Glibc.socket(entry.ai_family, kind, 0)
    guard socket >= 0 else { return .other(String(cString: strerror(errno))) }
    defer { close(socket) }
    if Glibc.connect(socket, entry.ai_addr, entry.ai_addrlen) == 0 { return nil }
    guard errno == EINPROGRESS else { return named(errno) }
    var waiting = pollfd(fd: socket, events: Int16(POLLOUT), revents: 0)
    guard poll(&waiting, 1, Int32(seconds * 1000)) > 0 else { return .silent(seconds: seconds) }
    var code: Int32 = 0
    var length = socklen_t(MemoryLayout<Int32>.size)
    getsockopt(socket, SOL_SOCKET, SO_ERROR, &code, &length)
    return code == 0 ? nil : named(code)
  }

  private func named(_ code: Int32) -> Failure {
    switch code {
    case ECONNREFUSED: .refused
    case ETIMEDOUT: .silent(seconds: seconds)
    default: .other(String(cString: strerror(code)))
    }
  }
}
