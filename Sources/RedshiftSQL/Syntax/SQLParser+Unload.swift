import Diagnostics

extension SQLParser {
  mutating func parseUnload() throws(SyntaxFailure) -> Unload {
    advance()
    try expect(.openParenthesis, "\"(\"")
    var text: CopyStatement.Literal?
    var query: Query?
    if at(.string) || at(.dollarString) {
      text = try parseString("a query in quotes")
    } else {
      query = try parseQuery()
    }
    try expect(.closeParenthesis, "\")\"")
    try expect(.to)
    let destination = try parseString("the address to write to, 's3://…'")
    while token.kind != .semicolon, token.kind != .endOfText { advance() }
    return Unload(queryText: text, query: query, destination: destination)
  }
}
