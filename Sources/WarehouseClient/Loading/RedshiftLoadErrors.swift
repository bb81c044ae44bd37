package import Diagnostics
package import RedshiftSQL

/// Reads the records that a COPY on Redshift could not load from the cluster's own tables.
///
/// The failed session's transaction is lost, so another session asks. `STL_LOAD_ERRORS` has the
/// values as well but is not there on serverless workgroups; the server's message names the one
/// that it has filled.
package struct RedshiftLoadErrors: CopyExplaining {
  private let connect: @Sendable () async throws(WarehouseError) -> any WarehouseSession

  /// - Parameter connect: opens the session that asks.
  package init(
    connect: @escaping @Sendable () async throws(WarehouseError) -> any WarehouseSession
  ) {
    self.connect = connect
  }

  package func explanation(
    of error: WarehouseError,
    _ copy: CopyStatement,
    session: any WarehouseSession
  ) async -> Diagnostic? {
    guard error.kind == .statement, let table = Table(namedIn: error.message),
      let process = await session.processIdentifier
    else { return nil }
    do throws(WarehouseError) {
      let result = try await connect().closing { other throws(WarehouseError) in
        try await other.execute(table.query(process: process))
      }
      return Self.diagnostic(result.rows.compactMap(Record.init), error, copy)
    } catch let second {
      var known = Diagnostic.database(error, at: copy.source.range)
      known.notes.append("\(table.rawValue) could not be read: \(second.message)")
      return known
    }
  }

  private static func diagnostic(
    _ records: [Record],
    _ error: WarehouseError,
    _ copy: CopyStatement
  ) -> Diagnostic? {
    guard let first = records.first else { return nil }
    var notes = [error.message]
    if records.count > 1 {
      notes.append(
        (records.count > shownRecords ? "more than \(shownRecords)" : "\(records.count)")
          + " records had errors"
      )
    }
    for record in records.dropFirst().prefix(4) {
      notes.append("\(record.place): \(record.reason)")
    }
    return .loadError(
      first.error,
      copy: copy,
      columns: first.columns,
      help: first.help(copy),
      notes: notes
    )
  }

  /// How many records are asked for, and one more.
  private static let shownRecords = 20

  private enum Table: String {
    case provisioned = "stl_load_errors"
    case serverless = "sys_load_error_detail"

    init?(namedIn message: String) {
      let text = message.lowercased()
      if text.contains(Self.provisioned.rawValue) {
        self = .provisioned
      } else if text.contains(Self.serverless.rawValue) {
        self = .serverless
      } else {
        return nil
      }
    }

    /// The errors of the last failed COPY of a session.
    func query(process: Int) -> String {
      switch self {
      case .provisioned:
        """
        select trim(filename), line_number, trim(colname), trim(type), trim(col_length), \
        position, err_code, trim(err_reason), trim(raw_field_value), trim(raw_line) \
        from stl_load_errors where session = \(process) and query = \
        (select max(query) from stl_load_errors where session = \(process)) \
        order by starttime, line_number limit \(shownRecords + 1)
        """
      case .serverless:
        """
        select trim(file_name), line_number, trim(column_name), trim(column_type), \
        trim(column_length), position, error_code, trim(error_message), null, null \
        from sys_load_error_detail where session_id = \(process) and query_id = \
        (select max(query_id) from sys_load_error_detail where session_id = \(process)) \
        order by start_time, line_number limit \(shownRecords + 1)
        """
      }
    }
  }

  private struct Record {
    var file: String
    var line: Int
    var column: String?
    var type: String
    var length: String
    var position: Int
    var code: Int
    var reason: String
    var value: String
    var text: String

    init?(_ row: [String?]) {
      guard row.count == 10, let file = row[0] else { return nil }
      self.file = file
      line = row[1].flatMap { Int($0) } ?? 0
      column = row[2].flatMap { $0.isEmpty ? nil : $0 }
      type = row[3] ?? ""
      length = row[4] ?? ""
      position = row[5].flatMap { Int($0) } ?? 0
      code = row[6].flatMap { Int($0) } ?? 0
      reason = row[7] ?? ""
      value = row[8] ?? ""
      text = row[9] ?? ""
    }

    var place: String { "\(file):\(line)" }

    var columns: [TargetColumn] {
      guard let column else { return [] }
      let words = type.lowercased()
      let size = Int(length) ?? 0
      let known: ColumnType =
        switch words {
        case "varchar", "character varying", "text": .varying(size)
        case "char", "character", "bpchar": .character(size)
        default: ColumnType(catalogName: words, modifier: -1)
        }
      return [TargetColumn(name: column, type: known)]
    }

    var error: LoadError {
      LoadError(
        path: file,
        url: file,
        lineNumber: line,
        fieldLine: line,
        fieldColumn: position + 1,
        column: column == nil ? nil : 0,
        position: position,
        code: code,
        reason: reason,
        rawField: Array(value.utf8),
        rawLine: Array(text.utf8)
      )
    }

    func help(_ copy: CopyStatement) -> [String] {
      LoadAdvice(copy: copy, columns: columns).help(for: error, seemingCompression: nil)
    }
  }
}
