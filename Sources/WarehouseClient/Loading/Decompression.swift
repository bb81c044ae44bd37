import CBZip2
import CZstandard
import Glibc

/// How the files of a load are compressed.
enum FileCompression: String, Sendable {
  case none
  case gzip
  case zstandard = "zstd"
  case bzip2

  /// The compression whose mark a file starts with; nil where it has none.
  init?(seenIn start: [UInt8]) {
    if start.starts(with: [0x1F, 0x8B]) {
      self = .gzip
    } else if start.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) {
      self = .zstandard
    } else if start.starts(with: [0x42, 0x5A, 0x68]) {
      self = .bzip2
    } else {
      return nil
    }
  }

  /// The bytes of a file without their compression.
  func source(_ bytes: any ByteSource) throws(SourceFailure) -> any ByteSource {
    switch self {
    case .none: bytes
    case .gzip: try GzipSource(bytes)
    case .zstandard: try ZstandardSource(bytes)
    case .bzip2: BZip2Source(bytes)
    }
  }
}

/// Decompresses Zstandard, every frame of it.
final class ZstandardSource: ByteSource {
  private let inner: any ByteSource
  private let stream: OpaquePointer
  private let input: UnsafeMutablePointer<UInt8>
  private static let inputCapacity = 256 << 10
  private var pending = ZSTD_inBuffer(src: nil, size: 0, pos: 0)
  /// What the last step expects still; 0 between frames.
  private var expected = 0
  private var isInputAtEnd = false
  private var hasFrame = false

  var path: String { inner.path }

  init(_ inner: any ByteSource) throws(SourceFailure) {
    self.inner = inner
    guard let stream = ZSTD_createDStream() else {
      throw SourceFailure(kind: .unreadable, path: inner.path, reason: "zstd cannot start")
    }
    self.stream = stream
    input = .allocate(capacity: Self.inputCapacity)
  }

  deinit {
    ZSTD_freeDStream(stream)
    input.deallocate()
  }

  func read(into buffer: UnsafeMutablePointer<UInt8>, capacity: Int) throws(SourceFailure) -> Int {
    guard capacity > 0 else { return 0 }
    var output = ZSTD_outBuffer(dst: buffer, size: capacity, pos: 0)
    while output.pos == 0 {
      if pending.pos == pending.size, !isInputAtEnd {
        let count = try inner.read(into: input, capacity: Self.inputCapacity)
        isInputAtEnd = count == 0
        pending = ZSTD_inBuffer(src: input, size: count, pos: 0)
      }
      let isDrained = pending.pos == pending.size && isInputAtEnd
      if isDrained, expected == 0, hasFrame { return 0 }
      let before = pending.pos
      let result = ZSTD_decompressStream(stream, &output, &pending)
      guard ZSTD_isError(result) == 0 else {
        throw damaged(String(cString: ZSTD_getErrorName(result)))
      }
      expected = result
      hasFrame = hasFrame || pending.pos > before
      if isDrained, output.pos == 0 { throw damaged("it ends too early") }
    }
    return output.pos
  }

  private func damaged(_ reason: String) -> SourceFailure {
    SourceFailure(kind: .compression(.zstandard), path: path, reason: reason)
  }
}

/// Decompresses bzip2, every stream of it.
final class BZip2Source: ByteSource {
  private let inner: any ByteSource
  private let stream: UnsafeMutablePointer<bz_stream>
  private let input: UnsafeMutablePointer<CChar>
  private static let inputCapacity = 256 << 10
  private var isInputAtEnd = false
  private var isBetweenStreams = true
  private var hasStream = false

  var path: String { inner.path }

  init(_ inner: any ByteSource) {
    self.inner = inner
    stream = .allocate(capacity: 1)
    stream.initialize(to: bz_stream())
    input = .allocate(capacity: Self.inputCapacity)
  }

  deinit {
    if !isBetweenStreams { BZ2_bzDecompressEnd(stream) }
    stream.deallocate()
    input.deallocate()
  }

  func read(into buffer: UnsafeMutablePointer<UInt8>, capacity: Int) throws(SourceFailure) -> Int {
    guard capacity > 0 else { return 0 }
    let room = min(capacity, 1 << 30)
    return try buffer.withMemoryRebound(to: CChar.self, capacity: room) {
      (output) throws(SourceFailure) -> Int in
      try read(into: output, room: room)
    }
  }

  private func read(
    into output: UnsafeMutablePointer<CChar>,
    room: Int
  ) throws(SourceFailure) -> Int {
    var count = 0
    while count == 0 {
      if stream.pointee.avail_in == 0, !isInputAtEnd { try refill() }
      if isBetweenStreams {
        // What is no stream after the last one is an error, as it is for bzip2 itself.
        if stream.pointee.avail_in == 0, hasStream { return 0 }
        try begin()
      }
      stream.pointee.next_out = output
      stream.pointee.avail_out = UInt32(room)
      let code = BZ2_bzDecompress(stream)
      count = room - Int(stream.pointee.avail_out)
      switch code {
      case BZ_OK:
        if count == 0, stream.pointee.avail_in == 0, isInputAtEnd {
          throw damaged("it ends too early")
        }
      case BZ_STREAM_END:
        BZ2_bzDecompressEnd(stream)
        isBetweenStreams = true
      case BZ_DATA_ERROR_MAGIC: throw damaged("it does not begin as bzip2 does")
      case BZ_MEM_ERROR: throw damaged("there is not enough memory")
      default: throw damaged("damaged data")
      }
    }
    return count
  }

  private func refill() throws(SourceFailure) {
    let count = try input.withMemoryRebound(to: UInt8.self, capacity: Self.inputCapacity) {
      (bytes) throws(SourceFailure) -> Int in
      try inner.read(into: bytes, capacity: Self.inputCapacity)
    }
    isInputAtEnd = count == 0
    stream.pointee.next_in = input
    stream.pointee.avail_in = UInt32(count)
  }

  private func begin() throws(SourceFailure) {
    // Starting resets nothing of the input.
    guard BZ2_bzDecompressInit(stream, 0, 0) == BZ_OK else {
      throw SourceFailure(kind: .unreadable, path: path, reason: "bzip2 cannot start")
    }
    isBetweenStreams = false
    hasStream = true
  }

  private func damaged(_ reason: String) -> SourceFailure {
    SourceFailure(kind: .compression(.bzip2), path: path, reason: reason)
  }
}
