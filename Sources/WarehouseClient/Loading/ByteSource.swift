import CZlib
import Diagnostics
import Glibc

/// Why a file could not be read to its end.
struct SourceFailure: Error, Hashable, Sendable {
  enum Kind: Hashable, Sendable {
    case unreadable
    /// The compressed data is damaged, cut short, or none at all.
    case compression(FileCompression)
    case encoding
    /// What the store of objects said.
    case store(Diagnostic)
    /// Nobody wants the file any more.
    case stopped
  }

  var kind: Kind
  var path: String
  var reason: String
}

/// Somewhere bytes come from.
protocol ByteSource: AnyObject {
  /// The file or address, for messages.
  var path: String { get }

  /// Reads up to `capacity` bytes; 0 only at the end.
  func read(into buffer: UnsafeMutablePointer<UInt8>, capacity: Int) throws(SourceFailure) -> Int
}

/// A file.
final class FileSource: ByteSource {
  let path: String
  private let descriptor: Int32

  init(path: String) throws(SourceFailure) {
    self.path = path
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw SourceFailure(kind: .unreadable, path: path, reason: String(cString: strerror(errno)))
    }
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
  }

  func read(into buffer: UnsafeMutablePointer<UInt8>, capacity: Int) throws(SourceFailure) -> Int {
    while true {
      let count = Glibc.read(descriptor, buffer, capacity)
      if count >= 0 { return count }
      guard errno == EINTR else {
        throw SourceFailure(kind: .unreadable, path: path, reason: String(cString: strerror(errno)))
      }
    }
  }

  /// Reads a small file whole.
  static func contents(of path: String, limit: Int) throws(SourceFailure) -> [UInt8] {
    let source = try FileSource(path: path)
    var writer = ByteWriter(capacity: 65536)
    let chunk = UnsafeMutablePointer<UInt8>.allocate(capacity: 65536)
    defer { chunk.deallocate() }
    while true {
      let count = try source.read(into: chunk, capacity: 65536)
      if count == 0 { return writer.takeBlock() }
      writer.append(chunk, count)
      guard writer.count <= limit else {
        throw SourceFailure(kind: .unreadable, path: path, reason: "larger than \(limit) bytes")
      }
    }
  }
}

/// Decompresses gzip, every member of it.
final class GzipSource: ByteSource {
  private let inner: any ByteSource
  private let stream: UnsafeMutablePointer<z_stream>
  private let input: UnsafeMutablePointer<UInt8>
  private static let inputCapacity = 256 << 10
  private var isInputAtEnd = false
  private var isBetweenMembers = true
  private var hasMember = false

  var path: String { inner.path }

  init(_ inner: any ByteSource) throws(SourceFailure) {
    self.inner = inner
    stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    stream.initialize(to: z_stream())
    input = UnsafeMutablePointer<UInt8>.allocate(capacity: Self.inputCapacity)
    // 15 bits of window, and 16 for a gzip header.
    let size = Int32(MemoryLayout<z_stream>.size)
    guard inflateInit2_(stream, 31, ZLIB_VERSION, size) == Z_OK else {
      throw SourceFailure(kind: .unreadable, path: inner.path, reason: "zlib cannot start")
    }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
    input.deallocate()
  }

  func read(into buffer: UnsafeMutablePointer<UInt8>, capacity: Int) throws(SourceFailure) -> Int {
    guard capacity > 0 else { return 0 }
    stream.pointee.next_out = buffer
    stream.pointee.avail_out = UInt32(min(capacity, 1 << 30))
    let offered = Int(stream.pointee.avail_out)
    while Int(stream.pointee.avail_out) == offered {
      if stream.pointee.avail_in == 0, !isInputAtEnd {
        let count = try inner.read(into: input, capacity: Self.inputCapacity)
        isInputAtEnd = count == 0
        stream.pointee.next_in = input
        stream.pointee.avail_in = UInt32(count)
      }
      if stream.pointee.avail_in == 0, isInputAtEnd {
        guard isBetweenMembers else { throw damaged("it ends too early") }
        return 0
      }
      if isBetweenMembers {
        if hasMember {
          // Zeros after the last member are padding.
          if input.advanced(by: inputOffset).pointee == 0 {
            stream.pointee.avail_in = 0
            isInputAtEnd = true
            return 0
          }
          inflateReset(stream)
        }
        isBetweenMembers = false
        hasMember = true
      }
      switch inflate(stream, Z_NO_FLUSH) {
      case Z_OK, Z_BUF_ERROR: break
      case Z_STREAM_END: isBetweenMembers = true
      default:
        throw damaged(stream.pointee.msg.map { String(cString: $0) } ?? "damaged data")
      }
    }
    return offered - Int(stream.pointee.avail_out)
  }

