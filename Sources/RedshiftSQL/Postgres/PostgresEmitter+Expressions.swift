import Diagnostics

extension PostgresEmitter {
  mutating func emit(_ expr: Expr) {
    switch expr.kind {
    case .column(let parts): emitColumn(parts, expr)
    case .cast(let value, let type, let syntax): emitCast(value, type, syntax, expr)
    case .call(let call): emit(call, expr)
    case .navigation(let base, let steps): emitNavigation(base, steps, expr)
    case .outerJoinMark:
      fail("the outer join (+)", at: expr.range, help: "LEFT JOIN … ON runs on both")
    case .array:
      diagnostics.append(
        .redshiftRejects("arrays", at: expr.range, help: "use ARRAY(…), which makes a SUPER value")
      )
    case .literal, .typedLiteral, .interval, .parameter, .defaultValue, .star, .prefix, .infix,
      .test, .between, .match, .conditional, .row, .parenthesized, .collation, .timeZone, .prior,
      .exists, .subquery, .membership, .quantified:
      emitUnchanged(.expr(expr))
    }
  }

  private mutating func emitColumn(_ parts: [Identifier], _ expr: Expr) {
    if parts.count == 1, let meant = aliases.last?[parts[0].text] {
      // The earlier item may itself use a name as a column that it then gives away.
      let outer = aliases
      aliases[aliases.count - 1][parts[0].text] = nil
      write("(", for: expr.range)
      emit(meant)
      write(")", for: expr.range)
      aliases = outer
      return
    }
    if isSuperPath(parts) { return emitNavigation(expr, [], expr) }
    copy(expr.range)
  }

  // MARK: Casts

  private mutating func emitCast(
    _ value: Expr,
    _ type: DataType,
    _ syntax: Expr.CastSyntax,
    _ expr: Expr
  ) {
    if type.kind == .super {
      write("to_jsonb(", for: expr.range)
      emit(value)
      write(value.isString ? "::text)" : ")", for: expr.range)
      return
    }
    if value.isNavigation || isSuperPath(value) {
      // A cast of jsonb to text would keep the quotes, and one of a wrong type would fail.
      write(type.isNumeric ? "rs.super_num(" : "rs.super_text(", for: expr.range)
      emit(value)
      write(")::", for: expr.range)
      emit(type, isColumn: false)
      return
    }
    switch syntax {
    case .suffix, .cast:
      var children: [SyntaxNode] = []
      children.append(value)
      children.append(.type(type))
      emit(expr.range.bytes, children: children)
    case .convert:
      write("CAST(", for: expr.range)
      emit(value)
      write(" AS ", for: expr.range)
      emit(type, isColumn: false)
      write(")", for: expr.range)
    case .tryCast:
      write("rs.try_cast((", for: expr.range)
      emit(value)
      write(")::text, NULL::", for: expr.range)
      emit(type, isColumn: false)
      write(")::", for: expr.range)
      emit(type, isColumn: false)
    }
  }

  /// How many parts of a name lead to a SUPER column, where the others are steps into its value.
  ///
  /// Nil where the whole is the name of a column, and where that cannot be told.
  private func columnLength(_ parts: [Identifier]) -> Int? {
    guard tracksTables, parts.count > 1, !tables.isEmpty else { return nil }
    func isTable(_ index: Int) -> Bool {
      index < parts.count - 1 && tables.contains { $0.contains(parts[index].text) }
    }
    let length: Int
    if isTable(1) {
      length = 3
    } else if isTable(0) {
      length = 2
    } else if isTable(2) {
      length = 4
    } else {
      length = 1
    }
    return length < parts.count ? length : nil
  }

  private func isSuperPath(_ parts: [Identifier]) -> Bool { columnLength(parts) != nil }

  private func isSuperPath(_ expr: Expr) -> Bool {
    if case .column(let parts) = expr.kind { return isSuperPath(parts) }
    return false
  }

  private mutating func emitNavigation(_ base: Expr, _ steps: [Expr.PathStep], _ expr: Expr) {
    var steps = steps
    write("(", for: expr.range)
    if case .column(let parts) = base.kind, let length = columnLength(parts) {
      let lower = parts[max(0, length - 3)].range.bytes.lowerBound
      copy(lower..<parts[length - 1].range.bytes.upperBound)
      steps = parts.dropFirst(length).map { .attribute($0) } + steps
    } else {
      emit(base)
    }
    for step in steps {
      write(" -> ", for: expr.range)
      switch step {
      case .attribute(let name):
        write(SQLQuoting.literal(name.text, for: .postgres), for: name.range)
      case .element(let index): emit(index)
      }
    }
    write(")", for: expr.range)
  }

  // MARK: Pieces

  /// A value in parentheses unless it needs none.
  mutating func emitGrouped(_ expr: Expr) {
    if expr.isAtomic { return emit(expr) }
    write("(", for: expr.range)
    emit(expr)
    write(")", for: expr.range)
  }

  /// A date or time; a bare string could be several types, so it gets the one that Redshift takes.
  mutating func emitTimestamp(_ expr: Expr) {
    emit(expr)
    if expr.isString { write("::timestamp", for: expr.range) }
  }
}

extension Expr {
  /// Whether this is a string literal, or NULL, without a type.
  var isString: Bool {
    switch kind {
    case .literal(.string): true
    case .parenthesized(let inner): inner.isString
    default: false
    }
  }

  var isNumber: Bool {
    switch kind {
    case .literal(.number): true
    case .prefix(let symbol, let operand): symbol.kind == .minus && operand.isNumber
    case .parenthesized(let inner): inner.isNumber
    default: false
    }
  }

  /// Whether this steps into a SUPER value.
  var isNavigation: Bool {
    switch kind {
    case .navigation: true
    case .parenthesized(let inner): inner.isNavigation
    default: false
    }
  }

  /// Whether a cast behind it would apply to the whole.
  var isAtomic: Bool {
    switch kind {
    case .literal, .column, .parenthesized, .parameter, .row, .subquery: true
    case .call(let call): call.over == nil && call.syntax != .bare
    default: false
    }
  }
}

extension DataType {
  var isNumeric: Bool {
    switch kind {
    case .smallInteger, .integer, .bigInteger, .decimal, .real, .double: true
    default: false
    }
  }
}
