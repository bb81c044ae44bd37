import Diagnostics
import Templating

/// What `statement` blocks of one rendering gave: `store_result` and `load_result`.
final class StatementResults {
  private var results: [String: Value] = [:]
  private var taken: Set<String> = []
  /// The SQL that was executed last, and that of the statement `main`.
  var lastSQL: String?
  private(set) var mainSQL: String?

  /// The results as `load_result` would give them, for `_sql_results`.
  var value: Value {
    .dictionary(DictionaryReference(results.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }))
  }

  func message(of name: String) -> (message: String, rows: Int?)? {
    guard case .dictionary(let result)? = results[name], let response = result["response"] else {
      return nil
    }
    if case .object(let object) = response, let response = object as? ResponseObject {
      return (response.message, response.rowCount)
    }
    return (response.rendered, nil)
  }

  /// The first row of a result's table, as data.
  func firstRow(of name: String) -> [PlainValue]? {
    guard case .dictionary(let result)? = results[name],
      case .object(let object)? = result["table"], let table = object as? TableObject,
      let row = table.rows.first
    else { return nil }
    return row.map { $0.plain ?? .string($0.rendered) }
  }

  func store(_ name: String, response: Value, table: Value) {
    if name == "main" { mainSQL = lastSQL }
    var data: [Value] = []
    var kept = table
    if case .object(let object) = table, let table = object as? TableObject {
      data = table.rows.map { .tuple($0) }
    } else {
      kept = .object(TableObject.empty)
    }
    results[name] = .dictionary(
      DictionaryReference([("response", response), ("data", .list(data)), ("table", kept)])
    )
    taken.remove(name)
  }

  /// Every result can be had once, but for that of `main`.
  func load(_ name: String, at range: TextRange) throws(Diagnostic) -> Value {
    guard let result = results[name] else { return .none }
    guard name == "main" || taken.insert(name).inserted else {
      throw .resultLoadedTwice(name, at: range)
    }
    return result
  }
}
