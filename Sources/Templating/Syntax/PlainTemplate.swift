package import Diagnostics

/// Templates that dbt reads without rendering them: text, comments, and calls of `ref`, `source` and
/// `config` with nothing but literals.
///
/// Of these dbt keeps configurations as values, of all others as they are written.
package enum PlainTemplate {
  /// Whether a template is one.
  ///
  /// - Parameters:
  ///   - buffer: the template.
  ///   - buffers: the store that has it.
  /// - Returns: false, too, where blanks are trimmed and for hooks, which dbt renders.
  /// - Throws: `template-syntax` and the other codes that speak of a template's text.
  package static func isPlain(_ buffer: BufferID, in buffers: Buffers) throws(Diagnostic) -> Bool {
    let source = TemplateSource(buffer: buffer, bytes: buffers.bytes(of: buffer))
    let statements = try TemplateParser.statements(of: source)
    let blocks = ["{%", "{{-", "-}}"].map { Array($0.utf8) }
    guard !blocks.contains(where: { source.bytes.firstRange(of: $0) != nil }) else { return false }
    return statements.allSatisfy { statement in
      switch statement.kind {
      case .text, .lineEnd: true
      case .output(let value): isPlainCall(value, source) || isLiteral(value, source)
      default: false
      }
    }
  }

  private static func isPlainCall(_ node: ExpressionNode, _ source: TemplateSource) -> Bool {
    guard case .call(let function, let arguments) = node.kind,
      case .name(let name) = function.kind, arguments.positionalSplat == nil,
      arguments.namedSplat == nil
    else { return false }
    let texts = arguments.positional.filter { literal($0)?.isText == true }
    guard texts.count == arguments.positional.count else { return false }
    switch name.text {
    case "ref":
      return [1, 2].contains(texts.count)
        && arguments.named.allSatisfy { argument in
          ["version", "v"].contains(argument.name) && literal(argument.value)?.isVersion == true
        }
    case "source": return texts.count == 2 && arguments.named.isEmpty
    case "config":
      return texts.isEmpty && !arguments.named.isEmpty
        && arguments.named.allSatisfy { argument in
          !["pre_hook", "post_hook"].contains(argument.name) && isLiteral(argument.value, source)
        }
    default: return false
    }
  }

  private static func literal(_ node: ExpressionNode) -> LiteralValue? {
    guard case .literal(let value) = node.kind else { return nil }
    return value
  }

  private static func isLiteral(_ node: ExpressionNode, _ source: TemplateSource) -> Bool {
    switch node.kind {
    case .literal(.string): true
    case .literal(.boolean): ["True", "False"].contains(source.text(node.range.bytes))
    case .list(let items): items.allSatisfy { isLiteral($0, source) }
    case .dictionary(let pairs):
      pairs.allSatisfy { literal($0.key)?.isText == true && isLiteral($0.value, source) }
    default: false
    }
  }
}

extension LiteralValue {
  fileprivate var isText: Bool {
    if case .string = self { true } else { false }
  }

  fileprivate var isVersion: Bool {
    if case .integer = self { true } else { isText }
  }
}
