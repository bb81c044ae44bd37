import Diagnostics
import Foundation
import RedshiftSQL
import Synchronization

@testable import WarehouseClient

/// A server that knows one table and keeps what is copied into it.
final class FakeLoadSession: WarehouseSession {
  private struct State {
    var statements: [String] = []
    var copied: [UInt8] = []
    var copiedCount = 0
    var largestBlock = 0
    var wasAborted = false
  }

  private let catalog: [[String?]]
  private let keepsRows: Bool
  private let refusal: WarehouseError?
  private let state = Mutex(State())

  init(_ catalog: [[String?]], keepsRows: Bool = true, refusal: WarehouseError? = nil) {
    self.catalog = catalog
    self.keepsRows = keepsRows
    self.refusal = refusal
  }

  var statements: [String] { state.withLock { $0.statements } }
  var copied: String { state.withLock { String(decoding: $0.copied, as: UTF8.self) } }
  var copiedCount: Int { state.withLock { $0.copiedCount } }
  var largestBlock: Int { state.withLock { $0.largestBlock } }
  var wasAborted: Bool { state.withLock { $0.wasAborted } }

  func execute(_ sql: String) async throws(WarehouseError) -> StatementResult {
    state.withLock { $0.statements.append(sql) }
    var result = StatementResult()
    if sql.contains("pg_attribute") { result.rows = catalog }
    if sql.hasPrefix("SELECT (") { result.rows = [["the default"]] }
    return result
  }

  func copyIn(
    _ sql: String,
    next: @escaping @Sendable () async throws -> [UInt8]?
  ) async throws -> StatementResult {
    state.withLock { $0.statements.append(sql) }
    if let refusal {
      _ = try await next()
      throw refusal
    }
    do {
      while let block = try await next() {
        state.withLock { state in
          if keepsRows { state.copied += block }
          state.copiedCount += block.count
          state.largestBlock = max(state.largestBlock, block.count)
        }
      }
    } catch {
      state.withLock { $0.wasAborted = true }
      throw error
    }
    return StatementResult()
  }

  func cancel() async {}
  func close() async {}
}

/// A folder of objects, a table and a COPY over them.
struct LoadFixture {
  let root: String
  var catalog: [[String?]]
  private let buffers = Buffers()
  private let range: TextRange

  /// Columns as `name type [modifier] [notnull] [default] [identity]`, separated by commas.
  init(_ columns: String, files: [String: [UInt8]] = [:]) throws {
    root = NSTemporaryDirectory() + "load-" + UUID().uuidString
    catalog = columns.split(separator: ",").map { column in
      let words = column.split(separator: " ").map(String.init)
      return [
        words[0], words[1], words.count > 2 ? Int(words[2]).map { "\($0 + 4)" } ?? "-1" : "-1",
        words.contains("notnull") ? "t" : "f", words.contains("identity") ? "t" : "f", "f",
        words.contains("default") ? "'the default'" : nil,
      ]
    }
    let buffer = buffers.add(name: "copy.sql", text: "copy t from 's3://bucket/in'")
    range = TextRange(buffer: buffer, bytes: 12..<28)
    try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
    for (name, bytes) in files { try write(name, bytes) }
  }

  func write(_ name: String, _ bytes: [UInt8]) throws {
    let path = root + "/" + name
    let folder = (path as NSString).deletingLastPathComponent
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try Data(bytes).write(to: URL(fileURLWithPath: path))
  }

  func remove() { try? FileManager.default.removeItem(atPath: root) }

  func literal(_ text: String) -> CopyStatement.Literal {
    CopyStatement.Literal(value: text, range: range)
  }

  func copy(_ format: CopyStatement.Format, from source: String = "s3://bucket/in")
    -> CopyStatement
  {
    CopyStatement(
      table: RelationName(identifier: "t"),
      tableRange: range,
      source: literal(source),
      format: format,
      formatRange: range
    )
  }

  var storage: S3Mapping { S3Mapping([(prefix: "s3://bucket", folder: root)]) }

  /// Loads and gives back the rows sent, or `error[code] …`.
  func load(
    _ copy: CopyStatement,
    session: FakeLoadSession? = nil,
    errors: FakeLoadSession? = nil
  ) async -> (rows: String, result: StatementResult?, diagnostic: Diagnostic?) {
    let session = session ?? FakeLoadSession(catalog)
    var second: (@Sendable () async throws(WarehouseError) -> any WarehouseSession)?
    if let errors {
      second = { @Sendable () async throws(WarehouseError) -> any WarehouseSession in errors }
    }
    let loader = CopyLoader(
      storage: storage,
      metadataSchema: "redstart",
      errorSession: second
    )
    do throws(Diagnostic) {
      let result = try await loader.load(copy, session: session, buffers: buffers)
      return (session.copied, result, nil)
    } catch {
      return ("error[\(error.code)] \(error.message)", nil, error)
    }
  }

  /// Loads one text and gives back the rows, or the number and words of the first error.
  static func rows(
    of text: [UInt8],
    _ columns: String,
    _ format: CopyStatement.Format = .json(.automatic),
    _ change: (inout CopyStatement) -> Void = { _ in }
  ) async throws -> String {
    let fixture = try LoadFixture(columns, files: ["in": text])
    defer { fixture.remove() }
    var copy = fixture.copy(format)
    change(&copy)
    let (rows, _, diagnostic) = await fixture.load(copy)
    guard let diagnostic else { return rows }
    return diagnostic.message.replacingOccurrences(of: fixture.root + "/in:", with: "")
  }

  static func fixture(_ name: String) throws -> [UInt8] {
    var folder = URL(fileURLWithPath: #filePath)
    for _ in 0..<3 { folder.deleteLastPathComponent() }
    return [UInt8](try Data(contentsOf: folder.appendingPathComponent("Fixtures/Loading/" + name)))
  }
}
