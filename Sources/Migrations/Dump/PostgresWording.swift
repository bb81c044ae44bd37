import RedshiftSQL

/// SQL as PostgreSQL writes it down, in the words of Redshift's, as far as it has counterparts.
///
/// A server spells out what it understood: casts that nobody wrote, lists as arrays, functions of the
/// local warehouse in the place of Redshift's. What comes of it here is a guess, to be proved by the
/// server's writing it down in the same words again.
struct PostgresWording: Sendable {
  /// Words of the text, as they stand.
  private var words: [String]
  private var kinds: [SQLToken.Kind]

  /// - Parameter text: what the server wrote, its strings as Redshift reads them.
  init(_ text: String) {
    let bytes = Array(text.utf8)
    let tokens = SQLLexer.significantTokens(of: bytes).filter {
      $0.kind != .endOfText && $0.kind != .semicolon
    }
    words = tokens.map { String(decoding: bytes[$0.range], as: UTF8.self) }
    kinds = tokens.map(\.kind)
  }

  /// Guesses, the plainest first.
  static func guesses(_ text: String) -> [String] {
    var guesses: [String] = []
    for casts in Casts.allCases {
      var wording = PostgresWording(text)
      wording.respell(casts)
      let guess = wording.text
      if !guesses.contains(guess) { guesses.append(guess) }
    }
    return guesses
  }

  /// Which casts to text are taken for the server's own.
  private enum Casts: CaseIterable {
    case all
    case ofLiterals
  }

  private var text: String { words.joined(separator: " ") }

  private mutating func respell(_ casts: Casts) {
    respellFunctions()
    respellOperators()
    respellCasts(casts)
    respellLists()
  }

  private func isWord(_ index: Int, _ word: String) -> Bool {
    words.indices.contains(index) && words[index].lowercased() == word
  }

  private mutating func remove(_ range: Range<Int>) {
    words.removeSubrange(range)
    kinds.removeSubrange(range)
  }

  private mutating func insert(_ new: [(String, SQLToken.Kind)], at index: Int) {
    words.insert(contentsOf: new.map(\.0), at: index)
    kinds.insert(contentsOf: new.map(\.1), at: index)
  }

  // MARK: Moments

  private static let clocks: Set<String> = [
    "now", "clock_timestamp", "statement_timestamp", "transaction_timestamp",
  ]
  private static let moments: Set<String> = ["localtimestamp", "current_timestamp"]

  /// Whether a default asks for the time in words that are none of Redshift's.
  static func isMoment(_ text: String) -> Bool { momentGuess(text) != nil }

  /// The same with SYSDATE for the time, which is in UTC; nil where it does not ask for it.
  static func momentGuess(_ text: String) -> String? {
    var wording = PostgresWording(text)
    var found = false
    var index = 0
    while index < wording.words.count {
      defer { index += 1 }
      let word = wording.words[index].lowercased()
      if clocks.contains(word), wording.isWord(index + 1, "("), wording.isWord(index + 2, ")") {
        wording.remove(index + 1..<index + 3)
      } else if !moments.contains(word) {
        continue
      }
      wording.words[index] = "sysdate"
      found = true
      // SYSDATE is in UTC.
      if wording.isWord(index + 1, "at"), wording.isWord(index + 2, "time"),
        wording.isWord(index + 3, "zone"), wording.isWord(index + 4, "'utc'")
      {
        let end = wording.kinds.indices.contains(index + 6) && wording.isWord(index + 6, "text")
        wording.remove(index + 1..<(end ? index + 7 : index + 5))
      }
    }
    guard found else { return nil }
    wording.respell(.all)
    while wording.isWord(0, "("), wording.closing(0) == wording.words.count - 1 {
      wording.remove(wording.words.count - 1..<wording.words.count)
      wording.remove(0..<1)
    }
    return wording.text
  }

  // MARK: Functions and operators

  /// `rs.f(` and `"substring"(`.
  private mutating func respellFunctions() {
    var index = 0
    while index < words.count {
      if isWord(index, "rs"), isWord(index + 1, "."), isWord(index + 3, "("),
        index == 0 || words[index - 1] != "."
      {
        remove(index..<index + 2)
      }
      if kinds[index] == .quotedIdentifier, isWord(index + 1, "("),
        ["\"substring\"", "\"left\"", "\"right\"", "\"position\"", "\"overlay\""].contains(
          words[index]
        )
      {
        words[index] = String(words[index].dropFirst().dropLast())
        kinds[index] = .word
      }
      index += 1
    }
  }

