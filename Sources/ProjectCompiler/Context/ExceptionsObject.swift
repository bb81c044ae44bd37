import Diagnostics
import Templating

/// `exceptions`: how templates stop or warn.
final class ExceptionsObject: TemplateObject {
  private unowned let context: NodeContext

  init(context: NodeContext) {
    self.context = context
  }

  var typeName: String { "exceptions" }
  var rendered: String { "exceptions" }

  /// The functions and how the first words of their messages go.
  private static let raising: [String: String] = [
    "raise_compiler_error": "", "raise_database_error": "", "raise_not_implemented": "",
    "raise_dependency_error": "", "raise_fail_fast_error": "", "missing_relation": "",
    "raise_ambiguous_alias": "two nodes have the relation ",
    "raise_ambiguous_catalog_match": "more than one relation is named ",
    "raise_cache_inconsistent": "the cache of relations is inconsistent: ",
    "raise_dataclass_not_dict": "not a mapping: ",
    "raise_dep_not_found": "a dependency was not found: ",
    "raise_duplicate_patch_name": "described twice: ",
    "raise_duplicate_resource_name": "the name is used twice: ",
    "raise_invalid_property_yml_version": "",
    "missing_materialization": "there is no materialization for ",
    "missing_config": "a config is missing: ",
    "relation_wrong_type": "the relation has another type: ",
  ]

  func attribute(_ name: String) -> Value? {
    if let prefix = Self.raising[name] {
      return .function(
        NativeFunction("exceptions.\(name)") { arguments throws(Diagnostic) in
          let words = arguments.positional.first ?? arguments.named.first?.value
          throw .raisedByTemplate(prefix + (words?.rendered ?? ""), at: arguments.range)
        }
      )
    }
    switch name {
    case "column_type_missing":
      return .function(
        NativeFunction("exceptions.\(name)") { arguments throws(Diagnostic) in
          let columns = arguments.value(0, "column_names")?.rendered ?? ""
          throw .contractWithoutTypes(columns, at: arguments.range)
        }
      )
    case "raise_contract_error":
      return .function(
        NativeFunction("exceptions.\(name)") { arguments throws(Diagnostic) in
          guard arguments.value(0, "yaml_columns")?.isTrue ?? false else {
            throw .contractWithoutColumns(at: arguments.range)
          }
          throw .contractBroken(
            ContractMismatch.all(
              declared: arguments.value(0, "yaml_columns"),
              found: arguments.value(1, "sql_columns")
            ),
            at: arguments.range
          )
        }
      )
    case "warn", "warn_snapshot_timestamp_data_types":
      return .function(
        NativeFunction("exceptions.\(name)") { [unowned context] arguments throws(Diagnostic) in
          let text = arguments.positional.map(\.rendered).joined(separator: ", ")
          try context.warn(text, at: arguments.range)
          return .text("")
        }
      )
    default: return nil
    }
  }
}
