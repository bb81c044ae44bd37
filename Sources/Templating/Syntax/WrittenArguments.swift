package import Diagnostics

/// The arguments of a call as they stand in a template, without rendering it.
///
/// In the notation of Jinja's own tree, since dbt keeps configurations so that depend on variables:
/// a state that one of both has written can be compared with the other's.
package enum WrittenArguments {
  /// The named arguments of the first call of a function by its name.
  ///
  /// - Parameters:
  ///   - function: the name.
  ///   - buffer: a template.
  ///   - buffers: the store that has it.
  /// - Returns: names with notations, in order; nil where it is not called.
  /// - Throws: `template-syntax` and the other codes that speak of a template's text.
  package static func ofFirstCall(
    of function: String,
    in buffer: BufferID,
    _ buffers: Buffers
  ) throws(Diagnostic) -> [(name: String, notation: String)]? {
    let source = TemplateSource(buffer: buffer, bytes: buffers.bytes(of: buffer))
    var search = CallSearch(function: function)
    search.visit(try TemplateParser.statements(of: source))
    return search.found?.named.map { ($0.name, keyword($0.name, $0.value)) }
  }

  /// The texts that a function is called with wherever its value alone is what is written out,
  /// outside of all blocks.
  package static func ofOutputs(
    of function: String,
    in buffer: BufferID,
    _ buffers: Buffers
  ) throws(Diagnostic) -> [[String]] {
    let source = TemplateSource(buffer: buffer, bytes: buffers.bytes(of: buffer))
    return try TemplateParser.statements(of: source).compactMap { statement in
      guard case .output(let value) = statement.kind,
        case .call(let name, let arguments) = value.kind,
        case .name(let called) = name.kind, called.text == function
      else { return nil }
      return arguments.positional.compactMap { argument in
        if case .literal(.string(let text)) = argument.kind { text } else { nil }
      }
    }
  }

  // MARK: Notation

  private static func keyword(_ name: String, _ value: ExpressionNode) -> String {
    "Keyword(key=\(quoted(name)), value=\(text(value)))"
  }

  private static func quoted(_ text: String) -> String {
    Value.string(TemplateString(text)).represented
  }

  private static func list(_ items: [String]) -> String { "[\(items.joined(separator: ", "))]" }

  private static func text(_ node: ExpressionNode?) -> String { node.map(text) ?? "None" }

  private static func pair(_ kind: String, _ left: ExpressionNode, _ right: ExpressionNode)
    -> String
  {
    "\(kind)(left=\(text(left)), right=\(text(right)))"
  }

  private static func text(_ node: ExpressionNode) -> String {
    switch node.kind {
    case .literal(let value): "Const(value=\(constant(value)))"
    case .name(let name): "Name(name=\(quoted(name.text)), ctx='load')"
    case .list(let items): "List(items=\(list(items.map(text))))"
    case .tuple(let items): "Tuple(items=\(list(items.map(text))), ctx='load')"
    case .dictionary(let pairs):
      "Dict(items=\(list(pairs.map { "Pair(key=\(text($0.key)), value=\(text($0.value)))" })))"
    case .negative(let inner): "Neg(node=\(text(inner)))"
    case .positive(let inner): "Pos(node=\(text(inner)))"
    case .not(let inner): "Not(node=\(text(inner)))"
    case .and(let left, let right): pair("And", left, right)
    case .or(let left, let right): pair("Or", left, right)
    case .arithmetic(let sign, let left, let right): pair(word(for: sign), left, right)
    case .concatenation(let parts): "Concat(nodes=\(list(parts.map(text))))"
    case .comparison(let first, let others):
      "Compare(expr=\(text(first)), ops="
        + list(others.map { "Operand(op='\(word(for: $0.comparison))', expr=\(text($0.right)))" })
        + ")"
    case .conditional(let test, let then, let otherwise):
      "CondExpr(test=\(text(test)), expr1=\(text(then)), expr2=\(text(otherwise)))"
    case .attribute(let owner, let name):
      "Getattr(node=\(text(owner)), attr=\(quoted(name)), ctx='load')"
    case .item(let owner, let key):
      "Getitem(node=\(text(owner)), arg=\(text(key)), ctx='load')"
    case .slice(let start, let stop, let step):
      "Slice(start=\(text(start)), stop=\(text(stop)), step=\(text(step)))"
    case .call(let function, let arguments):
      "Call(node=\(text(function)), \(text(arguments)))"
    case .filter(let value, let filter):
      "Filter(node=\(text(value)), name=\(quoted(filter.name)), \(text(filter.arguments)))"
    case .test(let value, let test):
      "Test(node=\(text(value)), name=\(quoted(test.name)), \(text(test.arguments)))"
    }
  }

  private static func text(_ arguments: ArgumentNodes) -> String {
    "args=\(list(arguments.positional.map(text)))"
      + ", kwargs=\(list(arguments.named.map { keyword($0.name, $0.value) }))"
      + ", dyn_args=\(text(arguments.positionalSplat))"
      + ", dyn_kwargs=\(text(arguments.namedSplat))"
  }

  private static func constant(_ value: LiteralValue) -> String {
    switch value {
    case .none: "None"
    case .boolean(let flag): flag ? "True" : "False"
    case .integer(let number): String(number)
    case .long(let number): number.text()
    case .float(let number): Value.float(number).represented
    case .string(let text): quoted(text)
    }
  }

  private static func word(for sign: ArithmeticOperator) -> String {
    switch sign {
    case .add: "Add"
    case .subtract: "Sub"
    case .multiply: "Mul"
    case .divide: "Div"
    case .floorDivide: "FloorDiv"
    case .remainder: "Mod"
    case .power: "Pow"
    }
  }

  private static func word(for sign: ComparisonOperator) -> String {
    switch sign {
    case .equal: "eq"
    case .notEqual: "ne"
    case .less: "lt"
    case .lessOrEqual: "lteq"
    case .greater: "gt"
    case .greaterOrEqual: "gteq"
    case .contained: "in"
    case .notContained: "notin"
    }
  }
}

