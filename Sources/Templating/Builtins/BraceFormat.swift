import Diagnostics

/// Python's `text.format(…)`.
struct BraceFormat {
  private let arguments: Arguments
  private var nextIndex = 0
  private var isManual = false
  private var range: TextRange { arguments.range }

  static func format(
    _ format: String,
    _ arguments: Arguments
  ) throws(Diagnostic) -> String {
    var formatter = BraceFormat(arguments: arguments)
    return try formatter.run(Array(format.unicodeScalars), depth: 0)
  }

  private init(arguments: Arguments) {
    self.arguments = arguments
  }

  private mutating func run(
    _ format: [Unicode.Scalar],
    depth: Int
  ) throws(Diagnostic) -> String {
    var result = ""
    var position = 0
    while position < format.count {
      let scalar = format[position]
      position += 1
      let follows = position < format.count ? format[position] : nil
      switch scalar {
      case "{" where follows == "{", "}" where follows == "}":
        result.unicodeScalars.append(scalar)
        position += 1
      case "{":
        let start = position
        var open = 1
        while position < format.count, open > 0 {
          if format[position] == "{" { open += 1 }
          if format[position] == "}" { open -= 1 }
          position += 1
        }
        guard open == 0, depth < 2 else {
          throw .invalidValue("the format has a \"{\" without a \"}\"", at: range)
        }
        result += try field(Array(format[start..<position - 1]), depth: depth)
      case "}": throw .invalidValue("the format has a single \"}\"", at: range)
      default: result.unicodeScalars.append(scalar)
      }
      try Value.checkText(result.utf8.count, at: range)
    }
    return result
  }

  private mutating func field(
    _ field: [Unicode.Scalar],
    depth: Int
  ) throws(Diagnostic) -> String {
    var end = 0
    while end < field.count, field[end] != ":", field[end] != "!" { end += 1 }
    var value = try value(field[..<end])
    if end < field.count, field[end] == "!" {
      guard end + 1 < field.count else {
        throw .invalidValue("the format ends after \"!\"", at: range)
      }
      switch field[end + 1] {
      case "r": value = .text(value.represented)
      case "a": value = .text(RepresentationWriter.ascii(value.represented))
      case "s": value = .text(value.rendered)
      default: throw .invalidValue("unknown conversion after \"!\" in a format", at: range)
      }
      end += 2
      guard end == field.count || field[end] == ":" else {
        throw .invalidValue("expected \":\" after a conversion in a format", at: range)
      }
    }
    guard end < field.count else { return value.rendered }
    let specification = try run(Array(field[(end + 1)...]), depth: depth + 1)
    return try FormatSpecification.format(value, specification, at: range)
  }

  private mutating func value(_ path: ArraySlice<Unicode.Scalar>) throws(Diagnostic) -> Value {
    let end = path.firstIndex { $0 == "." || $0 == "[" } ?? path.endIndex
    let head = PythonText.text(path[..<end])
    var value: Value
    if head.isEmpty || Int(head) != nil {
      // Automatic and written numbers do not mix.
      guard isManual == !head.isEmpty || (!isManual && nextIndex == 0) else {
        throw .invalidValue("the format mixes {} with numbered placeholders", at: range)
      }
      isManual = !head.isEmpty
    }
    if head.isEmpty {
      value = try positional(nextIndex)
      nextIndex += 1
    } else if let index = Int(head) {
      value = try positional(index)
    } else {
      guard let named = arguments.value(named: head) else {
        throw .invalidValue("the format needs a value for {\(head)}", at: range)
      }
      value = named
    }
    var position = end
    while position < path.endIndex {
      let isAttribute = path[position] == "."
      let start = position + 1
      let stop =
        path[start...].firstIndex { isAttribute ? $0 == "." || $0 == "[" : $0 == "]" }
        ?? path.endIndex
      let name = PythonText.text(path[start..<stop])
      let key: Value = Int(name).map { .integer($0) } ?? .text(name)
      let found = isAttribute ? value.attribute(name) : value.item(key)
      // Jinja's formatter looks up as templates do, and prints nothing for what is missing.
      if case .undefined(let undefined) = value { throw .undefinedUse(undefined, at: range) }
      value = found ?? .undefined(.element(key, of: value))
      position = isAttribute ? stop : min(stop + 1, path.endIndex)
    }
    return value
  }

