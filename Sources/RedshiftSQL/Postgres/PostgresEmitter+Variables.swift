import Diagnostics

/// What is known of the types of variables, records and arguments in the source of a routine.
extension PostgresEmitter {
  /// The type of a variable, of a field of a record, or of an argument by its number.
  func variableType(of value: Expr) -> SQLType? {
    switch value.kind {
    case .column(let parts) where parts.count == 1: return variableTypes[parts[0].text]
    case .column(let parts) where parts.count == 2:
      return records[parts[0].text]?[parts[1].text]
    case .parameter:
      let number = Int(String(decoding: bytes[value.range.bytes].dropFirst(), as: UTF8.self))
      guard let number, argumentTypes.indices.contains(number - 1) else { return nil }
      return argumentTypes[number - 1]
    case .parenthesized(let inner): return variableType(of: inner)
    default: return nil
    }
  }

  mutating func declareTypes(of block: ProcedureBlock) {
    var declarations = block.declarations
    block.walk { statement in
      if case .block(let inner) = statement.kind { declarations += inner.declarations }
    }
    for declaration in declarations {
      let name = declaration.name.text
      let declared: SQLType
      switch declaration.kind {
      case .variable(let type): declared = SQLType(declared: type)
      case .typeOfColumn(let column): declared = type(ofColumn: column)
      case .rowOfTable(let table):
        let columns = columns(of: table.relation) ?? []
        records[name] = Dictionary(columns.map { ($0.name, $0.type) }) { first, _ in first }
        continue
      case .cursor, .alias: continue
      }
      // What is declared twice, in blocks beside one another, may be of two types.
      let known = variableTypes[name] ?? declared
      variableTypes[name] = known == declared ? declared : .unknown
    }
  }

  /// The type of `table.column`.
  private mutating func type(ofColumn name: ObjectName) -> SQLType {
    let parts = name.parts
    guard parts.count > 1, let column = parts.last, let table = parts.dropLast().last else {
      return .unknown
    }
    let schema = parts.count > 2 ? parts[parts.count - 3].text : nil
    let relation = RelationName(schema: schema, identifier: table.text)
    return columns(of: relation)?.first { $0.name == column.text }?.type ?? .unknown
  }

  /// The columns of a relation, which are wanted where they are not known.
  mutating func columns(of relation: RelationName) -> [CatalogColumn]? {
    guard let known = catalog[relation], known.isComplete else {
      if catalog.removal(of: relation) == nil { wantedRelations.insert(relation) }
      return nil
    }
    return known.columns
  }

  // MARK: Records

  /// Takes the types of a record's fields from the query that fills it.
  mutating func fill(_ record: String, from body: QueryBody, isOnly: Bool) {
    guard let columns = meanings.results[body.range] else {
      wantColumns()
      records[record] = nil
      return
    }
    if columns.contains(where: { $0.type == .unknown }) { wantColumns() }
    let types = Dictionary(columns.map { ($0.name, $0.type) }) { _, _ in .unknown }
    guard !isOnly, let known = records[record] else {
      records[record] = types
      return
    }
    // Another query has filled it before: which one did depends on the way that was taken.
    records[record] = known.merging(types) { $0 == $1 ? $0 : .unknown }
  }

  // MARK: CASE

  /// CASE as a statement compares its values as the expression does.
  func collect(
    _ value: Expr,
    _ conditions: [Expr],
    into patches: inout [Patch]
  ) {
    patches.append(
      Patch(range: value.range.bytes) { emitter in
        guard let first = conditions.first else {
          return emitter.emitAlone(value) { $0.emit(value) }
        }
        let isPadded = emitter.isPadded(0, of: [value, first])
        emitter.emitAlone(value) { $0.emitOperand(value, isPadded) }
      }
    )
    for condition in conditions {
      patches.append(
        Patch(range: condition.range.bytes) { emitter in
          let isPadded = emitter.isPadded(1, of: [value, condition])
          emitter.emitAlone(condition) { emitter in
            if isPadded { emitter.emitBlankPadded(condition) } else { emitter.emit(condition) }
          }
        }
      )
    }
  }

  /// Whether one of two values that are compared has to be BPCHAR.
  private mutating func isPadded(_ place: Int, of values: [Expr]) -> Bool {
    let outer = meanings
    var types: [TextRange: SQLType] = [:]
    var trimmed: Set<TextRange> = []
    for value in values {
      analyze(value.asQuery)
      types.merge(meanings.types) { first, _ in first }
      trimmed.formUnion(meanings.trimmed)
    }
    meanings.types = types
    meanings.trimmed = trimmed
    defer { meanings = outer }
    return blankPadding(of: values)[place]
  }

  /// A value is understood as the one item of a query.
  mutating func emitAlone(_ value: Expr, _ emit: (inout PostgresEmitter) -> Void) {
    let outer = meanings
    analyze(value.asQuery)
    emit(&self)
    meanings = outer
  }
}
