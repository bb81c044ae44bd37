import RedshiftSQL
import WarehouseClient

/// How much a relation holds, as far as statistics say.
struct TableFacts: Hashable, Sendable {
  var rows: Int
  var bytes: Int

  /// Whether to write all of it anew takes a moment that nobody notices.
  var isSmall: Bool { rows < 100_000 && bytes < 64 << 20 }

  /// `about 1,200,000 rows (96 MB)`.
  var description: String {
    let size =
      switch bytes {
      case ..<(1 << 10): "\(bytes) bytes"
      case ..<(1 << 20): "\(bytes >> 10) kB"
      case ..<(1 << 30): "\(bytes >> 20) MB"
      default: "\(bytes >> 30) GB"
      }
    return "about \(Self.grouped(rows)) row\(rows == 1 ? "" : "s") (\(size))"
  }

  private static func grouped(_ number: Int) -> String {
    var text = ""
    for (index, digit) in String(number).reversed().enumerated() {
      if index > 0, index % 3 == 0 { text.append(",") }
      text.append(digit)
    }
    return String(text.reversed())
  }

  /// Rows of name, rows and bytes.
  static func query(
    _ names: [String],
    _ dialect: SQLQuoting.Dialect,
    literal: (String) -> String
  ) -> String {
    let wanted = names.map(literal).joined(separator: ", ")
    switch dialect {
    case .redshift:
      // Tables without rows are not listed.
      return """
        select trim("schema") || '.' || trim("table"), tbl_rows, "size" * 1048576 \
        from svv_table_info where trim("schema") || '.' || trim("table") in (\(wanted))
        """
    case .postgres:
      // A size is waited for while somebody holds the table for himself; the limit is this message's.
      return """
        set local lock_timeout = '500ms'; select n.nspname || '.' || c.relname, \
        cast(greatest(c.reltuples, pg_stat_get_live_tuples(c.oid), 0) as bigint), \
        pg_total_relation_size(c.oid) from pg_catalog.pg_class c \
        join pg_catalog.pg_namespace n on n.oid = c.relnamespace \
        where n.nspname || '.' || c.relname in (\(wanted))
        """
    }
  }

  init?(_ row: [String?]) {
    guard row.count == 3, let rows = row[1].flatMap({ Double($0) }),
      let bytes = row[2].flatMap({ Double($0) })
    else { return nil }
    self.rows = Int(rows)
    self.bytes = Int(bytes)
  }
}
