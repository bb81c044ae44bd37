import CLibCrypto

/// A digest that takes bytes as they come.
final class Digest {
  enum Algorithm: String, Sendable {
    case sha256 = "SHA256"
    case sha1 = "SHA1"
    case md5 = "MD5"
  }

  private let context: OpaquePointer
  private let method: OpaquePointer

  init(_ algorithm: Algorithm) {
    // The property query lets MD5 and SHA-1 through on machines whose policy is FIPS: here they
    // find damaged bytes, and protect nothing.
    guard let method = EVP_MD_fetch(nil, algorithm.rawValue, "-fips"),
      let context = EVP_MD_CTX_new()
    else { preconditionFailure("libcrypto offers no \(algorithm.rawValue)") }
    self.method = method
    self.context = context
    let isReady = EVP_DigestInit_ex2(context, method, nil) == 1
    precondition(isReady, "libcrypto cannot start \(algorithm.rawValue)")
  }

  deinit {
    EVP_MD_CTX_free(context)
    EVP_MD_free(method)
  }

  func update(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { _ = EVP_DigestUpdate(context, $0.baseAddress, $0.count) }
  }

  /// The digest; nothing can be added afterwards.
  func finish() -> [UInt8] {
    var output = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
    var length: UInt32 = 0
    let isDone = EVP_DigestFinal_ex(context, &output, &length) == 1
    precondition(isDone, "libcrypto cannot finish a digest")
    return Array(output.prefix(Int(length)))
  }

  static func sha256(_ bytes: [UInt8]) -> [UInt8] { of(bytes, .sha256) }

  static func of(_ bytes: [UInt8], _ algorithm: Algorithm) -> [UInt8] {
    let digest = Digest(algorithm)
    digest.update(bytes)
    return digest.finish()
  }

  /// HMAC-SHA256 (RFC 2104).
  static func hmac(_ text: String, key: [UInt8]) -> [UInt8] {
    var output = [UInt8](repeating: 0, count: 32)
    var length: UInt32 = 0
    let bytes = Array(text.utf8)
    let result = HMAC(EVP_sha256(), key, Int32(key.count), bytes, bytes.count, &output, &length)
    precondition(result != nil && length == 32, "libcrypto cannot compute HMAC-SHA256")
    return output
  }
}

/// Bytes as text.
enum Hexadecimal {
  static func encode(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    for byte in bytes {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
  }
}

/// Base64 (RFC 4648) with padding.
enum Base64 {
  private static let letters = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8
  )

  static func encode(_ bytes: [UInt8]) -> String {
    var text: [UInt8] = []
    var index = 0
    while index < bytes.count {
      let count = min(3, bytes.count - index)
      var group = UInt32(0)
      for offset in 0..<3 {
        group = group << 8 | (offset < count ? UInt32(bytes[index + offset]) : 0)
      }
      for position in 0..<4 {
        let letter = letters[Int(group >> UInt32(18 - 6 * position) & 63)]
        text.append(position <= count ? letter : UInt8(ascii: "="))
      }
      index += 3
    }
    return String(decoding: text, as: UTF8.self)
  }
}
