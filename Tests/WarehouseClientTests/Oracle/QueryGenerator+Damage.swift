import TestSupport

extension QueryGenerator {
  /// A statement in which some names have changed places with others, or are gone.
  mutating func damagedStatement() -> String {
    mistake = nil
    var words = Self.words(of: statement())
    // What is left of a keyword is seldom a statement.
    let sparesKeywords = random.percent(75)
    for _ in 0...random.below(2) {
      let names = words.indices.filter { index in
        words[index].first?.isLetter == true
          && !(sparesKeywords && Self.keywords.contains(words[index]))
      }
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

  private static let keywords: Set<String> = [
    "select", "from", "where", "group", "by", "order", "having", "qualify", "with", "recursive",
    "as", "join", "inner", "left", "right", "full", "cross", "natural", "on", "using", "and", "or",
    "not", "in", "is", "between", "exists", "case", "when", "then", "else", "end", "union", "all",
    "intersect", "except", "minus", "over", "partition", "rows", "preceding", "following",
    "unbounded", "current", "row", "insert", "into", "values", "update", "set", "delete", "merge",
    "matched", "create", "table", "view", "limit", "offset", "distinct", "within", "interval",
    "date", "timestamp", "asc", "desc", "nulls", "first", "last", "like", "ilike", "similar", "to",
    "rollup", "cube", "grouping", "sets", "connect", "prior", "start", "pivot", "unpivot", "for",
  ]

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
