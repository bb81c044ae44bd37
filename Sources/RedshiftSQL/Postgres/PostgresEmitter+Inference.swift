import Diagnostics

/// What the analysis knows, asked as translation needs it.
extension PostgresEmitter {
  /// The type of a value; where it is not known, the columns of the statement's relations are
  /// wanted.
  mutating func type(of expr: Expr) -> SQLType {
    if let known = meanings.types[expr.range] { return known }
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
    if let meant = meanings.aliases[name.range] { return meant }
    guard let possible = meanings.possibleAliases[name.range] else { return nil }
    wantColumns()
    return prefersAliases ? possible : nil
  }

  /// How a name leads into a SUPER value; nil where it is that of a column.
  func path(_ parts: [Identifier]) -> Meanings.Path? {
    guard let first = parts.first, let path = meanings.paths[first.range] else { return nil }
    // A record of a procedure, and not a column.
    if path == .column(length: 1), variables.contains(first.text) { return nil }
    return path
  }
}
