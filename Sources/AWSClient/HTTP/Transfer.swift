import CLibCurl
import Synchronization

/// One request on its way: the meeting point of libcurl's thread and the task that waits.
///
/// Response bytes wait here, a few at a time: when there are enough, libcurl is told to pause, and
/// the other side waits too. The same goes for bytes to be sent, in the other direction.
final class Transfer: Sendable {
  struct Head: Sendable {
    var status: Int
    var headers: HTTPHeaders
  }

  private struct State {
    var status = 0
    var headers = HTTPHeaders()
    var isHeadComplete = false
    var chunks: [[UInt8]] = []
    /// Chunks before this one were taken.
    var firstChunk = 0
    var buffered = 0
    var isReceivingPaused = false
    var outcome: Result<Void, TransportFailure>?
    var reader: CheckedContinuation<Void, Never>?

    var outgoing: [UInt8] = []
    var outgoingOffset = 0
    var isOutgoingComplete = false
    var outgoingFailure: String?
    var isSendingPaused = false
    var sender: CheckedContinuation<Void, Never>?
  }

  static let highWater = 1 << 20
  static let lowWater = 256 << 10

  let request: HTTPRequest
  let timeouts: HTTPTimeouts
  private let loop: CurlLoop
  private let state = Mutex(State())

  init(_ request: HTTPRequest, timeouts: HTTPTimeouts, loop: CurlLoop) {
    self.request = request
    self.timeouts = timeouts
    self.loop = loop
  }

  // MARK: The waiting task

  func head() async throws(TransportFailure) -> Head {
    while true {
      let result = state.withLock { state -> Result<Head, TransportFailure>? in
        if state.isHeadComplete {
          return .success(Head(status: state.status, headers: state.headers))
        }
        switch state.outcome {
        case .failure(let failure): return .failure(failure)
        case .success:
          return .failure(
            TransportFailure(kind: .broken, reason: "the answer has no end of headers")
          )
        case nil: return nil
        }
      }
      if let result { return try result.get() }
      await wait { !$0.isHeadComplete && $0.outcome == nil }
    }
  }

  func nextChunk() async throws(TransportFailure) -> [UInt8]? {
    while true {
      var resumes = false
      let result = state.withLock { state -> Result<[UInt8]?, TransportFailure>? in
        if state.firstChunk < state.chunks.count {
          let chunk = state.chunks[state.firstChunk]
          state.chunks[state.firstChunk] = []
          state.firstChunk += 1
          if state.firstChunk == state.chunks.count {
            state.chunks.removeAll(keepingCapacity: true)
            state.firstChunk = 0
          }
          state.buffered -= chunk.count
          if state.isReceivingPaused, state.buffered <= Self.lowWater {
            state.isReceivingPaused = false
            resumes = true
          }
          return .success(chunk)
        }
        switch state.outcome {
        case .success: return .success(nil)
        case .failure(let failure): return .failure(failure)
        case nil: return nil
        }
      }
      if resumes { loop.post(.resume(self)) }
      if let result { return try result.get() }
      await wait { $0.firstChunk >= $0.chunks.count && $0.outcome == nil }
    }
  }

