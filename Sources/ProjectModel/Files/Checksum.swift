import CLibCrypto

/// Digests of file contents and names, as lower-case hexadecimal text.
package enum Checksum {
  /// SHA-256, for checksums of files.
  package static func sha256(_ bytes: [UInt8]) -> String {
    var output = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_LENGTH))
    var state = SHA256_CTX()
    SHA256_Init(&state)
    bytes.withUnsafeBytes { input in _ = SHA256_Update(&state, input.baseAddress, input.count) }
    SHA256_Final(&output, &state)
    return hexadecimal(output)
  }

  /// SHA-1, for the hash in lock files; never for security.
  package static func sha1(_ bytes: [UInt8]) -> String { digest(bytes, "SHA1") }

  /// MD5, for the short names that dbt derives from it; never for security.
  package static func md5(_ bytes: [UInt8]) -> String { digest(bytes, "MD5") }

  private static func digest(_ bytes: [UInt8], _ algorithm: String) -> String {
    // The property query lets MD5 through on machines whose policy is FIPS by default: names, not
    // secrets, are what it hashes here.
    guard let method = EVP_MD_fetch(nil, algorithm, "-fips") else {
      preconditionFailure("libcrypto offers no \(algorithm)")
    }
    defer { EVP_MD_free(method) }
    var output = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
    var length: UInt32 = 0
    let done = bytes.withUnsafeBytes { input in
      EVP_Digest(input.baseAddress, input.count, &output, &length, method, nil)
    }
    precondition(done == 1, "libcrypto could not compute \(algorithm)")
    return hexadecimal(output.prefix(Int(length)))
  }

  private static func hexadecimal(_ bytes: some Collection<UInt8>) -> String {
    func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x57 + value }
    return String(unsafeUninitializedCapacity: bytes.count * 2) { text in
      var count = 0
      for byte in bytes {
        text[count] = digit(byte >> 4)
        text[count + 1] = digit(byte & 15)
        count += 2
      }
      return count
    }
  }
}
