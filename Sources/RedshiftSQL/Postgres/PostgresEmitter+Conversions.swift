import Diagnostics

/// Where a value becomes one of another type by itself: what is stored in a column, the results of
/// CASE and its kin, the members of a set operation, conditions.
extension PostgresEmitter {
  /// What makes a value one of another type.
  enum Conversion: Hashable, Sendable {
    /// Text that is compared without the blanks at its end.
    case blankPadded
    /// A cast to a type of PostgreSQL's.
    case type(String)
    /// A SUPER value of any other.
    case `super`
    /// The text of a SUPER value.
    case text
    /// The number, or NULL, that a SUPER value is.
    case number
    /// The timestamp that a SUPER value is read as.
    case moment
    /// A BOOLEAN of a whole number.
    case truth

    /// What is written before and behind a name.
    var around: (String, String) {
      switch self {
      case .blankPadded: ("", "::bpchar")
      case .type(let type): ("", "::\(type)")
      case .super: ("to_jsonb(", ")")
      case .text: ("rs.super_text(", ")")
      case .number: ("rs.super_number(", ")")
      case .moment: ("rs.super_timestamp(", ")")
      case .truth: ("(", " <> 0)")
      }
    }
  }

  mutating func emit(_ value: Expr, as conversion: Conversion) {
    switch conversion {
    case .blankPadded: emitBlankPadded(value)
    case .super: emitValue(value)
    case .text: emitText(value)
    case .number, .moment:
      let (before, behind) = conversion.around
      write(before, for: value.range)
      emit(value)
      write(behind, for: value.range)
    case .type, .truth:
      let (before, behind) = conversion.around
      write(before, for: value.range)
      emitGrouped(value)
      write(behind, for: value.range)
    }
  }

  // MARK: Columns of queries

  /// A query some of whose columns become others.
  mutating func emit(_ query: Query, as wanted: [Conversion?]) {
    guard wanted.contains(where: { $0 != nil }) else { return emit(query) }
    if case .select(let select) = query.body.kind, keepsOrder(of: query, select, wanted),
      convertItems(of: select, as: wanted)
    {
      return emit(query)
    }
    // Where rows go stands in the query itself.
    guard query.body.firstSelect?.into == nil else { return emit(query) }
    emit(around: query.range, as: wanted, names: names(of: query.body)) { $0.emit(query) }
  }

  /// `SELECT q.a::t AS a, … FROM (…) AS q(a, …)`.
  private mutating func emit(
    around range: TextRange,
    as wanted: [Conversion?],
    names: [String]?,
    _ rows: (inout PostgresEmitter) -> Void
  ) {
    let table = makeName("in")
    let columns = wanted.map { _ in makeName("c") }
    let names = names?.count == wanted.count ? names : nil
    let items = wanted.enumerated().map { index, conversion in
      let (before, behind) = conversion?.around ?? ("", "")
      let value = "\(before)\(table).\(columns[index])\(behind)"
      return names.map { "\(value) AS \(SQLQuoting.identifier($0[index]))" } ?? value
    }
    write("SELECT \(items.joined(separator: ", ")) FROM (", for: range)
    rows(&self)
    write(") AS \(table)(\(columns.joined(separator: ", ")))", for: range)
  }

  /// Whether ORDER BY means the same when items become others: it may name them.
  private func keepsOrder(of query: Query, _ select: Select, _ wanted: [Conversion?]) -> Bool {
    if query.order.isEmpty { return true }
    if case .distinct = select.quantifier { return false }
    return !wanted.contains(.blankPadded)
  }

  /// Notes how the items of a list are to be written; whether they can be.
  private mutating func convertItems(of select: Select, as wanted: [Conversion?]) -> Bool {
    guard select.qualify == nil, select.exclusion == nil, select.hierarchy == nil,
      select.items.count == wanted.count, !select.items.contains(where: \.isStar)
    else { return false }
    for (item, conversion) in zip(select.items, wanted) {
      guard let conversion else { continue }
      if conversion == .blankPadded {
        blankPaddedItems.insert(item.range)
      } else {
        conversions[item.value.range] = conversion
      }
    }
    return true
  }

