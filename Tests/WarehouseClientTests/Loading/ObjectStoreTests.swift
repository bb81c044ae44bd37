import Diagnostics
import Foundation
import RedshiftSQL
import Synchronization
import Testing

@testable import WarehouseClient

/// Objects in memory that count how far they are read.
private final class MemoryStore: ObjectStore {
  final class Stream: ObjectStream {
    let store: MemoryStore
    let url: String
    let pieces: Mutex<ArraySlice<[UInt8]>>

    init(store: MemoryStore, url: String, bytes: [UInt8]) {
      self.store = store
      self.url = url
      let size = 64 << 10
      let starts = stride(from: 0, to: bytes.count, by: size)
      pieces = Mutex(starts.map { Array(bytes[$0..<min($0 + size, bytes.count)]) }[...])
    }

    func next() async throws(Diagnostic) -> [UInt8]? {
      if url.hasSuffix("broken") {
        throw Diagnostic(code: "object-damaged", "\(url) came damaged")
      }
      if url.hasSuffix("silent") {
        // As long as nobody cancels it.
        while !Task.isCancelled { await Task.yield() }
        throw Diagnostic(code: "interrupted", "interrupted")
      }
      let piece = pieces.withLock { $0.popFirst() }
      store.handedOut.withLock { $0 += piece?.count ?? 0 }
      return piece
    }
  }

  let contents: [String: [UInt8]]
  let opened = Mutex<[String]>([])
  let handedOut = Mutex(0)
  let regions = Mutex<Set<String>>([])

  init(_ contents: [String: [UInt8]]) { self.contents = contents }

  func objects(
    startingWith location: String,
    region: String?
  ) async throws(Diagnostic) -> [StorageObject] {
    regions.withLock { _ = $0.insert(region ?? "none") }
    if location.hasPrefix("s3://denied") {
      throw Diagnostic(code: "access-denied", "no permission for s3:ListBucket")
    }
    return contents.keys.filter { $0.hasPrefix(location) }.sorted().map(object)
  }

  func object(at location: String, region: String?) async throws(Diagnostic) -> StorageObject? {
    contents[location].map { _ in object(location) }
  }

  private func object(_ url: String) -> StorageObject {
    StorageObject(url: url, path: url, size: contents[url]?.count ?? 0, version: "1")
  }

  func open(_ object: StorageObject, region: String?) async throws(Diagnostic) -> any ObjectStream {
    opened.withLock { $0.append(object.url) }
    return Stream(store: self, url: object.url, bytes: contents[object.url] ?? [])
  }

  func write(
    file path: String,
    size: Int,
    to location: String,
    region: String?
  ) async throws(Diagnostic) {}

  func remove(_ objects: [StorageObject], region: String?) async throws(Diagnostic) {}
}

/// Hands out one piece, then waits until it is cancelled; the reader looks then for more.
private final class WaitingStore: ObjectStore, ObjectStream {
  private struct State {
    var pieces = 0
    var isCancelled = false
    var waiting: CheckedContinuation<Void, Never>?
  }

  private let state = Mutex(State())
  private let onCancel: @Sendable () -> Void
  private let began: AsyncStream<Void>.Continuation

  init(began: AsyncStream<Void>.Continuation, onCancel: @escaping @Sendable () -> Void) {
    self.began = began
    self.onCancel = onCancel
  }

  func next() async throws(Diagnostic) -> [UInt8]? {
    let isFirst = state.withLock { state in
      state.pieces += 1
      return state.pieces == 1
    }
    if isFirst { return [1] }
    began.yield()
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isCancelled = state.withLock { state in
          if !state.isCancelled { state.waiting = continuation }
          return state.isCancelled
        }
        if isCancelled { continuation.resume() }
      }
    } onCancel: {
      onCancel()
      let waiting = state.withLock { state in
        state.isCancelled = true
        return state.waiting.take()
      }
      waiting?.resume()
    }
    throw Diagnostic(code: "interrupted", "the transfer was cancelled")
  }

  func open(_ object: StorageObject, region: String?) -> any ObjectStream { self }

  func objects(startingWith location: String, region: String?) -> [StorageObject] { [] }

  func object(at location: String, region: String?) -> StorageObject? { nil }

  func write(file path: String, size: Int, to location: String, region: String?) {}

  func remove(_ objects: [StorageObject], region: String?) {}
}

