import Diagnostics

extension PostgresEmitter {
  /// `SELECT list FROM (SELECT …, condition AS k FROM …) AS q WHERE q.k`, order and limit outside.
  mutating func emitQualified(_ select: Select, in query: Query) {
    guard let qualify = select.qualify else { return }
    let inner = makeName("q")
    if let with = query.with {
      emit(
        query.range.bytes.lowerBound..<select.range.bytes.lowerBound,
        children: with.tables.map { .query($0.query) }
      )
    }
    var outerItems: [String] = []
    var innerItems: [QualifiedItem] = []
    for item in select.items {
      if let columns = meanings.stars[item.range] {
        for column in columns {
          let name = makeName("c")
          outerItems.append("\(inner).\(name) AS \(SQLQuoting.identifier(column.name))")
          innerItems.append(.row(starValue(column), name: name))
        }
      } else if case .star(let qualifier) = item.value.kind {
        guard let tables = rowTables(select.from, qualifier.last?.text), !tables.isEmpty else {
          wantColumns()
          return fail(
            "QUALIFY with * over these tables",
            at: qualify.range,
            help: "list the columns, or select from one table with an alias"
          )
        }
        for table in tables {
          let name = makeName("r")
          outerItems.append("(\(inner).\(name)).*")
          innerItems.append(.row(SQLQuoting.identifier(table), name: name))
        }
      } else {
        let name = makeName("c")
        let label = SQLQuoting.identifier(item.outputName ?? "?column?")
        outerItems.append("\(inner).\(name) AS \(label)")
        innerItems.append(.value(item, name: name))
      }
    }
    var groups: [String]?
    if let columns = textColumns(ofDistinct: select), columns.count == outerItems.count {
      groups = makeDistinct(&outerItems, columns, innerItems.map { "\(inner).\($0.name)" })
      write("SELECT ", for: qualify.range)
    } else if case .distinct = select.quantifier {
      write("SELECT DISTINCT ", for: qualify.range)
    } else {
      write("SELECT ", for: qualify.range)
    }
    write(outerItems.joined(separator: ", "), for: qualify.range)
    if !bareTargets.contains(select.range) {
      emitTargets(of: select)
    }
    write(" FROM (SELECT ", for: qualify.range)
    check(select)
    for item in innerItems {
      switch item {
      case .row(let table, let name):
        write("\(table) AS \(name), ", for: qualify.range)
      case .value(let item, let name):
        emit(item.value)
        write(" AS \(name), ", for: item.range)
      }
    }
    // In QUALIFY a name is more often one of the list than a column.
    prefersAliases = true
    emit(qualify.condition)
    prefersAliases = false
    let keep = makeName("k")
    write(" AS \(keep)", for: qualify.range)
    let order = emitInnerOrder(query, select, inner)
    write(" ", for: qualify.range)
    var bare = select
    bare.range.bytes = select.range.bytes.lowerBound..<qualify.range.bytes.lowerBound
    bare.qualify = nil
    emitTail(bare, from: select.fromRange?.bytes.lowerBound ?? bare.range.bytes.upperBound)
    write(") AS \(inner) WHERE \(inner).\(keep)", for: qualify.range)
    if let groups {
      write(" GROUP BY \(groups.joined(separator: ", "))", for: qualify.range)
    }
    emitOrderAndLimit(query, order)
    if let top = select.top { emitLimit(top) }
  }

  private enum QualifiedItem {
    /// A whole row of a table, or a column that a star stands for, as SQL.
    case row(String, name: String)
    case value(SelectItem, name: String)

    var name: String {
      switch self {
      case .row(_, let name), .value(_, let name): name
      }
    }
  }

  /// The exposed names of the tables that a star stands for; nil where they cannot be told.
  private func rowTables(_ from: [TableReference], _ qualifier: String?) -> [String]? {
    if let qualifier { return [qualifier] }
    var names: [String] = []
    for table in from {
      switch table.kind {
      case .joined(let first, let joins):
        guard let some = rowTables([first], nil) else { return nil }
        names += some
        for join in joins {
          switch join.condition {
          case .using, .natural: return nil
          case .on, .none: break
          }
          guard let more = rowTables([join.right], nil) else { return nil }
          names += more
        }
      case .parenthesized(let inner) where table.alias == nil:
        guard let some = rowTables([inner], nil) else { return nil }
        names += some
      default:
        guard let name = table.exposedName, !meanings.elements.contains(table.range) else {
          return nil
        }
        names.append(name)
      }
    }
    return names
  }

  /// Adds what ORDER BY needs to the inner list.
  ///
  /// - Returns: the outer spelling of each item of ORDER BY; nil to keep it.
  private mutating func emitInnerOrder(
    _ query: Query,
    _ select: Select,
    _ inner: String
  ) -> [String?] {
    let outputs = Set(select.items.compactMap(\.outputName))
    let hasStar = select.items.contains {
      if case .star = $0.value.kind { return true }
      return false
    }
    return query.order.map { item in
      switch item.value.kind {
      case .literal: return nil
      case .column(let parts) where parts.count == 1:
        if hasStar || outputs.contains(parts[0].text) { return nil }
      default: break
      }
      let name = makeName("o")
      let isLast = item.range == query.order.last?.range
      let cast = !isLast && makesTextGroups(item.value) ? "::bpchar" : ""
      write(", ", for: item.range)
      emit(item.value)
      write(" AS \(name)", for: item.range)
      return "\(inner).\(name)\(cast)"
    }
  }

  private mutating func emitOrderAndLimit(_ query: Query, _ order: [String?]) {
    var position = query.body.range.bytes.upperBound
    for (item, replacement) in zip(query.order, order) {
      copy(position..<item.value.range.bytes.lowerBound)
      if let replacement {
        write(replacement, for: item.value.range)
      } else {
        copy(item.value.range)
      }
      position = item.value.range.bytes.upperBound
    }
    var rest: [SyntaxNode] = []
    rest.append(query.limit?.count)
    rest.append(query.limit?.offset)
    emit(position..<query.range.bytes.upperBound, children: rest)
  }
}
