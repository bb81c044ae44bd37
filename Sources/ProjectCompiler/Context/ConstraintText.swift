import Diagnostics
import RedshiftSQL
import Templating

/// Constraints of columns and models as SQL, for `adapter.render_raw_columns_constraints` and its
/// kin.
struct ConstraintText {
  /// The relation that the text of a foreign key's `to` means.
  let relation: (String) throws(Diagnostic) -> String

  /// `name type not null …` for each column.
  func columns(_ value: Value?) throws(Diagnostic) -> Value {
    guard case .dictionary(let columns)? = value else { return .list([]) }
    var lines: [Value] = []
    for entry in columns.entries {
      guard case .dictionary(let column) = entry.value else { continue }
      let name = column["name"]?.rendered ?? entry.key.rendered
      let quotes = column["quote"]?.isTrue == true
      var line =
        "\(quotes ? SQLQuoting.identifier(name) : name) \(ColumnObject.translated(column["data_type"]?.rendered ?? ""))"
      for constraint in column["constraints"]?.elements ?? [] {
        if let text = try self.column(constraint) { line += " \(text)" }
      }
      lines.append(.text(line))
    }
    return .list(lines)
  }

  /// `primary key (a, b)` for each constraint of the model.
  func model(_ value: Value?) throws(Diagnostic) -> Value {
    var lines: [Value] = []
    for constraint in value?.elements ?? [] {
      if let text = try model(constraint: constraint) { lines.append(.text(text)) }
    }
    return .list(lines)
  }

  private func column(_ value: Value) throws(Diagnostic) -> String? {
    guard case .dictionary(let constraint) = value else { return nil }
    let expression = constraint["expression"].flatMap { $0.isNone ? nil : $0.rendered } ?? ""
    switch constraint["type"]?.rendered {
    case "not_null": return spaced("not null", expression)
    case "unique": return spaced("unique", expression)
    case "primary_key": return spaced("primary key", expression)
    case "check": return "check (\(expression))"
    case "foreign_key": return "references \(try references(constraint, expression))"
    case "custom": return expression
    default: return nil
    }
  }

  private func model(constraint value: Value) throws(Diagnostic) -> String? {
    guard case .dictionary(let constraint) = value else { return nil }
    let expression = constraint["expression"].flatMap { $0.isNone ? nil : $0.rendered } ?? ""
    let columns = (constraint["columns"]?.elements ?? []).map(\.rendered).joined(separator: ", ")
    let name = constraint["name"].flatMap { $0.isNone ? nil : $0.rendered }
    let prefix = name.map { "constraint \($0) " } ?? ""
    switch constraint["type"]?.rendered {
    case "check": return "\(prefix)check (\(expression))"
    case "unique": return prefix + spaced("unique (\(columns))", expression)
    case "primary_key": return prefix + spaced("primary key (\(columns))", expression)
    case "foreign_key":
      return
        "\(prefix)foreign key (\(columns)) references \(try references(constraint, expression))"
    case "custom": return prefix + expression
    default: return nil
    }
  }

  private func references(
    _ constraint: DictionaryReference,
    _ expression: String
  ) throws(Diagnostic) -> String {
    guard let to = constraint["to"], !to.isNone else { return expression }
    let name = try relation(to.rendered)
    let columns = (constraint["to_columns"]?.elements ?? []).map(\.rendered)
    return columns.isEmpty ? name : "\(name) (\(columns.joined(separator: ", ")))"
  }

  private func spaced(_ a: String, _ b: String) -> String { b.isEmpty ? a : "\(a) \(b)" }
}

/// An index that a model of PostgreSQL asks for: `indexes: [{columns: [a], unique: true}]`.
final class IndexObject: TemplateObject {
  private let columns: [String]
  private let isUnique: Bool
  private let type: String?

  private init(columns: [String], isUnique: Bool, type: String?) {
    self.columns = columns
    self.isUnique = isUnique
    self.type = type
  }

  /// An entry of `indexes:`.
  ///
  /// - Throws: `raised-by-template` in dbt's words about what is wrong with it.
  static func read(_ value: Value, at range: TextRange) throws(Diagnostic) -> Value {
    guard case .dictionary(let index) = value else { return .none }
    func wrong(_ why: String) -> Diagnostic {
      .raisedByTemplate("Could not parse index config: \(why)", at: range)
    }
    guard let columns = index["columns"] else { throw wrong("'columns' is a required property") }
    guard ["list", "tuple"].contains(columns.typeName), let names = columns.elements else {
      throw wrong("columns: \(columns.represented) is not of type 'array'")
    }
    if let unique = index["unique"], unique.typeName != "bool" {
      throw wrong("unique: \(unique.represented) is not of type 'boolean'")
    }
    return .object(
      IndexObject(
        columns: names.map(\.rendered),
        isUnique: index["unique"]?.isTrue == true,
        type: index["type"].flatMap { $0.isNone ? nil : $0.rendered }
      )
    )
  }

  var typeName: String { "PostgresIndexConfig" }
  var rendered: String { "index on \(columns.joined(separator: ", "))" }

  func attribute(_ name: String) -> Value? {
    switch name {
    case "columns": .list(columns.map { .text($0) })
    case "unique": .boolean(isUnique)
    case "type": type.map { .text($0) } ?? Value.none
    case "render":
      .function(
        NativeFunction("render") { [self] arguments throws(Diagnostic) in
          let relation = arguments.value(0, "relation")?.rendered ?? ""
          // While a relation is built aside, the one that stands has an index like this one: names
          // must differ from run to run, or `if not exists` would leave the new one without.
          let seed =
            "\(columns.joined(separator: ","))|\(relation)|\(isUnique)|\(type ?? "")"
            + "|\(UInt64.random(in: 0...UInt64.max))"
          return .text("\(IndexObject.digest(seed))")
        }
      )
    default: nil
    }
  }

  private static func digest(_ text: String) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return "i" + String(hash, radix: 16)
  }
}
