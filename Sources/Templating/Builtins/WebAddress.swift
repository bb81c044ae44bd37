/// Tells addresses of the web from other words, by the rules of Jinja's `urlize`.
enum WebAddress {
  private typealias Scalars = ArraySlice<Unicode.Scalar>

  /// Domains that need no `https://` before them.
  private static let knownDomains: Set<String> = [
    "com", "net", "int", "edu", "gov", "org", "info", "mil",
  ]

  /// Whether a whole word is an address.
  static func matches(_ word: [Unicode.Scalar]) -> Bool {
    let all = word[...]
    if let rest = after("https://", all) ?? after("http://", all) {
      if let (host, tail) = split(rest), isNamed(host), isTail(tail) { return true }
      if let tail = afterNumbers(rest) ?? afterBrackets(rest) { return isTail(tail) }
      return false
    }
    if let rest = after("www.", all), let (host, tail) = split(rest), isNamed(host), isTail(tail) {
      return true
    }
    guard let (host, tail) = split(all), isTail(tail) else { return false }
    return isKnown(host)
  }

  /// What follows a beginning, whatever the case of its letters.
  private static func after(_ start: String, _ word: Scalars) -> Scalars? {
    let start = start.unicodeScalars
    let matches =
      word.count >= start.count
      && zip(word, start).allSatisfy { $0.properties.lowercaseMapping == String($1) }
    return matches ? word.dropFirst(start.count) : nil
  }

  /// The host, and what comes after it.
  private static func split(_ word: Scalars) -> (host: Scalars, tail: Scalars)? {
    let end = word.firstIndex { ":/?#".unicodeScalars.contains($0) } ?? word.endIndex
    return end > word.startIndex ? (word[..<end], word[end...]) : nil
  }

  private static func isLabel(_ label: Scalars) -> Bool {
    label.allSatisfy { LinkWriter.isWord($0) || $0 == "%" || $0 == "-" }
  }

  /// `name.name.domain`, with any domain.
  private static func isNamed(_ host: Scalars) -> Bool {
    let labels = host.split(separator: ".", omittingEmptySubsequences: false)
    guard let domain = labels.last,
      labels.dropLast().allSatisfy({ !$0.isEmpty && isLabel($0) })
    else { return false }
    if (2...63).contains(domain.count), domain.allSatisfy(isLetter) { return true }
    guard let rest = after("xn--", domain) else { return false }
    return (2...59).contains(rest.count)
      && rest.allSatisfy { LinkWriter.isWord($0) || $0 == "%" }
  }

  /// `name.com`, with one of the domains that everybody knows.
  private static func isKnown(_ host: Scalars) -> Bool {
    let labels = host.split(separator: ".", omittingEmptySubsequences: false)
    guard labels.count > 1, let domain = labels.last,
      knownDomains.contains(PythonText.text(domain).lowercased())
    else { return false }
    return labels.dropLast().allSatisfy { (2...63).contains($0.count) && isLabel($0) }
  }

  /// What follows `127.0.0.1`; nil where that does not stand.
  private static func afterNumbers(_ word: Scalars) -> Scalars? {
    var rest = word
    for part in 0..<4 {
      if part > 0 {
        guard rest.first == "." else { return nil }
        rest = rest.dropFirst()
      }
      let digits = rest.prefix(3).prefix(while: isDigit)
      guard !digits.isEmpty else { return nil }
      rest = rest.dropFirst(digits.count)
    }
    return rest
  }

  /// What follows `[::1]`; nil where that does not stand.
  private static func afterBrackets(_ word: Scalars) -> Scalars? {
    guard word.first == "[" else { return nil }
    var rest = word.dropFirst()
    for group in 0..<8 {
      if group > 2, rest.first == "]" { break }
      rest = rest.dropFirst(rest.prefix(4).prefix(while: isHexDigit).count)
      if rest.first == ":" {
        rest = rest.dropFirst()
      } else if group < 2 {
        return nil
      }
    }
    return rest.first == "]" ? rest.dropFirst() : nil
  }

  /// Whether nothing follows but a port and a path.
  private static func isTail(_ tail: Scalars) -> Bool {
    var rest = tail
    if rest.first == ":" {
      let digits = rest.dropFirst().prefix(5).prefix(while: isDigit)
      guard !digits.isEmpty else { return false }
      rest = rest.dropFirst(1 + digits.count)
    }
    guard let first = rest.first else { return true }
    return first == "/" || first == "?" || first == "#"
  }

  private static func isDigit(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.numericType == .decimal
  }

  private static func isHexDigit(_ scalar: Unicode.Scalar) -> Bool {
    isDigit(scalar) || ("a"..."f").contains(scalar) || ("A"..."F").contains(scalar)
  }

  private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
    ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
  }
}
