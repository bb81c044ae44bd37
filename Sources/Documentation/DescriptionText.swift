/// Descriptions as people write them: the Markdown of paragraphs, lists, headings, code, emphasis and
/// links.
///
/// HTML within a description is shown as text, and links lead to the web only.
enum DescriptionText {
  static func html(_ text: String) -> HTML {
    var blocks: [HTML] = []
    var paragraph: [Substring] = []
    var items: [Substring] = []
    var code: [Substring]?
    func flush() {
      if !paragraph.isEmpty {
        blocks.append("<p>\(inline(paragraph.joined(separator: " ")))</p>")
        paragraph = []
      }
      if !items.isEmpty {
        blocks.append("<ul>\(items.map { "<li>\(inline(String($0)))</li>" as HTML }.joined())</ul>")
        items = []
      }
    }
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      let trimmed = line.drop { $0 == " " || $0 == "\t" }
      if trimmed.hasPrefix("```") {
        if let lines = code {
          blocks.append("<pre><code>\(lines.joined(separator: "\n"))</code></pre>")
          code = nil
        } else {
          flush()
          code = []
        }
        continue
      }
      if code != nil {
        code?.append(line)
        continue
      }
      let level = trimmed.prefix { $0 == "#" }.count
      if trimmed.isEmpty {
        flush()
      } else if (1...6).contains(level), trimmed.dropFirst(level).first == " " {
        flush()
        blocks.append("<p class=\"heading\">\(inline(String(trimmed.dropFirst(level + 1))))</p>")
      } else if trimmed.hasPrefix("- ") || trimmed.hasPrefix("* ") {
        if !paragraph.isEmpty { flush() }
        items.append(trimmed.dropFirst(2))
      } else if !items.isEmpty, line.first == " " {
        items[items.count - 1] = Substring(items[items.count - 1] + " " + trimmed)
      } else {
        if !items.isEmpty { flush() }
        paragraph.append(trimmed)
      }
    }
    if let lines = code {
      blocks.append("<pre><code>\(lines.joined(separator: "\n"))</code></pre>")
    }
    flush()
    return blocks.joined(by: "\n")
  }

  /// Code, bold, italics and links of one line.
  static func inline(_ text: String) -> HTML {
    var result = HTML()
    var rest = Substring(text)
    var plain = ""
    func put(_ html: HTML) {
      result += "\(plain)"
      plain = ""
      result += html
    }
    while let character = rest.first {
      if character == "`", let (inner, after) = span(rest, "`") {
        put("<code>\(inner)</code>")
        rest = after
      } else if rest.hasPrefix("**"), let (inner, after) = span(rest, "**") {
        put("<strong>\(inner)</strong>")
        rest = after
      } else if character == "*", let (inner, after) = span(rest, "*"), inner.first != " " {
        put("<em>\(inner)</em>")
        rest = after
      } else if character == "[", let (label, target, after) = link(rest) {
        put("<a href=\"\(target)\" rel=\"noopener\">\(label)</a>")
        rest = after
      } else {
        plain.append(character)
        rest = rest.dropFirst()
      }
    }
    put("")
    return result
  }

  private static func span(
    _ text: Substring,
    _ mark: String
  ) -> (inner: Substring, after: Substring)? {
    let body = text.dropFirst(mark.count)
    guard let end = body.firstRange(of: mark), end.lowerBound > body.startIndex else { return nil }
    return (body[..<end.lowerBound], body[end.upperBound...])
  }

  private static func link(
    _ text: Substring
  ) -> (label: Substring, target: Substring, after: Substring)? {
    let body = text.dropFirst()
    guard let middle = body.firstRange(of: "]("),
      let end = body[middle.upperBound...].firstIndex(of: ")")
    else { return nil }
    let target = body[middle.upperBound..<end]
    guard target.hasPrefix("https://") || target.hasPrefix("http://") else { return nil }
    return (body[..<middle.lowerBound], target, body[body.index(after: end)...])
  }
}
