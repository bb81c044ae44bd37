package import Diagnostics

/// A selector that `selectors.yml` defines: `--selector NAME`.
package struct NamedSelector: Sendable {
  /// Criteria and how they combine; which tests join may be left to the command line.
  indirect enum Definition: Sendable {
    case criterion(SelectionCriterion, indirect: IndirectSelection?)
    case group(SelectionTree.Operation, [Definition])
  }

  package var name: String
  package var description: String?
  /// Whether it is meant when a command says nothing.
  package var isDefault: Bool
  var definition: Definition
  /// The definition with every criterion spelt out, as the manifest has it.
  package var manifestDefinition: PlainValue

  func tree(_ indirect: IndirectSelection) -> SelectionTree {
    Self.tree(definition, indirect)
  }

  private static func tree(_ definition: Definition, _ indirect: IndirectSelection) -> SelectionTree
  {
    switch definition {
    case .criterion(let criterion, let own): .criterion(criterion, indirect: own ?? indirect)
    // As in dbt, tests do not join once more where sets of selectors.yml are combined.
    case .group(let operation, let parts):
      .group(operation, parts.map { tree($0, indirect) }, indirect: .eager)
    }
  }
}
