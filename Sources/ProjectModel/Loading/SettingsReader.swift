import Diagnostics

/// The keys that a mapping may have.
struct KeyTable: Sendable {
  /// The mapping in the user's words: `project.yml`, `target "dev"`, `a model`.
  var section: String
  var keys: Set<String>
  var severity = Diagnostic.Severity.error
  /// What to say about keys that belong somewhere else.
  var elsewhere: [String: String] = [:]
}

/// Reads typed values out of YAML, rendering templates on the way; what is wrong is gathered, and
/// reading goes on.
final class SettingsReader {
  let buffers: Buffers
  let problems: DiagnosticCollector
  let strings: TemplateStrings
  /// Renders what stands in files of others: the place of a value says whose it is.
  var foreign: (files: Set<BufferID>, strings: TemplateStrings)?

  init(buffers: Buffers, problems: DiagnosticCollector, strings: TemplateStrings) {
    self.buffers = buffers
    self.problems = problems
    self.strings = strings
  }

  /// A file's document; nil when it cannot be read or parsed.
  func document(_ path: String, name: String) -> YAMLNode? {
    do {
      let buffer = buffers.add(name: name, bytes: try FileSystem.read(path))
      let document = try YAML.document(buffer, in: buffers)
      document.warnings.forEach(problems.add)
      return document.root
    } catch {
      problems.add(error)
      return nil
    }
  }

  /// A mapping as a section of known keys; nil, with a diagnostic, for other kinds of values.
  func section(_ node: YAMLNode, _ table: KeyTable) -> SettingsSection? {
    guard let pairs = node.pairs else {
      problems.add(
        .wrongType(of: table.section, expected: "a mapping", given: node.plain, at: node.range)
      )
      return nil
    }
    for pair in pairs where !table.keys.contains(pair.key) {
      problems.add(.unknownKey(pair.key, in: table, at: pair.keyRange))
    }
    return SettingsSection(node: node, table: table, reader: self)
  }

  /// The value with its templates rendered; nil, with a diagnostic, when one cannot be.
  ///
  /// - Parameters:
  ///   - node: the value as written.
  ///   - isLate: whether the value of a key is left as written, for others to render later.
  /// - Returns: data.
  func rendered(
    _ node: YAMLNode,
    leaving isLate: (_ key: String) -> Bool = { _ in false }
  ) -> PlainValue? {
    switch node.content {
    case .scalar(let scalar):
      do {
        if let foreign, foreign.files.contains(node.range.buffer) {
          return try foreign.strings.value(of: scalar, at: node.range)
        }
        return try strings.value(of: scalar, at: node.range)
      } catch {
        problems.add(error)
        return nil
      }
    case .sequence(let items):
      return .list(items.compactMap { rendered($0, leaving: isLate) })
    case .mapping(let pairs):
      var dictionary = PlainDictionary()
      for pair in pairs {
        dictionary[pair.key] =
          isLate(pair.key) ? pair.value.plain : rendered(pair.value, leaving: isLate)
      }
      return .dictionary(dictionary)
    }
  }
}

extension SettingsReader {
  /// The value with its templates rendered, but for some that are told by where they stand.
  ///
  /// - Parameters:
  ///   - node: the value as written.
  ///   - isLate: whether what stands below these keys is left as written.
  /// - Returns: data; nil, with a diagnostic, when a template cannot be rendered.
  func rendered(_ node: YAMLNode, leavingAt isLate: (_ path: [String]) -> Bool) -> PlainValue? {
    rendered(node, at: [], leavingAt: isLate)
  }

  private func rendered(
    _ node: YAMLNode,
    at path: [String],
    leavingAt isLate: (_ path: [String]) -> Bool
  ) -> PlainValue? {
    switch node.content {
    case .scalar:
      return isLate(path) ? node.plain : rendered(node)
    case .sequence(let items):
      return .list(
        items.enumerated().compactMap { place, item in
          rendered(item, at: path + [String(place)], leavingAt: isLate)
        }
      )
    case .mapping(let pairs):
      var dictionary = PlainDictionary()
      for pair in pairs {
        dictionary[pair.key] = rendered(pair.value, at: path + [pair.key], leavingAt: isLate)
      }
      return .dictionary(dictionary)
    }
  }
}

/// A mapping of known keys.
struct SettingsSection {
  let node: YAMLNode
  let table: KeyTable
  let reader: SettingsReader

  /// The value of a key; nil when the key is missing or has no value.
  subscript(key: String) -> YAMLNode? {
    guard let value = node[key], !value.isNull else { return nil }
    return value
  }

  func has(_ key: String) -> Bool { node.pair(key) != nil }

  /// Text; a number or word that YAML would read otherwise is taken as it was written.
  func string(_ key: String) -> String? {
    guard let value = self[key] else { return nil }
    return string(of: value, named: key)
  }

  /// Text that others render later.
  func rawString(_ key: String) -> String? {
    guard let value = self[key] else { return nil }
    guard let scalar = value.scalar else { return report(key, "a string", value.plain, value) }
    return scalar.text
  }

  /// Text that has to be there.
  func requiredString(_ key: String, help: String) -> String? {
    if let value = string(key) {
      if !value.isEmpty { return value }
      reader.problems.add(
        .missingValue(key, in: table.section, at: self[key]?.range ?? node.range, help: help)
      )
      return nil
    }
    // A value of the wrong type was reported already.
    guard self[key] == nil else { return nil }
    let place = node.pair(key)?.keyRange ?? node.range.firstLine(in: reader.buffers)
    reader.problems.add(.missingValue(key, in: table.section, at: place, help: help))
    return nil
  }

