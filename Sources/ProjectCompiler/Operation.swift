package import Diagnostics
import ProjectModel
import RedshiftSQL
import Templating

/// A macro run by itself: `run-operation`.
package struct Operation {
  private let parsed: ParsedProject
  private let environment: ContextEnvironment

  package init(
    _ parsed: ParsedProject,
    existing: ExistingRelations,
    live: any LiveDatabase
  ) {
    self.parsed = parsed
    environment = parsed.environment(existing: existing, live: live)
  }

  /// Whether there is a macro of a name, as `my_macro` or `package.my_macro`.
  package static func exists(_ name: String, in parsed: ParsedProject) -> Bool {
    entry(name, parsed.macros) != nil
  }

  /// The unique_id of a macro: `macro.shop.grant_all`.
  ///
  /// - Parameters:
  ///   - name: the macro's, or `package.macro`.
  ///   - parsed: where it is looked for.
  /// - Returns: nil where there is no such macro.
  package static func identifier(of name: String, in parsed: ParsedProject) -> String? {
    entry(name, parsed.macros)?.uniqueID
  }

  /// The context of a macro that runs by itself, for no node of the project.
  static func context(
    _ name: String,
    _ parsed: ParsedProject,
    _ environment: ContextEnvironment
  ) -> NodeContext {
    let package = parsed.project.name
    let node = Node(
      uniqueID: "operation.\(package).\(name)",
      kind: .operation,
      name: name,
      packageName: package,
      path: name,
      originalFilePath: name,
      fqn: [package, name]
    )
    return NodeContext(
      environment: environment,
      phase: .compile(resolver: parsed.resolver),
      node: node,
      this: nil,
      config: ConfigObject(final: PlainDictionary())
    )
  }

  private static func entry(_ name: String, _ macros: MacroTable) -> MacroTable.Entry? {
    let parts = name.split(separator: ".", maxSplits: 1).map(String.init)
    if parts.count == 2 { return macros.lookup(parts[1], in: parts[0]) }
    if let entry = macros.lookup(name, from: macros.projectName) { return entry }
    // As dbt does, a name that only one package has is enough.
    return macros.all.first { $0.name == name }
  }

  /// Runs a macro.
  ///
  /// - Parameters:
  ///   - name: the macro, as `my_macro` or `package.my_macro`.
  ///   - arguments: by name.
  ///   - tell: takes what `log()` and `print()` said, of a macro that fails as well.
  /// - Throws: any error of the macro or the database.
  package func run(
    _ name: String,
    arguments: PlainDictionary,
    tell: (TemplateLog) -> Void
  ) throws(Diagnostic) {
    let place = TextRange(
      buffer: environment.buffers.add(name: "<run-operation>", text: name),
      bytes: 0..<name.utf8.count
    )
    guard let entry = Self.entry(name, parsed.macros) else { throw .unknownMacro(name, at: place) }
    let context = Self.context(name, parsed, environment)
    let renderer = Renderer(context: context, buffers: environment.buffers, undefined: .standard)
    var call = Arguments(range: place, renderer: renderer)
    call.named = arguments.pairs.map { ($0.key, Value($0.value)) }
    defer { context.captured.logs.forEach(tell) }
    _ = try MacroObject(entry, context: context).call(call)
  }
}
