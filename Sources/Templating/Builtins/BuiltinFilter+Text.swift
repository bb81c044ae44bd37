import Diagnostics

extension BuiltinFilter {
  private static func mapping(
    _ name: String,
    _ body: @escaping @Sendable (String) -> String
  ) -> Body {
    { (value, arguments) throws(Diagnostic) in
      if !arguments.isEmpty { _ = try arguments.matched(to: [], of: name) }
      return .text(body(text(value)))
    }
  }

  static let textFilters: [String: Body] = [
    "upper": mapping("upper") { $0.uppercased() },
    "lower": mapping("lower", PythonText.lower),
    "capitalize": mapping("capitalize", PythonText.capitalize),
    "title": mapping("title", title),
    "trim": trim,
    "string": { (value, _) throws(Diagnostic) in
      value.isString ? value : .text(text(value))
    },
    "as_text": { (value, _) throws(Diagnostic) in
      value.isString ? value : .text(text(value))
    },
    "replace": replace,
    "format": { (value, arguments) throws(Diagnostic) in
      if !arguments.named.isEmpty {
        guard arguments.positional.isEmpty else {
          throw .invalidValue(
            "format takes either positions or names, not both",
            at: arguments.range
          )
        }
        let names = DictionaryReference(arguments.named.lazy.map { ($0.name, $0.value) })
        return .text(
          try PercentFormat.format(
            text(value),
            [],
            whole: .dictionary(names),
            at: arguments.range
          )
        )
      }
      return .text(
        try PercentFormat.format(
          text(value),
          arguments.positional,
          whole: .tuple(arguments.positional),
          at: arguments.range
        )
      )
    },
    "center": { (value, arguments) throws(Diagnostic) in
      let given = try arguments.matched(to: ["width"], of: "center")
      let width = try integer(given[0], 80, "width", of: "center", at: arguments.range)
      try Value.checkText(width, at: arguments.range)
      return .text(PythonText.pad(text(value), to: width, .center))
    },
    "indent": indent,
    "truncate": truncate,
    "wordwrap": wordWrap,
    "wordcount": { (value, _) throws(Diagnostic) in
      var count = 0
      var isInWord = false
      for scalar in text(value).unicodeScalars {
        let isWord =
          Methods.isLetter(scalar) || scalar.properties.numericType != nil || scalar == "_"
        if isWord, !isInWord { count += 1 }
        isInWord = isWord
      }
      return .integer(count)
    },
  ]

  /// A capital after white space and after `-({[<`.
  @Sendable
  private static func title(_ text: String) -> String {
    var result = ""
    var startsWord = true
    var word = ""
    func flush() {
      guard let first = word.unicodeScalars.first else { return }
      let rest = String(Substring(word.unicodeScalars.dropFirst()))
      result += String(first).uppercased() + rest.lowercased()
      word = ""
    }
    for scalar in text.unicodeScalars {
      startsWord = PythonText.isSpace(scalar) || "-({[<".unicodeScalars.contains(scalar)
      if startsWord {
        flush()
        result.unicodeScalars.append(scalar)
      } else {
        word.unicodeScalars.append(scalar)
      }
    }
    flush()
    return result
  }

  @Sendable
  private static func trim(_ value: Value, _ arguments: Arguments) throws(Diagnostic) -> Value {
    let given = try arguments.matched(to: ["chars"], of: "trim")[0]
    if let given, !given.isNone {
      return .text(PythonText.strip(text(value), try arguments.string(0, "chars", of: "trim")))
    }
    if case .string(let string) = value, let mapped = string.mapped {
      return .string(TemplateString(mapped.trimmed()))
    }
    return .text(PythonText.strip(text(value), nil))
  }

  @Sendable
  private static func replace(_ value: Value, _ arguments: Arguments) throws(Diagnostic) -> Value {
    let given = try arguments.matched(to: ["old", "new", "count"], of: "replace")
    let old = try arguments.required(0, "old", of: "replace")
    let new = try arguments.required(1, "new", of: "replace")
    var limit = -1
    if let count = given[2], !count.isNone {
      limit = try integer(count, -1, "count", of: "replace", at: arguments.range)
    }
    return .text(
      try Methods.replace(text(value), text(old), text(new), limit, at: arguments.range)
    )
  }

  @Sendable
  private static func indent(_ value: Value, _ arguments: Arguments) throws(Diagnostic) -> Value {
    let given = try arguments.matched(to: ["width", "first", "blank"], of: "indent")
    var indentation: String
    if case .string(let string)? = given[0] {
      indentation = string.text
    } else {
      let width = try integer(given[0], 4, "width", of: "indent", at: arguments.range)
      guard width <= 10_000 else {
        throw .sizeLimit("indent is limited to 10000 columns", at: arguments.range)
      }
      indentation = String(repeating: " ", count: max(0, width))
    }
    let first = given[1]?.isTrue ?? false
    let blank = given[2]?.isTrue ?? false
    // The added line end makes a last empty line count, as in Jinja.
    let lines = PythonText.lines(text(value) + "\n")
    let (size, overflows) = lines.count.multipliedReportingOverflow(by: indentation.utf8.count)
    try Value.checkText(overflows ? .max : size, at: arguments.range)
    var result = first ? indentation : ""
    for (index, line) in lines.enumerated() {
      if index > 0 {
        result += "\n"
        if blank || !line.isEmpty { result += indentation }
      }
      result += line
    }
    return .text(result)
  }

