import Diagnostics

/// GROUP BY of text: rows whose keys differ in blanks at their ends alone are one group, and the
/// smallest of their keys stands for all of them.
extension PostgresEmitter {
  /// Writes what is evaluated for each row of a query, and not for each of its groups.
  mutating func ofRows(of select: TextRange, _ step: (inout PostgresEmitter) -> Void) {
    let isNew = rowsOf.insert(select).inserted
    step(&self)
    if isNew { rowsOf.remove(select) }
  }

  // MARK: Keys

  /// What is written otherwise in GROUP BY.
  mutating func groupPatches(_ select: Select) -> [Patch] {
    guard let grouping = select.grouping else { return [] }
    let groups = meanings.textGroups[selects.last ?? select.range] ?? Meanings.TextGroups()
    if groups.hasUnknown { wantColumns() }
    if grouping.isAll {
      return [Patch(range: grouping.range.bytes) { $0.emitGroupingOfAll(select, groups) }]
    }
    guard !groups.keys.isEmpty else { return [] }
    return grouping.elements.flatMap(\.values).map { value in
      Patch(range: value.range.bytes) { $0.emitKeys(of: value, groups) }
    }
  }

  /// A key, or a row of them.
  private mutating func emitKeys(of value: Expr, _ groups: Meanings.TextGroups) {
    let keys = value.groupKeys
    emit(
      value.range.bytes,
      children: [],
      patches: keys.map { key in
        Patch(range: key.range.bytes) { emitter in
          if let place = groups.places[key.range], let column = emitter.keyColumn(place) {
            emitter.write(column, for: key.range)
          } else if let meant = groups.keys[key.range] {
            emitter.emitBlankPadded(meant)
          } else {
            emitter.emit(key)
          }
        }
      }
    )
  }

  /// GROUP BY ALL: by the places of all items that are no aggregates.
  private mutating func emitGroupingOfAll(_ select: Select, _ groups: Meanings.TextGroups) {
    guard let grouping = select.grouping else { return }
    var place = 0
    var isFirst = true
    func separate(_ emitter: inout PostgresEmitter) {
      emitter.write(isFirst ? "GROUP BY " : ", ", for: grouping.range)
      isFirst = false
    }
    for item in select.items {
      if item.isStar {
        guard let columns = meanings.stars[item.range] else {
          wantColumns()
          return fail("GROUP BY ALL with *", at: grouping.range, help: "list the columns")
        }
        for column in columns {
          place += 1
          separate(&self)
          let key = ofRowValue(column) + "::bpchar"
          write(column.key?.isText == true ? key : "\(place)", for: grouping.range)
        }
        continue
      }
      place += 1
      guard !item.value.hasAggregate else { continue }
      separate(&self)
      if groups.keys[item.value.range] != nil {
        emitBlankPadded(item.value)
      } else {
        write("\(place)", for: grouping.range)
      }
    }
  }

  // MARK: Keys that subqueries ask for

  /// Whether the query at hand computes its keys in a table of their own.
  ///
  /// In a subquery PostgreSQL knows those keys alone that are columns, and neither `k::bpchar` nor
  /// `grouping(k::bpchar)`.
  private var hasKeyTable: Bool {
    selects.last.map { meanings.keysAskedBelow.contains($0) } == true
  }

  /// The keys as a table beside those of FROM.
  mutating func keyTablePatches(_ select: Select) -> [Patch] {
    guard hasKeyTable, let from = select.fromRange,
      let groups = meanings.textGroups[selects.last ?? select.range]
    else { return [] }
    let end = from.bytes.upperBound
    return [
      Patch(range: end..<end) { emitter in
        emitter.write(", LATERAL (SELECT ", for: from)
        var names: [String] = []
        for (place, value) in groups.values.enumerated() {
          if place > 0 { emitter.write(", ", for: from) }
          emitter.emitBlankPadded(value)
          names.append(Self.keyName(place))
        }
        let table = emitter.keyTable(of: emitter.selects.last ?? select.range)
        emitter.write(") AS \(table)(\(names.joined(separator: ", ")))", for: from)
      }
    ]
  }

  private mutating func keyTable(of select: TextRange) -> String {
    if let name = keyTables[select] { return name }
    let name = makeName("keys")
    keyTables[select] = name
    return name
  }

  private static func keyName(_ place: Int) -> String { "__key\(place + 1)" }

  private mutating func keyColumn(of key: Meanings.TextKey) -> String? {
    guard meanings.keysAskedBelow.contains(key.select) else { return nil }
    return "\(keyTable(of: key.select)).\(Self.keyName(key.place))"
  }

  /// A key of the query at hand, if it is a column of such a table.
  private mutating func keyColumn(_ place: Int) -> String? {
    guard hasKeyTable, let select = selects.last else { return nil }
    return "\(keyTable(of: select)).\(Self.keyName(place))"
  }

