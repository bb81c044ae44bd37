import Diagnostics
import ProjectModel
import RedshiftSQL
import Templating

/// `adapter`: names, dispatch, and what is asked of the database.
///
/// While the project is read nothing is asked: methods answer as if the database were empty.
final class AdapterObject: TemplateObject {
  unowned let context: NodeContext

  init(context: NodeContext) {
    self.context = context
  }

  var typeName: String { "DatabaseWrapper" }
  var rendered: String { "adapter" }

  func attribute(_ name: String) -> Value? {
    guard let body = nameMethod(name) ?? catalogMethod(name) ?? sqlMethod(name) else {
      return property(name)
    }
    return .function(NativeFunction("adapter.\(name)", body))
  }

  typealias Method = (Arguments) throws(Diagnostic) -> Value

  private func property(_ name: String) -> Value? {
    switch name {
    case "config":
      let project = context.environment.project
      return .dictionary(
        DictionaryReference([
          ("credentials", Value(.dictionary(project.target.templateValue))),
          ("project_name", .text(project.name)), ("target_name", .text(project.target.name)),
          ("threads", .integer(project.target.threads)),
        ])
      )
    case "behavior": return .dictionary(DictionaryReference())
    case "Relation": return .object(RelationClass(className: context.relationClass))
    case "Column": return .object(ColumnClass())
    default: return nil
    }
  }

  // MARK: Without a database

  private func nameMethod(_ name: String) -> Method? {
    switch name {
    case "dispatch": return { [self] arguments throws(Diagnostic) in try dispatch(arguments) }
    case "type": return { [self] _ throws(Diagnostic) in .text(context.adapterType) }
    case "quote":
      return { arguments throws(Diagnostic) in
        let identifier = try arguments.required(0, "identifier", of: "adapter.quote")
        return .text(SQLQuoting.identifier(identifier.rendered))
      }
    case "quote_as_configured":
      return { [self] arguments throws(Diagnostic) in
        let identifier = try arguments.required(0, "identifier", of: name).rendered
        let key = arguments.value(1, "quote_key")?.rendered ?? "identifier"
        let quoting = context.environment.project.configuration.quoting
        return .text(
          quoting[key]?.boolean ?? true ? SQLQuoting.identifier(identifier) : identifier
        )
      }
    case "quote_seed_column":
      return { arguments throws(Diagnostic) in
        let column = try arguments.required(0, "column", of: name).rendered
        guard let quotes = arguments.value(1, "quote_config"), !quotes.isNone, !quotes.isUndefined
        else { return .text(column) }
        return .text(quotes.isTrue ? SQLQuoting.identifier(column) : column)
      }
    case "nice_connection_name":
      return { [self] _ throws(Diagnostic) in .text(context.node?.uniqueID ?? "master") }
    case "cache_added", "cache_dropped", "cache_renamed":
      return { _ throws(Diagnostic) in .text("") }
    case "verify_database", "assert_valid_snapshot_target_given_strategy", "valid_snapshot_target":
      return { _ throws(Diagnostic) in .text("") }
    case "valid_incremental_strategies":
      return { _ throws(Diagnostic) in
        .list(["append", "delete+insert", "merge", "microbatch"].map { .text($0) })
      }
    case "get_incremental_strategy_macro":
      return { [self] arguments throws(Diagnostic) in try strategyMacro(arguments) }
    case "get_hard_deletes_behavior":
      return { arguments throws(Diagnostic) in Self.hardDeletes(arguments.value(0, "config")) }
    case "use_show_apis", "use_grants_extended", "drop_without_cascade":
      return { _ throws(Diagnostic) in .boolean(false) }
    case "convert_type":
      return { [self] arguments throws(Diagnostic) in try convertedType(arguments) }
    case "standardize_grants_dict":
      return { arguments throws(Diagnostic) in
        Self.grants(try arguments.required(0, "grants_table", of: name))
      }
    case "render_raw_columns_constraints":
      return { [self] arguments throws(Diagnostic) in
        try constraintText(arguments).columns(arguments.value(0, "raw_columns"))
      }
    case "render_raw_model_constraints":
      return { [self] arguments throws(Diagnostic) in
        try constraintText(arguments).model(arguments.value(0, "raw_constraints"))
      }
    case "parse_index":
      return { arguments throws(Diagnostic) in
        try IndexObject.read(
          try arguments.required(0, "raw_index", of: name),
          at: arguments.range
        )
      }
    case "get_partitions_metadata", "get_catalog_integration", "build_catalog_relation":
      return { _ throws(Diagnostic) in .none }
    default: return nil
    }
  }

