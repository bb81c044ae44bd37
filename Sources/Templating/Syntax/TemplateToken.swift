/// A piece of a template's text.
struct TemplateToken: Sendable {
  enum Kind: UInt8, Sendable {
    case text, variableBegin, variableEnd, blockBegin, blockEnd
    case name, string, integer, float
    case add, subtract, multiply, divide, floorDivide, remainder, power, tilde
    case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual, assign
    case dot, colon, pipe, comma, semicolon
    case leftParenthesis, rightParenthesis, leftBracket, rightBracket, leftBrace, rightBrace
    case end
  }

  var kind: Kind
  var range: Range<Int>
}

extension TemplateToken.Kind {
  /// The token in the words of an error message.
  var words: String {
    switch self {
    case .text: "template text"
    case .variableBegin: "\"{{\""
    case .variableEnd: "\"}}\""
    case .blockBegin: "\"{%\""
    case .blockEnd: "\"%}\""
    case .name: "a name"
    case .string: "a string"
    case .integer: "an integer"
    case .float: "a number"
    case .add: "\"+\""
    case .subtract: "\"-\""
    case .multiply: "\"*\""
    case .divide: "\"/\""
    case .floorDivide: "\"//\""
    case .remainder: "\"%\""
    case .power: "\"**\""
    case .tilde: "\"~\""
    case .equal: "\"==\""
    case .notEqual: "\"!=\""
    case .less: "\"<\""
    case .lessOrEqual: "\"<=\""
    case .greater: "\">\""
    case .greaterOrEqual: "\">=\""
    case .assign: "\"=\""
    case .dot: "\".\""
    case .colon: "\":\""
    case .pipe: "\"|\""
    case .comma: "\",\""
    case .semicolon: "\";\""
    case .leftParenthesis: "\"(\""
    case .rightParenthesis: "\")\""
    case .leftBracket: "\"[\""
    case .rightBracket: "\"]\""
    case .leftBrace: "\"{\""
    case .rightBrace: "\"}\""
    case .end: "the end of the template"
    }
  }
}
