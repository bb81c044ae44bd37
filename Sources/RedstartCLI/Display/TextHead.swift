/// The first lines or bytes of a text that comes in pieces.
struct TextHead {
  enum Limit {
    case lines(Int)
    case bytes(Int)
  }

  /// Lines so long that nobody reads them are not kept whole.
  static let longest = 4 << 20

  private let limit: Limit
  private var bytes: [UInt8] = []
  private var newlines = 0
  private(set) var isFull = false

  init(_ limit: Limit) {
    self.limit = limit
  }

  mutating func add(_ piece: [UInt8]) {
    guard !isFull else { return }
    switch limit {
    case .bytes(let count):
      bytes += piece.prefix(count - bytes.count)
      isFull = bytes.count >= count
    case .lines(let count):
      var end = 0
      while end < piece.count, newlines < count {
        if piece[end] == UInt8(ascii: "\n") { newlines += 1 }
        end += 1
      }
      bytes += piece[..<end]
      isFull = newlines >= count || bytes.count >= Self.longest
    }
  }

  /// Whether there is a byte that no text has.
  var isBinary: Bool { bytes.contains(0) }

  /// What was kept, with a newline at its end.
  var text: String {
    var text = String(decoding: bytes, as: UTF8.self)
    if !text.isEmpty, !text.hasSuffix("\n") { text += "\n" }
    return text
  }
}
