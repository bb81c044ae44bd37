/// Writes the server's messages of PostgreSQL's protocol, version 3.
///
/// Source: PostgreSQL's documentation, "Message Formats".
struct WireWriter {
  private(set) var bytes: [UInt8] = []

  mutating func message(_ kind: Character, _ body: (inout WireWriter) -> Void) {
    bytes.append(kind.asciiValue ?? 0)
    let start = bytes.count
    append(int32: 0)
    body(&self)
    let length = UInt32(bytes.count - start)
    for place in 0..<4 {
      bytes[start + place] = UInt8(truncatingIfNeeded: length >> (24 - 8 * place))
    }
  }

  mutating func append(int16 value: Int) {
    bytes.append(UInt8(truncatingIfNeeded: value >> 8))
    bytes.append(UInt8(truncatingIfNeeded: value))
  }

  mutating func append(int32 value: Int) {
    append(int16: value >> 16)
    append(int16: value)
  }

  mutating func append(bytes more: some Sequence<UInt8>) { bytes.append(contentsOf: more) }

  /// Text with the zero byte that ends it.
  mutating func append(text: String) {
    bytes.append(contentsOf: text.utf8)
    bytes.append(0)
  }
}

/// Reads what a client sent.
struct WireReader {
  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  var isAtEnd: Bool { position >= bytes.count }

  mutating func int32() -> Int {
    var value: UInt32 = 0
    for _ in 0..<4 {
      value = value << 8 | UInt32(isAtEnd ? 0 : bytes[position])
      position += 1
    }
    return Int(value)
  }

  /// Text up to the zero byte that ends it.
  mutating func text() -> String {
    let start = min(position, bytes.count)
    let end = bytes[start...].firstIndex(of: 0) ?? bytes.count
    position = end + 1
    return String(decoding: bytes[start..<end], as: UTF8.self)
  }
}

/// What the server says is wrong.
struct WireError: Error {
  var severity = "ERROR"
  var sqlState = "XX000"
  var message: String
  var detail: String?
  var hint: String?
  /// In characters of the statement, from 1.
  var position: Int?

  init(
    _ message: String,
    sqlState: String = "XX000",
    severity: String = "ERROR",
    detail: String? = nil,
    hint: String? = nil,
    position: Int? = nil
  ) {
    self.message = message
    self.sqlState = sqlState
    self.severity = severity
    self.detail = detail
    self.hint = hint
    self.position = position
  }
}

extension WireWriter {
  mutating func error(_ error: WireError) {
    message("E") { writer in
      let fields: [(Character, String?)] = [
        ("S", error.severity), ("C", error.sqlState), ("M", error.message), ("D", error.detail),
        ("H", error.hint), ("P", error.position.map(String.init)),
      ]
      for (code, value) in fields {
        guard let value else { continue }
        writer.append(bytes: [code.asciiValue ?? 0])
        writer.append(text: value)
      }
      writer.append(bytes: [0])
    }
  }

  mutating func notice(_ text: String) {
    message("N") { writer in
      for (code, value) in [("S", "INFO"), ("C", "00000"), ("M", text)] as [(Character, String)] {
        writer.append(bytes: [code.asciiValue ?? 0])
        writer.append(text: value)
      }
      writer.append(bytes: [0])
    }
  }

  mutating func parameterStatus(_ name: String, _ value: String) {
    message("S") { writer in
      writer.append(text: name)
      writer.append(text: value)
    }
  }

  mutating func commandComplete(_ tag: String) { message("C") { $0.append(text: tag) } }

  mutating func readyForQuery(_ state: TransactionState) {
    message("Z") { $0.append(bytes: [state.rawValue]) }
  }
}

/// Where a session stands, in the letters of the protocol.
enum TransactionState: UInt8 {
  case idle = 0x49
  case inBlock = 0x54
  case failed = 0x45
}
