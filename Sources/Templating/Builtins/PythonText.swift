/// Python's operations on text that Swift does differently: by scalars, never by graphemes.
enum PythonText {
  typealias Scalars = [Unicode.Scalar]

  static func text(_ scalars: some Sequence<Unicode.Scalar>) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    return String(view)
  }

  static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
    scalar.isASCII
      ? isSpace(byte: UInt8(truncatingIfNeeded: scalar.value)) : scalar.properties.isWhitespace
  }

  static func isSpace(byte: UInt8) -> Bool {
    byte == 32 || (9...13).contains(byte) || (28...31).contains(byte)
  }

  /// The byte offset of the first `part` in `text`, or of the last.
  static func find(_ part: String, in text: String, last: Bool = false) -> Int? {
    find(Array(part.utf8), in: Array(text.utf8), from: 0, last: last)
  }

  static func find(_ part: [UInt8], in text: [UInt8], from start: Int, last: Bool = false) -> Int? {
    guard part.count <= text.count - start else { return nil }
    guard let head = part.first else { return last ? text.count : start }
    func matches(_ offset: Int) -> Bool {
      guard text[offset] == head else { return false }
      var index = 1
      while index < part.count {
        if text[offset + index] != part[index] { return false }
        index += 1
      }
      return true
    }
    let end = text.count - part.count
    if last {
      var offset = end
      while offset >= start {
        if matches(offset) { return offset }
        offset -= 1
      }
      return nil
    }
    var offset = start
    while offset <= end {
      if matches(offset) { return offset }
      offset += 1
    }
    return nil
  }

  static func replace(_ text: String, _ old: String, _ new: String, count: Int = -1) -> String {
    var left = count < 0 ? Int.max : count
    if old.isEmpty {
      var result = ""
      for scalar in text.unicodeScalars {
        if left > 0 {
          result += new
          left -= 1
        }
        result.unicodeScalars.append(scalar)
      }
      return left > 0 ? result + new : result
    }
    let bytes = Array(text.utf8)
    let part = Array(old.utf8)
    var result: [UInt8] = []
    var position = 0
    while left > 0, let found = find(part, in: bytes, from: position) {
      result += bytes[position..<found]
      result += new.utf8
      position = found + part.count
      left -= 1
    }
    if position == 0 { return text }
    result += bytes[position...]
    return String(decoding: result, as: UTF8.self)
  }

  static func occurrences(of part: String, in text: String) -> Int {
    if part.isEmpty { return text.unicodeScalars.count + 1 }
    let bytes = Array(text.utf8)
    let wanted = Array(part.utf8)
    var result = 0
    var position = 0
    while let found = find(wanted, in: bytes, from: position) {
      result += 1
      position = found + wanted.count
    }
    return result
  }

  /// Without the scalars of `set` (white space if nil) at the ends.
  static func strip(_ text: String, _ set: String?, left: Bool = true, right: Bool = true) -> String
  {
    let wanted = set.map { Array($0.unicodeScalars) }
    func isStripped(_ scalar: Unicode.Scalar) -> Bool {
      wanted?.contains(scalar) ?? isSpace(scalar)
    }
    var view = Substring(text).unicodeScalars
    while left, let first = view.first, isStripped(first) { view.removeFirst() }
    while right, let last = view.last, isStripped(last) { view.removeLast() }
    return String(Substring(view))
  }

  /// Words between white space; with `limit`, the rest of the text is the last element.
  static func splitWords(_ text: String, limit: Int = -1) -> [String] {
    var result: [String] = []
    var view = Substring(text).unicodeScalars
    while true {
      while let first = view.first, isSpace(first) { view.removeFirst() }
      if view.isEmpty { return result }
      if limit >= 0, result.count >= limit {
        result.append(String(Substring(view)))
        return result
      }
      let end = view.firstIndex(where: isSpace) ?? view.endIndex
      result.append(String(Substring(view[..<end])))
      view = view[end...]
    }
  }

  static func splitWordsFromRight(_ text: String, limit: Int) -> [String] {
    guard limit >= 0 else { return splitWords(text) }
    var result: [String] = []
    var view = Substring(text).unicodeScalars
    while true {
      while let last = view.last, isSpace(last) { view.removeLast() }
      if view.isEmpty { break }
      if result.count >= limit {
        result.append(String(Substring(view)))
        break
      }
      var start = view.endIndex
      while start > view.startIndex {
        let before = view.index(before: start)
        if isSpace(view[before]) { break }
        start = before
      }
      result.append(String(Substring(view[start...])))
      view = view[..<start]
    }
    return result.reversed()
  }

  static func split(
    _ text: String,
    _ separator: String,
    limit: Int = -1,
    fromRight: Bool = false
  ) -> [String] {
    var bytes = Array(text.utf8)
    let part = Array(separator.utf8)
    var left = limit < 0 ? Int.max : limit
    var result: [String] = []
    if fromRight {
      while left > 0, let found = find(part, in: bytes, from: 0, last: true) {
        result.append(String(decoding: bytes[(found + part.count)...], as: UTF8.self))
        bytes.removeSubrange(found...)
        left -= 1
      }
      result.append(String(decoding: bytes, as: UTF8.self))
      return result.reversed()
    }
    var position = 0
    while left > 0, let found = find(part, in: bytes, from: position) {
      result.append(String(decoding: bytes[position..<found], as: UTF8.self))
      position = found + part.count
      left -= 1
    }
    result.append(String(decoding: bytes[position...], as: UTF8.self))
    return result
  }

  static func lines(_ text: String, keepEnds: Bool = false) -> [String] {
    var result: [String] = []
    var line = String.UnicodeScalarView()
    var scalars = Substring(text).unicodeScalars
    while let scalar = scalars.popFirst() {
      switch scalar.value {
      case 10...13, 0x1C...0x1E, 0x85, 0x2028, 0x2029:
        var end = String.UnicodeScalarView([scalar])
        if scalar == "\r", scalars.first == "\n" {
          scalars.removeFirst()
          end.append("\n")
        }
        if keepEnds { line.append(contentsOf: end) }
        result.append(String(line))
        line = String.UnicodeScalarView()
      default: line.append(scalar)
      }
    }
    if !line.isEmpty { result.append(String(line)) }
    return result
  }

  /// Small letters; a sigma at the end of a word has a form of its own.
  static func lower(_ text: String) -> String {
    let lowered = text.lowercased()
    // The one letter whose small form depends on its place, as bytes.
    guard text.utf8.contains(0xCE), text.unicodeScalars.contains("Σ") else { return lowered }
    let before = Array(text.unicodeScalars)
    var result = String.UnicodeScalarView()
    for (index, scalar) in before.enumerated() {
      guard scalar == "Σ" else {
        result.append(contentsOf: scalar.properties.lowercaseMapping.unicodeScalars)
        continue
      }
      let follows = index > 0 && before[index - 1].properties.isCased
      let isLast = index + 1 == before.count || !before[index + 1].properties.isCased
      result.append(follows && isLast ? "ς" : "σ")
    }
    return String(result)
  }

  /// The first scalar as a capital, the others small.
  static func capitalize(_ text: String) -> String {
    guard let first = text.unicodeScalars.first else { return text }
    let rest = text.unicodeScalars.dropFirst()
    return first.properties.titlecaseMapping + String(Substring(rest)).lowercased()
  }

  /// `str.title()`: a capital after everything that is no letter.
  static func title(_ text: String) -> String {
    var result = ""
    var isInWord = false
    for scalar in text.unicodeScalars {
      let properties = scalar.properties
      result += isInWord ? properties.lowercaseMapping : properties.titlecaseMapping
      isInWord = properties.isCased
    }
    return result
  }

  static func swapCase(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      let properties = scalar.properties
      if properties.isUppercase {
        result += properties.lowercaseMapping
      } else if properties.isLowercase {
        result += properties.uppercaseMapping
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// Where a text stands in a width.
  enum Alignment {
    case left
    case right
    case center
  }

  /// Fills up to a width, which the caller has bounded.
  static func pad(
    _ text: String,
    to width: Int,
    _ alignment: Alignment,
    with fill: Unicode.Scalar = " "
  ) -> String {
    let missing = width - text.unicodeScalars.count
    guard missing > 0 else { return text }
    func padding(_ count: Int) -> String { String(repeating: String(fill), count: count) }
    switch alignment {
    case .left: return text + padding(missing)
    case .right: return padding(missing) + text
    case .center:
      // As CPython does, the odd one goes to the left when the width is odd.
      let left = missing / 2 + (missing & width & 1)
      return padding(left) + text + padding(missing - left)
    }
  }
}

/// Text as a part of HTML.
enum HTMLText {
  static func escape(_ text: String) -> String {
    guard text.utf8.contains(where: { [38, 60, 62, 39, 34].contains($0) }) else { return text }
    var result: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "&"): result += "&amp;".utf8
      case UInt8(ascii: "<"): result += "&lt;".utf8
      case UInt8(ascii: ">"): result += "&gt;".utf8
      case UInt8(ascii: "'"): result += "&#39;".utf8
      case UInt8(ascii: "\""): result += "&#34;".utf8
      default: result.append(byte)
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// Without comments and tags, and with white space as single blanks.
  static func strippingTags(_ text: String) -> String {
    func removing(_ open: String, _ close: String, from text: String) -> String {
      var result = text
      while let start = PythonText.find(open, in: result) {
        let bytes = Array(result.utf8)
        guard
          let end = PythonText.find(Array(close.utf8), in: bytes, from: start + open.utf8.count)
        else { break }
        result = String(
          decoding: bytes[..<start] + bytes[(end + close.utf8.count)...],
          as: UTF8.self
        )
      }
      return result
    }
    var result = removing("<", ">", from: removing("<!--", "-->", from: text))
    result = PythonText.splitWords(result).joined(separator: " ")
    for (entity, character) in [
      ("&lt;", "<"), ("&gt;", ">"), ("&#39;", "'"), ("&#34;", "\""), ("&quot;", "\""),
      ("&amp;", "&"),
    ] {
      result = PythonText.replace(result, entity, character)
    }
    return result
  }
}
