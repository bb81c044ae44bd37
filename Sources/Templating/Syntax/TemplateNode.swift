import Diagnostics

/// A name in a template; `id` is its number among the names of the template.
struct TemplateName: Sendable {
  var text: String
  var id: Int
}

/// A value written down in a template.
enum LiteralValue: Sendable {
  case none
  case boolean(Bool)
  case integer(Int)
  case long(BigInteger)
  case float(Double)
  case string(String)
}

enum ArithmeticOperator: String, Sendable {
  case add = "+"
  case subtract = "-"
  case multiply = "*"
  case divide = "/"
  case floorDivide = "//"
  case remainder = "%"
  case power = "**"
}

enum ComparisonOperator: String, Sendable {
  case equal = "=="
  case notEqual = "!="
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="
  case contained = "in"
  case notContained = "not in"

  /// The comparison of two integers; nil for `in`.
  @inline(__always)
  func holds(_ a: Int, _ b: Int) -> Bool? {
    switch self {
    case .equal: a == b
    case .notEqual: a != b
    case .less: a < b
    case .lessOrEqual: a <= b
    case .greater: a > b
    case .greaterOrEqual: a >= b
    case .contained, .notContained: nil
    }
  }
}

/// An expression with the range it was written in.
final class ExpressionNode: Sendable {
  let range: TextRange
  /// Levels of nodes from here down, limited so that walking the tree cannot exhaust the stack.
  let height: Int
  let kind: Kind

  init(range: TextRange, height: Int, kind: Kind) {
    self.range = range
    self.height = height
    self.kind = kind
  }

  enum Kind: Sendable {
    case literal(LiteralValue)
    case name(TemplateName)
    case list([ExpressionNode])
    case tuple([ExpressionNode])
    case dictionary([(key: ExpressionNode, value: ExpressionNode)])
    case negative(ExpressionNode)
    case positive(ExpressionNode)
    case not(ExpressionNode)
    case and(ExpressionNode, ExpressionNode)
    case or(ExpressionNode, ExpressionNode)
    case arithmetic(ArithmeticOperator, ExpressionNode, ExpressionNode)
    case concatenation([ExpressionNode])
    case comparison(ExpressionNode, [(comparison: ComparisonOperator, right: ExpressionNode)])
    case conditional(test: ExpressionNode, then: ExpressionNode, otherwise: ExpressionNode?)
    case attribute(ExpressionNode, String)
    case item(ExpressionNode, ExpressionNode)
    case slice(start: ExpressionNode?, stop: ExpressionNode?, step: ExpressionNode?)
    case call(ExpressionNode, ArgumentNodes)
    case filter(ExpressionNode, FilterNode)
    case test(ExpressionNode, TestNode)
  }
}

/// The arguments of a call as written.
struct ArgumentNodes: Sendable {
  var positional: [ExpressionNode] = []
  var named: [(name: String, value: ExpressionNode)] = []
  var positionalSplat: ExpressionNode?
  var namedSplat: ExpressionNode?
  var height: Int = 0

  var isEmpty: Bool {
    positional.isEmpty && named.isEmpty && positionalSplat == nil && namedSplat == nil
  }
}

/// `| name(…)`.
struct FilterNode: Sendable {
  var name: String
  var function: BuiltinFilter
  var arguments: ArgumentNodes
  var range: TextRange
}

/// `is name(…)`.
struct TestNode: Sendable {
  var name: String
  var function: BuiltinTest
  var arguments: ArgumentNodes
  var range: TextRange
}

/// What `set` and `for` assign to.
indirect enum TargetNode: Sendable {
  case name(TemplateName)
  case namespace(TemplateName, attribute: String, range: TextRange)
  case tuple([TargetNode], range: TextRange)

  /// The variables that are set.
  var names: [String] {
    switch self {
    case .name(let name): [name.text]
    case .namespace: []
    case .tuple(let targets, _): targets.flatMap(\.names)
    }
  }
}

/// A statement or a piece of literal text; a class, so that running it copies nothing.
final class StatementNode: Sendable {
  let kind: StatementKind

  init(_ kind: StatementKind) {
    self.kind = kind
  }
}

enum StatementKind: Sendable {
  /// Text to copy.
  case text(TextRange)
  /// A line end that is written otherwise in the file.
  case lineEnd(TextRange)
  case output(ExpressionNode)
  case perform(ExpressionNode)
  case conditional([ConditionalBranch], otherwise: [StatementNode])
  case loop(LoopNode)
  case assignment(TargetNode, ExpressionNode, range: TextRange)
  case blockAssignment(TargetNode, filters: [FilterNode], body: [StatementNode], range: TextRange)
  case macro(MacroDefinition, name: TemplateName)
  case call(CallBlockNode)
  case filter([FilterNode], body: [StatementNode])
  case with([(target: TargetNode, value: ExpressionNode, range: TextRange)], body: [StatementNode])
  case block(body: [StatementNode])
  case autoescape(ExpressionNode, body: [StatementNode])
  case breakLoop
  case continueLoop
}

struct ConditionalBranch: Sendable {
  var condition: ExpressionNode
  var body: [StatementNode]
}

final class LoopNode: Sendable {
  let target: TargetNode
  let sequence: ExpressionNode
  let condition: ExpressionNode?
  let isRecursive: Bool
  let body: [StatementNode]
  let otherwise: [StatementNode]
  /// The name `loop`, when the body speaks of it.
  let loopName: TemplateName?

  init(
    target: TargetNode,
    sequence: ExpressionNode,
    condition: ExpressionNode?,
    isRecursive: Bool,
    body: [StatementNode],
    otherwise: [StatementNode],
    loopName: TemplateName?
  ) {
    self.target = target
    self.sequence = sequence
    self.condition = condition
    self.isRecursive = isRecursive
    self.body = body
    self.otherwise = otherwise
    self.loopName = loopName
  }
}

final class CallBlockNode: Sendable {
  let caller: MacroDefinition
  let function: ExpressionNode
  let arguments: ArgumentNodes
  let range: TextRange

  init(
    caller: MacroDefinition,
    function: ExpressionNode,
    arguments: ArgumentNodes,
    range: TextRange
  ) {
    self.caller = caller
    self.function = function
    self.arguments = arguments
    self.range = range
  }
}