  // MARK: Values

  /// The key of a group that a value is, where it stands for the group.
  func groupKey(at range: TextRange) -> Meanings.TextKey? {
    guard !meanings.keyUses.isEmpty, let key = meanings.keyUses[range],
      !rowsOf.contains(key.select)
    else { return nil }
    return key
  }

  /// The cast of a value of text, which in views and routines has no length: they stay as they are
  /// when a column that they read is widened, and would cut longer values off.
  func lasting(_ cast: String) -> String {
    isStored && cast.hasPrefix("::varchar(") ? "::varchar" : cast
  }

  mutating func emitOfGroup(_ expr: Expr, _ key: Meanings.TextKey) {
    ofRows(of: key.select) { emitter in
      guard key.isText else { return emitter.emit(expr) }
      let cast = emitter.lasting(key.cast)
      if let column = emitter.keyColumn(of: key) {
        emitter.write("(CASE WHEN \(column) IS NOT NULL THEN ", for: expr.range)
      } else if key.isInSets {
        emitter.write("(CASE WHEN grouping(", for: expr.range)
        emitter.emitBlankPadded(expr)
        emitter.write(") = 0 THEN ", for: expr.range)
      }
      emitter.write("min(", for: expr.range)
      emitter.emit(expr)
      emitter.write(")\(cast)", for: expr.range)
      if key.isInSets { emitter.write(" ELSE NULL\(cast) END)", for: expr.range) }
    }
  }

  /// Takes the beginning of a run of operators, which is a key of a group, as one value.
  func keyedRun(_ first: Expr, _ terms: [Expr.InfixTerm]) -> (Expr, [Expr.InfixTerm])? {
    guard !meanings.keyUses.isEmpty, terms.count > 1 else { return nil }
    for count in (1..<terms.count).reversed() {
      let range = first.range.union(terms[count - 1].right.range)
      guard groupKey(at: range) != nil else { continue }
      let key = Expr(range: range, kind: .infix(first, Array(terms[..<count])))
      return (key, Array(terms[count...]))
    }
    return nil
  }

  /// GROUPING and GROUPING_ID name keys as GROUP BY does.
  mutating func emitGrouping(_ call: FunctionCall, _ expr: Expr) {
    write("grouping(", for: expr.range)
    for (index, argument) in call.arguments.enumerated() {
      if index > 0 { write(", ", for: argument.range) }
      if let key = groupKey(at: argument.range), key.isText, let column = keyColumn(of: key) {
        write(column, for: argument.range)
      } else if let key = groupKey(at: argument.range), key.isText {
        ofRows(of: key.select) { $0.emitBlankPadded(argument) }
      } else {
        emit(argument)
      }
    }
    write(")", for: expr.range)
  }

  // MARK: Stars

  /// The columns that have to be listed in place of a star; nil where it can stay.
  mutating func writtenStar(_ item: SelectItem, of select: Select) -> [Meanings.StarColumn]? {
    if let columns = meanings.stars[item.range] {
      let isWritten = columns.contains { $0.isWritten || $0.key?.isText == true }
      return isWritten || hasKeyTable ? columns : nil
    }
    guard case .star(let qualifier) = item.value.kind, qualifier.isEmpty,
      hasKeyTable || select.from.contains(where: { hasMerges($0) })
    else { return nil }
    wantColumns()
    fail(
      hasKeyTable
        ? "* beside tables whose columns are not known in a query with ROLLUP, CUBE or GROUPING SETS"
        : "* over a join by USING beside tables whose columns are not known",
      at: item.range,
      help: "list the columns"
    )
    return nil
  }

  /// The value of a column that a star stands for.
  mutating func starValue(_ column: Meanings.StarColumn) -> String {
    let value = ofRowValue(column)
    guard let key = column.key, key.isText else { return value }
    let cast = lasting(key.cast)
    let least = "min(\(value))\(cast)"
    if let column = keyColumn(of: key) {
      return "CASE WHEN \(column) IS NOT NULL THEN \(least) ELSE NULL\(cast) END"
    }
    return key.isInSets
      ? "CASE WHEN grouping(\(value)::bpchar) = 0 THEN \(least) ELSE NULL\(cast) END" : least
  }

  /// A column that a star stands for, as an item of a select list.
  mutating func starItem(_ column: Meanings.StarColumn) -> String {
    let value = starValue(column)
    guard column.source != nil || column.key?.isText == true else { return value }
    return "\(value) AS \(SQLQuoting.identifier(column.name))"
  }

  mutating func ofRowValue(_ column: Meanings.StarColumn) -> String {
    if let source = column.source { return sql(of: source) }
    let prefix = column.table.map { SQLQuoting.identifier($0) + "." } ?? ""
    return prefix + SQLQuoting.identifier(column.name)
  }
}
