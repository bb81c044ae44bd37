import Diagnostics

extension Methods {
  private static func simple(_ body: @escaping @Sendable (String) -> Value) -> Body {
    { (owner, _) throws(Diagnostic) in body(owner.rendered) }
  }

  private static func mapping(_ body: @escaping @Sendable (String) -> String) -> Body {
    { (owner, arguments) throws(Diagnostic) in
      _ = try arguments.matched(to: [], of: "the method")
      return .text(body(owner.rendered))
    }
  }

  /// True when there are scalars and all of them pass.
  private static func all(_ check: @escaping @Sendable (Unicode.Scalar) -> Bool) -> Body {
    simple { text in .boolean(!text.isEmpty && text.unicodeScalars.allSatisfy(check)) }
  }

  private static func padding(_ alignment: PythonText.Alignment, _ name: String) -> Body {
    { (owner, arguments) throws(Diagnostic) in
      let width = try width(arguments, of: name)
      var fill: Unicode.Scalar = " "
      if arguments.value(1, "fillchar") != nil {
        let text = try arguments.string(1, "fillchar", of: name).unicodeScalars
        guard let first = text.first, text.count == 1 else {
          throw .invalidValue("\(name) needs one character to fill with", at: arguments.range)
        }
        fill = first
      }
      return .text(PythonText.pad(owner.rendered, to: width, alignment, with: fill))
    }
  }

  private static func stripping(left: Bool, right: Bool, _ name: String) -> Body {
    { (owner, arguments) throws(Diagnostic) in
      var set: String?
      if let value = arguments.value(0, "chars"), !value.isNone {
        set = try arguments.string(0, "chars", of: name)
      } else if left, right, case .string(let string) = owner, let mapped = string.mapped {
        return .string(TemplateString(mapped.trimmed()))
      }
      return .text(PythonText.strip(owner.rendered, set, left: left, right: right))
    }
  }

  private static func splitting(fromRight: Bool, _ name: String) -> Body {
    { (owner, arguments) throws(Diagnostic) in
      let text = owner.rendered
      let limit =
        try arguments.value(1, "maxsplit") == nil
        ? -1 : integer(arguments, 1, "maxsplit", of: name)
      let parts: [String]
      if let value = arguments.value(0, "sep"), !value.isNone {
        let separator = try arguments.string(0, "sep", of: name)
        guard !separator.isEmpty else {
          throw .invalidValue("the separator is empty", at: arguments.range)
        }
        parts = PythonText.split(text, separator, limit: limit, fromRight: fromRight)
      } else if fromRight {
        parts = PythonText.splitWordsFromRight(text, limit: limit)
      } else {
        parts = PythonText.splitWords(text, limit: limit)
      }
      return .list(parts.map { .text($0) })
    }
  }

  private static func partitioning(fromRight: Bool, _ name: String) -> Body {
    { (owner, arguments) throws(Diagnostic) in
      let text = owner.rendered
      let separator = try arguments.string(0, "sep", of: name)
      guard !separator.isEmpty else {
        throw .invalidValue("the separator is empty", at: arguments.range)
      }
      let parts = PythonText.split(text, separator, limit: 1, fromRight: fromRight)
      if parts.count == 2 { return .tuple([.text(parts[0]), .text(separator), .text(parts[1])]) }
      let whole: [Value] = [.text(text), .text(""), .text("")]
      return .tuple(fromRight ? whole.reversed() : whole)
    }
  }

  /// The part of the text that optional start and end arguments name, and where it starts.
  private static func window(
    _ owner: Value,
    _ arguments: Arguments,
    of name: String
  ) throws(Diagnostic) -> (text: [Unicode.Scalar], start: Int)? {
    let scalars = Array(owner.rendered.unicodeScalars)
    func bound(_ index: Int, _ standard: Int) throws(Diagnostic) -> Int {
      guard let value = arguments.value(index, index == 1 ? "start" : "end"), !value.isNone else {
        return standard
      }
      let bound = try integer(arguments, index, index == 1 ? "start" : "end", of: name)
      return min(max(0, bound < 0 ? bound + scalars.count : bound), scalars.count + 1)
    }
    let start = try bound(1, 0)
    let end = min(try bound(2, scalars.count), scalars.count)
    guard start <= end else { return nil }
    return (Array(scalars[start..<end]), start)
  }

