import Diagnostics

/// What a template printed, as long as it may be one value.
final class NodeCollector {
  private(set) var first: Value?
  private(set) var count = 0

  func append(_ value: Value) {
    if count == 0 { first = value }
    count += 1
  }
}

extension Value {
  /// What the value of a constant expression is where values are kept: Jinja prints constants
  /// while it compiles, so they are text.
  var asConstant: Value {
    guard let plain = bareConstant else { return self }
    return plain.isString ? plain : .text(plain.rendered)
  }

  /// The value, if Jinja would fold it: data that can be written down.
  private var bareConstant: Value? {
    switch self {
    case .none, .boolean, .integer, .float, .string: self
    case .list(let list): list.elements.allSatisfy { $0.bareConstant != nil } ? self : nil
    case .tuple(let tuple): tuple.elements.allSatisfy { $0.bareConstant != nil } ? self : nil
    case .dictionary(let dictionary):
      dictionary.entries.allSatisfy { $0.value.bareConstant != nil } ? self : nil
    case .object(let object): object is LongInteger || object is RangeObject ? self : nil
    default: nil
    }
  }
}

extension ExpressionNode {
  /// Whether the expression has no names and no calls.
  var isConstant: Bool {
    func all(_ arguments: ArgumentNodes) -> Bool {
      arguments.positional.allSatisfy(\.isConstant)
        && arguments.named.allSatisfy(\.value.isConstant)
        && arguments.positionalSplat == nil && arguments.namedSplat == nil
    }
    switch kind {
    case .literal: return true
    case .name, .call: return false
    case .list(let elements), .tuple(let elements), .concatenation(let elements):
      return elements.allSatisfy(\.isConstant)
    case .dictionary(let pairs):
      return pairs.allSatisfy { $0.key.isConstant && $0.value.isConstant }
    case .negative(let node), .positive(let node), .not(let node), .attribute(let node, _):
      return node.isConstant
    case .and(let left, let right), .or(let left, let right), .arithmetic(_, let left, let right),
      .item(let left, let right):
      return left.isConstant && right.isConstant
    case .comparison(let first, let rest):
      return first.isConstant && rest.allSatisfy(\.right.isConstant)
    case .conditional(let test, let then, let otherwise):
      return test.isConstant && then.isConstant && otherwise?.isConstant ?? true
    case .slice(let start, let stop, let step):
      return [start, stop, step].allSatisfy { $0?.isConstant ?? true }
    case .filter(let base, let filter):
      // What these give is marked as a value.
      let isMarked = filter.name.hasPrefix("as_")
      return !isMarked && base.isConstant && all(filter.arguments)
    case .test(let base, let test): return base.isConstant && all(test.arguments)
    }
  }

  /// The value of Python's `literal_eval`; nil for what is no literal.
  var literalValue: Value? {
    switch kind {
    case .literal(let literal):
      switch literal {
      case .none: return Value.none
      case .boolean(let flag): return .boolean(flag)
      case .integer(let number): return .integer(number)
      case .long(let number): return Value(number)
      case .float(let number): return .float(number)
      case .string(let text): return .text(text)
      }
    case .list(let elements):
      let values = elements.compactMap(\.literalValue)
      return values.count == elements.count ? .list(values) : nil
    case .tuple(let elements):
      let values = elements.compactMap(\.literalValue)
      return values.count == elements.count ? .tuple(values) : nil
    case .dictionary(let pairs):
      let result = DictionaryReference()
      for pair in pairs {
        guard let key = pair.key.literalValue, let value = pair.value.literalValue,
          DictionaryKey(key) != nil
        else { return nil }
        result[key] = value
      }
      return .dictionary(result)
    case .negative(let node):
      guard let value = node.literalValue, value.doubleValue != nil else { return nil }
      return try? Value.negated(value, at: range)
    default: return nil
    }
  }
}

extension Template {
  /// What Python's `literal_eval` makes of a text; nil for what is no literal.
  static func literal(_ text: String) -> Value? {
    let source = TemplateSource(
      buffer: BufferID(index: 0),
      bytes: Array("{{ \(text) }}".utf8)
    )
    var lexer = TemplateLexer(source)
    guard let tokens = try? lexer.tokens() else { return nil }
    // Python's own words for the constants only.
    let foreign = ["true", "false", "none"]
    guard !tokens.contains(where: { $0.kind == .name && foreign.contains(source.text($0.range)) })
    else { return nil }
    var parser = TemplateParser(source: source, tokens: tokens)
    guard let body = try? parser.parseTemplate(), body.count == 1,
      case .output(let expression)? = body.first?.kind
    else { return nil }
    return expression.literalValue
  }
}
