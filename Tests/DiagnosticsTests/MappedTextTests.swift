import Testing

@testable import Diagnostics

@Suite struct MappedTextTests {
  private static let buffer = BufferID(index: 3)

  private static func text(_ count: Int) -> MappedText {
    var result = MappedText()
    for index in 0..<count {
      let range = TextRange(buffer: buffer, bytes: index * 10..<index * 10 + 1)
      if index.isMultiple(of: 2) {
        result.append(text: "ab", origin: range, frame: index)
      } else {
        result.append(copying: [UInt8](repeating: 120, count: count * 10), range: range)
      }
    }
    return result
  }

  @Test func everyPieceHasItsOrigin() {
    let text = Self.text(50)
    #expect(text.map.segments.count == 50)
    for (index, segment) in text.map.segments.enumerated() {
      #expect(segment.isCopy == !index.isMultiple(of: 2))
      #expect(segment.frame == (segment.isCopy ? nil : index))
      #expect(segment.origin == TextRange(buffer: Self.buffer, bytes: index * 10..<index * 10 + 1))
    }
  }

  @Test func copiesOfATextGoTheirOwnWays() {
    let first = Self.text(5)
    var second = first
    #expect(first == second)
    #expect(first.hashValue == second.hashValue)
    second.append(text: "more", origin: TextRange(buffer: Self.buffer, bytes: 0..<4))
    #expect(first.map.segments.count == 5)
    #expect(second.map.segments.count == 6)
    #expect(first != second)
    #expect(first == Self.text(5))
  }

  @Test func theNextPieceOfACopyMakesItLonger() {
    let source = Array("select 1".utf8)
    var text = MappedText()
    text.append(copying: source, range: TextRange(buffer: Self.buffer, bytes: 0..<6))
    text.append(copying: source, range: TextRange(buffer: Self.buffer, bytes: 6..<8))
    #expect(text.map.segments.count == 1)
    #expect(text.map.segments.first?.origin.bytes == 0..<8)
    #expect(text.slice(2..<7).map.segments.first?.origin.bytes == 2..<7)
  }
}