  private func wait(while isNeeded: @escaping @Sendable (borrowing State) -> Bool) async {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isReady = state.withLock { state in
          guard isNeeded(state) else { return true }
          state.reader = continuation
          return false
        }
        if isReady { continuation.resume() }
      }
    } onCancel: {
      loop.post(.cancel(self))
    }
  }

  /// Nobody wants the rest.
  func abandon() {
    if state.withLock({ $0.outcome == nil }) { loop.post(.cancel(self)) }
  }

  /// Feeds a streamed body to libcurl until it ends, fails, or nobody wants more.
  func feed(_ next: @Sendable () async throws -> [UInt8]?) async {
    while true {
      let hasRoom = state.withLock { state in
        state.outcome != nil || state.outgoing.count - state.outgoingOffset < Self.lowWater
      }
      if !hasRoom {
        await withCheckedContinuation { continuation in
          let isReady = state.withLock { state in
            guard state.outcome == nil,
              state.outgoing.count - state.outgoingOffset >= Self.lowWater
            else { return true }
            state.sender = continuation
            return false
          }
          if isReady { continuation.resume() }
        }
        continue
      }
      if state.withLock({ $0.outcome != nil }) { return }
      var chunk: [UInt8]?
      var failure: String?
      do { chunk = try await next() } catch { failure = "\(error)" }
      let (resumes, ends) = state.withLock { state -> (Bool, Bool) in
        if let chunk {
          state.outgoing.removeFirst(state.outgoingOffset)
          state.outgoingOffset = 0
          state.outgoing += chunk
        } else {
          state.isOutgoingComplete = true
          state.outgoingFailure = failure
        }
        defer { state.isSendingPaused = false }
        return (state.isSendingPaused, chunk == nil)
      }
      if resumes { loop.post(.resume(self)) }
      if ends { return }
    }
  }

  // MARK: libcurl's thread

  /// Takes a line of the headers.
  func receiveHeader(_ bytes: UnsafeBufferPointer<UInt8>) {
    var line = String(decoding: bytes, as: UTF8.self)[...]
    while let last = line.unicodeScalars.last, last == "\r" || last == "\n" {
      line.unicodeScalars.removeLast()
    }
    let reader = state.withLock { state -> CheckedContinuation<Void, Never>? in
      if line.hasPrefix("HTTP/") {
        state.status = line.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        state.headers = HTTPHeaders()
        return nil
      }
      if line.isEmpty {
        // 100 Continue is followed by the real answer.
        guard state.status >= 200 else { return nil }
        state.isHeadComplete = true
        return state.reader.take()
      }
      // After the head come trailers, which nobody asked for.
      guard !state.isHeadComplete, let colon = line.firstIndex(of: ":") else { return nil }
      let value = line[line.index(after: colon)...]
      state.headers.add(String(line[..<colon]), Self.trimmed(value))
      return nil
    }
    reader?.resume()
  }

  private static func trimmed(_ text: Substring) -> String {
    var text = text
    while let first = text.first, first == " " || first == "\t" { text.removeFirst() }
    while let last = text.last, last == " " || last == "\t" { text.removeLast() }
    return String(text)
  }

  /// Takes bytes of the body; false when there are enough for now.
  func receive(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    let (isTaken, reader) = state.withLock { state -> (Bool, CheckedContinuation<Void, Never>?) in
      guard state.buffered < Self.highWater else {
        state.isReceivingPaused = true
        return (false, nil)
      }
      // Small pieces are joined: fewer of them wake the reader.
      if let last = state.chunks.indices.last, last >= state.firstChunk,
        state.chunks[last].count + bytes.count <= 64 << 10
      {
        state.chunks[last] += bytes
      } else {
        state.chunks.append(Array(bytes))
      }
      state.buffered += bytes.count
      return (true, state.reader.take())
    }
    reader?.resume()
    return isTaken
  }

  enum Supply {
    case bytes(Int)
    case wait
    case fail
  }

  /// Gives bytes to send; 0 of them at the end.
  func supply(into buffer: UnsafeMutableBufferPointer<UInt8>) -> Supply {
    let (supply, sender) = state.withLock { state -> (Supply, CheckedContinuation<Void, Never>?) in
      let count = min(buffer.count, state.outgoing.count - state.outgoingOffset)
      if count > 0 {
        state.outgoing.withUnsafeBufferPointer { bytes in
          _ = buffer.update(
            fromContentsOf: bytes[state.outgoingOffset..<state.outgoingOffset + count]
          )
        }
        state.outgoingOffset += count
        return (.bytes(count), state.sender.take())
      }
      if state.outgoingFailure != nil { return (.fail, nil) }
      if state.isOutgoingComplete { return (.bytes(0), nil) }
      state.isSendingPaused = true
      return (.wait, state.sender.take())
    }
    sender?.resume()
    return supply
  }

  func finish(_ outcome: Result<Void, TransportFailure>) {
    let (reader, sender) = state.withLock { state in
      if state.outcome == nil {
        state.outcome = outcome
        if let reason = state.outgoingFailure, case .failure = outcome {
          state.outcome = .failure(TransportFailure(kind: .upload, reason: reason))
        }
        // What a cancelled task would not read need not be kept.
        if case .failure(let failure) = outcome, failure.kind == .cancelled {
          state.chunks = []
          state.firstChunk = 0
        }
      }
      return (state.reader.take(), state.sender.take())
    }
    reader?.resume()
    sender?.resume()
  }
}
