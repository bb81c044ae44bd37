import Diagnostics
import ProjectModel
import RedshiftSQL
import Templating

/// `exceptions`: how templates stop or warn.
final class ExceptionsObject: TemplateObject {
  var typeName: String { "exceptions" }
  var rendered: String { "exceptions" }

  func attribute(_ name: String) -> Value? {
    switch name {
    case "raise_compiler_error", "raise_database_error", "raise_not_implemented",
      "raise_dependency_error", "raise_fail_fast_error":
      .function(
        NativeFunction("exceptions.\(name)") { arguments throws(Diagnostic) in
          throw .raisedByTemplate(
            arguments.value(0, "msg")?.rendered ?? "",
            at: arguments.range
          )
        }
      )
    case "warn":
      .function(NativeFunction("exceptions.warn") { _ throws(Diagnostic) in .text("") })
    default: nil
    }
  }
}

/// `adapter`: what compiles without a database.
final class AdapterObject: TemplateObject {
  let macros: MacroTable

  init(macros: MacroTable) {
    self.macros = macros
  }

  var typeName: String { "adapter" }
  var rendered: String { "adapter" }

  func attribute(_ name: String) -> Value? {
    switch name {
    case "dispatch":
      .function(
        NativeFunction("adapter.dispatch") { [macros] arguments throws(Diagnostic) in
          let name = try arguments.string(0, "macro_name", of: "adapter.dispatch")
          guard let entry = macros.dispatched(name) else {
            throw .noDispatchTarget(name, at: arguments.range)
          }
          return .macro(entry.definition)
        }
      )
    case "quote":
      .function(
        NativeFunction("adapter.quote") { arguments throws(Diagnostic) in
          .text(SQLQuoting.identifier(try arguments.string(0, "identifier", of: "adapter.quote")))
        }
      )
    case "type":
      .function(NativeFunction("adapter.type") { _ throws(Diagnostic) in .text("redshift") })
    default:
      // A method that needs the database: it exists, but says so when it is called.
      .function(
        NativeFunction("adapter.\(name)") { arguments throws(Diagnostic) in
          throw .adapterMethod(name, at: arguments.range)
        }
      )
    }
  }
}

/// A package's name in templates: `my_project.my_macro()`.
final class PackageObject: TemplateObject {
  let name: String
  private unowned let context: NodeContext

  init(name: String, context: NodeContext) {
    self.name = name
    self.context = context
  }

  var typeName: String { "package" }
  var rendered: String { name }

  func attribute(_ attribute: String) -> Value? {
    context.value(named: attribute)
  }
}

extension Node {
  /// The templates' `model`.
  var templateValue: PlainDictionary {
    [
      "unique_id": .string(uniqueID),
      "name": .string(name),
      "resource_type": .string(kind.rawValue),
      "package_name": .string(packageName),
      "path": .string(path),
      "original_file_path": .string(originalFilePath),
      "fqn": .list(fqn.map { .string($0) }),
      "alias": .string(alias ?? name),
      "schema": schema.map { .string($0) } ?? .null,
      "database": database.map { .string($0) } ?? .null,
      "config": .dictionary(config),
      "tags": .list(tags.map { .string($0) }),
      "meta": .dictionary(meta),
      "description": .string(description),
      "columns": .dictionary(
        PlainDictionary(columns.map { ($0.name, .dictionary($0.manifestValue)) })
      ),
    ]
  }
}

extension Node.Column {
  var manifestValue: PlainDictionary {
    [
      "name": .string(name),
      "description": .string(description),
      "meta": .dictionary(meta),
      "data_type": dataType.map { .string($0) } ?? .null,
      "constraints": [],
      "quote": quote.map { .boolean($0) } ?? .null,
      "tags": .list(tags.map { .string($0) }),
    ]
  }
}