  private mutating func respellOperators() {
    let operators = [
      "~~": ["like"], "!~~": ["not", "like"], "~~*": ["ilike"], "!~~*": ["not", "ilike"],
    ]
    for index in words.indices.reversed() where kinds[index] == .operator {
      guard let spelled = operators[words[index]] else { continue }
      remove(index..<index + 1)
      insert(spelled.map { ($0, .word) }, at: index)
    }
  }

  // MARK: Casts

  /// The number of words that a type behind `::` has, and its name where it has no arguments.
  private func type(at index: Int) -> (count: Int, name: String)? {
    guard words.indices.contains(index) else { return nil }
    let names = [
      ["character", "varying"], ["double", "precision"], ["timestamp", "without", "time", "zone"],
      ["timestamp", "with", "time", "zone"], ["time", "without", "time", "zone"],
      ["time", "with", "time", "zone"],
    ]
    for name in names where words[index...].prefix(name.count).map({ $0.lowercased() }) == name {
      return (name.count, name.joined(separator: " "))
    }
    return (1, words[index].lowercased())
  }

  private mutating func respellCasts(_ casts: Casts) {
    var index = 0
    while index < words.count {
      defer { index += 1 }
      guard kinds[index] == .doubleColon, let (count, name) = type(at: index + 1) else { continue }
      let end = index + 1 + count
      let hasArguments = isWord(end, "(") || isWord(end, "[")
      switch name {
      case "text", "character varying", "bpchar":
        guard !hasArguments else {
          // An array of texts is a list, whose elements need no cast.
          if isWord(end, "["), isWord(end + 1, "]") {
            remove(index..<end + 2)
            index -= 1
          }
          continue
        }
        let isLiteral = index > 0 && kinds[index - 1] == .string
        if casts == .all || isLiteral {
          remove(index..<end)
          index -= 1
          index -= bare(endingAt: index)
        } else {
          remove(index + 1..<end)
          insert([("varchar", .word)], at: index + 1)
        }
      case "jsonb": words[index + 1] = "super"
      case "bytea": words[index + 1] = "varbyte"
      default: continue
      }
    }
  }

  /// Takes the parentheses off a column that only a cast needed.
  ///
  /// - Returns: how many words stand before the place no more.
  private mutating func bare(endingAt close: Int) -> Int {
    guard isWord(close, ")") else { return 0 }
    for width in [1, 3] {
      let open = close - width - 1
      guard open >= 0, words[open] == "(" else { continue }
      let names: Set<SQLToken.Kind> = [.word, .quotedIdentifier]
      guard names.contains(kinds[open + 1]), width == 1 || words[open + 2] == "." else { continue }
      // Behind a name they are those of a call.
      if open > 0, kinds[open - 1] == .quotedIdentifier { return 0 }
      if open > 0, kinds[open - 1] == .word,
        SQLLexer.significantTokens(of: Array(words[open - 1].utf8)).first?.keyword
          == SQLKeyword.none
      {
        return 0
      }
      remove(close..<close + 1)
      remove(open..<open + 1)
      return 2
    }
    return 0
  }

  // MARK: Lists

  /// `= ANY (ARRAY[…])` is IN (…), `<> ALL (ARRAY[…])` is NOT IN (…).
  private mutating func respellLists() {
    var index = 0
    while index < words.count {
      defer { index += 1 }
      let isIn = isWord(index, "=") && isWord(index + 1, "any")
      let isNotIn = isWord(index, "<>") && isWord(index + 1, "all")
      guard isIn || isNotIn, isWord(index + 2, "("), let end = closing(index + 2) else { continue }
      var start = index + 3
      var stop = end
      while isWord(start, "("), closing(start) == stop - 1 {
        start += 1
        stop -= 1
      }
      guard isWord(start, "array"), isWord(start + 1, "["), words[stop - 1] == "]" else { continue }
      let items = (start + 2..<stop - 1).map { (words[$0], kinds[$0]) }
      remove(index..<end + 1)
      let head: [(String, SQLToken.Kind)] =
        (isIn ? [] : [("not", .word)]) + [("in", .word), ("(", .openParenthesis)]
      insert(head + items + [(")", .closeParenthesis)], at: index)
    }
  }

  /// The place of the parenthesis that closes one.
  private func closing(_ open: Int) -> Int? {
    var depth = 0
    for index in open..<words.count {
      if kinds[index] == .openParenthesis { depth += 1 }
      if kinds[index] == .closeParenthesis {
        depth -= 1
        if depth == 0 { return index }
      }
    }
    return nil
  }
}