  private func constraintText(_ arguments: Arguments) -> ConstraintText {
    ConstraintText { [self] to throws(Diagnostic) in try relation(of: to, arguments) }
  }

  /// What a foreign key refers to: `ref('orders')` and its like are rendered, names stay.
  private func relation(of text: String, _ arguments: Arguments) throws(Diagnostic) -> String {
    guard text.contains("(") else { return text }
    let buffers = context.environment.buffers
    let buffer = buffers.add(
      name: "constraint of \(context.node?.name ?? "")",
      text: "{{ \(text) }}"
    )
    let template = try Template(parsing: buffer, in: buffers)
    return try arguments.renderer.render(template).string
  }

  private func dispatch(_ arguments: Arguments) throws(Diagnostic) -> Value {
    let name = try arguments.string(0, "macro_name", of: "adapter.dispatch")
    let namespace = arguments.value(1, "macro_namespace")?.stringValue
    let macros = context.environment.macros
    var found = macros.dispatched(name, namespace: namespace, from: context.packageName)
    if found == nil, context.node?.kind == .test, let package = context.callingPackage {
      // A test of a package finds its own implementations, whoever uses it.
      found = macros.dispatched(name, namespace: namespace, from: package)
    }
    if let entry = found {
      return .object(MacroObject(entry, context: context))
    }
    throw .noDispatchTarget(
      name,
      in: namespace,
      tried: macros.dispatchCandidates(name, namespace: namespace),
      at: arguments.range
    )
  }

  /// `get_incremental_<strategy>_sql`, the project's own included.
  private func strategyMacro(_ arguments: Arguments) throws(Diagnostic) -> Value {
    let strategy = try arguments.required(1, "strategy", of: "get_incremental_strategy_macro")
    let name = strategy.rendered.split(separator: "+", omittingEmptySubsequences: false)
      .joined(separator: "_")
    let macro = "get_incremental_\(name)_sql"
    guard let entry = context.environment.macros.lookup(macro, from: context.packageName) else {
      throw .raisedByTemplate(
        "dbt could not find an incremental strategy macro with the name \"\(macro)\" "
          + "in \(context.environment.project.name)",
        at: arguments.range
      )
    }
    return .object(MacroObject(entry, context: context))
  }

  private static func hardDeletes(_ config: Value?) -> Value {
    guard case .object(let object)? = config, let config = object as? ConfigObject else {
      return .text("ignore")
    }
    if let value = config.values["hard_deletes"]?.string { return .text(value) }
    let invalidates = config.values["invalidate_hard_deletes"]?.boolean ?? false
    return .text(invalidates ? "invalidate" : "ignore")
  }

  private func convertedType(_ arguments: Arguments) throws(Diagnostic) -> Value {
    guard case .object(let object) = try arguments.required(0, "agate_table", of: "convert_type"),
      let table = object as? TableObject,
      let index = arguments.value(1, "col_idx")?.integerValue, table.types.indices.contains(index)
    else { return .text("text") }
    switch table.types[index] {
    case "Integer": return .text("integer")
    case "Number": return .text("float8")
    case "Boolean": return .text("boolean")
    case "Date": return .text("date")
    case "DateTime": return .text("timestamp without time zone")
    default: return .text("text")
    }
  }

  /// `{privilege: [grantees]}` of a table with columns `grantee` and `privilege_type`.
  private static func grants(_ value: Value) -> Value {
    guard case .object(let object) = value, let table = object as? TableObject else {
      return .dictionary(DictionaryReference())
    }
    let names = table.names.map { $0.lowercased() }
    let result = DictionaryReference()
    for row in table.rows {
      guard let who = names.firstIndex(of: "grantee"),
        let what = names.firstIndex(of: "privilege_type"), row.indices.contains(max(who, what))
      else { continue }
      let privilege = row[what].rendered
      if case .list(let list)? = result[privilege] {
        list.elements.append(row[who])
      } else {
        result[privilege] = .list([row[who]])
      }
    }
    return .dictionary(result)
  }
}
