import Diagnostics
import ProjectModel
import RedshiftSQL

extension Node {
  /// Whether its text has to be one query in SQL; of functions of other types, only their macros know.
  var isOneQuery: Bool {
    switch kind {
    case .model, .test, .snapshot: true
    case .function: language == .sql && config["type"]?.string == "scalar"
    default: false
    }
  }
}

/// The statement that makes a function, as redstart's own macros write it for Redshift: what is known
/// of a function without a database is known of this.
struct FunctionStatement {
  let node: Node
  let buffers: Buffers

  private var declaration: FunctionDeclaration { FunctionDeclaration(node) }

  /// Whether a function is made by macros of redstart's own, as those of SQL are that give one value.
  static func isRedstarts(_ node: Node, in macros: MacroTable) -> Bool {
    guard node.language == .sql, node.config["type"]?.string == "scalar" else { return false }
    let name = TemplateMaterialization.name(of: node)
    let materialization = macros.materialization(name, from: node.packageName)
    guard materialization.map({ MacroTable.isBuiltin($0.packageName) }) == true else {
      return false
    }
    return macroNames.allSatisfy { name in
      guard macros.custom(name, from: node.packageName) == nil else { return false }
      let found = macros.dispatched(name, namespace: "dbt", from: node.packageName)
      return found.map { MacroTable.isBuiltin($0.packageName) } ?? false
    }
  }

  /// What is wrong with a function of which nothing says what it returns; macros of the project may make
  /// do without.
  static func missingResult(of node: Node, in macros: MacroTable) -> Diagnostic? {
    guard FunctionDeclaration(node).resultType == nil, isRedstarts(node, in: macros) else {
      return nil
    }
    return .functionWithoutResult(node)
  }

  private static let macroNames = [
    "scalar_function_sql", "scalar_function_create_replace_signature_sql",
    "formatted_scalar_function_args_sql", "scalar_function_body_sql",
    "scalar_function_volatility_sql", "function_execute_build_sql",
  ]

  /// The statement with a body that says nothing, for what calls the function.
  ///
  /// - Returns: nil where the types are no types of Redshift's.
  func signature() -> Statement? { statement(in: buffer(body: nil)) }

  /// The statement with the function's own text, which stands where it was typed.
  func buffer(body: BufferID?) -> BufferID {
    var text = MappedText()
    let place = node.patch ?? node.place
    func add(_ words: String) { text.append(generated: words.utf8, origin: place) }
    let types = declaration.arguments.map(\.type).joined(separator: ", ")
    add("create or replace function \(name) (\(types))\n")
    add("returns \(declaration.resultType ?? "") \(volatility) as $body$\n")
    if let body {
      text.append(copying: buffers.bytes(of: body), range: buffers.wholeRange(of: body))
    } else {
      add("select null")
    }
    add("\n$body$ language sql")
    return buffers.add(generated: "\(node.originalFilePath) (function)", text)
  }

  private func statement(in buffer: BufferID) -> Statement? {
    let parsed = SQLParser.parse(buffer, in: buffers)
    guard parsed.statements.count == 1, !parsed.diagnostics.contains(where: \.isError) else {
      return nil
    }
    return parsed.statements.first
  }

  private var name: String {
    [node.schema, node.alias ?? node.name].compactMap { $0 }.map(SQLQuoting.identifier)
      .joined(separator: ".")
  }

  private var volatility: String {
    switch node.config["volatility"]?.string {
    case "deterministic": "immutable"
    case "stable": "stable"
    default: "volatile"
    }
  }
}
