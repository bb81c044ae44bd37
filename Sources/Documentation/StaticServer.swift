import Dispatch
import Glibc

/// Serves one folder to browsers on this machine: GET and HEAD, on 127.0.0.1 alone.
///
/// Requests that name another host are refused, so that no page of the web can read the
/// documentation through a name that it lets point here.
package final class StaticServer: Sendable {
  package struct Failure: Error {
    package var message: String
  }

  private let root: String
  private let descriptor: Int32
  /// The port that was taken.
  package let port: Int

  /// Begins to listen.
  ///
  /// - Parameters:
  ///   - folder: what is served.
  ///   - port: zero for any that is free.
  /// - Throws: why the port cannot be had.
  package init(folder: String, port: Int) throws(Failure) {
    guard let wanted = UInt16(exactly: port) else { throw Failure(message: "no such port") }
    guard let resolved = realpath(folder, nil) else {
      throw Failure(message: "\(folder) does not exist")
    }
    root = String(cString: resolved)
    free(resolved)
    let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard socket >= 0 else { throw Failure(message: Self.reason()) }
    var yes: Int32 = 1
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = wanted.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isListening = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
        bind(socket, generic, length) == 0 && listen(socket, 32) == 0
          && getsockname(socket, generic, &length) == 0
      }
    }
    guard isListening else {
      let reason = Self.reason()
      close(socket)
      throw Failure(message: reason)
    }
    descriptor = socket
    self.port = Int(UInt16(bigEndian: address.sin_port))
  }

  deinit { close(descriptor) }

  private static func reason() -> String { String(cString: strerror(errno)) }

  /// Answers until the task is cancelled.
  package func run() async {
    let descriptor = descriptor
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        DispatchQueue(label: "redstart.docs").async {
          self.accept()
          continuation.resume()
        }
      }
    } onCancel: {
      _ = shutdown(descriptor, Int32(SHUT_RDWR))
    }
  }

  private func accept() {
    while true {
      let client = Glibc.accept(descriptor, nil, nil)
      if client < 0 {
        if errno == EINTR || errno == ECONNABORTED { continue }
        return
      }
      DispatchQueue.global().async {
        self.serve(client)
        close(client)
      }
    }
  }

  private func serve(_ client: Int32) {
    // Nobody may hold a thread for ever.
    var limit = timeval(tv_sec: 10, tv_usec: 0)
    let size = socklen_t(MemoryLayout<timeval>.size)
    setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &limit, size)
    setsockopt(client, SOL_SOCKET, SO_SNDTIMEO, &limit, size)
    var head: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while head.firstRange(of: Array("\r\n\r\n".utf8)) == nil {
      let count = recv(client, &buffer, buffer.count, 0)
      guard count > 0, head.count < 16_384 else { return }
      head += buffer[..<count]
    }
    let answer = answer(to: String(decoding: head, as: UTF8.self))
    var sent = 0
    while sent < answer.count {
      let count = answer.withUnsafeBytes { bytes in
        send(client, bytes.baseAddress?.advanced(by: sent), bytes.count - sent, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return }
      sent += count
    }
  }

  // MARK: - Answers

  /// The whole answer to the head of a request.
  func answer(to head: String) -> [UInt8] {
    // CR and LF are one character to Swift.
    let lines = head.split(omittingEmptySubsequences: true) { $0.isNewline }
    let words = lines.first?.split(separator: " ") ?? []
    guard words.count == 3 else { return Self.response("400 Bad Request") }
    let host = lines.dropFirst().first { $0.lowercased().hasPrefix("host:") }
      .map { $0.dropFirst(5).filter { $0 != " " } }
    guard let host, host == "127.0.0.1:\(port)" || host == "localhost:\(port)" else {
      return Self.response("403 Forbidden")
    }
    guard words[0] == "GET" || words[0] == "HEAD" else {
      return Self.response("405 Method Not Allowed")
    }
    let target = words[1].split(separator: "?", omittingEmptySubsequences: false).first ?? ""
    guard let path = Self.decoded(target), let bytes = file(path == "/" ? "/index.html" : path)
    else { return Self.response("404 Not Found") }
    return Self.response("200 OK", Self.contentType(path), bytes, sendsBody: words[0] == "GET")
  }

  /// A file below the folder, never through a way out of it.
  private func file(_ path: String) -> [UInt8]? {
    guard path.hasPrefix("/"), let resolved = realpath(root + path, nil) else { return nil }
    let real = String(cString: resolved)
    free(resolved)
    guard real.hasPrefix(root + "/") else { return nil }
    let descriptor = open(real, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var information = stat()
    guard fstat(descriptor, &information) == 0, information.st_mode & S_IFMT == S_IFREG else {
      return nil
    }
    var bytes = [UInt8](repeating: 0, count: Int(information.st_size))
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeMutableBytes { buffer in
        read(descriptor, buffer.baseAddress?.advanced(by: done), buffer.count - done)
      }
      guard count > 0 else { return nil }
      done += count
    }
    return bytes
  }

  /// A path with `%XX` read; nil if it is no text or holds a zero byte.
  static func decoded(_ target: Substring) -> String? {
    var bytes: [UInt8] = []
    var rest = Array(target.utf8)[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      guard rest.count >= 2,
        let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
      else { return nil }
      bytes.append(value)
      rest = rest.dropFirst(2)
    }
    return bytes.contains(0) ? nil : String(validating: bytes, as: UTF8.self)
  }

  private static func contentType(_ path: String) -> String {
    switch path.split(separator: ".").last {
    case "css": "text/css; charset=utf-8"
    case "js": "text/javascript; charset=utf-8"
    case "json": "application/json"
    case "svg": "image/svg+xml"
    case "sql", "txt": "text/plain; charset=utf-8"
    default: "text/html; charset=utf-8"
    }
  }

  private static func response(
    _ status: String,
    _ type: String = "text/plain; charset=utf-8",
    _ body: [UInt8]? = nil,
    sendsBody: Bool = true
  ) -> [UInt8] {
    let body = body ?? Array((status + "\n").utf8)
    let head = """
      HTTP/1.1 \(status)\r
      Content-Type: \(type)\r
      Content-Length: \(body.count)\r
      Cache-Control: no-store\r
      X-Content-Type-Options: nosniff\r
      Connection: close\r
      \r

      """
    return Array(head.utf8) + (sendsBody ? body : [])
  }
}
