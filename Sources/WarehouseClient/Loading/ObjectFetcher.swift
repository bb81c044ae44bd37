import Diagnostics
import Dispatch
import Glibc
import Synchronization

/// Fetches stored objects, several at a time, ahead of the thread that parses them in order.
///
/// Small objects are fetched many at once, since each costs a round trip; of large ones, the next is
/// begun while one is read. What waits to be parsed is bounded, and a transfer that is not wanted yet
/// waits as well.
final class ObjectFetcher: Sendable {
  /// How many objects are fetched at once.
  private static let width = 16
  /// How many bytes of objects behind the current one may be on their way.
  private static let reach = 32 << 20

  private struct State {
    /// Objects before this one were begun.
    var begun = 0
    var pipes: [Int: ChunkPipe] = [:]
    var tasks: [Int: Task<Void, Never>] = [:]
    var isStopped = false
  }

  private let objects: [StorageObject]
  private let store: any ObjectStore
  private let region: String?
  private let state = Mutex(State())

  init(_ objects: [StorageObject], store: any ObjectStore, region: String?) {
    self.objects = objects
    self.store = store
    self.region = region
  }

  /// The bytes of one object, which is asked for in the order of the list.
  func source(at index: Int) -> ObjectBytes {
    let pipe = state.withLock { state -> ChunkPipe? in
      for done in state.tasks.keys where done < index {
        state.tasks[done] = nil
        state.pipes[done] = nil
      }
      begin(upTo: index, &state)
      return state.pipes[index]
    }
    return ObjectBytes(pipe ?? .stopped(objects[index].path), path: objects[index].path)
  }

  /// Ends all transfers; whoever waits for bytes is told.
  func stop() {
    let (pipes, tasks) = state.withLock { state in
      state.isStopped = true
      return (Array(state.pipes.values), Array(state.tasks.values))
    }
    // The pipes first: a transfer that is cancelled must not be what ends one.
    for pipe in pipes { pipe.stop() }
    for task in tasks { task.cancel() }
  }

  private func begin(upTo index: Int, _ state: inout State) {
    state.begun = max(state.begun, index)
    var ahead = objects[index..<state.begun].dropFirst().reduce(0) { $0 + $1.size }
    while !state.isStopped, state.begun < objects.count {
      let next = state.begun
      let object = objects[next]
      let isNear = next <= index + 1
      guard isNear || (next < index + Self.width && ahead + object.size <= Self.reach) else {
        return
      }
      state.begun += 1
      if next > index { ahead += object.size }
      guard object.version != nil else { continue }
      let pipe = ChunkPipe(path: object.path)
      state.pipes[next] = pipe
      state.tasks[next] = Task { [store, region] in
        do throws(Diagnostic) {
          let stream = try await store.open(object, region: region)
          while let chunk = try await stream.next() {
            guard await pipe.put(chunk) else { return }
          }
          pipe.finish(nil)
        } catch {
          pipe.finish(
            SourceFailure(kind: .store(error), path: object.path, reason: error.message)
          )
        }
      }
    }
  }
}

/// Hands the bytes of one object from the task that fetches to the thread that parses.
final class ChunkPipe: Sendable {
  private static let capacity = 2 << 20

  private struct State {
    var chunks: [[UInt8]] = []
    var first = 0
    var size = 0
    var isFinished = false
    var failure: SourceFailure?
    var producer: CheckedContinuation<Void, Never>?
  }

  private let path: String
  private let state = Mutex(State())
  private let news = DispatchSemaphore(value: 0)

  init(path: String) { self.path = path }

  /// A pipe from which nothing will come.
  static func stopped(_ path: String) -> ChunkPipe {
    let pipe = ChunkPipe(path: path)
    pipe.stop()
    return pipe
  }

  /// Adds bytes and waits for room; false when nobody wants more.
  func put(_ chunk: [UInt8]) async -> Bool {
    let isFinished = state.withLock { state in
      if !state.isFinished {
        state.chunks.append(chunk)
        state.size += chunk.count
      }
      return state.isFinished
    }
    guard !isFinished else { return false }
    news.signal()
    await withCheckedContinuation { continuation in
      let hasRoom = state.withLock { state in
        guard state.size >= Self.capacity, !state.isFinished else { return true }
        state.producer = continuation
        return false
      }
      if hasRoom { continuation.resume() }
    }
    return state.withLock { !$0.isFinished }
  }

  /// Says that no more bytes come.
  func finish(_ failure: SourceFailure?) {
    state.withLock { state in
      guard !state.isFinished else { return }
      state.isFinished = true
      state.failure = failure
    }
    news.signal()
  }

  /// Ends both sides; what was not read is lost.
  func stop() {
    let producer = state.withLock { state in
      state.isFinished = true
      state.chunks = []
      state.first = 0
      state.failure = SourceFailure(kind: .stopped, path: path, reason: "interrupted")
      return state.producer.take()
    }
    producer?.resume()
    news.signal()
  }

  /// The next bytes, waited for by blocking the thread; nil after the last.
  func take() throws(SourceFailure) -> [UInt8]? {
    while true {
      let (chunk, isFinished, failure, producer) = state.withLock { state in
        var chunk: [UInt8]?
        var producer: CheckedContinuation<Void, Never>?
        if state.first < state.chunks.count {
          chunk = state.chunks[state.first]
          state.chunks[state.first] = []
          state.first += 1
          state.size -= chunk?.count ?? 0
          if state.first == state.chunks.count {
            state.chunks.removeAll(keepingCapacity: true)
            state.first = 0
          }
          if state.size < Self.capacity / 2 { producer = state.producer.take() }
        }
        return (chunk, state.isFinished, state.failure, producer)
      }
      producer?.resume()
      if let chunk { return chunk }
      if let failure { throw failure }
      if isFinished { return nil }
      news.wait()
    }
  }
}

/// The bytes of a stored object, for the thread that parses.
final class ObjectBytes: ByteSource {
  let path: String
  private let pipe: ChunkPipe
  private var chunk: [UInt8] = []
  private var offset = 0

  init(_ pipe: ChunkPipe, path: String) {
    self.pipe = pipe
    self.path = path
  }

  func read(into buffer: UnsafeMutablePointer<UInt8>, capacity: Int) throws(SourceFailure) -> Int {
    while offset >= chunk.count {
      guard let next = try pipe.take() else { return 0 }
      chunk = next
      offset = 0
    }
    let count = min(capacity, chunk.count - offset)
    chunk.withUnsafeBufferPointer { bytes in
      if let base = bytes.baseAddress { memcpy(buffer, base + offset, count) }
    }
    offset += count
    return count
  }
}
