extension QueryGenerator {
  /// A statement in which some names have changed places with others, or are gone.
  mutating func damagedStatement() -> String {
    mistake = nil
    var words = Self.words(of: statement())
    for _ in 0...random.below(2) {
      let names = words.indices.filter { words[$0].first?.isLetter == true }
      guard let one = names.randomElement(using: &random),
        let two = names.randomElement(using: &random)
      else { break }
      switch random.below(4) {
      case 0: words.swapAt(one, two)
      case 1: words[one] = random.pick(Self.tables.flatMap(\.columns).map(\.name))
      case 2: words.remove(at: one)
      default: words[one] = words[two]
      }
    }
    return words.joined()
  }

  /// The text cut into words and what stands between them.
  private static func words(of text: String) -> [String] {
    var words: [String] = []
    var isWord = false
    for character in text {
      let belongs = character.isLetter || character.isNumber || character == "_"
      if belongs, isWord {
        words[words.count - 1].append(character)
      } else {
        words.append(String(character))
      }
      isWord = belongs
    }
    return words
  }
}
