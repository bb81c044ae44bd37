package import WarehouseClient

extension MigrationLog {
  /// What the history of a project says, asked for while the project's files are still being read.
  ///
  /// - Parameters:
  ///   - warehouse: where the history is; the session is given back to it.
  ///   - project: whose migrations are meant.
  ///   - metadataSchema: the schema of redstart's own tables.
  /// - Returns: nil when there is no history yet, when it is not to be read, or when it is one of a
  ///   newer redstart: whoever needs it asks again, and tells why it fails.
  package static func glance(
    at warehouse: any Warehouse,
    project: String,
    metadataSchema: String
  ) async -> MigrationLog? {
    let history = MigrationHistory(schema: metadataSchema, dialect: warehouse.dialect)
    do throws(WarehouseError) {
      let session = try await warehouse.connect()
      let result: StatementResult
      do throws(WarehouseError) {
        result = try await session.execute(history.stateQuery(project: project, hasLayout: true))
      } catch {
        // The session is as good as new after a statement that failed: most often there is no history.
        if error.kind == .statement {
          await warehouse.giveBack(session)
        } else {
          await session.close()
        }
        throw error
      }
      await warehouse.giveBack(session)
      if let layout = MigrationHistory.layoutTold(by: result), layout > MigrationHistory.layout {
        return nil
      }
      return MigrationLog(result.rows.compactMap(MigrationHistory.event))
    } catch {
      return nil
    }
  }
}
