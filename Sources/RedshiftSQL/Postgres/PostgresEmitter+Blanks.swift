import Diagnostics

/// Blanks at the end of text do not count when Redshift compares it (Amazon Redshift Database
/// Developer Guide, Character types). PostgreSQL has a type that compares so: BPCHAR. A cast to it
/// changes no byte, and what it compares can be hashed, merged and sorted as any other.
extension PostgresEmitter {
  /// For each of several values that are compared, whether it has to be cast to BPCHAR.
  ///
  /// - Parameters:
  ///   - values: the operands.
  ///   - other: the type of a further operand that is written elsewhere, as of a subquery.
  /// - Returns: as many answers as values. A literal follows what it is compared with, and a CHAR
  ///   is a BPCHAR already.
  mutating func blankPadding(of values: [Expr], beside other: SQLType? = nil) -> [Bool] {
    let nothing = values.map { _ in false }
    var flags: [Bool] = []
    var isKnown = true
    for value in values {
      switch meanings.types[value.range] ?? variableType(of: value) {
      case nil:
        isKnown = false
        flags.append(false)
      case .null, .character: flags.append(false)
      case .literalText: flags.append(!value.isString)
      case .characterVarying: flags.append(true)
      default: return nothing
      }
    }
    switch other {
    case nil, .null, .literalText, .character, .characterVarying: break
    case .unknown: isKnown = false
    default: return nothing
    }
    guard isKnown else {
      wantColumns()
      return nothing
    }
    // What ends in no blank is compared as it is.
    if other == nil, values.allSatisfy({ meanings.trimmed.contains($0.range) }) { return nothing }
    guard !flags.contains(true) else { return flags }
    // Literals alone have no type to follow.
    if other == nil, values.allSatisfy({ $0.isString || $0.isNull }), values.count > 1 {
      flags[0] = true
    } else if case .characterVarying = other, let place = values.firstIndex(where: \.isString) {
      flags[place] = true
    }
    return flags
  }

  /// A value as BPCHAR.
  mutating func emitBlankPadded(_ value: Expr) {
    if case .cast(_, _, .suffix) = value.kind { emit(value) } else { emitGrouped(value) }
    write("::bpchar", for: value.range)
  }

  /// What makes groups: values whose blanks at the end do not tell them apart.
  mutating func emitGroupKey(_ value: Expr) {
    if makesTextGroups(value) { emitBlankPadded(value) } else { emit(value) }
  }

  mutating func makesTextGroups(_ value: Expr) -> Bool {
    if meanings.trimmed.contains(value.range) { return false }
    return switch type(of: value) {
    case .characterVarying: true
    case .literalText: !value.isString
    default: false
    }
  }

  mutating func emit(_ window: WindowDefinition) {
    emit(
      window.range.bytes,
      children: SyntaxNode.window(window).children,
      patches: window.partition.map { key in
        Patch(range: key.range.bytes) { $0.emitGroupKey(key) }
      } + orderPatches(window.order)
    )
  }

  /// What is written otherwise in the order of a window.
  ///
  /// Values that are equal but for blanks are peers, and the next item of the order decides. Where
  /// there is none, and nobody asks for peers, their order does not matter.
  mutating func orderPatches(_ order: [SortItem]) -> [Patch] {
    let items = countsPeers ? order[...] : order.dropLast()
    return items.map(\.value).filter { makesTextGroups($0) }.map { value in
      Patch(range: value.range.bytes) { $0.emitBlankPadded(value) }
    }
  }

  // MARK: Comparisons

  /// Operands of one comparison, with the text of `expr` between them as it is; `others` are parts
  /// of it that are not compared.
  mutating func emitCompared(_ operands: [Expr], others: [Expr] = [], in expr: Expr) {
    let rows = operands.compactMap(\.rowValues)
    if rows.count == operands.count, let width = rows.first?.count, width > 0,
      rows.allSatisfy({ $0.count == width })
    {
      return emitComparedRows(operands, rows, width: width, in: expr)
    }
    checkCompared(operands)
    let flags = blankPadding(of: operands)
    let hasSuper = hasSuperBesideText(operands)
    let parts = operands.enumerated().map { ($1, Optional($0)) } + others.map { ($0, nil) }
    let inOrder = parts.sorted { $0.0.range.bytes.lowerBound < $1.0.range.bytes.lowerBound }
    var position = expr.range.bytes.lowerBound
    for (part, place) in inOrder {
      copy(position..<part.range.bytes.lowerBound)
      if let place, flags[place] {
        emitBlankPadded(part)
      } else {
        emit(part)
        // A bare string beside a SUPER value is text and not JSON.
        if place != nil, hasSuper, part.isString { write("::text", for: part.range) }
      }
      position = part.range.bytes.upperBound
    }
    copy(position..<expr.range.bytes.upperBound)
  }

  /// Whether a bare string stands beside a SUPER value, where it is text and not JSON.
  mutating func hasSuperBesideText(_ operands: [Expr]) -> Bool {
    operands.contains(where: \.isString) && operands.contains { isSuper($0) }
  }

  private mutating func emitComparedRows(
    _ operands: [Expr],
    _ rows: [[Expr]],
    width: Int,
    in expr: Expr
  ) {
    let columns = (0..<width).map { column in blankPadding(of: rows.map { $0[column] }) }
    var position = expr.range.bytes.lowerBound
    for (number, row) in rows.enumerated() {
      for (column, value) in row.enumerated() {
        copy(position..<value.range.bytes.lowerBound)
        if columns[column][number] { emitBlankPadded(value) } else { emit(value) }
        position = value.range.bytes.upperBound
      }
    }
    copy(position..<expr.range.bytes.upperBound)
  }

