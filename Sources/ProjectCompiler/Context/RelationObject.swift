import Diagnostics
import RedshiftSQL
import Templating

/// A relation as templates see it: what `ref()`, `source()` and `this` return.
final class RelationObject: TemplateObject {
  /// What a relation is, in dbt's words.
  enum Kind: String {
    case table
    case view
    case ephemeral = "cte"
    case external
  }

  struct Parts: Equatable {
    var database = true
    var schema = true
    var identifier = true
  }

  let name: RelationName
  private let knownKind: Kind?
  /// Asks the database's catalogue, where the kind is not known from the project.
  private let findKind: (() -> Kind?)?
  var quoted = Parts()
  var included = Parts()

  init(
    _ name: RelationName,
    kind: Kind?,
    findKind: (() -> Kind?)? = nil,
    quoted: Parts = Parts(),
    included: Parts = Parts()
  ) {
    self.name = name
    knownKind = kind
    self.findKind = findKind
    self.quoted = quoted
    self.included = included
  }

  var typeName: String { "Relation" }

  var kind: Kind? { knownKind ?? findKind?() }

  var rendered: String {
    if knownKind == .ephemeral { return name.identifier }
    var parts: [String] = []
    if included.database, let database = name.database {
      parts.append(quoted.database ? SQLQuoting.identifier(database) : database)
    }
    if included.schema, let schema = name.schema {
      parts.append(quoted.schema ? SQLQuoting.identifier(schema) : schema)
    }
    if included.identifier {
      parts.append(quoted.identifier ? SQLQuoting.identifier(name.identifier) : name.identifier)
    }
    return parts.joined(separator: ".")
  }

  func isEqual(to other: any TemplateObject) -> Bool {
    guard let other = other as? RelationObject else { return false }
    return name == other.name && quoted == other.quoted && included == other.included
  }

  func item(_ key: Value) -> Value? {
    key.stringValue.flatMap { attribute($0) }
  }

  func attribute(_ attribute: String) -> Value? {
    switch attribute {
    case "database": name.database.map { .text($0) } ?? Value.none
    case "schema": name.schema.map { .text($0) } ?? Value.none
    case "identifier", "name", "table": .text(name.identifier)
    case "type": kind.map { .text($0.rawValue) } ?? Value.none
    case "is_table": .boolean(kind == .table)
    case "is_view": .boolean(kind == .view)
    case "is_cte": .boolean(kind == .ephemeral)
    case "is_materialized_view": .boolean(false)
    case "render":
      .function(NativeFunction("render") { [self] _ throws(Diagnostic) in .text(rendered) })
    case "include", "quote": .function(policyFunction(attribute))
    case "without_identifier":
      .function(
        NativeFunction("without_identifier") { [self] _ throws(Diagnostic) in
          var parts = included
          parts.identifier = false
          return .object(with(quoted: quoted, included: parts))
        }
      )
    case "quoted":
      .function(
        NativeFunction("quoted") { arguments throws(Diagnostic) in
          .text(SQLQuoting.identifier(try arguments.string(0, "identifier", of: "quoted")))
        }
      )
    default: nil
    }
  }

  private func with(quoted: Parts, included: Parts) -> RelationObject {
    RelationObject(
      name,
      kind: knownKind,
      findKind: findKind,
      quoted: quoted,
      included: included
    )
  }

  /// `relation.include(database=false)` and `relation.quote(schema=false)`.
  private func policyFunction(_ function: String) -> NativeFunction {
    NativeFunction(function) { [self] arguments throws(Diagnostic) in
      var parts = function == "include" ? included : quoted
      for (name, value) in arguments.named {
        switch name {
        case "database": parts.database = value.isTrue
        case "schema": parts.schema = value.isTrue
        case "identifier": parts.identifier = value.isTrue
        default:
          throw .unknownArgument(
            name,
            of: "relation.\(function)",
            known: ["database", "schema", "identifier"],
            at: arguments.range
          )
        }
      }
      return .object(
        function == "include"
          ? with(quoted: quoted, included: parts) : with(quoted: parts, included: included)
      )
    }
  }
}