  @Sendable
  private static func truncate(
    _ value: Value,
    _ arguments: Arguments
  ) throws(Diagnostic) -> Value {
    let given = try arguments.matched(
      to: ["length", "killwords", "end", "leeway"],
      of: "truncate"
    )
    let range = arguments.range
    let length = try integer(given[0], 255, "length", of: "truncate", at: range)
    let end = given[2].map(text) ?? "..."
    var leeway = 5
    if let value = given[3], !value.isNone {
      leeway = try integer(value, 5, "leeway", of: "truncate", at: range)
    }
    let endCount = end.unicodeScalars.count
    guard length >= endCount, leeway >= 0, leeway < 1 << 40, length < 1 << 40 else {
      throw .invalidValue("truncate needs a length of at least \(endCount)", at: range)
    }
    let scalars = Array(text(value).unicodeScalars)
    if scalars.count <= length + leeway { return .text(PythonText.text(scalars)) }
    var kept = PythonText.text(scalars[..<(length - endCount)])
    if !(given[1]?.isTrue ?? false) {
      kept = PythonText.split(kept, " ", limit: 1, fromRight: true)[0]
    }
    return .text(kept + end)
  }

  @Sendable
  private static func wordWrap(
    _ value: Value,
    _ arguments: Arguments
  ) throws(Diagnostic) -> Value {
    let given = try arguments.matched(
      to: ["width", "break_long_words", "wrapstring", "break_on_hyphens"],
      of: "wordwrap"
    )
    let width = try integer(given[0], 79, "width", of: "wordwrap", at: arguments.range)
    guard width > 0 else {
      throw .invalidValue("wordwrap needs a width above zero", at: arguments.range)
    }
    var wrapString = "\n"
    if let value = given[2], !value.isNone { wrapString = text(value) }
    let wrapper = WordWrapper(
      width: width,
      breaksLongWords: given[1]?.isTrue ?? true,
      breaksOnHyphens: given[3]?.isTrue ?? true
    )
    let paragraphs = PythonText.lines(text(value)).map {
      wrapper.wrap($0).joined(separator: wrapString)
    }
    return .text(paragraphs.joined(separator: wrapString))
  }
}

/// Python's `textwrap`, without changing white space.
struct WordWrapper {
  var width: Int
  var breaksLongWords: Bool
  var breaksOnHyphens: Bool

  func wrap(_ text: String) -> [String] {
    var pending = chunks(text)[...]
    var lines: [String] = []
    while !pending.isEmpty {
      var line: [[Unicode.Scalar]] = []
      var count = 0
      if !lines.isEmpty, let first = pending.first, isBlank(first) { pending.removeFirst() }
      while let chunk = pending.first, count + chunk.count <= width {
        line.append(chunk)
        count += chunk.count
        pending.removeFirst()
      }
      if let chunk = pending.first, chunk.count > width {
        if breaksLongWords {
          let room = cut(chunk, max(1, width - count))
          line.append(Array(chunk.prefix(room)))
          pending[pending.startIndex] = Array(chunk.dropFirst(room))
        } else if line.isEmpty {
          line.append(chunk)
          pending.removeFirst()
        }
      }
      if let last = line.last, isBlank(last) { line.removeLast() }
      if !line.isEmpty { lines.append(PythonText.text(line.joined())) }
    }
    return lines
  }

  /// Where to break a word that is longer than the line: after its last hyphen that fits.
  private func cut(_ chunk: [Unicode.Scalar], _ room: Int) -> Int {
    guard breaksOnHyphens, let hyphen = chunk[..<room].lastIndex(of: "-"), hyphen > 0,
      chunk[..<hyphen].contains(where: { $0 != "-" })
    else { return room }
    return hyphen + 1
  }

  private func isBlank(_ chunk: [Unicode.Scalar]) -> Bool {
    chunk.allSatisfy(PythonText.isSpace)
  }

  /// Whether a line may break after the hyphen before `index`: letters on both sides, two of them.
  private func breaks(_ scalars: [Unicode.Scalar], at index: Int) -> Bool {
    func isLetter(_ index: Int) -> Bool {
      guard scalars.indices.contains(index) else { return false }
      return Methods.isLetter(scalars[index]) || scalars[index] == "_"
    }
    func isHyphen(_ index: Int) -> Bool {
      scalars.indices.contains(index) && scalars[index] == "-"
    }
    let before =
      isLetter(index - 2) && (isLetter(index - 3) || (isHyphen(index - 3) && isLetter(index - 4)))
    let after =
      isLetter(index) && (isLetter(index + 1) || (isHyphen(index + 1) && isLetter(index + 2)))
    return before && after
  }

  /// Words and the white space between them; a hyphen between letters ends a word.
  private func chunks(_ text: String) -> [[Unicode.Scalar]] {
    var result: [[Unicode.Scalar]] = []
    let scalars = Array(text.unicodeScalars)
    for (index, scalar) in scalars.enumerated() {
      let startsChunk: Bool
      if index == 0 {
        startsChunk = true
      } else {
        let before = scalars[index - 1]
        let isHyphenated = breaksOnHyphens && before == "-" && breaks(scalars, at: index)
        startsChunk = PythonText.isSpace(before) != PythonText.isSpace(scalar) || isHyphenated
      }
      if startsChunk { result.append([]) }
      result[result.count - 1].append(scalar)
    }
    return result
  }
}