  /// IN, ANY and ALL over a query.
  mutating func emitMembership(_ value: Expr, in query: Query, _ expr: Expr) {
    guard let columns = meanings.resultTypes[query.range] else {
      wantColumns()
      return emitUnchanged(.expr(expr))
    }
    let values = value.rowValues ?? [value]
    // What does not fit together must not be made to: the database says what is wrong.
    guard columns.count == values.count else { return emitUnchanged(.expr(expr)) }
    var flags: [Bool] = []
    var columnFlags: [Bool] = []
    for (value, column) in zip(values, columns) {
      flags.append(blankPadding(of: [value], beside: column)[0])
      let type = meanings.types[value.range] ?? variableType(of: value) ?? .unknown
      var hasBlanks = column == .literalText
      if case .characterVarying = column { hasBlanks = true }
      columnFlags.append(hasBlanks && (type.isText || type == .null))
    }
    guard flags.count == values.count, flags.contains(true) || columnFlags.contains(true) else {
      return emitUnchanged(.expr(expr))
    }
    var position = expr.range.bytes.lowerBound
    for (place, value) in values.enumerated() {
      copy(position..<value.range.bytes.lowerBound)
      if flags[place] { emitBlankPadded(value) } else { emit(value) }
      position = value.range.bytes.upperBound
    }
    copy(position..<query.range.bytes.lowerBound)
    emit(query, as: columnFlags.map { $0 ? .blankPadded : nil })
    copy(query.range.bytes.upperBound..<expr.range.bytes.upperBound)
  }

  /// NULLIF gives its first value back as it is, blanks and all.
  mutating func emitNullIf(_ arguments: [Expr], _ expr: Expr) -> Bool {
    if hasSuperBesideText(arguments) {
      write("NULLIF(", for: expr.range)
      for (index, argument) in arguments.enumerated() {
        if index > 0 { write(", ", for: argument.range) }
        emit(argument)
        if argument.isString { write("::text", for: argument.range) }
      }
      write(")", for: expr.range)
      return true
    }
    let flags = blankPadding(of: arguments)
    guard flags.contains(true), !arguments[0].callsRandom else { return false }
    // The length of the result is that of the first argument.
    let type = meanings.types[arguments[0].range]
    let null =
      if case .characterVarying(let length?) = type { "NULL::varchar(\(length))" } else { "NULL" }
    write(isInBlock ? "(CASE WHEN " : "CASE WHEN ", for: expr.range)
    emitOperand(arguments[0], flags[0])
    write(" = ", for: expr.range)
    emitOperand(arguments[1], flags[1])
    write(" THEN \(null) ELSE ", for: expr.range)
    emit(arguments[0])
    write(isInBlock ? " END)" : " END", for: expr.range)
    return true
  }

  /// An operand of a comparison that is written anew.
  mutating func emitOperand(_ value: Expr, _ isPadded: Bool) {
    if isPadded { emitBlankPadded(value) } else { emitGrouped(value) }
  }

  // MARK: Text beside other types

  /// Whether a value becomes text by itself for Redshift, and for PostgreSQL does not.
  mutating func isReadAsText(_ value: Expr) -> Bool {
    if value.isNumber { return true }
    switch meanings.types[value.range]?.family {
    case .number, .moment, .timeOfDay: return true
    case nil:
      wantColumns()
      return false
    default: return false
    }
  }

  mutating func emitAsText(_ value: Expr) {
    emitGrouped(value)
    write("::text", for: value.range)
  }

  /// Refuses to guess what Redshift's documentation does not say.
  private mutating func checkCompared(_ operands: [Expr]) {
    guard let first = operands.first, let type = meanings.types[first.range] else { return }
    for operand in operands.dropFirst() {
      guard let other = meanings.types[operand.range] else { continue }
      let families = [type.family, other.family]
      guard families.contains(.text), families.contains(.moment) else { continue }
      fail(
        "\(type.spelling) compared with \(other.spelling)",
        at: operand.range,
        help: "cast the text to a date or timestamp, or the date to a text"
      )
    }
  }

  static let castToNumber = "cast the text to a number, as in a::int or a::decimal(18,2)"

  /// The same of arithmetic: text has to be cast to a number first.
  mutating func checkArithmetic(_ first: Expr, _ terms: [Expr.InfixTerm]) {
    var left = meanings.types[first.range] ?? .unknown
    for term in terms {
      let right = meanings.types[term.right.range] ?? .unknown
      let families = [left.family, right.family]
      // Of two that are not known one may be text.
      if left == .unknown || right == .unknown { wantColumns() }
      if families.contains(.text), families.contains(.number) {
        fail(
          "arithmetic with \((left.family == .text ? left : right).spelling)",
          at: term.operator.range,
          help: PostgresEmitter.castToNumber
        )
      }
      left = SQLType.arithmetic(term.operator.kind, left, right)
    }
  }
}

extension Expr {
  /// The values of a row in parentheses.
  var rowValues: [Expr]? {
    if case .row(let values, _) = kind { return values }
    return nil
  }

  var isNull: Bool {
    if case .literal(.null) = kind { return true }
    return false
  }
}
