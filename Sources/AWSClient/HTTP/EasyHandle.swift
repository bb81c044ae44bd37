import CLibCurl

/// A transfer as libcurl knows it; lives on the loop's thread.
final class EasyHandle {
  let easy: UnsafeMutableRawPointer
  let transfer: Transfer
  private var headerList: UnsafeMutablePointer<curl_slist>?
  private let errorText: UnsafeMutablePointer<CChar>
  /// Kept where it is as long as libcurl reads from it.
  private var body: UnsafeMutableBufferPointer<UInt8>?

  /// A handle ready to start; nil when libcurl refuses a setting.
  init?(_ transfer: Transfer, _ settings: HTTPSettings) {
    guard let easy = curl_easy_init() else { return nil }
    self.easy = easy
    self.transfer = transfer
    errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
    errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    guard prepare(transfer.request, settings) else { return nil }
  }

  deinit {
    curl_easy_cleanup(easy)
    curl_slist_free_all(headerList)
    errorText.deallocate()
    body?.deallocate()
  }

  func resume() {
    curl_set_long(easy, CURLOPT_LOW_SPEED_LIMIT, 1)
    curl_easy_pause(easy, CURLPAUSE_CONT)
  }

  /// Gives libcurl bytes to send, or lets it wait for them; meanwhile the other side has nothing to
  /// answer, and its silence is not counted against it.
  fileprivate func supply(into buffer: UnsafeMutableBufferPointer<UInt8>) -> Int {
    switch transfer.supply(into: buffer) {
    case .bytes(let count): return count
    case .wait:
      curl_set_long(easy, CURLOPT_LOW_SPEED_LIMIT, 0)
      return Int(CURL_READFUNC_PAUSE)
    case .fail: return Int(CURL_READFUNC_ABORT)
    }
  }

  private func prepare(_ request: HTTPRequest, _ settings: HTTPSettings) -> Bool {
    let timeouts = transfer.timeouts
    let milliseconds = { (seconds: Double) in Int(max(1, seconds * 1000)) }
    let pointer = Unmanaged.passUnretained(transfer).toOpaque()
    var codes = [
      curl_set_text(easy, CURLOPT_URL, request.url),
      curl_set_text(easy, CURLOPT_PROTOCOLS_STR, "http,https"),
      // The path is signed as it is: libcurl must not tidy it.
      curl_set_long(easy, CURLOPT_PATH_AS_IS, 1),
      curl_set_long(easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1),
      curl_set_long(easy, CURLOPT_FOLLOWLOCATION, 0),
      curl_set_long(easy, CURLOPT_NOSIGNAL, 1),
      curl_set_long(easy, CURLOPT_TCP_KEEPALIVE, 1),
      curl_set_long(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1),
      curl_set_long(easy, CURLOPT_SSL_VERIFYPEER, 1),
      curl_set_long(easy, CURLOPT_SSL_VERIFYHOST, 2),
      curl_set_long(easy, CURLOPT_BUFFERSIZE, 256 << 10),
      curl_set_long(easy, CURLOPT_CONNECTTIMEOUT_MS, milliseconds(timeouts.connect)),
      curl_set_long(easy, CURLOPT_LOW_SPEED_LIMIT, 1),
      curl_set_long(easy, CURLOPT_LOW_SPEED_TIME, max(1, Int(timeouts.stall))),
      curl_set_long(easy, CURLOPT_TIMEOUT_MS, timeouts.total.map(milliseconds) ?? 0),
      curl_set_text(easy, CURLOPT_USERAGENT, settings.userAgent),
      curl_set_pointer(easy, CURLOPT_ERRORBUFFER, errorText),
      curl_set_callback(easy, CURLOPT_HEADERFUNCTION, receiveHeader),
      curl_set_pointer(easy, CURLOPT_HEADERDATA, pointer),
      curl_set_callback(easy, CURLOPT_WRITEFUNCTION, receiveBody),
      curl_set_pointer(easy, CURLOPT_WRITEDATA, pointer),
    ]
    if let file = settings.certificateFile {
      codes.append(curl_set_text(easy, CURLOPT_CAINFO, file))
    }
    // An empty text keeps libcurl from reading the environment by itself.
    let proxy = settings.proxies.proxy(for: request.endpoint)
    codes.append(curl_set_text(easy, CURLOPT_PROXY, proxy ?? ""))
    codes += prepareBody(request)
    for (name, value) in request.headers.fields {
      // A field without a value is written with a semicolon for libcurl.
      headerList = curl_slist_append(headerList, value.isEmpty ? "\(name);" : "\(name): \(value)")
    }
    for name in ["Expect", "Content-Type", "Accept"] where request.headers[name] == nil {
      // Keeps libcurl from adding its own.
      headerList = curl_slist_append(headerList, "\(name):")
    }
    codes.append(curl_set_pointer(easy, CURLOPT_HTTPHEADER, headerList))
    return codes.allSatisfy { $0 == CURLE_OK }
  }

