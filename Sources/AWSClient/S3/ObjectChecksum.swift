import CZlib

/// What the bytes of an object must add up to.
struct ObjectChecksum: Hashable, Sendable {
  enum Algorithm: String, CaseIterable, Sendable {
    case crc64nvme
    case crc32c
    case crc32
    case sha256
    case sha1
    /// The entity tag of an object that was written in one piece and not encrypted with a key.
    case md5
  }

  var algorithm: Algorithm
  /// Base64, or hexadecimal for MD5.
  var value: String

  /// The checksum of a whole object that its headers have; nil when they have none.
  init?(_ headers: HTTPHeaders) {
    // A part is not the whole.
    guard headers["Content-Range"] == nil else { return nil }
    for algorithm in Algorithm.allCases where algorithm != .md5 {
      guard let value = headers["x-amz-checksum-\(algorithm.rawValue)"],
        headers["x-amz-checksum-type"] != "COMPOSITE", !value.contains("-")
      else { continue }
      self.init(algorithm: algorithm, value: value)
      return
    }
    let encryption = headers["x-amz-server-side-encryption"] ?? "AES256"
    let hasOwnKey = headers["x-amz-server-side-encryption-customer-algorithm"] != nil
    guard let tag = headers["ETag"].map(S3.unquoted), encryption == "AES256", !hasOwnKey,
      tag.utf8.count == 32, tag.allSatisfy(\.isHexDigit)
    else { return nil }
    self.init(algorithm: .md5, value: tag.lowercased())
  }

  init(algorithm: Algorithm, value: String) {
    self.algorithm = algorithm
    self.value = value
  }

  /// The checksum of bytes, as a header has it.
  static func encoded(_ algorithm: Algorithm, of bytes: [UInt8]) -> String {
    let sum = RunningChecksum(algorithm)
    sum.update(bytes)
    return sum.finish()
  }
}

/// A checksum that takes bytes as they come.
final class RunningChecksum {
  private enum State {
    case digest(Digest, isHexadecimal: Bool)
    case crc32(UInt)
    case table(TableCRC)
  }

  private var state: State

  init(_ algorithm: ObjectChecksum.Algorithm) {
    switch algorithm {
    case .sha256: state = .digest(Digest(.sha256), isHexadecimal: false)
    case .sha1: state = .digest(Digest(.sha1), isHexadecimal: false)
    case .md5: state = .digest(Digest(.md5), isHexadecimal: true)
    case .crc32: state = .crc32(0)
    case .crc32c: state = .table(TableCRC(.crc32c))
    case .crc64nvme: state = .table(TableCRC(.crc64nvme))
    }
  }

  func update(_ bytes: [UInt8]) {
    switch state {
    case .digest(let digest, _): digest.update(bytes)
    case .crc32(let sum): state = .crc32(crc32_z(sum, bytes, bytes.count))
    case .table(var sum):
      sum.update(bytes)
      state = .table(sum)
    }
  }

  func finish() -> String {
    switch state {
    case .digest(let digest, let isHexadecimal):
      let bytes = digest.finish()
      return isHexadecimal ? Hexadecimal.encode(bytes) : Base64.encode(bytes)
    case .crc32(let sum):
      return Base64.encode((0..<4).map { UInt8(truncatingIfNeeded: sum >> UInt(24 - 8 * $0)) })
    case .table(let sum): return Base64.encode(sum.bytes)
    }
  }
}

/// A reflected cyclic redundancy check by tables, eight bytes at a step.
struct TableCRC {
  struct Kind {
    /// The polynomial with its bits reversed.
    var polynomial: UInt64
    var width: Int

    static let crc32c = Kind(polynomial: 0x82F6_3B78, width: 32)
    static let crc64nvme = Kind(polynomial: 0x9A6C_9329_AC4B_C9B5, width: 64)
  }

  private static let crc32cTables = makeTables(.crc32c)
  private static let crc64nvmeTables = makeTables(.crc64nvme)

  private let width: Int
  private let tables: [UInt64]
  private var sum: UInt64

  init(_ kind: Kind) {
    width = kind.width
    tables = kind.width == 32 ? Self.crc32cTables : Self.crc64nvmeTables
    sum = kind.width == 32 ? 0xFFFF_FFFF : UInt64.max
  }

  private static func makeTables(_ kind: Kind) -> [UInt64] {
    var tables = [UInt64](repeating: 0, count: 8 * 256)
    for byte in 0..<256 {
      var value = UInt64(byte)
      for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ kind.polynomial : value >> 1 }
      tables[byte] = value
    }
    for slice in 1..<8 {
      for byte in 0..<256 {
        let before = tables[(slice - 1) * 256 + byte]
        tables[slice * 256 + byte] = before >> 8 ^ tables[Int(before & 255)]
      }
    }
    return tables
  }

  mutating func update(_ bytes: [UInt8]) {
    var sum = sum
    bytes.withUnsafeBufferPointer { bytes in
      tables.withUnsafeBufferPointer { tables in
        var index = 0
        while index + 8 <= bytes.count {
          var word: UInt64 = 0
          for offset in 0..<8 { word |= UInt64(bytes[index + offset]) << UInt64(8 * offset) }
          let mixed = word ^ sum
          var next: UInt64 = 0
          for offset in 0..<8 {
            let byte = Int(mixed >> UInt64(8 * offset) & 255)
            next ^= tables[(7 - offset) * 256 + byte]
          }
          sum = next
          index += 8
        }
        while index < bytes.count {
          sum = sum >> 8 ^ tables[Int((sum ^ UInt64(bytes[index])) & 255)]
          index += 1
        }
      }
    }
    self.sum = sum
  }

  /// The check, highest byte first.
  var bytes: [UInt8] {
    let value = ~sum
    return stride(from: width - 8, through: 0, by: -8).map {
      UInt8(truncatingIfNeeded: value >> UInt64($0))
    }
  }
}
