import CZlib
import Glibc

/// A file that is written in pieces, compressed if wanted, and takes its name when it is complete.
final class UnloadFile {
  let path: String
  /// Bytes of the lines.
  private(set) var size = 0
  /// Bytes of the file, which are fewer when it is compressed.
  private(set) var storedSize = 0
  private(set) var rows = 0
  private var descriptor: Int32
  private var pending: [UInt8] = []
  private let compressor: UnsafeMutablePointer<z_stream>?

  init(path: String, isCompressed: Bool) throws(SystemFailure) {
    self.path = path
    descriptor = open(path + ".writing", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard isCompressed else {
      compressor = nil
      if descriptor < 0 { throw SystemFailure("create", path) }
      return
    }
    let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    stream.initialize(to: z_stream())
    // 31 bits: the largest window, and the frame of gzip.
    let length = Int32(MemoryLayout<z_stream>.size)
    _ = deflateInit2_(stream, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, length)
    compressor = stream
    if descriptor < 0 { throw SystemFailure("create", path) }
  }

  deinit {
    if descriptor >= 0 {
      close(descriptor)
      unlink(path + ".writing")
    }
    if let compressor {
      deflateEnd(compressor)
      compressor.deallocate()
    }
  }

  func append(_ line: [UInt8], isRow: Bool = true) throws(SystemFailure) {
    pending += line
    size += line.count
    if isRow { rows += 1 }
    if pending.count > 1 << 18 { try drain(Z_NO_FLUSH) }
  }

  /// Writes what is left and gives the file its name.
  func finish() throws(SystemFailure) {
    try drain(Z_FINISH)
    close(descriptor)
    descriptor = -1
    guard rename(path + ".writing", path) == 0 else {
      throw SystemFailure("write", path)
    }
  }

  private func drain(_ flush: Int32) throws(SystemFailure) {
    defer { pending.removeAll(keepingCapacity: true) }
    guard let compressor else { return try write(pending) }
    var output = [UInt8](repeating: 0, count: max(pending.count + 1024, 4096))
    var input = pending
    var produced: [UInt8] = []
    input.withUnsafeMutableBufferPointer { source in
      compressor.pointee.next_in = source.baseAddress
      compressor.pointee.avail_in = UInt32(source.count)
      var isDone = false
      while !isDone {
        let room = output.count
        output.withUnsafeMutableBufferPointer { target in
          compressor.pointee.next_out = target.baseAddress
          compressor.pointee.avail_out = UInt32(room)
          _ = deflate(compressor, flush)
        }
        let written = room - Int(compressor.pointee.avail_out)
        produced += output[..<written]
        isDone = compressor.pointee.avail_out > 0
      }
    }
    try write(produced)
  }

  private func write(_ bytes: [UInt8]) throws(SystemFailure) {
    storedSize += bytes.count
    var start = 0
    while start < bytes.count {
      let count = bytes.withUnsafeBytes { all in
        Glibc.write(descriptor, all.baseAddress?.advanced(by: start), bytes.count - start)
      }
      guard count > 0 else { throw SystemFailure("write", path) }
      start += count
    }
  }
}
