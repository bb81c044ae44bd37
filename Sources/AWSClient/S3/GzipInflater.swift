import CZlib

/// Decompresses gzip as it comes, every member of it.
package final class GzipInflater {
  /// Why bytes are no gzip.
  package struct Damage: Error, Hashable, Sendable {
    package var reason: String
  }

  private let stream: UnsafeMutablePointer<z_stream>
  private var isBetweenMembers = true
  private var hasMember = false

  /// Ready for the first bytes.
  package init() throws(Damage) {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    // 15 bits of window, and 16 for a gzip header.
    let size = Int32(MemoryLayout<z_stream>.size)
    guard inflateInit2_(stream, 31, ZLIB_VERSION, size) == Z_OK else {
      throw Damage(reason: "zlib cannot start")
    }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
  }

  /// Whether bytes begin as gzip does.
  package static func isGzip(_ bytes: [UInt8]) -> Bool { bytes.starts(with: [0x1F, 0x8B]) }

  /// Decompresses the next bytes, and hands the result out in pieces until `body` gives false.
  ///
  /// - Returns: Whether more is wanted.
  package func inflate(
    _ input: [UInt8],
    _ body: ([UInt8]) -> Bool
  ) throws(Damage) -> Bool {
    var input = input
    let count = input.count
    let outcome = input.withUnsafeMutableBufferPointer { bytes -> Result<Bool, Damage> in
      stream.pointee.next_in = bytes.baseAddress
      stream.pointee.avail_in = UInt32(count)
      defer {
        stream.pointee.next_in = nil
        stream.pointee.avail_in = 0
      }
      while true {
        if isBetweenMembers {
          guard stream.pointee.avail_in > 0 else { return .success(true) }
          // Zeros after the last member are padding.
          if hasMember, stream.pointee.next_in.pointee == 0 { return .success(true) }
          if hasMember { inflateReset(stream) }
          isBetweenMembers = false
          hasMember = true
        }
        var output = [UInt8](repeating: 0, count: 65_536)
        let room = output.count
        let (code, made) = output.withUnsafeMutableBufferPointer { buffer -> (Int32, Int) in
          stream.pointee.next_out = buffer.baseAddress
          stream.pointee.avail_out = UInt32(room)
          let code = CZlib.inflate(stream, Z_NO_FLUSH)
          return (code, room - Int(stream.pointee.avail_out))
        }
        guard [Z_OK, Z_BUF_ERROR, Z_STREAM_END].contains(code) else {
          let reason = stream.pointee.msg.map { String(cString: $0) } ?? "damaged data"
          return .failure(Damage(reason: reason))
        }
        if made > 0, !body(Array(output.prefix(made))) { return .success(false) }
        if code == Z_STREAM_END {
          isBetweenMembers = true
        } else if made < room, stream.pointee.avail_in == 0 {
          return .success(true)
        }
      }
    }
    return try outcome.get()
  }
}
