import CLibCurl
import Dispatch
import Synchronization

/// One thread that drives all transfers of a transport through libcurl's multi interface, which
/// keeps the connections and shares them between transfers.
final class CurlLoop: Sendable {
  enum Order: Sendable {
    case start(Transfer)
    case resume(Transfer)
    case cancel(Transfer)
    case stop
  }

  private struct State {
    var orders: [Order] = []
    var isStopped = false
  }

  private let state = Mutex(State())
  private let settings: HTTPSettings
  // libcurl allows `curl_multi_wakeup` from any thread; all else happens on the loop's own.
  private nonisolated(unsafe) let multi: OpaquePointer?

  init(_ settings: HTTPSettings) {
    self.settings = settings
    multi = CurlLibrary.isReady ? curl_multi_init().map { OpaquePointer($0) } : nil
    let thread = DispatchQueue(label: "redstart.http")
    guard let multi = Self.raw(multi) else { return }
    curl_multi_set_long(multi, CURLMOPT_MAX_HOST_CONNECTIONS, settings.connectionsPerHost)
    curl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, 2 * settings.connectionsPerHost)
    thread.async { self.run() }
  }

  private static func raw(_ pointer: OpaquePointer?) -> UnsafeMutableRawPointer? {
    pointer.map { UnsafeMutableRawPointer($0) }
  }

  /// Hands an order to the thread.
  func post(_ order: Order) {
    let isTaken = state.withLock { state in
      guard !state.isStopped else { return false }
      state.orders.append(order)
      // After this the thread frees what a wake-up would touch, so the lock covers both.
      if case .stop = order { state.isStopped = true }
      if let multi = Self.raw(multi) { curl_multi_wakeup(multi) }
      return true
    }
    if !isTaken || multi == nil, case .start(let transfer) = order {
      transfer.finish(.failure(TransportFailure(kind: .other, reason: "libcurl cannot be used")))
    }
  }

  // MARK: The thread

  private func run() {
    guard let multi = Self.raw(multi) else { return }
    var handles: [ObjectIdentifier: EasyHandle] = [:]
    var isStopping = false
    while !isStopping {
      for order in state.withLock({ state in
        defer { state.orders = [] }
        return state.orders
      }) {
        switch order {
        case .start(let transfer): start(transfer, multi, &handles)
        case .resume(let transfer): handles[ObjectIdentifier(transfer)]?.resume()
        case .cancel(let transfer):
          end(
            transfer,
            .failure(TransportFailure(kind: .cancelled, reason: "cancelled")),
            multi,
            &handles
          )
        case .stop: isStopping = true
        }
      }
      var running: Int32 = 0
      curl_multi_perform(multi, &running)
      collect(multi, &handles)
      if isStopping { break }
      // Wakes up for the network, for libcurl's own timers, and for orders.
      curl_multi_poll(multi, nil, 0, 60_000, nil)
    }
    for handle in Array(handles.values) {
      end(
        handle.transfer,
        .failure(TransportFailure(kind: .cancelled, reason: "the transport was closed")),
        multi,
        &handles
      )
    }
    curl_multi_cleanup(multi)
  }

  private func start(
    _ transfer: Transfer,
    _ multi: UnsafeMutableRawPointer,
    _ handles: inout [ObjectIdentifier: EasyHandle]
  ) {
    guard let handle = EasyHandle(transfer, settings),
      curl_multi_add_handle(multi, handle.easy) == CURLM_OK
    else {
      transfer.finish(
        .failure(TransportFailure(kind: .other, reason: "libcurl does not take the request"))
      )
      return
    }
    handles[ObjectIdentifier(transfer)] = handle
  }

  private func end(
    _ transfer: Transfer,
    _ outcome: Result<Void, TransportFailure>,
    _ multi: UnsafeMutableRawPointer,
    _ handles: inout [ObjectIdentifier: EasyHandle]
  ) {
    guard let handle = handles.removeValue(forKey: ObjectIdentifier(transfer)) else { return }
    curl_multi_remove_handle(multi, handle.easy)
    transfer.finish(outcome)
  }

  private func collect(
    _ multi: UnsafeMutableRawPointer,
    _ handles: inout [ObjectIdentifier: EasyHandle]
  ) {
    var left: Int32 = 0
    while let message = curl_multi_info_read(multi, &left) {
      guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle else {
        continue
      }
      let code = message.pointee.data.result
      guard let handle = handles.values.first(where: { $0.easy == easy }) else { continue }
      end(handle.transfer, handle.outcome(code), multi, &handles)
    }
  }
}

/// libcurl's own beginning, once for the process.
enum CurlLibrary {
  static let isReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK
}
