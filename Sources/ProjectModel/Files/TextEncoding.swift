package import Diagnostics

/// Whether bytes are UTF-8.
package enum TextEncoding {
  /// What is wrong with a file's bytes as text; nil where they are UTF-8.
  package static func problem(with bytes: [UInt8], of buffer: BufferID) -> Diagnostic? {
    firstProblem(in: bytes).map { .notText(at: TextRange(buffer: buffer, bytes: $0)) }
  }

  /// The first bytes that are no UTF-8; nil where all are.
  static func firstProblem(in bytes: [UInt8]) -> Range<Int>? {
    if String(validating: bytes, as: UTF8.self) != nil { return nil }
    var decoder = UTF8()
    var rest = bytes.makeIterator()
    var position = 0
    while case .scalarValue(let scalar) = decoder.decode(&rest) {
      position += UTF8.width(scalar)
    }
    return position..<min(position + 1, bytes.count)
  }
}
