import Diagnostics
import RedshiftSQL
import Templating

/// A column as templates see it: what `adapter.get_columns_in_relation` gives.
final class ColumnObject: TemplateObject {
  let name: String
  let type: String
  let size: Int?
  let precision: Int?
  let scale: Int?

  init(name: String, type: String, size: Int? = nil, precision: Int? = nil, scale: Int? = nil) {
    self.name = name
    self.type = type
    self.size = size
    self.precision = precision
    self.scale = scale
  }

  var typeName: String { "Column" }
  var rendered: String { "<Column \(name) (\(dataType))>" }

  private static let strings: Set<String> = [
    "text", "character varying", "character", "varchar",
  ]
  private static let integers: Set<String> = [
    "smallint", "integer", "bigint", "smallserial", "serial", "bigserial", "int2", "int4", "int8",
    "serial2", "serial4", "serial8",
  ]
  private static let floats: Set<String> = [
    "real", "float4", "float", "double precision", "float8",
  ]
  private static let decimals: Set<String> = ["numeric", "decimal"]

  private var lowered: String { type.lowercased() }
  var isString: Bool { Self.strings.contains(lowered) }
  private var isInteger: Bool { Self.integers.contains(lowered) }
  private var isFloat: Bool { Self.floats.contains(lowered) }
  private var isNumeric: Bool { Self.decimals.contains(lowered) }
  private var stringSize: Int { lowered == "text" ? 256 : size ?? 256 }

  /// The type as a cast names it.
  var dataType: String {
    if lowered == "text" || (lowered == "character varying" && size == nil) { return type }
    if isString { return Self.stringType(stringSize) }
    if isNumeric { return Self.numericType(type, precision, scale) }
    return type
  }

  static func stringType(_ size: Int) -> String { "character varying(\(size))" }

  static func numericType(_ type: String, _ precision: Int?, _ scale: Int?) -> String {
    guard let precision, let scale else { return type }
    return "\(type)(\(precision),\(scale))"
  }

  /// The word for a type that is right on PostgreSQL and Redshift.
  static func translated(_ type: String) -> String {
    type.uppercased() == "STRING" ? "TEXT" : type
  }

  func isEqual(to other: any TemplateObject) -> Bool {
    guard let other = other as? ColumnObject else { return false }
    return name == other.name && type == other.type && size == other.size
      && precision == other.precision && scale == other.scale
  }

  func item(_ key: Value) -> Value? { key.stringValue.flatMap { attribute($0) } }

  func attribute(_ attribute: String) -> Value? {
    switch attribute {
    case "name", "column": .text(name)
    case "dtype": .text(type)
    case "char_size": size.map { .integer($0) } ?? Value.none
    case "numeric_precision": precision.map { .integer($0) } ?? Value.none
    case "numeric_scale": scale.map { .integer($0) } ?? Value.none
    case "quoted": .text(SQLQuoting.identifier(name))
    case "data_type", "expanded_data_type": .text(dataType)
    case "is_string": answer(attribute, .boolean(isString))
    case "is_integer": answer(attribute, .boolean(isInteger))
    case "is_float": answer(attribute, .boolean(isFloat))
    case "is_numeric": answer(attribute, .boolean(isNumeric))
    case "is_number": answer(attribute, .boolean(isInteger || isFloat || isNumeric))
    case "string_size": answer(attribute, .integer(stringSize))
    case "literal":
      .function(
        NativeFunction("literal") { [self] arguments throws(Diagnostic) in
          let value = try arguments.required(0, "value", of: "literal")
          return .text("\(value.rendered)::\(dataType)")
        }
      )
    case "can_expand_to":
      .function(
        NativeFunction("can_expand_to") { [self] arguments throws(Diagnostic) in
          let value = try arguments.required(0, "other_column", of: "can_expand_to")
          guard case .object(let object) = value, let other = object as? ColumnObject
          else { return .boolean(false) }
          return .boolean(isString && other.isString && other.stringSize > stringSize)
        }
      )
    case "string_type", "numeric_type", "translate_type", "create":
      ColumnClass().attribute(attribute)
    default: nil
    }
  }

  private func answer(_ name: String, _ value: Value) -> Value {
    .function(NativeFunction(name) { _ throws(Diagnostic) in value })
  }
}

/// `api.Column`.
final class ColumnClass: TemplateObject {
  var typeName: String { "type" }
  var rendered: String { "<class 'Column'>" }
  var isCallable: Bool { true }

  func call(_ arguments: Arguments) throws(Diagnostic) -> Value {
    let values = try arguments.matched(
      to: ["column", "dtype", "char_size", "numeric_precision", "numeric_scale"],
      of: "api.Column"
    )
    return .object(
      ColumnObject(
        name: values[0]?.rendered ?? "",
        type: values[1]?.rendered ?? "",
        size: values[2]?.integerValue,
        precision: values[3]?.integerValue,
        scale: values[4]?.integerValue
      )
    )
  }

  func attribute(_ attribute: String) -> Value? {
    switch attribute {
    case "translate_type":
      .function(
        NativeFunction("translate_type") { arguments throws(Diagnostic) in
          let type = try arguments.required(0, "dtype", of: "translate_type").rendered
          return .text(ColumnObject.translated(type))
        }
      )
    case "string_type":
      .function(
        NativeFunction("string_type") { arguments throws(Diagnostic) in
          let size = try arguments.required(0, "size", of: "string_type")
          return .text(ColumnObject.stringType(size.integerValue ?? 256))
        }
      )
    case "numeric_type":
      .function(
        NativeFunction("numeric_type") { arguments throws(Diagnostic) in
          let type = try arguments.required(0, "dtype", of: "numeric_type").rendered
          return .text(
            ColumnObject.numericType(
              type,
              arguments.value(1, "precision")?.integerValue,
              arguments.value(2, "scale")?.integerValue
            )
          )
        }
      )
    case "create":
      .function(
        NativeFunction("create") { arguments throws(Diagnostic) in
          let name = try arguments.required(0, "name", of: "create").rendered
          let type = try arguments.required(1, "label_or_dtype", of: "create").rendered
          return .object(ColumnObject(name: name, type: ColumnObject.translated(type)))
        }
      )
    case "from_description":
      .function(
        NativeFunction("from_description") { arguments throws(Diagnostic) in
          let name = try arguments.required(0, "name", of: "from_description").rendered
          let type = try arguments.required(1, "raw_data_type", of: "from_description").rendered
          return .object(Self.described(name, type))
        }
      )
    default: nil
    }
  }

  /// A column of a type with its size in parentheses: `numeric(10,2)`.
  private static func described(_ name: String, _ type: String) -> ColumnObject {
    guard let open = type.firstIndex(of: "("), let close = type.lastIndex(of: ")"), open < close
    else { return ColumnObject(name: name, type: type) }
    let word = String(type[..<open])
    let sizes = type[type.index(after: open)..<close].split(separator: ",").map { part in
      Int(part.filter { !$0.isWhitespace })
    }
    return sizes.count > 1
      ? ColumnObject(name: name, type: word, precision: sizes[0], scale: sizes[1])
      : ColumnObject(name: name, type: word, size: sizes.first ?? nil)
  }
}
