import Diagnostics
import RedshiftSQL

/// Redshift's physical design of a table: `backup`, `dist`, `sort` and `sort_type`.
struct TableAttributes: Sendable {
  /// The clauses, each on its own line with a line break before it.
  let sql: SQLText

  /// What a node's table gets; PostgreSQL's own tables have none of it.
  init(of run: NodeRun) throws(Diagnostic) {
    guard !run.session.isPlainPostgres else {
      self.init(sql: SQLText())
      return
    }
    try self.init(run.settings)
  }

  private init(sql: SQLText) { self.sql = sql }

  init(_ settings: NodeSettings) throws(Diagnostic) {
    var sql = SQLText()
    if try settings.boolean("backup") == false { sql += "\n  backup no" }
    if let dist = try settings.string("dist") {
      switch dist.lowercased() {
      case "all": sql += "\n  diststyle all"
      case "even": sql += "\n  diststyle even"
      case "auto": sql += "\n  diststyle auto"
      default: sql += "\n  diststyle key distkey (\(identifier: dist))"
      }
    }
    let type = try settings.choice("sort_type", ["compound", "interleaved", "auto"])
    if let sort = try settings.names("sort"), !sort.isEmpty {
      if type == "auto" || sort.map({ $0.lowercased() }) == ["auto"] {
        sql += "\n  sortkey auto"
      } else {
        if let type { sql += "\n  \(verbatim: type) sortkey" } else { sql += "\n  sortkey" }
        sql += " (\(identifiers: sort))"
      }
    }
    self.sql = sql
  }
}
