/// A file of the AWS tools: sections of names with values, one level of nesting in a value.
///
/// Read by the rules of those tools, which are those of Python's `configparser`: names in any case,
/// `=` or `:` between name and value, comments on lines of their own, lines further in than the name
/// continue its value, and a value that begins on the next line is a nested list of names.
struct INIFile: Sendable {
  enum Value: Hashable, Sendable {
    case text(String)
    case nested([String: String])

    var text: String? {
      if case .text(let text) = self { return text }
      return nil
    }

    var nested: [String: String]? {
      if case .nested(let values) = self { return values }
      return nil
    }
  }

  /// Why a text is no such file.
  struct Problem: Error, Hashable, Sendable {
    var line: Int
    var reason: String
  }

  /// In order of the file.
  private(set) var sections: [(name: String, values: [String: Value])] = []

  /// Reads a text.
  init(_ text: String) throws(Problem) {
    var reader = INIReader()
    var number = 0
    for line in Self.lines(text) {
      number += 1
      try reader.read(line, number)
    }
    for section in reader.sections {
      var values: [String: Value] = [:]
      for (name, option) in reader.defaults.merging(section.options, uniquingKeysWith: { $1 }) {
        values[name] = try Self.value(option)
      }
      sections.append((section.name, values))
    }
  }

  private static func lines(_ text: String) -> [Substring] {
    text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" || $0 == "\r" }
  }

  private static func value(_ option: INIReader.Option) throws(Problem) -> Value {
    var text = option.lines.joined(separator: "\n")
    while text.last?.isWhitespace == true { text.removeLast() }
    guard text.hasPrefix("\n") else { return .text(text) }
    var values: [String: String] = [:]
    for line in text.split(whereSeparator: \.isNewline) where !line.allSatisfy(\.isWhitespace) {
      guard let equals = line.firstIndex(of: "=") else {
        throw Problem(line: option.line, reason: "a nested line has no \"=\"")
      }
      let name = INIReader.trimmed(line[..<equals])
      values[name] = INIReader.trimmed(line[line.index(after: equals)...])
    }
    return .nested(values)
  }
}

/// Reads an INI file line by line.
private struct INIReader {
  struct Option {
    var line: Int
    var lines: [String]
  }

  struct Section {
    var name: String
    var options: [String: Option] = [:]
  }

  var sections: [Section] = []
  /// What `[DEFAULT]` gives to every section.
  var defaults: [String: Option] = [:]
  private var isInDefaults = false
  private var hasSection = false
  private var option: String?
  private var indent = 0

  static func trimmed(_ text: Substring) -> String {
    var text = text
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }

  mutating func read(_ line: Substring, _ number: Int) throws(INIFile.Problem) {
    let text = Self.trimmed(line)
    if text.hasPrefix("#") || text.hasPrefix(";") { return }
    if text.isEmpty {
      continueValue(with: "")
      return
    }
    let margin = line.prefix { $0.isWhitespace }.count
    if option != nil, margin > indent {
      continueValue(with: text)
      return
    }
    indent = margin
    if text.hasPrefix("["), let end = text.lastIndex(of: "]"),
      end > text.index(after: text.startIndex)
    {
      try open(String(text[text.index(after: text.startIndex)..<end]), number)
      return
    }
    guard hasSection else {
      throw INIFile.Problem(line: number, reason: "no [section] stands before this line")
    }
    guard let separator = text.firstIndex(where: { $0 == "=" || $0 == ":" }),
      separator > text.startIndex
    else {
      throw INIFile.Problem(line: number, reason: "neither a [section] nor NAME = VALUE")
    }
    let name = Self.trimmed(text[..<separator]).lowercased()
    let value = Self.trimmed(text[text.index(after: separator)...])
    let added = Option(line: number, lines: [value])
    option = name
    if isInDefaults {
      defaults[name] = added
      return
    }
    guard let last = sections.indices.last else { return }
    guard sections[last].options.updateValue(added, forKey: name) == nil else {
      throw INIFile.Problem(line: number, reason: "\"\(name)\" stands twice in its section")
    }
  }

  private mutating func open(_ name: String, _ number: Int) throws(INIFile.Problem) {
    hasSection = true
    option = nil
    isInDefaults = name == "DEFAULT"
    if isInDefaults { return }
    guard !sections.contains(where: { $0.name == name }) else {
      throw INIFile.Problem(line: number, reason: "the section [\(name)] stands twice")
    }
    sections.append(Section(name: name))
  }

  private mutating func continueValue(with text: String) {
    guard let option else { return }
    if isInDefaults {
      defaults[option]?.lines.append(text)
    } else if let last = sections.indices.last {
      sections[last].options[option]?.lines.append(text)
    }
  }
}