  private static func finding(last: Bool, mustExist: Bool, _ name: String) -> Body {
    { (owner, arguments) throws(Diagnostic) in
      let wanted = try arguments.string(0, "sub", of: name)
      if let window = try window(owner, arguments, of: name) {
        let text = PythonText.text(window.text)
        if let offset = PythonText.find(wanted, in: text, last: last) {
          let before = String(decoding: Array(text.utf8)[..<offset], as: UTF8.self)
          return .integer(window.start + before.unicodeScalars.count)
        }
      }
      if mustExist {
        throw .invalidValue("'\(wanted)' was not found in the text", at: arguments.range)
      }
      return .integer(-1)
    }
  }

  private static func matching(atEnd: Bool, _ name: String) -> Body {
    { (owner, arguments) throws(Diagnostic) in
      let value = try arguments.required(0, "prefix", of: name)
      var candidates: [String] = []
      if case .tuple(let tuple) = value {
        candidates = tuple.elements.compactMap(\.stringValue)
      } else {
        candidates = [try arguments.string(0, "prefix", of: name)]
      }
      guard let window = try window(owner, arguments, of: name) else { return .boolean(false) }
      let text = Array(PythonText.text(window.text).utf8)
      return .boolean(
        candidates.contains { candidate in
          let part = Array(candidate.utf8)
          guard part.count <= text.count else { return false }
          return atEnd ? text.suffix(part.count) == part[...] : text.prefix(part.count) == part[...]
        }
      )
    }
  }

  private static func join(_ owner: Value, _ arguments: Arguments) throws(Diagnostic) -> Value {
    let value = try arguments.required(0, "iterable", of: "join")
    guard let elements = value.elements else { throw .notIterable(value, at: arguments.range) }
    let separator = owner.rendered
    var result = ""
    for (index, element) in elements.enumerated() {
      guard let text = element.stringValue else {
        throw .typeMismatch(
          "join() needs text, but element \(index) is a \(element.typeName)",
          at: arguments.range,
          help: ["use the filter: {{ values | join(', ') }} turns every element into text"]
        )
      }
      if index > 0 { result += separator }
      result += text
      try Value.checkText(result.utf8.count, at: arguments.range)
    }
    return .text(result)
  }

