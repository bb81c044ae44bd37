import CLibCrypto

/// Digests of file contents and names, as lower-case hexadecimal text.
package enum Checksum {
  /// SHA-256, for checksums of files.
  package static func sha256(_ bytes: [UInt8]) -> String { digest(bytes, sha256) }

  /// MD5, for the short names that dbt derives from it; never for security.
  package static func md5(_ bytes: [UInt8]) -> String { digest(bytes, md5) }

  private static let sha256 = Algorithm("SHA256")
  private static let md5 = Algorithm("MD5")

  /// An algorithm of libcrypto, looked up once.
  ///
  /// Unchecked: what libcrypto hands out is constant and may be used from any thread.
  private struct Algorithm: @unchecked Sendable {
    let name: String
    let method: OpaquePointer

    init(_ name: String) {
      self.name = name
      // The property query lets MD5 through on machines whose policy is FIPS by default: names,
      // not secrets, are what it hashes here.
      guard let method = EVP_MD_fetch(nil, name, "-fips") else {
        preconditionFailure("libcrypto offers no \(name)")
      }
      self.method = method
    }
  }

  private static func digest(_ bytes: [UInt8], _ algorithm: Algorithm) -> String {
    var output = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
    var length: UInt32 = 0
    let done = bytes.withUnsafeBytes { input in
      EVP_Digest(input.baseAddress, input.count, &output, &length, algorithm.method, nil)
    }
    precondition(done == 1, "libcrypto could not compute \(algorithm.name)")
    return hexadecimal(output.prefix(Int(length)))
  }

  private static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    text.reserveCapacity(64)
    for byte in bytes {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
  }
}
