import Diagnostics
import Templating

/// The types that the rows of a unit test are given, so that nothing that is written there is
/// rounded or cut.
struct UnitTestTypes {
  /// Whether the project's SQL is PostgreSQL's own.
  let isPlainPostgres: Bool

  /// Redshift's type of values without a schema, whose values are parsed from JSON.
  static let semistructured = "super"

  private static let longestText = "character varying(65535)"

  /// The type of given values: a text may be longer than the column holds it now.
  func ofGiven(_ column: ColumnObject, values: [PlainValue]) -> String {
    if column.isString { return isPlainPostgres ? "text" : Self.longestText }
    let type = column.dataType
    return isPlainPostgres || type.lowercased() != "numeric" ? type : Self.decimal(values)
  }

  /// The type of expected values of a column that the server calls `type`, as `int4`.
  ///
  /// The server names a type without its digits or length, and Redshift reads `numeric` as
  /// `numeric(18,0)` and `character` as `character(1)`.
  func ofExpected(_ type: String, values: [PlainValue]) -> String {
    let name = AdapterObject.longTypeName(type)
    guard !isPlainPostgres else { return name }
    return switch type {
    case "numeric": Self.decimal(values)
    case "varchar", "bpchar", "text", "name", "unknown": Self.longestText
    case "jsonb", "json", Self.semistructured: Self.semistructured
    case "bytea": "varbyte"
    default: name
    }
  }

  /// The JSON of a list or a mapping, or of a text that holds one, as dbt reads it for Redshift.
  static func json(in value: PlainValue) -> String? {
    switch value {
    case .list, .dictionary: return value.jsonString
    case .string(let text):
      let first = text.first { !$0.isWhitespace }
      return first == "{" || first == "[" ? text : nil
    default: return nil
    }
  }

  // MARK: Decimals

  /// The most digits of a DECIMAL, and those that are enough for most.
  private static let mostDigits = 38
  private static let usualDigits = 18

  /// A DECIMAL that holds every value as it is written.
  private static func decimal(_ values: [PlainValue]) -> String {
    var whole = 1
    var fraction = 0
    for value in values {
      let written = digits(of: Value(value).rendered)
      whole = max(whole, written.whole)
      fraction = max(fraction, written.fraction)
    }
    fraction = min(fraction, mostDigits - 1)
    let precision = min(max(whole + fraction, usualDigits), mostDigits)
    return "numeric(\(precision),\(fraction))"
  }

  /// The digits before and behind the point of a number in text, `1.5e3` among them.
  private static func digits(of text: String) -> (whole: Int, fraction: Int) {
    let parts = text.lowercased().split(separator: "e", maxSplits: 1)
    let exponent = parts.count == 2 ? Int(parts[1]) ?? 0 : 0
    let mantissa = (parts.first ?? "").split(
      separator: ".",
      maxSplits: 1,
      omittingEmptySubsequences: false
    )
    func count(_ part: Int) -> Int {
      mantissa.indices.contains(part) ? mantissa[part].count { $0.isNumber } : 0
    }
    let shift = min(max(exponent, -mostDigits), mostDigits)
    return (max(1, count(0) + shift), max(0, count(1) - shift))
  }
}
