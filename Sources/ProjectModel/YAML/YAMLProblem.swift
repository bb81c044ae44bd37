/// What libyaml could not read, said in the words of someone who writes YAML.
struct YAMLProblem {
  /// One phrase.
  var message: String
  var help: [String] = []
  /// Whether the place where the construct began says more than the place where reading stopped.
  var pointsAtStart = false

  init(problem: String, context: String?, bytes: [UInt8], offset: Int) {
    let byte = offset < bytes.count ? bytes[offset] : nil
    switch problem {
    case "found character that cannot start any token": (message, help) = Self.badStart(byte)
    case "mapping values are not allowed in this context":
      message = "a \":\" is not allowed here"
      help = [
        "put quotes around a value that holds \": \", and check that the line is indented like its neighbours"
      ]
    case "could not find expected ':'":
      message = "a \":\" is missing after the key"
      help = ["write `key: value`, with a space after the colon"]
      pointsAtStart = true
    case "did not find expected key":
      message = "expected a key here"
      help = ["check the indentation, and that quotes before this place are closed"]
    case "did not find expected '-' indicator":
      message = "expected another \"- item\" of the list here"
      help = ["indent every item of a list alike, and what belongs to an item deeper than its dash"]
    case "did not find expected ',' or ']'":
      message = "expected \",\" or \"]\" in the list"
      pointsAtStart = byte == nil
    case "did not find expected ',' or '}'":
      message = "expected \",\" or \"}\" in the mapping"
      pointsAtStart = byte == nil
    case "did not find expected node content":
      message = "a value is missing here"
      help = ["check the brackets and commas before this place"]
    case "found unexpected end of stream":
      message = "the quoted text is never closed"
      pointsAtStart = true
    case "did not find expected alphabetic or numeric character":
      let isAlias = context?.contains("alias") ?? false
      message = "a value cannot start with \"\(isAlias ? "*" : "&")\""
      help = ["put quotes around it"]
      pointsAtStart = true
    case "found unknown escape character":
      message = "\"\\\" is followed by a letter that means nothing in double quotes"
      help = ["write \"\\\\\" for a backslash, or use single quotes"]
    case "block sequence entries are not allowed in this context":
      message = "a list cannot start here"
      help = ["start it on the next line"]
    case "found a tab character that violates indentation",
      "found a tab character where an indentation space is expected":
      (message, help) = Self.badStart(9)
    case "control characters are not allowed":
      message = "the file holds a control character"
    case "did not find expected <document start>":
      message = "expected the end of the file here"
      help = ["check the indentation of this line"]
    default:
      if problem.contains("UTF-8") || problem.contains("Unicode") {
        message = "the file is not UTF-8 text"
        help = ["save it as UTF-8"]
      } else {
        message = problem
      }
    }
    if Self.lineHoldsTemplate(bytes, offset) {
      help = ["put quotes around a value that starts with a template: `key: \"{{ … }}\"`"]
    }
  }

  private static func badStart(_ byte: UInt8?) -> (String, [String]) {
    switch byte {
    case 9:
      ("a tab cannot indent YAML", ["use spaces"])
    case UInt8(ascii: "@"), UInt8(ascii: "`"), UInt8(ascii: "%"):
      (
        "a value cannot start with \"\(byte.map { String(Unicode.Scalar($0)) } ?? "")\"",
        ["put quotes around it"]
      )
    default: ("this character cannot start a value", ["put quotes around the value"])
    }
  }

  private static func lineHoldsTemplate(_ bytes: [UInt8], _ offset: Int) -> Bool {
    let before = bytes[..<min(offset, bytes.count)].lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
    let after = bytes[before...].firstIndex(of: 0x0A) ?? bytes.count
    let line = String(decoding: bytes[before..<after], as: UTF8.self)
    return [": {{", "- {{", ": {%", "- {%"].contains { line.contains($0) }
  }
}
