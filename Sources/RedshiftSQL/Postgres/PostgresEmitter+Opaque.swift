import Diagnostics

/// Statements of which only the words are known: all of them are PostgreSQL's alone.
extension PostgresEmitter {
  mutating func emit(_ opaque: Opaque, in range: TextRange) {
    let name = opaque.keywords.prefix(2).joined(separator: " ").uppercased()
    for length in [2, 1] where opaque.keywords.count >= length {
      let key = opaque.keywords.prefix(length).joined(separator: " ")
      if let help = PostgresEmitter.opaqueStatements[key] {
        return reject(length == 1 ? key.uppercased() : name, at: range, help: help)
      }
    }
    fail(name, at: range)
  }

  /// By their first words, with what to do instead.
  private static let opaqueStatements: [String: String] = {
    var statements: [String: String] = [:]
    func add(_ help: String, _ keys: [String]) {
      for key in keys { statements[key] = help }
    }
    add("sort keys do their work", ["create index", "create unique", "drop index", "reindex"])
    add("sort keys do their work", ["cluster"])
    add("use an IDENTITY column", ["create sequence", "drop sequence", "alter sequence"])
    add(
      "use Redshift's own types",
      ["create type", "create domain", "create extension", "create aggregate", "create operator"]
    )
    add("call a procedure instead", ["create trigger", "create rule", "do"])
    add("use transactions", ["savepoint", "release", "rollback to"])
    add("poll a table instead", ["listen", "notify", "unlisten"])
    add(
      "it has no such statement",
      ["checkpoint", "load", "import", "discard", "reassign", "security", "move"]
    )
    return statements
  }()
}
