package import Diagnostics
import RedshiftSQL
import WarehouseClient

extension Migrator {
  /// What a database comes to, in lines that can be held against another one's.
  ///
  /// - Parameter withRows: whether the rows of its tables count.
  /// - Returns: the statements that would make what it holds, and a line for each table's rows.
  /// - Throws: errors of the database.
  package func contents(withRows: Bool) async throws(Diagnostic) -> [String] {
    try await database.withSession { session throws(Diagnostic) in
      let live = try await LiveDefinitions(database, session)
      var definition = live.definition()
      // A squashed file has none of the secrets of those that it replaces.
      _ = definition.withholdSecrets()
      var lines = String(decoding: definition.sql(in: buffers), as: UTF8.self)
        .split(separator: "\n").map(String.init)
      // What the server wrote and is not Redshift's SQL counts as it stands.
      for (key, view) in live.views.sorted(by: { $0.key < $1.key })
      where definition.creation(ofView: key) == nil {
        lines.append("-- query of \(key.sql): \(DefinitionComparison.words(view.text))")
      }
      guard withRows else { return lines }
      for key in definition.tables.keys.sorted() {
        let name = RelationName(schema: key.schema, identifier: key.identifier)
        let result = try await database.execute(
          """
          select count(*), md5(coalesce(string_agg(h, '' order by h), '')) \
          from (select md5(t::text) as h from \(name.sql) t) r
          """,
          session
        )
        let row = result.rows.first?.map { $0 ?? "" } ?? []
        lines.append("-- rows of \(name.description): \(row.joined(separator: ", "))")
      }
      return lines
    }
  }

  /// In what lines differ; nil where they do not.
  package static func squashProblem(_ old: [String], _ new: [String]) -> Diagnostic? {
    guard old != new else { return nil }
    let lines = LineDifference(
      from: old.joined(separator: "\n"),
      to: new.joined(separator: "\n")
    ).lines
    return .squashDiffers(lines)
  }
}
