import Diagnostics
import RedshiftSQL

/// What a session is asked to send, taken apart: the Data API takes one statement at a time, or up
/// to forty that are one transaction.
struct DataMessage {
  /// Bytes of a statement, and of all of a batch.
  static let largestStatement = 100_000
  /// Statements of a batch.
  static let mostStatements = 40

  /// One statement.
  struct Part {
    var sql: String
    /// Characters of the message before it.
    var offset: Int
    /// Which statement of the message it is, or is a piece of.
    var index: Int
    /// The statement that it is, or is a piece of.
    var statement: Statement

    var kind: Statement.Kind { statement.kind }
  }

  /// How to send it.
  enum Plan {
    case nothing
    /// One after the other, each by itself.
    case single([Part])
    /// All in one call, which is one transaction.
    case batch([Part])
    /// One after the other, in a transaction made for them.
    case wrapped([Part])
  }

  let parts: [Part]
  /// Whether a statement had to be cut into several.
  private let isCut: Bool

  init(_ sql: String) throws(Diagnostic) {
    let buffers = Buffers()
    let buffer = buffers.add(name: "the statement", text: sql)
    let bytes = buffers.bytes(of: buffer)
    var parts: [Part] = []
    var isCut = false
    var counted = 0
    var offset = 0
    for (index, statement) in SQLParser.parse(buffer, in: buffers).statements.enumerated() {
      let range = statement.range.bytes
      offset += bytes[counted..<range.lowerBound].count { $0 & 0xC0 != 0x80 }
      counted = range.lowerBound
      guard range.count > Self.largestStatement else {
        let text = String(decoding: bytes[range], as: UTF8.self)
        parts.append(Part(sql: text, offset: offset, index: index, statement: statement))
        continue
      }
      guard let pieces = Self.pieces(of: statement, bytes) else {
        throw .statementTooLong(range.count)
      }
      isCut = true
      parts += pieces.map { Part(sql: $0, offset: offset, index: index, statement: statement) }
    }
    self.parts = parts
    self.isCut = isCut
  }

  /// How to send it so that it does what one message to the server would.
  func plan(isInTransaction: Bool) -> Plan {
    guard let first = parts.first else { return .nothing }
    if parts.count == 1 { return .single([first]) }
    // A transaction that is open, or opened here, is the user's to end.
    if isInTransaction || parts.contains(where: \.controlsTransaction) { return .single(parts) }
    let size = parts.reduce(0) { $0 + $1.sql.utf8.count }
    let fits = parts.count <= Self.mostStatements && size <= Self.largestStatement
    return fits && !isCut ? .batch(parts) : .wrapped(parts)
  }

  /// A long INSERT … VALUES as several; nil where it cannot be cut.
  private static func pieces(of statement: Statement, _ bytes: [UInt8]) -> [String]? {
    guard case .insert(let insert) = statement.kind, case .query(let query) = insert.source,
      query.with == nil, case .values(let rows) = query.body.kind, let first = rows.first
    else { return nil }
    let head = bytes[statement.range.bytes.lowerBound..<first.range.bytes.lowerBound]
    var pieces: [String] = []
    var current: [UInt8] = []
    for row in rows {
      let text = bytes[row.range.bytes]
      guard head.count + text.count <= largestStatement else { return nil }
      if !current.isEmpty, current.count + 2 + text.count > largestStatement {
        pieces.append(String(decoding: current, as: UTF8.self))
        current = []
      }
      if current.isEmpty { current = Array(head) } else { current += [44, 10] }
      current += text
    }
    pieces.append(String(decoding: current, as: UTF8.self))
    return pieces
  }
}

extension DataMessage.Part {
  var controlsTransaction: Bool {
    if case .transaction = kind { return true }
    return false
  }

  /// What libpq would call it.
  func tag(rows: Int?) -> String {
    switch kind {
    case .query: rows.map { "SELECT \($0)" } ?? "SELECT"
    case .insert: "INSERT 0 \(rows ?? 0)"
    case .update: "UPDATE \(rows ?? 0)"
    case .delete: "DELETE \(rows ?? 0)"
    case .merge: "MERGE \(rows ?? 0)"
    default: statement.noun
    }
  }

  var countsRows: Bool {
    switch kind {
    case .insert, .update, .delete, .merge, .createTableAs: true
    default: statement.returnsRows
    }
  }
}