  private func names(of body: QueryBody) -> [String]? {
    resultColumns(of: body)?.map(\.name)
  }

  /// The columns of what a query consists of.
  func resultColumns(of body: QueryBody) -> [Meanings.ResultColumn]? {
    var body = body
    while case .parenthesized(let query) = body.kind { body = query.body }
    return meanings.results[body.range]
  }

  /// Arithmetic with SUPER values gives such, and PostgreSQL's gives numbers.
  mutating func noteComputed(_ value: Expr) {
    guard conversions[value.range] == nil, meanings.types[value.range] == .super else { return }
    var inner = value
    while case .parenthesized(let next) = inner.kind { inner = next }
    switch inner.kind {
    case .infix, .prefix: conversions[value.range] = .super
    default: break
    }
  }

  // MARK: What is stored

  /// The query of CREATE TABLE AS or of a view, with the digits of its columns: PostgreSQL forgets
  /// those of what is computed.
  mutating func emitStored(_ query: Query) {
    // Columns of tables have their digits there as well.
    if passesOn(query) { return emit(query) }
    guard let columns = resultColumns(of: query.body) else {
      wantColumns()
      return emit(query)
    }
    if columns.contains(where: { !$0.isKnown }) { wantColumns() }
    emit(query, as: columns.map(\.digits))
  }

  /// Whether a query gives nothing but columns of stored relations, as they are.
  private func passesOn(_ query: Query) -> Bool {
    guard query.with == nil, case .select(let select) = query.body.kind else { return false }
    let givesColumns = select.items.allSatisfy { item in
      switch item.value.kind {
      case .star, .column: true
      default: false
      }
    }
    return givesColumns && select.from.allSatisfy(Self.isStored)
  }

  private static func isStored(_ table: TableReference) -> Bool {
    switch table.kind {
    case .named: true
    case .joined(let first, let joins): isStored(first) && joins.allSatisfy { isStored($0.right) }
    default: false
    }
  }

  /// The rows of INSERT.
  mutating func emitInserted(_ query: Query) {
    guard let types = meanings.storedColumns[query.range] else {
      wantColumns()
      return emit(query)
    }
    if case .values(let rows) = query.body.kind {
      for row in rows { noteStored(row.values) }
      return emit(query)
    }
    guard let columns = resultColumns(of: query.body) else {
      if types.contains(where: { $0 == .super || $0 == .boolean }) { wantColumns() }
      return emit(query)
    }
    var wanted: [Conversion?] = columns.map { _ in nil }
    for (index, (column, type)) in zip(columns, types).enumerated() {
      wanted[index] = conversion(of: column.type, to: type)
    }
    emit(query, as: settled(wanted, columns.map(\.type), types))
  }

  /// Conversions, and those of literals that would become text in a query of their own.
  private func settled(
    _ wanted: [Conversion?],
    _ own: [SQLType],
    _ types: [SQLType]
  ) -> [Conversion?] {
    guard wanted.contains(where: { $0 != nil }) else { return wanted }
    var settled = wanted
    for (index, (one, type)) in zip(own, types).enumerated() where wanted[index] == nil {
      guard one == .null || one == .literalText, let name = type.settledName else { continue }
      settled[index] = .type(name)
    }
    return settled
  }

  /// Notes values that become others in the columns that they are stored in.
  mutating func noteStored(_ values: [Expr]) {
    for value in values {
      guard let type = meanings.storedValues[value.range] else {
        wantColumns()
        continue
      }
      if case .defaultValue = value.kind { continue }
      let own = self.type(of: value)
      if own == .super, type == .super {
        noteComputed(value)
      } else {
        conversions[value.range] = conversion(of: own, to: type)
      }
    }
  }

