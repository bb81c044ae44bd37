import Foundation

/// The few socket calls that proxies and stand-ins need; nothing listens anywhere but on 127.0.0.1.
package enum Sockets {
  package struct Failure: Error, CustomStringConvertible {
    package var description: String

    init(_ call: String) { description = "\(call): \(String(cString: strerror(errno)))" }
  }

  /// A listener on a free port of 127.0.0.1.
  package static func listener() throws -> (socket: Int32, port: Int) {
    let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    let listener = socket(AF_INET, kind, 0)
    guard listener >= 0 else { throw Failure("socket") }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr = in_addr(s_addr: UInt32(0x7F00_0001).bigEndian)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, length) == 0 && listen(listener, 128) == 0
          && getsockname(listener, $0, &length) == 0
      }
    }
    guard isBound else { throw Failure("listen") }
    return (listener, Int(UInt16(bigEndian: address.sin_port)))
  }

  /// A connection to PostgreSQL's socket in a folder.
  static func connect(serverIn folder: String) throws -> Int32 {
    let connection = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    guard connection >= 0 else { throw Failure("socket") }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let path = Array((folder + "/.s.PGSQL.5432").utf8)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.prefix($0.count - 1)) }
    let outcome = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.connect(connection, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard outcome == 0 else {
      close(connection)
      throw Failure("connect to \(folder)")
    }
    return connection
  }

  /// What has arrived; empty at the end.
  package static func read(_ socket: Int32) -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    let count = Glibc.read(socket, &buffer, buffer.count)
    return count > 0 ? Array(buffer[..<count]) : []
  }

  @discardableResult
  package static func write(_ bytes: [UInt8], to socket: Int32) -> Bool {
    var start = 0
    while start < bytes.count {
      let count = bytes.withUnsafeBytes { all in
        send(socket, all.baseAddress.map { $0 + start }, bytes.count - start, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return false }
      start += count
    }
    return true
  }

  /// Which of the sockets can be read, after so many milliseconds at most.
  static func readable(_ sockets: [Int32], milliseconds: Int) -> [Bool] {
    var waiting = sockets.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    guard poll(&waiting, nfds_t(waiting.count), Int32(milliseconds)) > 0 else {
      return sockets.map { _ in false }
    }
    return waiting.map { $0.revents != 0 }
  }

  /// Lets the kernel throw away every packet that arrives, unacknowledged, as a dead network does.
  static func goDeaf(_ socket: Int32) throws {
    // `struct sock_filter` and `struct sock_fprog` of linux/filter.h: return 0 bytes.
    struct Instruction {
      var code: UInt16
      var ifTrue: UInt8
      var ifFalse: UInt8
      var operand: UInt32
    }
    struct Program {
      var length: UInt16
      var instructions: UnsafeMutablePointer<Instruction>
    }
    var instruction = Instruction(code: 0x06, ifTrue: 0, ifFalse: 0, operand: 0)
    let outcome = withUnsafeMutablePointer(to: &instruction) { pointer in
      var program = Program(length: 1, instructions: pointer)
      return setsockopt(
        socket,
        SOL_SOCKET,
        SO_ATTACH_FILTER,
        &program,
        socklen_t(MemoryLayout<Program>.size)
      )
    }
    guard outcome == 0 else { throw Failure("SO_ATTACH_FILTER") }
  }
}