@Suite struct ObjectStoreTests {
  /// Whoever reads is told that the load was stopped, not that a transfer was cancelled.
  @Test func readersAreStoppedBeforeTransfers() async throws {
    let source = Mutex<ObjectBytes?>(nil)
    let seen = Mutex<[SourceFailure.Kind?]>([])
    let (begins, began) = AsyncStream<Void>.makeStream()
    let store = WaitingStore(began: began) {
      // A piece is there to be read unless the reader was stopped before.
      var byte: UInt8 = 0
      do throws(SourceFailure) {
        _ = try source.withLock { source throws(SourceFailure) in
          try source?.read(into: &byte, capacity: 1)
        }
        seen.withLock { $0.append(nil) }
      } catch {
        seen.withLock { $0.append(error.kind) }
      }
    }
    let object = StorageObject(url: "s3://b/o", path: "s3://b/o", size: 1, version: "1")
    let fetcher = ObjectFetcher([object], store: store, region: nil)
    source.withLock { $0 = fetcher.source(at: 0) }
    for await _ in begins { break }
    fetcher.stop()
    #expect(seen.withLock { $0 } == [.stopped])
  }

  private let auto = CopyStatement.Format.json(.automatic)

  private func record(_ number: Int) -> [UInt8] { Array("{\"a\":\(number)}\n".utf8) }

  private func load(
    _ contents: [String: [UInt8]],
    _ change: (inout CopyStatement) -> Void = { _ in },
    session: FakeLoadSession? = nil
  ) async throws -> (store: MemoryStore, rows: String, diagnostic: Diagnostic?) {
    let fixture = try LoadFixture("a int4", files: ["in": record(0)])
    defer { fixture.remove() }
    let store = MemoryStore(contents)
    var copy = fixture.copy(auto, from: "s3://lake/in")
    change(&copy)
    let session = session ?? FakeLoadSession(fixture.catalog)
    let loader = CopyLoader(storage: fixture.storage, store: store, metadataSchema: "redstart")
    do throws(Diagnostic) {
      _ = try await loader.load(copy, session: session, buffers: Buffers())
      return (store, session.copied, nil)
    } catch {
      return (store, "", error)
    }
  }

  @Test func whatNoFolderStandsForIsReadFromTheStoreInOrder() async throws {
    var contents: [String: [UInt8]] = [:]
    for number in 100..<400 { contents["s3://lake/in/\(number)"] = record(number) }
    let (_, rows, diagnostic) = try await load(contents)
    #expect(diagnostic == nil)
    #expect(rows == (100..<400).map { "\($0)\n" }.joined())
    // A mapped location does not ask the store.
    let mapped = try await load(contents) { copy in
      copy.source.value = "s3://bucket/in"
    }
    #expect(mapped.rows == "0\n" && mapped.store.opened.withLock { $0.isEmpty })
  }

  @Test func manifestsMixFoldersAndTheStore() async throws {
    let manifest = """
      {"entries": [{"url": "s3://lake/b"}, {"url": "s3://bucket/in", "mandatory": true},
        {"url": "s3://lake/none"}, {"url": "s3://lake/a"}]}
      """
    let loaded = try await load([
      "s3://lake/in": Array(manifest.utf8), "s3://lake/a": record(1), "s3://lake/b": record(2),
    ]) { copy in
      copy.isManifest = true
    }
    #expect(loaded.rows == "2\n0\n1\n")
  }