  private func prepareBody(_ request: HTTPRequest) -> [CURLcode] {
    switch request.body {
    case .none:
      if request.method == "HEAD" { return [curl_set_long(easy, CURLOPT_NOBODY, 1)] }
      if request.method == "GET" { return [curl_set_long(easy, CURLOPT_HTTPGET, 1)] }
      if request.method == "DELETE" {
        return [curl_set_text(easy, CURLOPT_CUSTOMREQUEST, request.method)]
      }
      return prepareBytes([], request.method)
    case .bytes(let bytes): return prepareBytes(bytes, request.method)
    case .stream(let length, _):
      return [
        curl_set_long(easy, CURLOPT_UPLOAD, 1),
        curl_set_text(easy, CURLOPT_CUSTOMREQUEST, request.method),
        curl_set_offset(easy, CURLOPT_INFILESIZE_LARGE, curl_off_t(length)),
        curl_set_callback(easy, CURLOPT_READFUNCTION, supplyBody),
        curl_set_pointer(easy, CURLOPT_READDATA, Unmanaged.passUnretained(self).toOpaque()),
      ]
    }
  }

  private func prepareBytes(_ bytes: [UInt8], _ method: String) -> [CURLcode] {
    let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: max(1, bytes.count))
    _ = copy.update(fromContentsOf: bytes)
    body = copy
    return [
      curl_set_long(easy, CURLOPT_POST, 1),
      curl_set_offset(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(bytes.count)),
      curl_set_pointer(easy, CURLOPT_POSTFIELDS, copy.baseAddress),
      curl_set_text(easy, CURLOPT_CUSTOMREQUEST, method),
    ]
  }

  func outcome(_ code: CURLcode) -> Result<Void, TransportFailure> {
    if code == CURLE_OK { return .success(()) }
    let text = String(cString: errorText)
    let reason = text.isEmpty ? String(cString: curl_easy_strerror(code)) : text
    return .failure(TransportFailure(kind: kind(code), reason: reason))
  }

  private func kind(_ code: CURLcode) -> TransportFailure.Kind {
    switch code {
    case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY, CURLE_COULDNT_CONNECT:
      return .unreachable
    case CURLE_OPERATION_TIMEDOUT:
      var requestSize = 0
      // Nothing was sent as long as no byte of the request was.
      curl_get_long(easy, CURLINFO_REQUEST_SIZE, &requestSize)
      return requestSize == 0 ? .connectTimeout : .timeout
    case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM,
      CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CIPHER, CURLE_SSL_ENGINE_NOTFOUND:
      return .tls
    case CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_GOT_NOTHING, CURLE_PARTIAL_FILE,
      CURLE_SEND_FAIL_REWIND, CURLE_WEIRD_SERVER_REPLY:
      return .broken
    case CURLE_ABORTED_BY_CALLBACK: return .upload
    default: return .other
    }
  }
}

private func receiveHeader(
  _ bytes: UnsafeMutablePointer<CChar>?,
  _ size: Int,
  _ count: Int,
  _ context: UnsafeMutableRawPointer?
) -> Int {
  withTransfer(context, bytes, size * count) { transfer, buffer in
    transfer.receiveHeader(UnsafeBufferPointer(buffer))
    return buffer.count
  }
}

private func receiveBody(
  _ bytes: UnsafeMutablePointer<CChar>?,
  _ size: Int,
  _ count: Int,
  _ context: UnsafeMutableRawPointer?
) -> Int {
  withTransfer(context, bytes, size * count) { transfer, buffer in
    transfer.receive(UnsafeBufferPointer(buffer)) ? buffer.count : Int(CURL_WRITEFUNC_PAUSE)
  }
}

private func supplyBody(
  _ bytes: UnsafeMutablePointer<CChar>?,
  _ size: Int,
  _ count: Int,
  _ context: UnsafeMutableRawPointer?
) -> Int {
  guard let context, let bytes, size * count > 0 else { return 0 }
  // It lives until libcurl has let go of it.
  let handle = Unmanaged<EasyHandle>.fromOpaque(context).takeUnretainedValue()
  return bytes.withMemoryRebound(to: UInt8.self, capacity: size * count) { pointer in
    handle.supply(into: UnsafeMutableBufferPointer(start: pointer, count: size * count))
  }
}

private func withTransfer(
  _ context: UnsafeMutableRawPointer?,
  _ bytes: UnsafeMutablePointer<CChar>?,
  _ count: Int,
  _ work: (Transfer, UnsafeMutableBufferPointer<UInt8>) -> Int
) -> Int {
  guard let context, let bytes, count > 0 else { return 0 }
  // The handle that libcurl works on keeps its transfer alive.
  let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
  return bytes.withMemoryRebound(to: UInt8.self, capacity: count) { pointer in
    work(transfer, UnsafeMutableBufferPointer(start: pointer, count: count))
  }
}
