extension SelectItem {
  /// The name of the column that this item makes; nil where it has none, `?column?` on the server.
  ///
  /// The rules are those of the PostgreSQL that Redshift comes from: a column or a call gives its
  /// name through casts and parentheses, a CASE takes that of ELSE, and what has no name takes that
  /// of its cast.
  package var outputName: String? { alias?.text ?? ItemName(of: value).text }
}

private struct ItemName {
  var text: String?
  /// Whether it stands through a cast.
  var isStrong = false

  init(of value: Expr) {
    switch value.kind {
    case .column(let parts):
      text = parts.last?.text
      isStrong = true
    case .call(let call):
      switch (call.name.last, call.arguments.count) {
      case ("decode", 3...), ("nvl2", 3):
        // They are read as CASE, where DECODE has ELSE only if something is left over.
        let hasElse = call.name.last == "nvl2" || call.arguments.count % 2 == 0
        if hasElse, let otherwise = call.arguments.last { self = ItemName(of: otherwise) }
        if !isStrong { text = "case" }
      default:
        text = Self.calls[call.name.last] ?? call.name.last
        if case .trim(let ends) = call.syntax, ends != .both {
          text = ends == .leading ? "ltrim" : "rtrim"
        }
        isStrong = true
      }
    case .navigation(_, let steps):
      if case .attribute(let name) = steps.last { text = name.text }
      isStrong = text != nil
    case .cast(let inner, let type, _):
      self = ItemName(of: inner)
      if !isStrong { text = type.catalogName }
    case .typedLiteral(let type, _): text = type.catalogName
    case .interval: text = "interval"
    case .literal(.boolean): text = "bool"
    case .conditional(let choice):
      if let otherwise = choice.otherwise { self = ItemName(of: otherwise) }
      if !isStrong { text = "case" }
    case .parenthesized(let inner), .collation(let inner, _): self = ItemName(of: inner)
    case .timeZone:
      text = "timezone"
      isStrong = true
    default: break
    }
  }

  /// Calls that the server has read as something else by the time it looks for a name.
  private static let calls = [
    "nvl": "coalesce", "isnull": "coalesce",
    "ifnull": "coalesce", "trim": "btrim", "extract": "date_part", "current_date": "date",
    "sysdate": "timestamp", "current_time": "timetz", "current_timestamp": "timestamptz",
    "localtime": "time", "localtimestamp": "timestamp",
  ]
}

extension DataType {
  /// The type's name in the server's catalog.
  fileprivate var catalogName: String {
    switch kind {
    case .smallInteger: "int2"
    case .integer: "int4"
    case .bigInteger: "int8"
    case .decimal: "numeric"
    case .real: "float4"
    case .double: "float8"
    case .boolean: "bool"
    case .character, .blankPadded: "bpchar"
    case .characterVarying: "varchar"
    case .timeWithZone: "timetz"
    case .timestampWithZone: "timestamptz"
    case .timestamp: "timestamp"
    case .time: "time"
    case .interval: "interval"
    case .binary: "varbyte"
    case .text, .date, .super, .geometry, .geography, .sketch, .other: name
    }
  }
}
