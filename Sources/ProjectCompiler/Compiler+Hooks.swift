package import Diagnostics
import ProjectModel
import RedshiftSQL
import Templating

// Hooks: of the project and its packages, and of nodes.
extension Compiler {
  /// Renders SQL from the project file, such as `on-run-start`.
  ///
  /// `extra` is what only this hook can use, such as `results`. Names mean what they mean in
  /// `package`; nil is the project itself.
  ///
  /// - Throws: any error of the template.
  package func compileHook(
    _ text: String,
    name: String,
    package: String? = nil,
    extra: PlainDictionary = PlainDictionary()
  ) throws(Diagnostic) -> BufferID {
    try renderHook(text, name: name, package: package, extra: extra).sql
  }

  /// Renders a hook, and tells what `log(…, info=true)` said; `results` is what became of the nodes.
  ///
  /// - Throws: any error of the template.
  package func renderHook(
    _ text: String,
    name: String,
    package: String? = nil,
    results: [PlainDictionary]? = nil,
    extra: PlainDictionary
  ) throws(Diagnostic) -> (sql: BufferID, logs: [TemplateLog]) {
    let (template, context) = try hook(text, name: name, package: package)
    for (key, value) in extra.pairs { context.extra[key] = Value(value) }
    if let results {
      context.extra["results"] = .list(results.map { .object(RecordObject($0)) })
    }
    let sql = buffers.add(generated: "\(name) (compiled)", try render(template, context))
    return (sql, context.captured.logs)
  }

  /// Renders a hook of the project before anything runs.
  ///
  /// - Returns: its SQL; nil when it must be rendered when it is its turn, for it asks the database
  ///   or keeps something in `graph`.
  /// - Throws: any other error of the template.
  package func compileEarly(
    hook text: String,
    name: String,
    package: String
  ) throws(Diagnostic) -> BufferID? {
    let (template, context) = try hook(text, name: name, package: package)
    do throws(Diagnostic) {
      let sql = try render(template, context)
      return context.captured.asksGraph
        ? nil : buffers.add(generated: "\(name) (compiled)", sql)
    } catch {
      guard error.code == Diagnostic.needsDatabaseCode || context.captured.asksGraph else {
        throw error
      }
      return nil
    }
  }

  /// The SQL of the project's hooks by id, of those that can be rendered before they run.
  package var operations: [String: BufferID] {
    var texts: [String: BufferID] = [:]
    for node in parsed.operations {
      guard let written = node.buffer else { continue }
      do throws(Diagnostic) {
        texts[node.uniqueID] = try compileEarly(
          hook: String(decoding: buffers.bytes(of: written), as: UTF8.self),
          name: node.name,
          package: node.packageName
        )
      } catch {
        // It may speak of results that there are only after a run, which tells what is wrong with it.
        continue
      }
    }
    return texts
  }

  /// The template of a hook of the project, and what it can use.
  private func hook(
    _ text: String,
    name: String,
    package: String?
  ) throws(Diagnostic) -> (Template, NodeContext) {
    let packageName = package ?? parsed.project.name
    let node = Node(
      uniqueID: "operation.\(packageName).\(name)",
      kind: .operation,
      name: name,
      packageName: packageName,
      path: name,
      originalFilePath: "project file",
      fqn: [packageName, name]
    )
    let written = WrittenText(buffers: buffers)
    let file = parsed.project.package(named: packageName)?.fileBuffer.map(written.whole)
    let located = written.located(text, in: [file].compactMap { $0 })
    let template = try Template(parsing: buffers.add(generated: name, located), in: buffers)
    return (template, context(for: node))
  }

  /// Renders a hook of a node, just before it runs.
  ///
  /// - Throws: any error of the template.
  package func renderHook(
    _ hook: BufferID,
    of compiled: CompiledNode
  ) throws(Diagnostic) -> (sql: BufferID, logs: [TemplateLog]) {
    var later = self
    later.environment.batch = compiled.batch
    later.environment.isMaterializing = true
    let context = later.context(for: compiled.node)
    let text = try render(try Template(parsing: hook, in: buffers), context)
    return (
      buffers.add(generated: "\(buffers.name(of: hook)) (compiled)", text), context.captured.logs
    )
  }

  // MARK: Hooks of nodes

  func addHooks(
    _ compiled: inout CompiledNode,
    _ context: NodeContext
  ) throws(Diagnostic) {
    // What a hook says while it is rendered is said once.
    if environment.batch?.isFirst != false {
      compiled.preHooks = try hooks("pre-hook", of: compiled.node, context)
    }
    if environment.batch?.isFollowed != true {
      compiled.postHooks = try hooks("post-hook", of: compiled.node, context)
    }
    if let header = compiled.node.config["sql_header"]?.string {
      let text = located(header: header, of: compiled.node, context)
      compiled.header = text
      compiled.headerSQL = buffers.add(generated: "sql_header of \(compiled.node.name)", text)
    }
    compiled.logs = context.captured.logs
    compiled.warnings = context.captured.warnings
  }

  /// A header with the places where it is written: as the template made it, or as it stands in a
  /// file.
  private func located(
    header: String,
    of node: Node,
    _ context: NodeContext
  ) -> MappedText {
    if let made = context.configObject.header, made.string == header { return made }
    let written = WrittenText(buffers: buffers)
    return written.located(header, in: written.places(of: node, in: parsed.project))
  }

  private func hooks(
    _ key: String,
    of node: Node,
    _ context: NodeContext
  ) throws(Diagnostic) -> [NodeHook] {
    let items: [PlainValue] =
      switch node.config[key] {
      case .list(let list)?: list
      case let value?: [value]
      case nil: []
      }
    let written = WrittenText(buffers: buffers)
    let places = items.isEmpty ? [] : written.places(of: node, in: parsed.project)
    var hooks: [NodeHook] = []
    for item in items {
      let entry = HookEntry(item)
      guard !entry.sql.isEmpty else { continue }
      let located = written.located(entry.sql, in: places)
      let text = try compileHook(located, name: "\(key) of \(node.name)", of: node, context)
      hooks.append(NodeHook(text: text, isInTransaction: entry.isInTransaction))
    }
    return hooks
  }

  /// Renders a hook before its node runs, if that is the same as rendering it then: a template that
  /// asks the database may change it as well.
  ///
  /// What it used and said is added to `whole`, the context of its node.
  private func compileHook(
    _ text: MappedText,
    name: String,
    of node: Node,
    _ whole: NodeContext
  ) throws(Diagnostic) -> NodeHook.Text {
    let buffer = buffers.add(generated: name, text)
    let template = try Template(parsing: buffer, in: buffers)
    var offline = self
    offline.environment.live = nil
    let context = offline.context(for: node)
    context.captured.macros = whole.captured.macros
    var sql: MappedText?
    do throws(Diagnostic) {
      sql = try render(template, context)
    } catch {
      guard error.code == Diagnostic.needsDatabaseCode || context.captured.asksGraph else {
        throw error
      }
    }
    whole.captured.macros = context.captured.macros
    guard let sql, !context.captured.readsDatabase, !context.captured.asksGraph else {
      return .template(buffer)
    }
    whole.captured.logs += context.captured.logs
    whole.captured.warnings += context.captured.warnings
    return .rendered(buffers.add(generated: "\(name) (compiled)", sql))
  }
}