  private func positional(_ index: Int) throws(Diagnostic) -> Value {
    guard arguments.positional.indices.contains(index) else {
      throw .invalidValue("the format has more placeholders than there are values", at: range)
    }
    return arguments.positional[index]
  }
}

/// Python's mini-language after the colon: `{:>10,.2f}`.
struct FormatSpecification {
  private var fill: Unicode.Scalar = " "
  private var alignment: Unicode.Scalar?
  private var sign: Unicode.Scalar = "-"
  private var hasSign = false
  private var alternate = false
  private var width = 0
  private var separator: Unicode.Scalar?
  private var precision: Int?
  private var type: Unicode.Scalar?

  static func format(
    _ value: Value,
    _ specification: String,
    at range: TextRange
  ) throws(Diagnostic) -> String {
    if specification.isEmpty { return value.rendered }
    // Dates have a language of their own after the colon.
    if case .object(let object as any PythonObject) = value, !(object is LongInteger),
      !(object is DecimalObject)
    {
      if let text = object.formatted(specification) { return text }
      throw .typeMismatch("format \"\(specification)\" does not fit a \(value.typeName)", at: range)
    }
    return try FormatSpecification(specification, at: range).format(value, at: range)
  }

  private init(_ text: String, at range: TextRange) throws(Diagnostic) {
    let scalars = Array(text.unicodeScalars)
    var position = 0
    func scalar(_ index: Int) -> Unicode.Scalar? {
      index < scalars.count ? scalars[index] : nil
    }
    func isAlignment(_ scalar: Unicode.Scalar?) -> Bool {
      scalar == "<" || scalar == ">" || scalar == "^" || scalar == "="
    }
    func number() throws(Diagnostic) -> Int? {
      var result: Int?
      while let digit = scalar(position), ("0"..."9").contains(digit) {
        result = min((result ?? 0) * 10 + Int(digit.value - 48), 100_000_000)
        position += 1
      }
      if let result { try Value.checkText(result, at: range) }
      return result
    }
    var hasFill = false
    if let first = scalar(0), isAlignment(scalar(1)) {
      hasFill = true
      fill = first
      alignment = scalar(1)
      position = 2
    } else if isAlignment(scalar(0)) {
      alignment = scalar(0)
      position = 1
    }
    if let next = scalar(position), next == "+" || next == "-" || next == " " {
      sign = next
      hasSign = true
      position += 1
    }
    if scalar(position) == "#" {
      alternate = true
      position += 1
    }
    if scalar(position) == "0", !hasFill {
      fill = "0"
      if alignment == nil { alignment = "=" }
      position += 1
    }
    width = try number() ?? 0
    if let next = scalar(position), next == "," || next == "_" {
      separator = next
      position += 1
    }
    if scalar(position) == "." {
      position += 1
      guard let digits = try number() else {
        throw .invalidValue("the format needs digits after the point", at: range)
      }
      precision = digits
    }
    type = scalar(position)
    if type != nil { position += 1 }
    guard position == scalars.count else {
      throw .invalidValue("invalid format \"\(text)\"", at: range)
    }
  }

  private func format(_ value: Value, at range: TextRange) throws(Diagnostic) -> String {
    func unsupported() -> Diagnostic {
      let name = type.map(String.init) ?? ""
      let message = "format \"\(name)\" does not fit a \(value.typeName)"
      switch value {
      case .integer, .boolean, .float, .string, .object(is DecimalObject):
        return .invalidValue(message, at: range)
      default: return .typeMismatch(message, at: range)
      }
    }
    let isNumber = type.map { "bcdeEfFgGnoxX%".unicodeScalars.contains($0) } ?? true
    switch value {
    case .object(let object as DecimalObject):
      guard let digits = digits(of: object.number.magnitude) else { throw unsupported() }
      let signText = object.number.isNegative ? "-" : sign == "-" ? "" : String(sign)
      return pad(grouped(digits, by: 3), sign: signText, isText: false)
    case .integer, .boolean, .float, .object(is LongInteger):
      guard isNumber else { throw unsupported() }
      return try formatNumber(value, unsupported(), at: range)
    case .string(let string):
      guard type == nil || type == "s", alignment != "=", !hasSign else { throw unsupported() }
      let scalars = string.text.unicodeScalars
      let cut = precision.map { PythonText.text(scalars.prefix($0)) } ?? string.text
      return pad(cut, sign: "", isText: true)
    default: throw unsupported()
    }
  }

