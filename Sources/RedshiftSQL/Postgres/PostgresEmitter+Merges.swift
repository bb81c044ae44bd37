import Diagnostics

/// USING and NATURAL JOIN over text, written as conditions that do not count blanks.
extension PostgresEmitter {
  mutating func emit(_ first: TableReference, _ joins: [Join], _ table: TableReference) {
    copy(table.range.bytes.lowerBound..<first.range.bytes.lowerBound)
    emit(first)
    var position = first.range.bytes.upperBound
    for join in joins {
      if meanings.openMerges.contains(join.range) { wantColumns() }
      let range = join.range.bytes
      guard let pairs = meanings.merges[join.range] else {
        var children = [SyntaxNode.table(join.right)]
        if case .on(let condition) = join.condition { children.append(.expr(condition)) }
        emit(position..<range.upperBound, children: children)
        position = range.upperBound
        continue
      }
      copy(position..<range.lowerBound)
      if case .natural = join.condition {
        write("\(join.kind.words) ", for: join.range)
      } else {
        copy(range.lowerBound..<join.right.range.bytes.lowerBound)
      }
      emit(join.right)
      let conditions = pairs.map { pair in
        let cast = pair.isPadded ? "::bpchar" : ""
        return "\(sql(of: pair.left))\(cast) = \(sql(of: pair.right))\(cast)"
      }
      write(" ON \(conditions.joined(separator: " AND "))", for: join.range)
      position = range.upperBound
    }
    copy(position..<table.range.bytes.upperBound)
  }

  /// A column that such a join has merged.
  mutating func sql(of column: MergedColumn) -> String {
    switch column {
    case .column(let table, let name):
      return "\(SQLQuoting.identifier(table)).\(SQLQuoting.identifier(name))"
    case .unnamed(let table, let name):
      return "\(self.name(ofUnnamed: table)).\(SQLQuoting.identifier(name))"
    case .either(let first, let second):
      return "COALESCE(\(sql(of: first)), \(sql(of: second)))"
    }
  }

  /// Whether a join in a table of FROM is written as a condition.
  func hasMerges(_ table: TableReference) -> Bool {
    switch table.kind {
    case .joined(let first, let joins):
      hasMerges(first)
        || joins.contains { meanings.merges[$0.range] != nil || hasMerges($0.right) }
    case .parenthesized(let inner): hasMerges(inner)
    default: false
    }
  }
}

extension Join.Kind {
  fileprivate var words: String {
    switch self {
    case .inner: "JOIN"
    case .left: "LEFT JOIN"
    case .right: "RIGHT JOIN"
    case .full: "FULL JOIN"
    case .cross: "CROSS JOIN"
    }
  }
}
