import Diagnostics
import ProjectModel
import RedshiftSQL

/// What is wrong with a function, told in terms of its files.
struct FunctionAnalysis {
  let node: Node
  let buffers: Buffers

  /// Findings of the statement that makes it.
  ///
  /// - Parameters:
  ///   - statement: the statement with the function's own text.
  ///   - catalog: what there is.
  /// - Returns: what it reads, and what is wrong.
  func analyze(_ statement: BufferID, _ catalog: SymbolicCatalog) -> NodeAnalysis {
    var analyzer = SQLNodeAnalyzer(catalog: catalog, buffers: buffers)
    var analysis = analyzer.follow(statements: statement)
    analysis.diagnostics = analysis.diagnostics.map(inUsersTerms)
    return analysis
  }

  /// A name in the text that is one of an argument's: Redshift's functions know them by numbers.
  private func inUsersTerms(_ finding: Diagnostic) -> Diagnostic {
    guard finding.code == "unknown-column", let range = finding.primary?.range else {
      return finding
    }
    let name = buffers.text(of: range).lowercased()
    let arguments = FunctionDeclaration(node).arguments
    guard let index = arguments.firstIndex(where: { $0.name.lowercased() == name }) else {
      return finding
    }
    return .argumentByName(arguments[index].name, number: index + 1, at: range)
  }
}

extension Diagnostic {
  fileprivate static func argumentByName(
    _ name: String,
    number: Int,
    at range: TextRange
  ) -> Diagnostic {
    Diagnostic(
      code: "argument-by-name",
      "a function in Redshift's SQL does not know its arguments by name",
      at: range,
      label: "\"\(name)\" is the name of argument \(number)",
      help: ["write $\(number)"]
    )
  }
}
