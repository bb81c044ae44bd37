import Diagnostics
import Templating

/// The rows of a query as templates see them: what `run_query()` gives.
final class TableObject: TemplateObject {
  let names: [String]
  /// Python's types: `Integer`, `Number`, `Boolean`, `Date`, `DateTime`, `Text`.
  let types: [String]
  let rows: [[Value]]

  init(names: [String], types: [String], rows: [[Value]]) {
    self.names = names
    self.types = types
    self.rows = rows
  }

  static var empty: TableObject { TableObject(names: [], types: [], rows: []) }

  convenience init(_ answer: QueryAnswer) {
    let types = answer.columns.map { Self.type(of: $0.typeName) }
    self.init(
      names: Self.unique(answer.columns.map(\.name)),
      types: types.map { $0 == "Float" ? "Number" : $0 },
      rows: answer.rows.map { row in
        row.enumerated().map { index, text in
          Self.list(text, answer.columns.indices.contains(index) ? answer.columns[index] : nil)
            ?? Self.value(text, types.indices.contains(index) ? types[index] : "Text")
        }
      }
    )
  }

  /// A list of PostgreSQL's as JSON, which is how dbt's tables hold it.
  private static func list(_ text: String?, _ column: QueryAnswer.Column?) -> Value? {
    guard let text, let name = column?.typeName, name.hasSuffix("[]") else { return nil }
    return ArrayText(text, of: String(name.dropLast(2))).json.map { .text($0) }
  }

  private static func type(of name: String) -> String {
    switch name {
    case "int2", "int4", "int8", "oid": "Integer"
    case "float4", "float8": "Float"
    case "numeric": "Number"
    case "bool": "Boolean"
    case "date": "Date"
    case "timestamp", "timestamptz": "DateTime"
    default: "Text"
    }
  }

  private static func value(_ text: String?, _ type: String) -> Value {
    guard let text else { return .none }
    switch type {
    case "Integer": return Int(text).map { .integer($0) } ?? .text(text)
    case "Float":
      // As in dbt, whose tables know one kind of number with a fraction.
      guard let number = Double(text) else { return .text(text) }
      return Value.decimal(Value.float(number).rendered) ?? .float(number)
    case "Number":
      return Value.decimal(text) ?? Double(text).map { .float($0) } ?? .text(text)
    case "Boolean": return .boolean(text == "t" || text == "true")
    case "Date", "DateTime": return YAMLTimestamp.value(of: text) ?? .text(text)
    default: return .text(text)
    }
  }

  /// Two columns of one name are told apart by a number.
  private static func unique(_ names: [String]) -> [String] {
    var seen: Set<String> = []
    return names.map { name in
      var result = name
      var number = 2
      while !seen.insert(result).inserted {
        result = "\(name)_\(number)"
        number += 1
      }
      return result
    }
  }

  var typeName: String { "Table" }
  var rendered: String { "<agate.table.Table object>" }
  var isTrue: Bool { true }
  var count: Int? { rows.count }
  var elements: [Value]? { rows.indices.map { .object(row($0)) } }

  /// `table[0]` is `table.rows[0]`.
  func item(_ key: Value) -> Value? {
    guard let index = key.integerValue else { return nil }
    let place = index < 0 ? index + rows.count : index
    return rows.indices.contains(place) ? .object(row(place)) : nil
  }

  func row(_ index: Int) -> RowObject { RowObject(names: names, values: rows[index]) }

  func column(_ index: Int) -> TableColumnObject {
    TableColumnObject(
      name: names[index],
      type: types[index],
      index: index,
      values: rows.map { $0[index] }
    )
  }

  func attribute(_ name: String) -> Value? {
    switch name {
    case "columns":
      return .object(
        NamedSequence(keys: names, elements: names.indices.map { .object(column($0)) })
      )
    case "rows":
      return .object(
        NamedSequence(keys: [], elements: rows.indices.map { .object(row($0)) })
      )
    case "column_names": return .tuple(names.map { .text($0) })
    case "column_types": return .tuple(types.map { .text($0) })
    case "row_names": return Value.none
    default: return method(name).map { .function(NativeFunction(name, $0)) }
    }
  }