  private mutating func conversion(of type: SQLType, to column: SQLType) -> Conversion? {
    switch column {
    case .super:
      if type == .unknown { wantColumns() }
      return type == .super || type == .null ? nil : .super
    case .boolean:
      if type == .unknown { wantColumns() }
      return type.isInteger ? .truth : nil
    case .character, .characterVarying: return type == .super ? .text : nil
    default: return nil
    }
  }

  /// The default of a column.
  mutating func emitDefault(_ value: Expr, of type: DataType) {
    if type.kind == .super, !value.isNull {
      emitValue(value)
    } else if type.kind == .boolean, value.isNumber {
      emit(value, as: .truth)
    } else {
      emit(value)
    }
  }

  // MARK: One of several results

  /// Writes what one of several values comes out of, which get the type that they have in common.
  mutating func emitChosen(
    _ expr: Expr,
    of results: [Expr],
    _ write: (inout PostgresEmitter) -> Void
  ) {
    switch type(of: expr) {
    case .super:
      for result in results where !result.isNull && !isSuper(result) {
        conversions[result.range] = .super
      }
      write(&self)
    case let common:
      let types = results.map { type(of: $0) }
      guard let name = common.numericName, SQLType.needsDigits(common, of: types) else {
        return write(&self)
      }
      self.write("(", for: expr.range)
      write(&self)
      self.write(")::\(name)", for: expr.range)
    }
  }

  /// Notes how members of a set operation become what they are together.
  mutating func noteMembers(of body: QueryBody, _ members: [QueryBody]) {
    guard !recursiveBodies.contains(body.range) else { return }
    guard let columns = meanings.results[body.range] else { return wantColumns() }
    if columns.contains(where: { !$0.isKnown }) { wantColumns() }
    for member in members {
      guard let own = resultColumns(of: member), own.count == columns.count else { continue }
      var wanted: [Conversion?] = []
      for (one, all) in zip(own, columns) {
        switch all.type {
        case .super: wanted.append(one.type == .super || one.type == .null ? nil : .super)
        case let common:
          let needsDigits = SQLType.needsDigits(common, of: [one.type])
          wanted.append(needsDigits ? common.numericName.map { .type($0) } : nil)
        }
      }
      guard wanted.contains(where: { $0 != nil }), member.firstSelect?.into == nil else { continue }
      wanted = settled(wanted, own.map(\.type), columns.map(\.type))
      if case .select(let select) = member.kind, convertItems(of: select, as: wanted) { continue }
      convertedBodies[member.range] = wanted
    }
  }

  /// A member of a set operation with what it becomes around it; whether there is such.
  mutating func emitConverted(_ body: QueryBody) -> Bool {
    guard let wanted = convertedBodies.removeValue(forKey: body.range) else { return false }
    emit(around: body.range, as: wanted, names: names(of: body)) { $0.emitMember(body) }
    return true
  }

  // MARK: Conditions

  /// A whole number, or a SUPER value, as a condition.
  mutating func emitCondition(_ value: Expr) {
    let outer = condition
    condition = value.range
    defer { condition = outer }
    guard isSuper(value) else { return emit(value, as: .truth) }
    emitCall("rs.super_bool", [value], value)
  }
}

extension SQLType {
  /// PostgreSQL's name of a DECIMAL whose digits are known.
  var numericName: String? {
    guard case .decimal(let precision?, let scale?) = self else { return nil }
    return "numeric(\(precision),\(scale))"
  }

  /// PostgreSQL's name of a type that is no text, where it is known whole.
  fileprivate var settledName: String? {
    switch self {
    case .boolean, .smallInteger, .integer, .bigInteger, .real, .double, .date, .time,
      .timeWithZone, .timestamp, .timestampWithZone, .interval, .decimal(.some, .some):
      spelling
    case .super: "jsonb"
    case .binary: "bytea"
    default: nil
    }
  }
}

extension Meanings.ResultColumn {
  /// What gives PostgreSQL the digits of a DECIMAL, if it has forgotten them.
  fileprivate var digits: PostgresEmitter.Conversion? {
    isSized ? nil : type.numericName.map { .type($0) }
  }
}
