package import Diagnostics

/// Any node of the tree, for what treats all kinds alike.
///
/// Instead of visitors there are `children` and `walk`. Names of relations are nodes; other names
/// are parts of the node that they stand in.
package enum SyntaxNode: Sendable {
  indirect case statement(Statement)
  indirect case query(Query)
  indirect case body(QueryBody)
  indirect case select(Select)
  indirect case item(SelectItem)
  case expr(Expr)
  indirect case table(TableReference)
  indirect case window(WindowDefinition)
  case type(DataType)
  indirect case column(ColumnDefinition)
  /// The name of a table, a view or a procedure.
  case relation(ObjectName)

  package var range: TextRange {
    switch self {
    case .statement(let node): node.range
    case .query(let node): node.range
    case .body(let node): node.range
    case .select(let node): node.range
    case .item(let node): node.range
    case .expr(let node): node.range
    case .table(let node): node.range
    case .window(let node): node.range
    case .type(let node): node.range
    case .column(let node): node.range
    case .relation(let node): node.range
    }
  }

  /// The nodes directly below, in the order of the text.
  package var children: [SyntaxNode] {
    var children: [SyntaxNode] = []
    collect(into: &children)
    let isOrdered = zip(children, children.dropFirst()).allSatisfy {
      $0.range.bytes.lowerBound <= $1.range.bytes.lowerBound
    }
    if !isOrdered { children.sort { $0.range.bytes.lowerBound < $1.range.bytes.lowerBound } }
    return children
  }

  /// Visits this node and all below it, parents first.
  ///
  /// - Parameter visit: called with each node; false leaves out what is below it.
  package func walk(_ visit: (SyntaxNode) -> Bool) {
    guard visit(self) else { return }
    for child in children { child.walk(visit) }
  }

  private func collect(into list: inout [SyntaxNode]) {
    switch self {
    case .statement(let statement): statement.collect(into: &list)
    case .query(let query): query.collect(into: &list)
    case .body(let body): body.collect(into: &list)
    case .select(let select): select.collect(into: &list)
    case .item(let item): list.append(.expr(item.value))
    case .expr(let expr): expr.collect(into: &list)
    case .table(let table): table.collect(into: &list)
    case .window(let window): window.collect(into: &list)
    case .type, .relation: break
    case .column(let column):
      list.append(.type(column.type))
      for attribute in column.attributes {
        switch attribute.kind {
        case .defaultValue(let value), .check(let value): list.append(.expr(value))
        case .references(let table, _): list.append(.relation(table))
        default: break
        }
      }
    }
  }
}

extension [SyntaxNode] {
  mutating func append(_ expr: Expr?) {
    if let expr { append(.expr(expr)) }
  }

  mutating func append(_ exprs: [Expr]) {
    for expr in exprs { append(.expr(expr)) }
  }

  mutating func append(_ order: [SortItem]) {
    for item in order { append(.expr(item.value)) }
  }

  mutating func append(_ tables: [TableReference]) {
    for table in tables { append(.table(table)) }
  }

  mutating func append(_ items: [SelectItem]) {
    for item in items { append(.item(item)) }
  }

  mutating func append(members set: Expr.MemberSet) {
    switch set {
    case .list(let list): append(list)
    case .query(let query): append(.query(query))
    }
  }

  mutating func append(_ with: With?) {
    for table in with?.tables ?? [] { append(.query(table.query)) }
  }

  mutating func append(_ assignments: [Assignment]) {
    for assignment in assignments { append(.expr(assignment.value)) }
  }
}
