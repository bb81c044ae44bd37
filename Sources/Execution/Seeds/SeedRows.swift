import Diagnostics
import ProjectCompiler
import RedshiftSQL

/// A seed's rows, typed, as INSERT statements.
struct SeedRows: Sendable {
  /// Redshift takes statements up to 16 MB; smaller ones are no slower.
  private static let largestStatement = 4 << 20
  private static let mostRows = 1000

  let table: CSVTable
  let types: [SeedType]
  let dialect: SQLQuoting.Dialect
  /// Whether the table is PostgreSQL's own, in a project that is written for it.
  let isPlainPostgres: Bool
  private let keepsCase: Bool
  /// Whether dbt would quote the names.
  private let isQuoting: Bool

  /// In lower case, as Redshift folds them, quoted or not, and PostgreSQL what is not quoted.
  var columns: [String] {
    guard !keepsCase else { return table.header }
    return table.header.map { name in
      // Blanks around a name are part of it only in quotes: `id, name`.
      let bare = isQuoting ? Substring(name) : name.drop(while: \.isWhitespace)
      let blanks = isQuoting ? 0 : bare.reversed().prefix(while: \.isWhitespace).count
      return bare.dropLast(blanks).lowercased()
    }
  }

  /// Decides the types of all columns.
  ///
  /// - Throws: `wrong-config` for types that are no names, `seed-value-too-long` for text that no
  ///   Redshift column can hold, and `seed-header` for names that are one.
  init(
    _ table: CSVTable,
    declared: PlainDictionary,
    dialect: SQLQuoting.Dialect,
    isPlainPostgres: Bool = false,
    settings: NodeSettings
  ) throws(Diagnostic) {
    self.table = table
    self.dialect = dialect
    self.isPlainPostgres = isPlainPostgres
    // dbt quotes them unless it is told not to.
    isQuoting = try settings.boolean("quote_columns") ?? true
    keepsCase = isPlainPostgres && isQuoting
    if !keepsCase { try table.requireNamesThatFold() }
    // dbt finds the type of a column by the name as it is written in the file.
    let key: (String) -> String = isPlainPostgres ? { $0 } : { $0.lowercased() }
    var given: [String: String] = [:]
    for (name, type) in declared.pairs {
      guard let type = type.string else { throw settings.wrong("column_types", "names of types") }
      given[key(name)] = type
    }
    var types: [SeedType] = []
    for (column, name) in table.header.enumerated() {
      if let type = given[key(name)] {
        types.append(.declared(type))
        continue
      }
      let values = (0..<table.rowCount).lazy.compactMap { table.text(row: $0, column: column) }
      let type = SeedType.infer(values)
      if case .text(let length) = type, length > SeedType.longestText, !isPlainPostgres {
        throw .seedValueTooLong(length, at: table.headerRanges[column])
      }
      types.append(type)
    }
    self.types = types
  }

  /// The column definitions, for CREATE TABLE.
  var definitions: SQLText {
    zip(columns, types).map { name, type -> SQLText in
      "\(identifier: name) \(verbatim: sql(of: type))"
    }.joined(separator: ",\n  ")
  }

  private func sql(of type: SeedType) -> String {
    // PostgreSQL's text needs no length.
    if isPlainPostgres, case .text = type { return "text" }
    return type.sql
  }

  /// One INSERT, and the rows in it.
  struct Batch: Sendable {
    var rows: Range<Int>
    var sql: SQLText
  }

  /// Statements that insert everything into `relation`, one after the other.
  ///
  /// The place of every value in the file is kept, for the server's errors.
  func batch(into relation: RelationName, from firstRow: Int) -> Batch? {
    guard firstRow < table.rowCount else { return nil }
    var text = MappedText()
    let head: SQLText = "insert into \(relation) (\(identifiers: columns)) values\n"
    text.append(head.text)
    var row = firstRow
    while row < table.rowCount, row - firstRow < Self.mostRows,
      text.bytes.count < Self.largestStatement
    {
      text.append(generated: (row == firstRow ? "(" : ",\n(").utf8, origin: nil)
      for column in types.indices {
        if column > 0 { text.append(generated: ", ".utf8, origin: nil) }
        text.append(
          generated: value(row: row, column: column).utf8,
          origin: table.range(row: row, column: column)
        )
      }
      text.append(generated: ")".utf8, origin: nil)
      row += 1
    }
    return Batch(rows: firstRow..<row, sql: SQLText(text))
  }

  /// A value in SQL.
  private func value(row: Int, column: Int) -> String {
    guard let text = table.text(row: row, column: column) else { return "null" }
    let type = types[column]
    if SeedType.isNull(text) { return "null" }
    switch type {
    case .integer, .bigInteger, .numeric, .double:
      let trimmed = text.filter { !$0.isWhitespace }
      return SeedNumber(trimmed)?.sql ?? SQLQuoting.literal(text, for: dialect)
    default: return SQLQuoting.literal(text, for: dialect)
    }
  }
}
