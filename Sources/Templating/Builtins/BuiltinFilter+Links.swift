import Diagnostics

extension BuiltinFilter {
  /// Makes links of the addresses in a text.
  @Sendable
  static func links(_ value: Value, _ arguments: Arguments) throws(Diagnostic) -> Value {
    let given = try arguments.matched(
      to: ["trim_url_limit", "nofollow", "target", "rel", "extra_schemes"],
      of: "urlize"
    )
    var relations = Set<String>()
    if let rel = given[3], rel.isTrue {
      relations = Set(PythonText.splitWords(rel.rendered))
    }
    if given[1]?.isTrue ?? false { relations.insert("nofollow") }
    relations.insert("noopener")
    var writer = LinkWriter()
    // Python sorts by code points, as bytes of UTF-8 are in order too.
    let sorted = relations.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    writer.attributes = " rel=\"\(HTMLText.escape(sorted.joined(separator: " ")))\""
    if let target = given[2], target.isTrue {
      writer.attributes += " target=\"\(HTMLText.escape(target.rendered))\""
    }
    if let limit = given[0], !limit.isNone {
      writer.limit = try integer(limit, 0, "trim_url_limit", of: "urlize", at: arguments.range)
    }
    for scheme in try schemes(given[4], at: arguments.range) {
      guard LinkWriter.isScheme(scheme) else {
        throw .invalidValue("'\(scheme)' is not a valid URI scheme prefix.", at: arguments.range)
      }
      writer.schemes.append(scheme)
    }
    let isSafe = if case .string(let string) = value { string.isSafe } else { false }
    let escaped = isSafe ? text(value) : HTMLText.escape(text(value))
    let result = writer.linked(escaped)
    try Value.checkText(result.utf8.count, at: arguments.range)
    return arguments.renderer.escapes ? .string(TemplateString(safe: result)) : .text(result)
  }

  private static func schemes(_ value: Value?, at range: TextRange) throws(Diagnostic) -> [String] {
    guard let value, value.isTrue else { return [] }
    return try elements(value, at: range).map(\.rendered)
  }
}

/// Finds addresses in escaped text and makes links of them.
struct LinkWriter {
  /// Attributes of every link to a page.
  var attributes = ""
  /// Characters of an address that are shown; nil for all.
  var limit: Int?
  /// Beginnings of further addresses.
  var schemes: [String] = []

  private typealias Scalars = ArraySlice<Unicode.Scalar>

  /// Whether a text can be the beginning of an address: `tel:`, `ftp://`.
  static func isScheme(_ text: String) -> Bool {
    var scalars = Array(text.unicodeScalars)
    var slashes = 0
    while slashes < 2, scalars.last == "/" {
      scalars.removeLast()
      slashes += 1
    }
    guard scalars.popLast() == ":" else { return false }
    return scalars.count >= 2
      && scalars.allSatisfy { isWord($0) || $0 == "." || $0 == "+" || $0 == "-" }
  }

  /// The text with links in it.
  func linked(_ text: String) -> String {
    let scalars = Array(text.unicodeScalars)
    var result = String.UnicodeScalarView()
    var index = 0
    while index < scalars.count {
      let start = index
      let isSpace = PythonText.isSpace(scalars[start])
      while index < scalars.count, PythonText.isSpace(scalars[index]) == isSpace { index += 1 }
      let word = scalars[start..<index]
      result.append(contentsOf: isSpace ? word : linkedWord(word))
    }
    return String(result)
  }

  private static let openings = ["(", "<", "&lt;"].map { Array($0.unicodeScalars) }
  private static let closings = [")", ">", "&gt;"].map { Array($0.unicodeScalars) }
  private static let points = [".", ",", "\n"].map { Array($0.unicodeScalars) }

  /// One word without white space, whose brackets and final points stay outside of a link.
  private func linkedWord(_ word: Scalars) -> Scalars {
    var middle = word
    while let mark = Self.openings.first(where: { middle.starts(with: $0) }) {
      middle = middle.dropFirst(mark.count)
    }
    let head = word[word.startIndex..<middle.startIndex]
    let rest = middle
    let marks = Self.closings + Self.points
    while let mark = marks.first(where: { middle.ends(with: $0) }) {
      middle = middle.dropLast(mark.count)
    }
    var tail = rest[middle.endIndex...]
    // A bracket that is opened inside of an address is closed there as well.
    for (opening, closing) in zip(Self.openings, Self.closings) {
      let opened = middle.count(of: opening)
      guard opened > middle.count(of: closing) else { continue }
      for _ in 0..<min(opened, tail.count(of: closing)) {
        guard let end = tail.end(of: closing) else { break }
        middle = rest[middle.startIndex..<end]
        tail = rest[end...]
      }
    }
    guard let link = link(middle) else { return word }
    return head + Array(link.unicodeScalars) + tail
  }

  /// The link that a word is; nil for words that are no addresses.
  private func link(_ word: Scalars) -> String? {
    let text = PythonText.text(word)
    if WebAddress.matches(Array(word)) {
      let isWhole = text.hasPrefix("https://") || text.hasPrefix("http://")
      let address = isWhole ? text : "https://" + text
      return "<a href=\"\(address)\"\(attributes)>\(shortened(text))</a>"
    }
    let mailto = "mailto:"
    if text.hasPrefix(mailto) {
      let address = word.dropFirst(mailto.utf8.count)
      if Self.isMail(address) { return "<a href=\"\(text)\">\(PythonText.text(address))</a>" }
    }
    if word.contains("@"), !text.hasPrefix("www."), !word.contains(":"), Self.isMail(word) {
      return "<a href=\"mailto:\(text)\">\(text)</a>"
    }
    var result: String?
    for scheme in schemes {
      let current = result ?? text
      if current != scheme, current.hasPrefix(scheme) {
        result = "<a href=\"\(current)\"\(attributes)>\(current)</a>"
      }
    }
    return result
  }

  private func shortened(_ text: String) -> String {
    guard let limit, text.unicodeScalars.count > limit else { return text }
    // A negative limit counts from the end, as slices do.
    let count = limit < 0 ? max(0, text.unicodeScalars.count + limit) : limit
    return PythonText.text(text.unicodeScalars.prefix(count)) + "..."
  }

  static func isWord(_ scalar: Unicode.Scalar) -> Bool { RegexSet.isWord(scalar) }

  /// Whether a text looks like `name@host.domain`.
  private static func isMail(_ word: Scalars) -> Bool {
    // Any at sign may be the one, if what is before and behind it fits.
    word.indices.contains { index in
      guard word[index] == "@", index > word.startIndex else { return false }
      let host = word[(index + 1)...]
      guard let first = host.first, isWord(first), let point = host.lastIndex(of: "."),
        point > host.startIndex
      else { return false }
      let domain = host[(point + 1)...]
      return !domain.isEmpty && domain.allSatisfy(isWord)
        && host[..<point].allSatisfy { isWord($0) || $0 == "." || $0 == "-" }
    }
  }
}

extension ArraySlice<Unicode.Scalar> {
  fileprivate func ends(with mark: [Unicode.Scalar]) -> Bool {
    suffix(mark.count).elementsEqual(mark)
  }

  /// How often a mark occurs.
  fileprivate func count(of mark: [Unicode.Scalar]) -> Int {
    indices.count { self[$0...].starts(with: mark) }
  }

  /// Where the first occurrence of a mark ends.
  fileprivate func end(of mark: [Unicode.Scalar]) -> Int? {
    indices.first { self[$0...].starts(with: mark) }.map { $0 + mark.count }
  }
}