  func integer(_ key: String, in allowed: ClosedRange<Int>) -> Int? {
    guard let value = self[key], let plain = reader.rendered(value) else { return nil }
    var number = plain.integer
    if let text = plain.string { number = Int(text) }
    guard let number else { return report(key, "a whole number", plain, value) }
    guard allowed.contains(number) else {
      reader.problems.add(
        .invalidValue(
          of: key,
          String(number),
          reason: "it must be from \(allowed.lowerBound) to \(allowed.upperBound)",
          at: value.range
        )
      )
      return nil
    }
    return number
  }

  /// A number, also with a fraction.
  func number(_ key: String, in allowed: ClosedRange<Double>) -> Double? {
    guard let value = self[key], let plain = reader.rendered(value) else { return nil }
    let number: Double? =
      switch plain {
      case .integer(let whole): Double(whole)
      case .double(let number): number
      case .string(let text): Double(text)
      default: nil
      }
    guard let number else { return report(key, "a number", plain, value) }
    guard allowed.contains(number) else {
      reader.problems.add(
        .invalidValue(
          of: key,
          plain.string ?? plain.jsonString,
          reason: "it must be from \(Int(allowed.lowerBound)) to \(Int(allowed.upperBound))",
          at: value.range
        )
      )
      return nil
    }
    return number
  }

  func boolean(_ key: String) -> Bool? {
    guard let value = self[key], let plain = reader.rendered(value) else { return nil }
    if let flag = plain.boolean { return flag }
    if let text = plain.string, let flag = YAMLResolver.word(text)?.boolean { return flag }
    var problem = Diagnostic.wrongType(
      of: "\"\(key)\"",
      expected: "true or false",
      given: plain,
      at: value.range
    )
    // The value, in the words that dbt has for it.
    if let text = plain.string { problem.notes.append("'\(text)' is not of type 'boolean'") }
    reader.problems.add(problem)
    return nil
  }

  /// A list of texts; a single text counts as a list of one.
  func strings(_ key: String, isLate: Bool = false) -> [String]? {
    guard let value = self[key] else { return nil }
    guard let items = value.items else {
      guard value.scalar != nil else {
        return report(key, "a string or a list of strings", value.plain, value)
      }
      let text = isLate ? value.scalar?.text : string(of: value, named: key)
      return text.map { [$0] }
    }
    return items.compactMap { item in
      guard let scalar = item.scalar else {
        return report(key, "a list of strings", item.plain, item)
      }
      return isLate ? scalar.text : string(of: item, named: key)
    }
  }

  /// A mapping of any keys, rendered.
  func dictionary(
    _ key: String,
    leaving isLate: (_ key: String) -> Bool = { _ in false }
  ) -> PlainDictionary? {
    guard let value = self[key] else { return nil }
    guard value.pairs != nil else { return report(key, "a mapping", value.plain, value) }
    return reader.rendered(value, leaving: isLate)?.dictionary
  }

  /// A mapping of any keys, rendered but for what stands where it is rendered later.
  func dictionary(
    _ key: String,
    leavingAt isLate: (_ path: [String]) -> Bool
  ) -> PlainDictionary? {
    guard let value = self[key] else { return nil }
    guard value.pairs != nil else { return report(key, "a mapping", value.plain, value) }
    return reader.rendered(value, leavingAt: isLate)?.dictionary
  }

  /// The items of a list; empty when the key is missing.
  func items(_ key: String) -> [YAMLNode] {
    guard let value = self[key] else { return [] }
    return value.items ?? report(key, "a list", value.plain, value) ?? []
  }

  private func string(of value: YAMLNode, named key: String) -> String? {
    guard let scalar = value.scalar else { return report(key, "a string", value.plain, value) }
    // `password: 0123` means those four characters, whatever YAML makes of them.
    guard case .string(let written) = scalar.value else { return scalar.text }
    // A password may have `{{` in it, which nobody meant to be a template.
    if key == "password" || key == "pass", TemplateStrings.isBroken(written, in: reader.buffers) {
      return written
    }
    switch reader.rendered(value) {
    case .string(let text)?: return text
    case .integer(let number)?: return String(number)
    case .double(let number)?: return String(number)
    case .boolean(let flag)?: return flag ? "true" : "false"
    case .null?, nil: return nil
    case let other?: return report(key, "a string", other, value)
    }
  }

  private func report<Result>(
    _ key: String,
    _ expected: String,
    _ given: PlainValue,
    _ value: YAMLNode
  ) -> Result? {
    reader.problems.add(
      .wrongType(of: "\"\(key)\"", expected: expected, given: given, at: value.range)
    )
    return nil
  }
}

extension TextRange {
  /// The part on the first line, so that a whole mapping is not underlined.
  func firstLine(in buffers: Buffers) -> TextRange {
    let text = buffers.bytes(of: buffer)
    let clamped = bytes.clamped(to: 0..<text.count)
    let end = text[clamped].firstIndex(where: { $0 == 0x0A || $0 == 0x0D }) ?? clamped.upperBound
    return TextRange(buffer: buffer, bytes: clamped.lowerBound..<end)
  }
}
