import Diagnostics

extension SQLParser {
  /// `USING ICEBERG` and what follows it in CREATE TABLE: a table of an external schema.
  mutating func parseIcebergTable(
    _ name: ObjectName,
    _ elements: [CreateTable.Element],
    allowsExisting: Bool
  ) throws(SyntaxFailure) -> Statement.Kind {
    advance()
    guard takeWord("iceberg") else { throw failure("ICEBERG") }
    var table = CreateExternalTable(
      name: name,
      allowsExisting: allowsExisting,
      isIceberg: true
    )
    for element in elements {
      if case .column(let column) = element.kind {
        table.columns.append(column)
      } else {
        table.otherElements.append(element.range)
      }
    }
    while !atStatementEnd {
      if takeWord("partitioned") {
        try expect(.by)
        table.partitionNames = try parsePartitionTransforms()
      } else if try !takeStorageClause(of: &table) {
        throw failure(
          "LOCATION, PARTITIONED BY, TABLE PROPERTIES or AS",
          help: suggestion([.table, .as])
        )
      }
    }
    return .createExternalTable(table)
  }

  /// `(a, bucket(16, b), month(c))`: the columns that decide where rows go.
  private mutating func parsePartitionTransforms() throws(SyntaxFailure) -> [Identifier] {
    try expect(.openParenthesis, "\"(\"")
    var columns: [Identifier] = []
    repeat {
      let value = try parsePrimary()
      SyntaxNode.expr(value).walk { node in
        if case .expr(let expr) = node, case .column(let parts) = expr.kind, let last = parts.last {
          columns.append(last)
        }
        return true
      }
    } while take(.comma)
    try expect(.closeParenthesis, "\",\" or \")\"")
    return columns
  }
}