  private func method(_ name: String) -> ((Arguments) throws(Diagnostic) -> Value)? {
    switch name {
    case "print_table", "print_csv", "print_json", "print_html", "print_structure", "to_csv",
      "to_json":
      return { _ throws(Diagnostic) in .none }
    case "select", "exclude":
      return { [self] arguments throws(Diagnostic) in
        let chosen = Self.names(try arguments.required(0, "key", of: name))
        let kept = names.indices.filter { chosen.contains(names[$0]) == (name == "select") }
        return .object(keeping(kept))
      }
    case "limit":
      return { [self] arguments throws(Diagnostic) in
        let first = arguments.value(0, "start_or_stop")?.integerValue ?? rows.count
        let second = arguments.value(1, "stop")?.integerValue
        let range = second == nil ? 0..<max(0, first) : first..<max(first, second ?? first)
        return .object(with(rows: Array(rows[range.clamped(to: 0..<rows.count)])))
      }
    case "rename":
      return { [self] arguments throws(Diagnostic) in
        guard let value = arguments.value(0, "column_names") else { return .object(self) }
        var renamed = names
        if case .dictionary(let map) = value {
          renamed = names.map { map[$0]?.rendered ?? $0 }
        } else if let list = value.elements {
          for (index, name) in list.enumerated() where renamed.indices.contains(index) {
            renamed[index] = name.rendered
          }
        }
        return .object(TableObject(names: renamed, types: types, rows: rows))
      }
    case "where":
      return { [self] arguments throws(Diagnostic) in
        let test = try arguments.required(0, "test", of: name)
        var kept: [[Value]] = []
        for index in rows.indices {
          var inner = Arguments(range: arguments.range, renderer: arguments.renderer)
          inner.positional = [.object(row(index))]
          if try arguments.renderer.call(test, inner).isTrue { kept.append(rows[index]) }
        }
        return .object(with(rows: kept))
      }
    case "distinct":
      return { [self] arguments throws(Diagnostic) in
        let key = arguments.value(0, "key").map(Self.names)
        let places = names.indices.filter { key?.contains(names[$0]) ?? true }
        var seen: Set<String> = []
        return .object(
          with(
            rows: rows.filter { row in
              seen.insert(places.map { row[$0].represented }.joined(separator: "\u{1}")).inserted
            }
          )
        )
      }
    case "order_by":
      return { [self] arguments throws(Diagnostic) in
        let key = Self.names(try arguments.required(0, "key", of: name))
        let isReversed = arguments.value(1, "reverse")?.isTrue == true
        let places = names.indices.filter { key.contains(names[$0]) }
        let sorted = rows.enumerated().sorted { a, b in
          for place in places {
            let order = Self.order(a.element[place], b.element[place])
            if order != 0 { return isReversed ? order > 0 : order < 0 }
          }
          return a.offset < b.offset
        }
        return .object(with(rows: sorted.map(\.element)))
      }
    default: return nil
    }
  }

  /// NULL comes last.
  private static func order(_ a: Value, _ b: Value) -> Int {
    switch (a, b) {
    case (.none, .none): return 0
    case (.none, _): return 1
    case (_, .none): return -1
    default: break
    }
    func number(_ value: Value) -> Double? {
      if case .float(let number) = value { return number }
      return value.integerValue.map(Double.init)
    }
    if let left = number(a), let right = number(b) {
      return left < right ? -1 : left > right ? 1 : 0
    }
    let (left, right) = (a.rendered, b.rendered)
    return left < right ? -1 : left > right ? 1 : 0
  }

  private static func names(_ value: Value) -> Set<String> {
    if let text = value.stringValue { return [text] }
    return Set((value.elements ?? []).map(\.rendered))
  }

  private func with(rows: [[Value]]) -> TableObject {
    TableObject(names: names, types: types, rows: rows)
  }

  private func keeping(_ places: [Int]) -> TableObject {
    TableObject(
      names: places.map { names[$0] },
      types: places.map { types[$0] },
      rows: rows.map { row in places.map { row[$0] } }
    )
  }
}

/// A sequence whose elements may have names too: `table.columns`.
final class NamedSequence: TemplateObject {
  private let keys: [String]
  let sequence: [Value]

  init(keys: [String], elements: [Value]) {
    self.keys = keys
    sequence = elements
  }

  var typeName: String { "MappedSequence" }
  var rendered: String { "(" + sequence.map(\.represented).joined(separator: ", ") + ")" }
  var elements: [Value]? { sequence }
  var count: Int? { sequence.count }
  var isTrue: Bool { !sequence.isEmpty }