  static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: true
    default: false
    }
  }

  static func isDigit(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.numericType == .digit || scalar.properties.numericType == .decimal
  }

  private static func translate(
    _ owner: Value,
    _ arguments: Arguments
  ) throws(Diagnostic) -> Value {
    guard case .dictionary(let table) = try arguments.required(0, "table", of: "translate") else {
      throw .typeMismatch("translate() needs a dictionary", at: arguments.range)
    }
    var result = ""
    for scalar in owner.rendered.unicodeScalars {
      switch table[.integer(Int(scalar.value))] {
      case nil: result.unicodeScalars.append(scalar)
      case .some(.none): break
      case .some(let value):
        if let number = value.integerValue, let code = UInt32(exactly: number),
          let replacement = Unicode.Scalar(code)
        {
          result.unicodeScalars.append(replacement)
        } else {
          result += value.rendered
        }
      }
    }
    return .text(result)
  }

  private static func makeTranslation(_ arguments: Arguments) throws(Diagnostic) -> Value {
    let result = DictionaryReference()
    let first = try arguments.required(0, "x", of: "maketrans")
    if case .dictionary(let dictionary) = first {
      for entry in dictionary.entries {
        let scalars = entry.key.stringValue?.unicodeScalars
        let key = scalars?.first.map { Value.integer(Int($0.value)) } ?? entry.key
        result[key] = entry.value
      }
      return .dictionary(result)
    }
    let from = Array(try arguments.string(0, "x", of: "maketrans").unicodeScalars)
    let to = Array(try arguments.string(1, "y", of: "maketrans").unicodeScalars)
    guard from.count == to.count else {
      throw .invalidValue("the texts of maketrans() differ in length", at: arguments.range)
    }
    for (a, b) in zip(from, to) { result[.integer(Int(a.value))] = .integer(Int(b.value)) }
    if arguments.value(2, "z") != nil {
      for scalar in try arguments.string(2, "z", of: "maketrans").unicodeScalars {
        result[.integer(Int(scalar.value))] = Value.none
      }
    }
    return .dictionary(result)
  }

  static let text: [String: Body] = [
    "upper": mapping { $0.uppercased() },
    "lower": mapping(PythonText.lower),
    "casefold": mapping { PythonText.replace($0.lowercased(), "ß", "ss") },
    "capitalize": mapping(PythonText.capitalize),
    "title": mapping(PythonText.title),
    "swapcase": mapping(PythonText.swapCase),
    "strip": stripping(left: true, right: true, "strip"),
    "lstrip": stripping(left: true, right: false, "lstrip"),
    "rstrip": stripping(left: false, right: true, "rstrip"),
    "split": splitting(fromRight: false, "split"),
    "rsplit": splitting(fromRight: true, "rsplit"),
    "splitlines": { (owner, arguments) throws(Diagnostic) in
      let keepEnds = arguments.value(0, "keepends")?.isTrue ?? false
      return .list(PythonText.lines(owner.rendered, keepEnds: keepEnds).map { .text($0) })
    },
    "partition": partitioning(fromRight: false, "partition"),
    "rpartition": partitioning(fromRight: true, "rpartition"),
    "replace": { (owner, arguments) throws(Diagnostic) in
      let old = try arguments.string(0, "old", of: "replace")
      let new = try arguments.string(1, "new", of: "replace")
      let limit =
        try arguments.value(2, "count") == nil
        ? -1 : integer(arguments, 2, "count", of: "replace")
      return .text(try replace(owner.rendered, old, new, limit, at: arguments.range))
    },
    "startswith": matching(atEnd: false, "startswith"),
    "endswith": matching(atEnd: true, "endswith"),
    "find": finding(last: false, mustExist: false, "find"),
    "rfind": finding(last: true, mustExist: false, "rfind"),
    "index": finding(last: false, mustExist: true, "index"),
    "rindex": finding(last: true, mustExist: true, "rindex"),
    "count": { (owner, arguments) throws(Diagnostic) in
      let wanted = try arguments.string(0, "sub", of: "count")
      guard let window = try window(owner, arguments, of: "count") else { return .integer(0) }
      return .integer(PythonText.occurrences(of: wanted, in: PythonText.text(window.text)))
    },
    "join": join,
    "format": { (owner, arguments) throws(Diagnostic) in
      .text(try BraceFormat.format(owner.rendered, arguments))
    },
    "encode": { (owner, arguments) throws(Diagnostic) in
      let given = try arguments.matched(to: ["encoding", "errors"], of: "encode")
      let name = (given[0]?.stringValue ?? "utf-8").lowercased()
      switch name {
      case "utf-8", "utf8": return .object(BytesObject(Array(owner.rendered.utf8)))
      case "ascii", "latin-1", "iso-8859-1", "latin1":
        let last: UInt32 = name == "ascii" ? 127 : 255
        var bytes: [UInt8] = []
        for scalar in owner.rendered.unicodeScalars {
          guard scalar.value <= last else {
            throw .invalidValue("'\(name)' has no character '\(scalar)'", at: arguments.range)
          }
          bytes.append(UInt8(scalar.value))
        }
        return .object(BytesObject(bytes))
      default: throw .invalidValue("unknown encoding: \(name)", at: arguments.range)
      }
    },
    "format_map": { (owner, arguments) throws(Diagnostic) in
      guard case .dictionary(let names) = try arguments.required(0, "mapping", of: "format_map")
      else { throw .typeMismatch("format_map needs a dictionary", at: arguments.range) }
      var inner = arguments
      inner.positional = []
      inner.named = names.entries.compactMap { entry in
        entry.key.stringValue.map { ($0, entry.value) }
      }
      return .text(try BraceFormat.format(owner.rendered, inner))
    },
    "center": padding(.center, "center"),
    "ljust": padding(.left, "ljust"),
    "rjust": padding(.right, "rjust"),
    "zfill": { (owner, arguments) throws(Diagnostic) in
      let width = try width(arguments, of: "zfill")
      let text = owner.rendered
      guard let sign = text.unicodeScalars.first, sign == "-" || sign == "+" else {
        return .text(PythonText.pad(text, to: width, .right, with: "0"))
      }
      let rest = String(Substring(text.unicodeScalars.dropFirst()))
      return .text(String(sign) + PythonText.pad(rest, to: width - 1, .right, with: "0"))
    },
    "expandtabs": { (owner, arguments) throws(Diagnostic) in
      let size =
        try arguments.value(0, "tabsize") == nil
        ? 8 : integer(arguments, 0, "tabsize", of: "expandtabs")
      guard size <= 1_000 else {
        throw .sizeLimit("tabs are limited to 1000 columns", at: arguments.range)
      }
      var result = ""
      var column = 0
      for scalar in owner.rendered.unicodeScalars {
        if scalar == "\t" {
          let count = size > 0 ? size - column % size : 0
          result += String(repeating: " ", count: count)
          column += count
        } else {
          result.unicodeScalars.append(scalar)
          column = scalar == "\n" || scalar == "\r" ? 0 : column + 1
        }
      }
      try Value.checkText(result.utf8.count, at: arguments.range)
      return .text(result)
    },
    "removeprefix": { (owner, arguments) throws(Diagnostic) in
      let part = try arguments.string(0, "prefix", of: "removeprefix")
      let text = owner.rendered
      guard text.utf8.starts(with: part.utf8) else { return owner }
      return .text(String(decoding: text.utf8.dropFirst(part.utf8.count), as: UTF8.self))
    },
    "removesuffix": { (owner, arguments) throws(Diagnostic) in
      let part = try arguments.string(0, "suffix", of: "removesuffix")
      let text = owner.rendered
      guard !part.isEmpty, text.utf8.reversed().starts(with: part.utf8.reversed()) else {
        return owner
      }
      return .text(String(decoding: text.utf8.dropLast(part.utf8.count), as: UTF8.self))
    },
    "translate": translate,
    "maketrans": { (_, arguments) throws(Diagnostic) in try makeTranslation(arguments) },
    "isalpha": all(isLetter),
    "isdigit": all(isDigit),
    "isdecimal": all { $0.properties.numericType == .decimal },
    "isnumeric": all { $0.properties.numericType != nil },
    "isalnum": all { isLetter($0) || $0.properties.numericType != nil },
    "isspace": all(PythonText.isSpace),
    "isascii": simple { text in .boolean(text.utf8.allSatisfy { $0 < 128 }) },
    "isprintable": simple { text in
      .boolean(text.unicodeScalars.allSatisfy(RepresentationWriter.isPrintable))
    },
    "islower": simple { text in
      .boolean(text.unicodeScalars.contains { $0.properties.isCased } && text == text.lowercased())
    },
    "isupper": simple { text in
      .boolean(text.unicodeScalars.contains { $0.properties.isCased } && text == text.uppercased())
    },
    "istitle": simple { text in
      .boolean(
        text.unicodeScalars.contains { $0.properties.isCased } && text == PythonText.title(text)
      )
    },
    "isidentifier": simple { text in
      let scalars = text.unicodeScalars
      guard let first = scalars.first, first == "_" || first.properties.isXIDStart else {
        return .boolean(false)
      }
      return .boolean(scalars.allSatisfy { $0.properties.isXIDContinue })
    },
  ]

  /// Replaces, with the result's size bounded beforehand.
  static func replace(
    _ text: String,
    _ old: String,
    _ new: String,
    _ limit: Int,
    at range: TextRange
  ) throws(Diagnostic) -> String {
    if new.utf8.count > old.utf8.count {
      let count = PythonText.occurrences(of: old, in: text)
      let (size, overflows) = count.multipliedReportingOverflow(by: new.utf8.count)
      try Value.checkText(overflows ? .max : size, at: range)
    }
    return PythonText.replace(text, old, new, count: limit)
  }
}
