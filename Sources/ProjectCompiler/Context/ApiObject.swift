import Diagnostics
import Templating

/// `api`: the classes `Relation` and `Column`.
final class ApiObject: TemplateObject {
  private let className: String

  init(className: String) {
    self.className = className
  }

  var typeName: String { "api" }
  var rendered: String { "api" }

  func attribute(_ name: String) -> Value? {
    switch name {
    case "Relation": .object(RelationClass(className: className))
    case "Column": .object(ColumnClass())
    default: nil
    }
  }
}

/// `validation.any[…]`: the check that dbt's macros hand to `config.get`; everything passes.
final class ValidationObject: TemplateObject {
  private let isInner: Bool

  init(isInner: Bool = false) {
    self.isInner = isInner
  }

  var typeName: String { "validation" }
  var rendered: String { "validation" }
  var isCallable: Bool { isInner }

  func call(_ arguments: Arguments) throws(Diagnostic) -> Value { .none }

  func attribute(_ name: String) -> Value? {
    name == "any" && !isInner ? .object(ValidationObject(isInner: true)) : nil
  }

  func item(_ key: Value) -> Value? { isInner ? .object(self) : nil }
}