  func item(_ key: Value) -> Value? {
    if let name = key.stringValue {
      return keys.firstIndex(of: name).map { sequence[$0] }
    }
    guard let index = key.integerValue else { return nil }
    let place = index < 0 ? index + sequence.count : index
    return sequence.indices.contains(place) ? sequence[place] : nil
  }

  func attribute(_ name: String) -> Value? {
    switch name {
    case "values":
      .function(NativeFunction(name) { [self] _ throws(Diagnostic) in .tuple(sequence) })
    case "keys":
      .function(
        NativeFunction(name) { [self] _ throws(Diagnostic) in .tuple(keys.map { .text($0) }) }
      )
    case "items":
      .function(
        NativeFunction(name) { [self] _ throws(Diagnostic) in
          .list(zip(keys, sequence).map { .tuple([.text($0), $1]) })
        }
      )
    case "dict":
      .function(
        NativeFunction(name) { [self] _ throws(Diagnostic) in
          .dictionary(DictionaryReference(zip(keys, sequence).map { ($0, $1) }))
        }
      )
    case "get":
      .function(
        NativeFunction(name) { [self] arguments throws(Diagnostic) in
          let key = try arguments.required(0, "key", of: "get")
          return item(key) ?? arguments.value(1, "default") ?? Value.none
        }
      )
    default: nil
    }
  }
}

/// One row of a table.
final class RowObject: TemplateObject {
  private let inner: NamedSequence

  init(names: [String], values: [Value]) {
    inner = NamedSequence(keys: names, elements: values)
  }

  var typeName: String { "Row" }
  var rendered: String {
    "<agate.Row: (" + inner.sequence.map(\.represented).joined(separator: ", ") + ")>"
  }
  var elements: [Value]? { inner.sequence }
  var count: Int? { inner.sequence.count }
  var isTrue: Bool { !inner.sequence.isEmpty }
  func item(_ key: Value) -> Value? { inner.item(key) }
  func attribute(_ name: String) -> Value? { inner.attribute(name) ?? inner.item(.text(name)) }
}

/// One column of a table.
final class TableColumnObject: TemplateObject {
  private let name: String
  private let type: String
  private let index: Int
  private let values: [Value]

  init(name: String, type: String, index: Int, values: [Value]) {
    self.name = name
    self.type = type
    self.index = index
    self.values = values
  }

  var typeName: String { "Column" }
  var rendered: String {
    "<agate.Column: (" + values.map(\.represented).joined(separator: ", ") + ")>"
  }
  var elements: [Value]? { values }
  var count: Int? { values.count }
  var isTrue: Bool { !values.isEmpty }

  func item(_ key: Value) -> Value? {
    guard let index = key.integerValue else { return nil }
    let place = index < 0 ? index + values.count : index
    return values.indices.contains(place) ? values[place] : nil
  }

  func attribute(_ attribute: String) -> Value? {
    switch attribute {
    case "name": return .text(name)
    case "index": return .integer(index)
    case "data_type": return .object(ColumnTypeObject(type))
    case "values": return answer(attribute, .tuple(values))
    case "values_distinct":
      var seen: Set<String> = []
      return answer(attribute, .tuple(values.filter { seen.insert($0.represented).inserted }))
    case "values_without_nulls":
      return answer(attribute, .tuple(values.filter { !$0.isNone }))
    default: return nil
    }
  }

  private func answer(_ name: String, _ value: Value) -> Value {
    .function(NativeFunction(name) { _ throws(Diagnostic) in value })
  }
}

/// What the server said of a statement: prints as its tag, `SELECT 12`.
final class ResponseObject: TemplateObject {
  let message: String
  let code: String
  let rowCount: Int?

  init(message: String, code: String, rowCount: Int?) {
    self.message = message
    self.code = code
    self.rowCount = rowCount
  }

  convenience init(_ answer: QueryAnswer) {
    let words = answer.tag.split(separator: " ").map(String.init)
    self.init(
      message: answer.tag,
      code: words.filter { Int($0) == nil }.joined(separator: " "),
      rowCount: answer.rowCount
    )
  }

  var typeName: String { "AdapterResponse" }
  var rendered: String { message }

  func attribute(_ name: String) -> Value? {
    switch name {
    case "_message", "message": .text(message)
    case "code": .text(code)
    case "rows_affected": rowCount.map { .integer($0) } ?? Value.none
    default: nil
    }
  }
}