  /// The digits of a decimal number; nil for the formats with exponents, which are not there.
  private func digits(of number: DecimalNumber) -> String? {
    switch type {
    case nil: return precision == nil ? number.text : nil
    case "f", "F", "%":
      let scaled = type == "%" ? number * DecimalNumber(BigInteger(100)) : number
      let places = precision.map { -$0 } ?? min(scaled.exponent, 0)
      guard places >= -DecimalNumber.exponentLimit else { return nil }
      return scaled.rescaled(to: places).plainText + (type == "%" ? "%" : "")
    default: return nil
    }
  }

  private func formatNumber(
    _ value: Value,
    _ unsupported: Diagnostic,
    at range: TextRange
  ) throws(Diagnostic) -> String {
    if let integer = value.bigInteger, type.map({ "bcdnoxX".unicodeScalars.contains($0) }) ?? true {
      guard precision == nil else { throw unsupported }
      let signText = integer.isNegative ? "-" : sign == "-" ? "" : String(sign)
      let magnitude = integer.isNegative ? -integer : integer
      switch type {
      case "c":
        guard let code = integer.integer.flatMap({ UInt32(exactly: $0) }),
          let scalar = Unicode.Scalar(code)
        else {
          throw unsupported
        }
        return pad(String(scalar), sign: "", isText: false)
      case "b", "o", "x", "X":
        let radix = type == "b" ? 2 : type == "o" ? 8 : 16
        let digits = magnitude.text(radix: radix, uppercase: type == "X")
        let prefix = alternate ? "0" + (type.map(String.init) ?? "") : ""
        return pad(grouped(digits, by: 4), sign: signText + prefix, isText: false)
      default: return pad(grouped(magnitude.text(), by: 3), sign: signText, isText: false)
      }
    }
    guard var number = value.doubleValue else { throw unsupported }
    let isNegative = number.sign == .minus && !number.isNaN
    number = abs(number)
    let signText = isNegative ? "-" : sign == "-" ? "" : String(sign)
    var digits: String
    switch type {
    case nil:
      if let precision {
        digits = FloatFormat.text(number, UInt8(ascii: "g"), precision: max(precision, 1))
        if number.isFinite, !digits.contains("."), !digits.contains("e") { digits += ".0" }
      } else {
        digits = PythonNumber.text(of: number)
      }
    case "%":
      digits = FloatFormat.text(number * 100, UInt8(ascii: "f"), precision: precision ?? 6) + "%"
    case "e", "E", "f", "F", "g", "G", "n":
      let letter = type == "n" ? UInt8(ascii: "g") : UInt8(type?.value ?? 102)
      digits = FloatFormat.text(
        number,
        letter,
        precision: precision ?? 6,
        alternate: alternate
      )
    default: throw unsupported
    }
    return pad(grouped(digits, by: 3), sign: signText, isText: false)
  }

  /// Puts separators between groups of digits before the point.
  private func grouped(_ digits: String, by size: Int) -> String {
    guard let separator else { return digits }
    let whole = digits.prefix { $0.isHexDigit && $0 != "e" || size == 4 && $0.isHexDigit }
    var result = ""
    for (index, digit) in whole.enumerated() {
      if index > 0, (whole.count - index) % size == 0 { result += String(separator) }
      result.append(digit)
    }
    return result + digits.dropFirst(whole.count)
  }

  private func pad(_ text: String, sign: String, isText: Bool) -> String {
    switch alignment ?? (isText ? "<" : ">") {
    case "<": return PythonText.pad(sign + text, to: width, .left, with: fill)
    case "^":
      // Unlike `center`, the odd one always goes to the right.
      let missing = width - (sign + text).unicodeScalars.count
      guard missing > 0 else { return sign + text }
      let padding = String(fill)
      return String(repeating: padding, count: missing / 2) + sign + text
        + String(repeating: padding, count: missing - missing / 2)
    case "=":
      return sign + PythonText.pad(text, to: width - sign.utf8.count, .right, with: fill)
    default: return PythonText.pad(sign + text, to: width, .right, with: fill)
    }
  }
}
