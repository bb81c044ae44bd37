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
  var nameRange: TextRange
  /// Nil for a name that no filter has.
  var function: BuiltinFilter?
  var arguments: ArgumentNodes
  var range: TextRange
}

/// `is name(…)`.
struct TestNode: Sendable {
  var name: String
  var nameRange: TextRange
  /// Nil for a name that no test has.
  var function: BuiltinTest?
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

/// A statement or a piece of literal text.
final class StatementNode: Sendable {
  let kind: StatementKind
  /// Whether it makes a macro or a block for one, which may outlive the round of a loop.
  let makesMacro: Bool

  init(_ kind: StatementKind) {
    self.kind = kind
    makesMacro = kind.makesMacro
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
  case macro(MacroNode, name: TemplateName)
  case call(CallBlockNode)
  case filter([FilterNode], body: [StatementNode])
  case with([(target: TargetNode, value: ExpressionNode, range: TextRange)], body: [StatementNode])
  case block(body: [StatementNode])
  case autoescape(ExpressionNode, body: [StatementNode])
  case breakLoop
  case continueLoop

  fileprivate var makesMacro: Bool {
    func any(_ statements: [StatementNode]) -> Bool { statements.contains(where: \.makesMacro) }
    return switch self {
    case .macro, .call: true
    case .conditional(let branches, let otherwise):
      branches.contains { any($0.body) } || any(otherwise)
    case .loop(let loop): any(loop.body) || any(loop.otherwise)
    case .blockAssignment(_, _, let body, _), .filter(_, let body), .with(_, let body),
      .block(let body), .autoescape(_, let body):
      any(body)
    case .text, .lineEnd, .output, .perform, .assignment, .breakLoop, .continueLoop: false
    }
  }
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

/// A macro as written; also the body of a `call` block.
final class MacroNode: Sendable {
  struct Parameter: Sendable {
    var name: TemplateName
    var standard: ExpressionNode?
  }

  /// The names a macro may speak of without declaring them.
  struct ImplicitNames: Sendable {
    var caller: TemplateName?
    var varargs: TemplateName?
    var kwargs: TemplateName?
  }

  let name: String
  /// Whether this is the block handed to a macro with `call`.
  let isCaller: Bool
  /// The whole block, from its first delimiter to its last.
  let range: TextRange
  /// The name in the head of the block.
  let nameRange: TextRange
  let parameters: [Parameter]
  let implicitNames: ImplicitNames
  let body: [StatementNode]

  /// The name as messages and expansion frames have it.
  var frameName: String { isCaller ? "the block of a call" : "macro \"\(name)\"" }

  init(
    name: String,
    isCaller: Bool,
    range: TextRange,
    nameRange: TextRange,
    parameters: [Parameter],
    implicitNames: ImplicitNames,
    body: [StatementNode]
  ) {
    self.name = name
    self.isCaller = isCaller
    self.range = range
    self.nameRange = nameRange
    self.parameters = parameters
    self.implicitNames = implicitNames
    self.body = body
  }
}

final class CallBlockNode: Sendable {
  let caller: MacroNode
  let function: ExpressionNode
  let arguments: ArgumentNodes
  let range: TextRange

  init(
    caller: MacroNode,
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