/// Goes through a template for the first call of a function, in the order of its text.
private struct CallSearch {
  let function: String
  private(set) var found: ArgumentNodes?

  init(function: String) { self.function = function }

  mutating func visit(_ statements: [StatementNode]) {
    for statement in statements where found == nil { visit(statement.kind) }
  }

  private mutating func visit(_ statement: StatementKind) {
    switch statement {
    case .text, .lineEnd, .breakLoop, .continueLoop: break
    case .output(let value), .perform(let value), .assignment(_, let value, _): visit(value)
    case .conditional(let branches, let otherwise):
      for branch in branches {
        visit(branch.condition)
        visit(branch.body)
      }
      visit(otherwise)
    case .loop(let loop):
      visit(loop.sequence)
      visit(loop.body)
      visit(loop.otherwise)
      visit(loop.condition)
    case .blockAssignment(_, let filters, let body, _):
      filters.forEach { visit($0.arguments) }
      visit(body)
    case .macro(let macro, _): visit(macro)
    case .call(let block):
      visit(block.function)
      visit(block.arguments)
      visit(block.caller)
    case .filter(let filters, let body):
      visit(body)
      filters.forEach { visit($0.arguments) }
    case .with(let assignments, let body):
      assignments.forEach { visit($0.value) }
      visit(body)
    case .block(let body): visit(body)
    case .autoescape(let value, let body):
      visit(value)
      visit(body)
    }
  }

  private mutating func visit(_ macro: MacroNode) {
    macro.parameters.forEach { visit($0.standard) }
    visit(macro.body)
  }

  private mutating func visit(_ node: ExpressionNode?) {
    guard found == nil, let node else { return }
    switch node.kind {
    case .literal, .name: break
    case .list(let items), .tuple(let items), .concatenation(let items): items.forEach { visit($0) }
    case .dictionary(let pairs):
      for pair in pairs {
        visit(pair.key)
        visit(pair.value)
      }
    case .negative(let inner), .positive(let inner), .not(let inner), .attribute(let inner, _):
      visit(inner)
    case .and(let left, let right), .or(let left, let right), .arithmetic(_, let left, let right),
      .item(let left, let right):
      visit(left)
      visit(right)
    case .comparison(let first, let others):
      visit(first)
      others.forEach { visit($0.right) }
    case .conditional(let test, let then, let otherwise):
      visit(test)
      visit(then)
      visit(otherwise)
    case .slice(let start, let stop, let step):
      visit(start)
      visit(stop)
      visit(step)
    case .call(let function, let arguments):
      if case .name(let name) = function.kind, name.text == self.function {
        found = arguments
        return
      }
      visit(function)
      visit(arguments)
    case .filter(let value, let filter):
      visit(value)
      visit(filter.arguments)
    case .test(let value, let test):
      visit(value)
      visit(test.arguments)
    }
  }

  private mutating func visit(_ arguments: ArgumentNodes) {
    arguments.positional.forEach { visit($0) }
    arguments.named.forEach { visit($0.value) }
    visit(arguments.positionalSplat)
    visit(arguments.namedSplat)
  }
}
