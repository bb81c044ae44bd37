import CLibSSL
import Dispatch
import Glibc

/// What is wrong with a server's certificate.
package struct CertificateFinding: Hashable, Sendable {
  package enum Reason: Hashable, Sendable {
    /// When it ended, as OpenSSL writes it.
    case ended(String)
    /// When it begins.
    case notYetValid(String)
    case unknownAuthority
    case signedByItself
    /// In OpenSSL's words.
    case other(String)
  }

  package var reason: Reason
  /// Who signed it, as `/O=Amazon/CN=Amazon RSA 2048 M01`; without characters that do not print.
  package var issuer: String
}

/// Looks at the certificate of a server that was refused for it: libpq says that verification
/// failed, and not why.
///
/// Asks for encryption, shakes hands and goes; no user and no password is sent.
struct CertificateProbe {
  /// The name by which the server is known.
  var host: String
  /// The address that libpq came to, so that it is the same server.
  var address: String
  var port: Int
  /// The file of certificates to trust.
  var authorities: String
  /// When to stop looking, wherever it is.
  var deadline: DispatchTime
  /// Asked while the server is waited for: whether nobody wants to know any more.
  var isCancelled: () -> Bool = { false }

  /// Nil where nothing is wrong, or nothing could be found out in time.
  func finding() -> CertificateFinding? {
    guard let descriptor = connected() else { return nil }
    defer { close(descriptor) }
    guard acceptsEncryption(descriptor), let context = SSL_CTX_new(TLS_client_method()) else {
      return nil
    }
    defer { SSL_CTX_free(context) }
    // The outcome of the verification is read below; the handshake is to go on whatever it is.
    SSL_CTX_set_verify(context, SSL_VERIFY_NONE, nil)
    guard SSL_CTX_load_verify_file(context, authorities) == 1, let session = SSL_new(context) else {
      return nil
    }
    defer { SSL_free(session) }
    host.withCString { name in
      _ = SSL_ctrl(
        session,
        SSL_CTRL_SET_TLSEXT_HOSTNAME,
        Int(TLSEXT_NAMETYPE_host_name),
        UnsafeMutableRawPointer(mutating: name)
      )
    }
    guard SSL_set_fd(session, descriptor) == 1, shakesHands(session, descriptor),
      let certificate = SSL_get1_peer_certificate(session)
    else { return nil }
    defer { X509_free(certificate) }
    return finding(certificate, result: SSL_get_verify_result(session))
  }

  private func finding(_ certificate: OpaquePointer, result: Int) -> CertificateFinding? {
    let reason: CertificateFinding.Reason
    switch Int32(truncatingIfNeeded: result) {
    case X509_V_OK: return nil
    case X509_V_ERR_CERT_HAS_EXPIRED where ended(certificate):
      reason = .ended(text(of: X509_get0_notAfter(certificate)))
    case X509_V_ERR_CERT_NOT_YET_VALID:
      reason = .notYetValid(text(of: X509_get0_notBefore(certificate)))
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT: reason = .signedByItself
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT,
      X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
      reason = .unknownAuthority
    default:
      reason = .other(X509_verify_cert_error_string(result).map { String(cString: $0) } ?? "")
    }
    return CertificateFinding(reason: reason, issuer: issuer(certificate))
  }

  /// Whether it is the server's own certificate that has ended, and not another one of its chain.
  private func ended(_ certificate: OpaquePointer) -> Bool {
    X509_cmp_current_time(X509_get0_notAfter(certificate)) < 0
  }

  private func text(of time: UnsafePointer<ASN1_TIME>?) -> String {
    guard let time, let memory = BIO_new(BIO_s_mem()) else { return "" }
    defer { BIO_free(memory) }
    guard ASN1_TIME_print(memory, time) == 1 else { return "" }
    var bytes = [UInt8](repeating: 0, count: 64)
    let count = BIO_read(memory, &bytes, Int32(bytes.count))
    return String(decoding: bytes.prefix(max(Int(count), 0)), as: UTF8.self)
  }

  private func issuer(_ certificate: OpaquePointer) -> String {
    guard let text = X509_NAME_oneline(X509_get_issuer_name(certificate), nil, 0) else { return "" }
    defer { CRYPTO_free(text, #file, #line) }
    return String(cString: text)
  }

  // MARK: The way there

  private func connected() -> Int32? {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    hints.ai_flags = AI_NUMERICHOST
    var list: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(address, String(port), &hints, &list) == 0 else { return nil }
    defer { freeaddrinfo(list) }
    guard let entry = list?.pointee else { return nil }
    let descriptor = socket(
      entry.ai_family,
      Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue),
      0
    )
    guard descriptor >= 0 else { return nil }
    guard connect(descriptor, entry) else {
      close(descriptor)
      return nil
    }
    return descriptor
  }

  private func connect(_ descriptor: Int32, _ entry: addrinfo) -> Bool {
    if Glibc.connect(descriptor, entry.ai_addr, entry.ai_addrlen) == 0 { return true }
    guard errno == EINPROGRESS, waits(for: POLLOUT, descriptor) else { return false }
    var code: Int32 = 0
    var size = socklen_t(MemoryLayout<Int32>.size)
    return getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &size) == 0 && code == 0
  }

  /// Sends PostgreSQL's SSLRequest; the answer is one byte.
  private func acceptsEncryption(_ descriptor: Int32) -> Bool {
    let request: [UInt8] = [0, 0, 0, 8, 0x04, 0xD2, 0x16, 0x2F]
    // Nothing was sent before, so that there is room for it.
    guard send(descriptor, request, request.count, Int32(MSG_NOSIGNAL)) == request.count,
      waits(for: POLLIN, descriptor)
    else { return false }
    var answer: UInt8 = 0
    return recv(descriptor, &answer, 1, 0) == 1 && answer == UInt8(ascii: "S")
  }

  private func shakesHands(_ session: OpaquePointer, _ descriptor: Int32) -> Bool {
    while true {
      let outcome = SSL_connect(session)
      if outcome == 1 { return true }
      let wanted: Int32
      switch SSL_get_error(session, outcome) {
      case SSL_ERROR_WANT_READ: wanted = POLLIN
      case SSL_ERROR_WANT_WRITE: wanted = POLLOUT
      default: return false
      }
      guard waits(for: wanted, descriptor) else { return false }
    }
  }

  /// Waits until the server has something, or room; false when that takes too long or is not wanted
  /// any more.
  private func waits(for event: Int32, _ descriptor: Int32) -> Bool {
    var waiting = pollfd(fd: descriptor, events: Int16(event), revents: 0)
    while !isCancelled(), DispatchTime.now() < deadline {
      // Short slices, so that a cancelled task does not wait for a silent host.
      if poll(&waiting, 1, 100) > 0 { return true }
    }
    return false
  }
}
