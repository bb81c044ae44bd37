package import Diagnostics
import Synchronization

/// A macro: what people ask of it, and its compiled form.
package final class MacroDefinition: Sendable {
  package let name: String
  /// The whole block, from its first delimiter to its last.
  package let range: TextRange
  /// The name in the head of the block.
  package let nameRange: TextRange
  /// Names of the parameters, in order.
  package var parameterNames: [String] { node.parameters.map(\.name.text) }

  /// The name as messages and expansion frames have it.
  let frameName: String
  /// Whether this is the block handed to a macro with `call`.
  let isCaller: Bool
  /// The names it may speak of without declaring them, as far as it does.
  var implicitNames: MacroNode.ImplicitNames { node.implicitNames }

  private let node: MacroNode
  private let source: TemplateSource
  /// Where the macro stands; nobody changes it once the template around is compiled.
  private nonisolated(unsafe) let scope: NameScope
  /// Retained once it is there.
  private let compiled = Atomic<Unmanaged<Program>?>(nil)

  init(_ node: MacroNode, _ source: TemplateSource, in scope: NameScope) {
    name = node.name
    isCaller = node.isCaller
    frameName = node.frameName
    range = node.range
    nameRange = node.nameRange
    self.node = node
    self.source = source
    self.scope = scope
  }

  /// The compiled form, made when it is first asked for: of a library few macros are called.
  var program: Program {
    if let program = compiled.load(ordering: .acquiring) { return program.takeUnretainedValue() }
    return compile(with: TemplateCompiler(source))
  }

  @discardableResult
  func compile(with compiler: TemplateCompiler) -> Program {
    let program = Unmanaged.passRetained(compiler.program(of: node, in: scope))
    let (isFirst, other) = compiled.compareExchange(
      expected: nil,
      desired: program,
      ordering: .acquiringAndReleasing
    )
    if isFirst { return program.takeUnretainedValue() }
    // Another thread was quicker.
    program.release()
    return other?.takeUnretainedValue() ?? self.program
  }

  deinit { compiled.load(ordering: .acquiring)?.release() }
}
