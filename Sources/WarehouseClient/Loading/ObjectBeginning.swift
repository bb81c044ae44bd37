import Glibc

/// What the first bytes of an object say, for whoever only wants to look at it.
package struct ObjectBeginning {
  /// Why bytes cannot be decompressed.
  package struct Damage: Error, Hashable, Sendable {
    /// `gzip`, `zstd` or `bzip2`.
    package var compression: String
    package var reason: String
  }

  private let bytes: [UInt8]
  private let isWhole: Bool

  /// The first bytes of an object, or all of them.
  package init(_ bytes: [UInt8], isWhole: Bool) {
    self.bytes = bytes
    self.isWhole = isWhole
  }

  /// Hands out what the bytes hold, without the compression that they begin with, until `body` gives
  /// false.
  package func read(_ body: ([UInt8]) -> Bool) throws(Damage) {
    guard let compression = FileCompression(seenIn: bytes) else {
      _ = body(bytes)
      return
    }
    do throws(SourceFailure) {
      let source = try compression.source(MemorySource(bytes, isWhole: isWhole))
      var piece = [UInt8](repeating: 0, count: 64 << 10)
      while true {
        let room = piece.count
        let outcome = piece.withUnsafeMutableBufferPointer { buffer in
          Result { () throws(SourceFailure) -> Int in
            guard let base = buffer.baseAddress else { return 0 }
            return try source.read(into: base, capacity: room)
          }
        }
        let count = try outcome.get()
        guard count > 0, body(Array(piece[..<count])) else { return }
      }
    } catch {
      // More of the object would go on from here.
      if error.kind == .stopped { return }
      throw Damage(compression: compression.rawValue, reason: error.reason)
    }
  }
}

/// Bytes in memory; behind those of a part there are more, which cannot be had.
private final class MemorySource: ByteSource {
  let path = ""
  private let bytes: [UInt8]
  private let isWhole: Bool
  private var offset = 0

  init(_ bytes: [UInt8], isWhole: Bool) {
    self.bytes = bytes
    self.isWhole = isWhole
  }

  func read(into buffer: UnsafeMutablePointer<UInt8>, capacity: Int) throws(SourceFailure) -> Int {
    let count = min(capacity, bytes.count - offset)
    if count == 0, !isWhole { throw SourceFailure(kind: .stopped, path: path, reason: "") }
    bytes.withUnsafeBufferPointer { all in
      if let base = all.baseAddress, count > 0 { memcpy(buffer, base + offset, count) }
    }
    offset += count
    return count
  }
}
