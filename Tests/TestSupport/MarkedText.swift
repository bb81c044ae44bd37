/// Source text with `«` and `»` around the parts that a test speaks of.
package struct MarkedText: Sendable {
  /// The text without marks.
  package var text: String
  /// Byte ranges of the marked parts, in order.
  package var ranges: [Range<Int>]

  package init(_ marked: String) {
    var text = ""
    var starts: [Int] = []
    var ranges: [Range<Int>] = []
    for character in marked {
      if character == "«" {
        starts.append(text.utf8.count)
      } else if character == "»", let start = starts.popLast() {
        ranges.append(start..<text.utf8.count)
      } else {
        text.append(character)
      }
    }
    self.text = text
    self.ranges = ranges.sorted { $0.lowerBound < $1.lowerBound }
  }
}