  private var inputOffset: Int {
    guard let next = stream.pointee.next_in else { return 0 }
    return UnsafeRawPointer(input).distance(to: UnsafeRawPointer(next))
  }

  private func damaged(_ reason: String) -> SourceFailure {
    SourceFailure(kind: .compression(.gzip), path: inner.path, reason: reason)
  }
}

/// Turns UTF-16 into UTF-8.
final class UTF16Source: ByteSource {
  private let inner: any ByteSource
  let path: String
  private var isBigEndian: Bool?
  private var pending: [UInt8] = []
  private var encoded: [UInt8] = []
  private var encodedOffset = 0
  private var isAtStart = true

  /// A source that decodes another.
  ///
  /// - Parameters:
  ///   - inner: UTF-16 bytes.
  ///   - path: for messages.
  ///   - isBigEndian: nil when a byte order mark must tell.
  init(_ inner: any ByteSource, path: String, isBigEndian: Bool?) {
    self.inner = inner
    self.path = path
    self.isBigEndian = isBigEndian
  }

  func read(into buffer: UnsafeMutablePointer<UInt8>, capacity: Int) throws(SourceFailure) -> Int {
    while encodedOffset >= encoded.count {
      guard try refill() else { return 0 }
    }
    let count = min(capacity, encoded.count - encodedOffset)
    encoded.withUnsafeBufferPointer { bytes in
      if let base = bytes.baseAddress { memcpy(buffer, base + encodedOffset, count) }
    }
    encodedOffset += count
    return count
  }

  private func refill() throws(SourceFailure) -> Bool {
    let size = 64 << 10
    let chunk = UnsafeMutablePointer<UInt8>.allocate(capacity: size)
    defer { chunk.deallocate() }
    let count = try inner.read(into: chunk, capacity: size)
    let isLast = count == 0
    pending.append(contentsOf: UnsafeBufferPointer(start: chunk, count: count))
    var index = 0
    if isAtStart {
      guard pending.count >= 2 || isLast else { return true }
      isAtStart = false
      if pending.isEmpty { return false }
      let mark = pending.count >= 2 ? (pending[0], pending[1]) : (0, 0)
      if mark == (0xFE, 0xFF) || mark == (0xFF, 0xFE) {
        isBigEndian = mark.0 == 0xFE
        index = 2
      } else if isBigEndian == nil {
        throw SourceFailure(
          kind: .encoding,
          path: path,
          reason: "UTF16 needs a byte order mark at the start of the file"
        )
      }
    }
    encoded.removeAll(keepingCapacity: true)
    encodedOffset = 0
    let big = isBigEndian ?? false
    func unit(_ at: Int) -> UInt32 {
      let (first, second) = (UInt32(pending[at]), UInt32(pending[at + 1]))
      return big ? first << 8 | second : second << 8 | first
    }
    while index + 1 < pending.count {
      var code = unit(index)
      var length = 2
      if (0xD800..<0xDC00).contains(code) {
        guard index + 3 < pending.count || isLast else { break }
        if index + 3 < pending.count, (0xDC00..<0xE000).contains(unit(index + 2)) {
          code = 0x10000 + (code - 0xD800) << 10 + (unit(index + 2) - 0xDC00)
          length = 4
        }
      }
      guard let scalar = Unicode.Scalar(code) else {
        throw SourceFailure(kind: .encoding, path: path, reason: "a surrogate stands alone")
      }
      encoded.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
      index += length
    }
    pending.removeFirst(index)
    if isLast, !pending.isEmpty {
      throw SourceFailure(kind: .encoding, path: path, reason: "half a character at the end")
    }
    return !isLast
  }
}
