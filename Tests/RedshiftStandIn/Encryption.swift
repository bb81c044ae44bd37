import CLibSSL
import Glibc

/// The certificate by which the stand-in says who it is.
///
/// Safe to share: the context does not change once it is made.
final class Encryption: @unchecked Sendable {
  struct Failure: Error { var message: String }

  private let context: OpaquePointer

  init(certificate: String, key: String) throws(Failure) {
    // OpenSSL writes to sockets without a flag against the signal of a client that is gone.
    signal(SIGPIPE, SIG_IGN)
    guard let context = SSL_CTX_new(TLS_server_method()) else {
      throw Failure(message: "OpenSSL does not start")
    }
    self.context = context
    guard SSL_CTX_use_certificate_chain_file(context, certificate) == 1,
      SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) == 1
    else { throw Failure(message: "\(certificate) or \(key) cannot be used") }
  }

  deinit { SSL_CTX_free(context) }

  /// Shakes hands with a client; nil when that fails.
  func accept(_ descriptor: Int32) -> EncryptedChannel? {
    guard let session = SSL_new(context) else { return nil }
    guard SSL_set_fd(session, descriptor) == 1, SSL_accept(session) == 1 else {
      SSL_free(session)
      return nil
    }
    return EncryptedChannel(session)
  }
}

/// What is said to one client, encrypted.
///
/// A session reads a whole message and then answers it: never two calls at once.
final class EncryptedChannel: @unchecked Sendable {
  private let session: OpaquePointer

  init(_ session: OpaquePointer) { self.session = session }

  deinit { SSL_free(session) }

  func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    Int(SSL_read(session, buffer.baseAddress, Int32(clamping: buffer.count)))
  }

  func write(_ buffer: UnsafeRawBufferPointer) -> Int {
    Int(SSL_write(session, buffer.baseAddress, Int32(clamping: buffer.count)))
  }
}
