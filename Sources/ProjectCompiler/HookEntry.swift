import Diagnostics

/// A hook as a node's configuration has it: SQL, or a mapping of `sql` and `transaction`, which
/// dbt's `before_begin`, `in_transaction` and `after_commit` give as JSON.
struct HookEntry {
  let sql: String
  /// Whether it runs in the transaction of the node's data.
  let isInTransaction: Bool

  init(_ value: PlainValue) {
    let entry = Self.entry(value)
    sql = entry["sql"]?.string ?? ""
    isInTransaction = entry["transaction"]?.boolean ?? true
  }

  /// The hook as `pre_hooks` and `post_hooks` have it.
  static func entry(_ value: PlainValue) -> PlainDictionary {
    var entry = value.dictionary ?? json(value) ?? ["sql": value]
    entry["transaction"] = entry["transaction"] ?? true
    return entry
  }

  private static func json(_ value: PlainValue) -> PlainDictionary? {
    guard let text = value.string, text.first(where: { !$0.isWhitespace }) == "{" else {
      return nil
    }
    do throws(PlainValue.JSONProblem) {
      let read = try PlainValue(json: Array(text.utf8)).dictionary
      return read?["sql"] == nil ? nil : read
    } catch {
      // Then it is SQL, or a template that begins with a brace.
      return nil
    }
  }
}
