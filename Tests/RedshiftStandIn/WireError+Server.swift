import Diagnostics
import RedshiftSQL
import WarehouseClient

extension WireError {
  /// What PostgreSQL said, as it is.
  init(_ error: WarehouseError) {
    self.init(
      error.message,
      sqlState: error.sqlState ?? "XX000",
      detail: error.detail,
      hint: error.hint
    )
  }

  /// What came of a statement that failed, with its place in the client's text.
  init(
    _ diagnostic: Diagnostic,
    _ failure: WarehouseError?,
    _ statement: Statement,
    _ text: String,
    _ buffers: Buffers,
    isServerless: Bool
  ) {
    if case .copy(let copy) = statement.kind, diagnostic.code == "load-error" {
      self.init(
        "Load into table '\(copy.table.identifier)' failed.  Check "
          + (isServerless ? "'sys_load_error_detail'" : "'stl_load_errors'")
          + " system table for details."
      )
      return
    }
    if let failure { self.init(failure) } else { self.init(diagnostic.message) }
    if let range = diagnostic.primary?.range, failure?.position != nil {
      let origin = buffers.origin(of: range).range
      let start = max(0, origin.bytes.lowerBound - statement.range.bytes.lowerBound)
      position = String(decoding: text.utf8.prefix(start), as: UTF8.self).unicodeScalars.count + 1
    }
  }
}

/// The numbers of types on the wire.
enum TypeNumber {
  static func of(_ name: String) -> Int { numbers[name] ?? 1043 }

  private static let numbers: [String: Int] = [
    "bool": 16, "char": 18, "name": 19, "int8": 20, "int2": 21, "int4": 23, "text": 25, "oid": 26,
    "float4": 700, "float8": 701, "unknown": 705, "bpchar": 1042, "varchar": 1043, "date": 1082,
    "time": 1083, "timestamp": 1114, "timestamptz": 1184, "interval": 1186, "timetz": 1266,
    "numeric": 1700, "jsonb": 4000, "bytea": 6551,
  ]
}
