import Diagnostics

/// What the analysis knows, asked as translation needs it.
extension PostgresEmitter {
  /// The type of a value; where it is not known, the columns of the statement's relations are
  /// wanted.
  mutating func type(of expr: Expr) -> SQLType {
    if let known = meanings.types[expr.range] ?? variableType(of: expr) { return known }
    wantColumns()
    return .unknown
  }

  mutating func wantColumns() {
    wantedRelations.formUnion(meanings.unknownRelations)
  }

  /// Digits behind the point of a DECIMAL; nil for other types and where they are not known.
  mutating func scale(of expr: Expr) -> Int? {
    guard case .decimal(_, let scale) = type(of: expr) else { return nil }
    return scale
  }

  /// Whether a value is SUPER here, too: of operators numbers come out.
  mutating func isSuper(_ expr: Expr) -> Bool {
    switch expr.kind {
    case .navigation: return true
    case .literal, .typedLiteral, .interval, .prefix, .infix: return false
    case .parenthesized(let inner): return isSuper(inner)
    case .cast(_, let type, _): return type.kind == .super
    default: return type(of: expr) == .super
    }
  }

  /// The value of the item of the select list that a name means.
  mutating func alias(_ name: Identifier) -> Expr? {
    if keepsNames { return nil }
    if meanings.hiddenAliases.contains(name.range) { wantColumns() }
    if let meant = meanings.aliases[name.range] { return meant }
    guard let possible = meanings.possibleAliases[name.range] else { return nil }
    wantColumns()
    return prefersAliases ? possible : nil
  }

  /// Whether a value of an outer query would mean something else in the subquery that names it.
  func isShaded(_ value: Expr, _ shade: Meanings.Shade) -> Bool {
    var isShaded = false
    var waiting = [value]
    var count = 0
    // Items that name one another are looked through, too, but not without end.
    while let next = waiting.popLast(), !isShaded {
      count += 1
      guard count <= 1000 else { return true }
      SyntaxNode.expr(next).walk { node in
        guard case .expr(let expr) = node else { return !isShaded }
        if case .call(let call) = expr.kind, call.over != nil { isShaded = true }
        guard case .column(let parts) = expr.kind, let first = parts.first else {
          return !isShaded
        }
        if let meant = meanings.aliases[first.range], parts.count == 1 {
          waiting.append(meant)
        } else if shade.columns.contains(first.text)
          || parts.count > 1 && shade.tables.contains(first.text)
        {
          isShaded = true
        }
        return !isShaded
      }
    }
    return isShaded
  }

  /// How a name leads into a SUPER value; nil where it is that of a column.
  func path(_ parts: NameParts) -> Meanings.Path? {
    guard let first = parts.first, let path = meanings.paths[first.range] else { return nil }
    // A record of a procedure, and not a column.
    if path == .column(length: 1), variables.contains(first.text) { return nil }
    return path
  }
}
