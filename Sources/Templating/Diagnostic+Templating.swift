import Diagnostics

// Every message of this module.

extension Diagnostic {
  static func templateSyntax(
    _ message: String,
    at range: TextRange,
    label: String = "",
    help: [String] = []
  ) -> Diagnostic {
    Diagnostic(code: "template-syntax", message, at: range, label: label, help: help)
  }

  static func unexpectedToken(
    _ found: String,
    expected: String,
    at range: TextRange
  ) -> Diagnostic {
    templateSyntax("expected \(expected), found \(found)", at: range, label: "expected \(expected)")
  }

  static func unexpectedCharacter(_ byte: UInt8, at range: TextRange) -> Diagnostic {
    let character = Unicode.Scalar(byte).escaped(asASCII: true)
    return templateSyntax(
      "unexpected character \"\(character)\" in a template tag",
      at: range,
      label: "not part of the template language"
    )
  }

  static func unexpectedBracket(
    _ byte: UInt8,
    expected: UInt8?,
    at range: TextRange
  ) -> Diagnostic {
    let found = "\"\(Unicode.Scalar(byte))\""
    guard let expected else {
      return templateSyntax("unexpected \(found)", at: range, label: "closes nothing")
    }
    return templateSyntax(
      "unexpected \(found), expected \"\(Unicode.Scalar(expected))\"",
      at: range,
      label: "closes another bracket than was opened"
    )
  }

  static func unclosedTag(isBlock: Bool, at range: TextRange) -> Diagnostic {
    let (open, close) = isBlock ? ("{%", "%}") : ("{{", "}}")
    return Diagnostic(
      code: "unclosed-tag",
      "\"\(open)\" is never closed",
      at: range,
      label: "opened here",
      help: ["end the tag with \"\(close)\""]
    )
  }