  @Test func pathsOfTheStoreAreUsed() async throws {
    let paths = Array(#"{"jsonpaths": ["$.deep.b"]}"#.utf8)
    let loaded = try await load([
      "s3://lake/in": Array(#"{"deep":{"b":5}}"#.utf8), "s3://lake/paths": paths,
    ]) { copy in
      let place = CopyStatement.Literal(value: "s3://lake/paths", range: copy.source.range)
      copy.format = .json(.file(place))
    }
    #expect(loaded.rows == "5\n")
  }

  @Test func problemsPointAtTheStatement() async throws {
    let broken = try await load(["s3://lake/in/1": record(1), "s3://lake/in/broken": record(2)])
    #expect(broken.diagnostic?.code == "object-damaged")
    #expect(broken.diagnostic?.primary?.range.bytes == 12..<28)
    let denied = try await load([:]) { $0.source.value = "s3://denied/x" }
    #expect(denied.diagnostic?.code == "access-denied")
    #expect(denied.diagnostic?.primary?.range.bytes == 12..<28)
    let empty = try await load([:])
    #expect(empty.diagnostic?.code == "copy-no-objects")
  }

  @Test func theRegionOfTheStatementIsHandedOn() async throws {
    let loaded = try await load(["s3://lake/in": record(1)]) { copy in
      copy.region = CopyStatement.Literal(value: "eu-west-1", range: copy.source.range)
    }
    #expect(loaded.store.regions.withLock { $0 } == ["eu-west-1"])
  }

  @Test func aRefusalEndsTransfersThatNobodyWants() async throws {
    let line = record(1234)
    let large = Array(repeatElement(line, count: 400_000).joined())
    let refusal = WarehouseError(kind: .statement, message: "value violates a check")
    let session = FakeLoadSession([["a", "int4", "-1", "f", "f", "f", nil]], refusal: refusal)
    let loaded = try await load(
      ["s3://lake/in/1": large, "s3://lake/in/2silent": line, "s3://lake/in/3": large],
      session: session
    )
    #expect(loaded.diagnostic?.code == "load-refused")
  }

  @Test func nothingIsFetchedFarAheadOfTheParser() async throws {
    let size = 8 << 20
    var contents: [String: [UInt8]] = [:]
    for number in 10..<22 {
      contents["s3://lake/\(number)"] = [UInt8](repeating: 32, count: size)
    }
    let store = MemoryStore(contents)
    let objects = try await store.objects(startingWith: "s3://lake/", region: nil)
    let fetcher = ObjectFetcher(objects, store: store, region: nil)
    let source = fetcher.source(at: 0)
    var rest = size
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    while rest > 0 {
      rest -= try bytes.withUnsafeMutableBufferPointer { buffer in
        guard let base = buffer.baseAddress else { return 0 }
        return try source.read(into: base, capacity: buffer.count)
      }
    }
    // Four objects of this size are within reach, and each waits after 2 MiB and a piece.
    let ahead = store.handedOut.withLock { $0 } - size
    #expect(ahead <= 4 * ((2 << 20) + (64 << 10)))
    #expect(store.opened.withLock { $0.count } <= 5)
    fetcher.stop()
    #expect(throws: SourceFailure.self) {
      try bytes.withUnsafeMutableBufferPointer { buffer in
        guard let base = buffer.baseAddress else { return 0 }
        return try fetcher.source(at: 1).read(into: base, capacity: buffer.count)
      }
    }
  }

  // MARK: Compression

  /// `{"a":1}` and `{"a":2}`, each compressed by itself with `zstd` and `bzip2`, one after another.
  private static let compressed: [(CopyStatement.Compression, String)] = [
    (.zstandard, "KLUv/SAIQQAAeyJhIjoxfQootS/9IAhBAAB7ImEiOjJ9Cg=="),
    (
      .bzip2,
      "QlpoOTFBWSZTWbrGTdsAAANZgAAQEAAgECAAAAogACIDZQhgEUofF3JFOFCQusZN20JaaD"
        + "kxQVkmU1m4r7hSAAADWYAAEBAAEBAgAAAKIAAiA2UIYBFKHxdyRThQkLivuFI="
    ),
  ]

  @Test(arguments: [0, 1]) func everyFrameIsRead(_ index: Int) async throws {
    let (compression, text) = Self.compressed[index]
    let bytes = [UInt8](try #require(Data(base64Encoded: text)))
    let got = try await LoadFixture.rows(of: bytes, "a int4") { $0.compression = compression }
    #expect(got == "1\n2\n")
    for cut in [3, bytes.count / 2 + 5, bytes.count - 1] {
      let rows = try await LoadFixture.rows(of: Array(bytes.prefix(cut)), "a int4") {
        $0.compression = compression
      }
      #expect(rows.contains("is not sound"), "\(cut): \(rows)")
    }
    let plain = try await LoadFixture.rows(of: record(1), "a int4") {
      $0.compression = compression
    }
    #expect(plain.contains("is not sound"))
    let fixture = try LoadFixture("a int4", files: ["in": bytes])
    defer { fixture.remove() }
    let unmarked = await fixture.load(fixture.copy(auto)).diagnostic
    let option = compression == .bzip2 ? "add BZIP2" : "add ZSTD"
    #expect(unmarked?.help.first?.contains(option) == true)
  }

  /// Whoever looks at an object has only its first bytes, however many those are.
  @Test func theBeginningOfAnObjectIsRead() throws {
    // printf 'hello\n' | gzip -n, twice.
    let member = "H4sIAAAAAAAAA8tIzcnJ5wIAIDA6NgYAAAA="
    let gzip = [UInt8](try #require(Data(base64Encoded: member)))
    var cases = [(gzip + gzip + [0, 0], "hello\nhello\n", "gzip")]
    for (compression, text) in Self.compressed {
      let bytes = [UInt8](try #require(Data(base64Encoded: text)))
      cases.append((bytes, "{\"a\":1}\n{\"a\":2}\n", compression == .bzip2 ? "bzip2" : "zstd"))
    }
    func text(_ bytes: [UInt8], isWhole: Bool) throws -> String {
      var found: [UInt8] = []
      try ObjectBeginning(bytes, isWhole: isWhole).read {
        found += $0
        return true
      }
      return String(decoding: found, as: UTF8.self)
    }
    #expect(try text(Array("1,2\n".utf8), isWhole: true) == "1,2\n")
    for (bytes, expected, name) in cases {
      #expect(try text(bytes, isWhole: true) == expected)
      var lengths: Set<Int> = []
      for count in 4...bytes.count {
        let found = try text(Array(bytes.prefix(count)), isWhole: false)
        #expect(expected.hasPrefix(found))
        lengths.insert(found.count)
      }
      #expect(lengths.contains(expected.count / 2), "\(name)")
      #expect(throws: ObjectBeginning.Damage.self) {
        try text(Array(bytes.prefix(bytes.count / 2 + 5)), isWhole: true)
      }
      var damaged = bytes
      for index in 10..<min(damaged.count, 30) { damaged[index] ^= 0xFF }
      do {
        _ = try text(damaged, isWhole: true)
        Issue.record("damaged \(name) was taken")
      } catch let error as ObjectBeginning.Damage {
        #expect(error.compression == name)
      }
    }
    // No more is read than wanted.
    var pieces = 0
    try ObjectBeginning(gzip + gzip, isWhole: true).read { _ in
      pieces += 1
      return false
    }
    #expect(pieces == 1)
  }

  @Test func largeCompressedObjectsAreRead() async throws {
    let folder = NSTemporaryDirectory() + "compressed-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let text = (0..<200_000).map { "{\"a\":\($0)}\n" }.joined()
    try text.write(toFile: folder + "/in", atomically: true, encoding: .utf8)
    let expected = (0..<200_000).map { "\($0)\n" }.joined()
    let programs: [(String, String, CopyStatement.Compression)] = [
      ("zstd", "zst", .zstandard), ("bzip2", "bz2", .bzip2), ("gzip", "gz", .gzip),
    ]
    for (program, ending, compression) in programs {
      guard
        let path = ["/usr/bin/", "/bin/"].map({ $0 + program })
          .first(where: { FileManager.default.isExecutableFile(atPath: $0) })
      else { continue }
      let process = Process()
      process.executableURL = URL(fileURLWithPath: path)
      process.arguments = ["-k", "-q", folder + "/in"]
      try process.run()
      process.waitUntilExit()
      let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder + "/in." + ending)))
      let loaded = try await load(["s3://lake/in": bytes]) { $0.compression = compression }
      #expect(loaded.rows == expected, "\(program)")
    }
  }
}
