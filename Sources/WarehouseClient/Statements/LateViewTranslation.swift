package import Diagnostics
import RedshiftSQL

/// Translates late-binding views again when what they read has other columns than it had.
///
/// Redshift reads the text of such a view when it is used. On PostgreSQL it is a view like others,
/// whose text was written for the columns of the day: what a star stands for, which values are text.
/// The server knows which texts are outdated, and the translator is here.
package struct LateViewTranslation: Sendable {
  private let session: any WarehouseSession
  private let buffers: Buffers

  /// How deep views on views can be that change one after the other.
  private static let rounds = 64

  /// - Parameters:
  ///   - session: of a PostgreSQL that has the shims.
  ///   - buffers: take the texts.
  package init(session: any WarehouseSession, buffers: Buffers) {
    self.session = session
    self.buffers = buffers
  }

  /// Gives views their texts anew, and those that turn out to be outdated by that.
  ///
  /// - Parameter outdated: the answer to `PostgresShims.outdatedLateViews`.
  /// - Returns: what there is to say of them.
  /// - Throws: an error of the server.
  @discardableResult
  package func renew(_ outdated: StatementResult) async throws(WarehouseError) -> [String] {
    var notices: [String] = []
    var outdated = outdated.rows
    var round = 0
    while !outdated.isEmpty, round < Self.rounds {
      round += 1
      for row in outdated {
        guard row.count == 5, let view = row[1], let source = row[3] else { continue }
        let name = RelationName(schema: row[0], identifier: view)
        var text: String?
        var problem: String?
        do throws(Diagnostic) {
          text = try await translated("\(name.sql)\(row[2] ?? "")", source)
        } catch {
          problem = error.message
        }
        notices += try await session.execute(
          PostgresShims.retranslation(of: name, text: text, problem: problem, seen: row[4])
        ).notices
      }
      outdated = try await session.execute(PostgresShims.outdatedLateViews).rows
    }
    return notices
  }

  /// A view's query in PostgreSQL's words.
  private func translated(_ view: String, _ source: String) async throws(Diagnostic) -> String? {
    let text = "CREATE VIEW \(view) AS \(source)\nWITH NO SCHEMA BINDING"
    let parsed = SQLParser.parse(buffers.add(name: "<view>", text: text), in: buffers)
    if let problem = parsed.diagnostics.first(where: \.isError) { throw problem }
    guard let statement = parsed.statements.first else { return nil }
    let runner = StatementRunner(
      session: session,
      dialect: .postgres,
      buffers: buffers,
      loader: nil,
      log: nil
    )
    let translation = try await runner.translation(of: statement)
    if let problem = translation.diagnostics.first(where: \.isError) { throw problem }
    return translation.lateQuery
  }
}