  static func unclosedComment(at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "unclosed-tag",
      "comment is never closed",
      at: range,
      label: "opened here",
      help: ["end the comment with \"#}\""]
    )
  }

  static func unclosedString(at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "unclosed-tag",
      "string is never closed",
      at: range,
      label: "opened here",
      help: ["end the string with the quote that it started with"]
    )
  }

  static func unclosedBlock(_ name: String, at range: TextRange, found: String?) -> Diagnostic {
    Diagnostic(
      code: "unclosed-block",
      found.map { "expected \"end\(name)\", found \"\($0)\"" }
        ?? "block \"\(name)\" is never closed",
      at: range,
      label: "opened here",
      help: ["close the block with \"{% end\(name) %}\""]
    )
  }

  static func unknownTag(_ name: String, known: [String], at range: TextRange) -> Diagnostic {
    var help = [Suggestion.sentence(for: name, among: known)].compactMap(\.self)
    if name.hasPrefix("end") || name == "else" || name == "elif" {
      help = ["no open block ends here; remove the tag, or look for a block closed too early"]
    }
    return Diagnostic(
      code: "unknown-tag",
      "unknown tag \"\(name)\"",
      at: range,
      label: "not a tag of the template language",
      help: help
    )
  }

  static func unsupportedTag(_ name: String, at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "unsupported-tag",
      "\"\(name)\" is not available: templates do not load other files",
      at: range,
      label: "loads another template",
      help: ["put what is shared into a macro, which every file of the project can call"]
    )
  }

  static func unknownFilter(_ name: String, at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "unknown-filter",
      "unknown filter \"\(name)\"",
      at: range,
      label: "no such filter",
      help: [Suggestion.sentence(for: name, among: BuiltinFilter.names)].compactMap(\.self)
    )
  }

  static func unknownTest(_ name: String, at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "unknown-test",
      "unknown test \"\(name)\"",
      at: range,
      label: "\"is \(name)\" means nothing",
      help: [Suggestion.sentence(for: name, among: BuiltinTest.names)].compactMap(\.self)
    )
  }

  static func nestedTooDeeply(at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "template-nesting",
      "template is nested too deeply",
      at: range,
      label: "too many levels from here on",
      help: ["move a part of it into a variable or a macro"]
    )
  }

  static func numberLimit(at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "integer-overflow",
      "integer is too large",
      at: range,
      label: "has more than \(BigInteger.bitLimit) bits",
      help: ["templates are limited so that a mistake cannot use up all memory or time"]
    )
  }

  static func unknownRounding(_ method: String, at range: TextRange) -> Diagnostic {
    .invalidValue(
      "round knows the methods common, ceil and floor, not \"\(method)\"",
      at: range
    )
  }

  static func undefinedUse(
    _ undefined: UndefinedName,
    at range: TextRange,
    candidates: [String] = []
  ) -> Diagnostic {
    var help: [String] = []
    if undefined.isVariable {
      if let sentence = Suggestion.sentence(for: undefined.name, among: candidates) {
        help.append(sentence)
      } else {
        help.append(
          "this can happen when a macro that does not exist is called: check the spelling, and "
            + "that the package with the macro is installed"
        )
      }
    } else if let sentence = Suggestion.sentence(for: undefined.name, among: candidates) {
      help.append(sentence)
    }
    return Diagnostic(
      code: "undefined-value",
      undefined.message,
      at: range,
      label: "has no value",
      help: help
    )
  }

  static func notCallable(_ typeName: String, at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "not-callable",
      "'\(typeName)' object is not callable",
      at: range,
      label: "not a function or a macro"
    )
  }

  static func unsupportedOperation(
    _ symbol: String,
    _ left: Value,
    _ right: Value?,
    at range: TextRange
  ) -> Diagnostic {
    guard let right else {
      return typeMismatch("bad operand type for unary \(symbol): '\(left.typeName)'", at: range)
    }
    let types = "'\(left.typeName)' and '\(right.typeName)'"
    var help: [String] = []
    if symbol == "+", left.isString || right.isString {
      help = ["use ~ to join values as text"]
    }
    return typeMismatch(
      "unsupported operand types for \(symbol): \(types)",
      at: range,
      help: help
    )
  }

  static func typeMismatch(
    _ message: String,
    at range: TextRange,
    help: [String] = []
  ) -> Diagnostic {
    Diagnostic(code: "template-type", message, at: range, help: help)
  }

  static func notIterable(_ value: Value, at range: TextRange) -> Diagnostic {
    typeMismatch("'\(value.typeName)' object is not iterable", at: range)
  }

  static func noLength(_ value: Value, at range: TextRange) -> Diagnostic {
    typeMismatch("object of type '\(value.typeName)' has no length", at: range)
  }

  static func unhashable(_ value: Value, at range: TextRange) -> Diagnostic {
    typeMismatch("a \(value.typeName) cannot be the key of a dictionary", at: range)
  }

  static func invalidValue(
    _ message: String,
    at range: TextRange,
    help: [String] = []
  ) -> Diagnostic {
    Diagnostic(code: "template-value", message, at: range, help: help)
  }

  static func divisionByZero(at range: TextRange) -> Diagnostic {
    Diagnostic(code: "division-by-zero", "division by zero", at: range)
  }

  static func notNamespace(_ value: Value, _ name: String, at range: TextRange) -> Diagnostic {
    typeMismatch(
      "cannot assign an attribute of \"\(name)\", which is a \(value.typeName)",
      at: range,
      help: ["make it with {% set \(name) = namespace() %}"]
    )
  }

  static func unpacking(expected: Int, given: Int, at range: TextRange) -> Diagnostic {
    invalidValue(
      given < expected
        ? "not enough values to unpack: expected \(expected), got \(given)"
        : "too many values to unpack: expected \(expected), got \(given)",
      at: range
    )
  }

  private static func invalidArguments(
    _ message: String,
    at range: TextRange,
    help: [String] = []
  ) -> Diagnostic {
    Diagnostic(code: "invalid-arguments", message, at: range, help: help)
  }

  static func missingArgument(
    _ name: String,
    of function: String,
    at range: TextRange
  ) -> Diagnostic {
    invalidArguments("\(function) needs the argument \"\(name)\"", at: range)
  }

  static func tooManyArguments(
    of function: String,
    maximum: Int,
    given: Int,
    at range: TextRange
  ) -> Diagnostic {
    let most = maximum == 0 ? "no arguments" : maximum == 1 ? "1 argument" : "\(maximum) arguments"
    return invalidArguments("\(function) takes at most \(most), got \(given)", at: range)
  }

  static func unknownArgument(
    _ name: String,
    of function: String,
    parameters: [String],
    at range: TextRange
  ) -> Diagnostic {
    var help = [Suggestion.sentence(for: name, among: parameters)].compactMap(\.self)
    if help.isEmpty, !parameters.isEmpty {
      help = ["it takes \(parameters.joined(separator: ", "))"]
    }
    return invalidArguments("\(function) takes no argument \"\(name)\"", at: range, help: help)
  }

  static func repeatedArgument(
    _ name: String,
    of function: String,
    at range: TextRange
  ) -> Diagnostic {
    invalidArguments("\(function) got the argument \"\(name)\" twice", at: range)
  }

  static func unusedCaller(_ macro: String, at range: TextRange) -> Diagnostic {
    invalidArguments(
      "\(macro) was called with a block, but does not use caller()",
      at: range,
      help: ["print {{ caller() }} in the macro, or call it without a block"]
    )
  }

  static func argumentType(
    _ name: String,
    of function: String,
    expected: String,
    given: Value,
    at range: TextRange
  ) -> Diagnostic {
    invalidArguments(
      "the argument \"\(name)\" of \(function) must be \(expected), not a \(given.typeName)",
      at: range
    )
  }

  static func recursionLimit(_ limit: Int, at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "recursion-limit",
      "macros call each other more than \(limit) levels deep",
      at: range,
      label: "the call that is one too many",
      help: ["look for a macro that calls itself without an end"]
    )
  }

  static func sizeLimit(_ what: String, at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "template-limit",
      "\(what)",
      at: range,
      help: ["templates are limited so that a mistake cannot use up all memory or time"]
    )
  }

  static func unavailable(_ function: String, at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "unsupported-function",
      "\(function)() is not available here",
      at: range,
      label: "not in this kind of template"
    )
  }

  static func invalidPattern(
    _ problem: RegexProblem,
    _ pattern: String,
    at range: TextRange
  ) -> Diagnostic {
    invalidValue(
      "invalid regular expression \(Value.text(pattern).represented): \(problem.message) "
        + "at position \(problem.position)",
      at: range
    )
  }

  static func renderingCancelled(at range: TextRange) -> Diagnostic {
    Diagnostic(code: "template-cancelled", "rendering was cancelled", at: range)
  }

  static func nondeterministic(_ what: String, at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "unsupported-function",
      "\(what) is not available: it gives another result each time",
      at: range,
      help: ["the same project must always compile to the same SQL"]
    )
  }

  static func misplacedReturn(at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "misplaced-return",
      "return() stands outside of a macro",
      at: range,
      label: "returns from nothing"
    )
  }

  static func misplacedLoopControl(_ name: String, at range: TextRange) -> Diagnostic {
    templateSyntax("\"\(name)\" stands outside of a loop", at: range)
  }
}
