import Diagnostics

extension PostgresEmitter {
  mutating func emitNavigation(_ base: Expr, _ steps: [Expr.PathStep], _ expr: Expr) {
    guard case .column(let parts) = base.kind else {
      return emitPath(steps, expr) { $0.emit(base) }
    }
    emitPath(parts, steps, expr.range)
  }

  /// `(column -> 'a' -> 0)`.
  mutating func emitPath(_ parts: NameParts, _ steps: [Expr.PathStep], _ range: TextRange) {
    let whole = Expr(range: range, kind: .column(parts))
    switch path(parts) {
    case .element:
      let name = SQLQuoting.identifier(parts[0].text)
      emitPath(parts.dropFirst().map { .attribute($0) } + steps, whole) {
        $0.write("\(name).\(name)", for: range)
      }
    case .column(let length):
      let first = parts[max(0, length - 3)].range.bytes.lowerBound
      let last = parts[length - 1].range.bytes.upperBound
      emitPath(parts.dropFirst(length).map { .attribute($0) } + steps, whole) {
        if let prefix = $0.hierarchyPrefix, length == 1 { $0.write("\(prefix).", for: range) }
        $0.copy(first..<last)
      }
    case nil:
      let first = parts.first?.range.bytes.lowerBound ?? range.bytes.lowerBound
      let last = parts.last?.range.bytes.upperBound ?? range.bytes.upperBound
      emitPath(steps, whole) { $0.copy(first..<last) }
    }
  }

  private mutating func emitPath(
    _ steps: [Expr.PathStep],
    _ expr: Expr,
    base: (inout PostgresEmitter) -> Void
  ) {
    guard !steps.isEmpty else { return base(&self) }
    write("(", for: expr.range)
    for step in steps {
      // `jsonb -> 0` of a value that is no array is that value.
      if case .element = step { write("rs.element(", for: expr.range) }
    }
    base(&self)
    for step in steps {
      switch step {
      case .attribute(let name):
        write(" -> ", for: expr.range)
        write(SQLQuoting.literal(name.text, for: .postgres), for: name.range)
      case .element(let index):
        write(", ", for: expr.range)
        if index.isNumber {
          emit(index)
        } else {
          emitGrouped(index)
          write("::int", for: index.range)
        }
        write(")", for: expr.range)
      }
    }
    write(")", for: expr.range)
  }

  // MARK: Casts

  mutating func emitCast(
    _ value: Expr,
    _ type: DataType,
    _ syntax: Expr.CastSyntax,
    _ expr: Expr
  ) {
    if emitSpecialCast(value, type, syntax, expr) { return }
    if syntax != .tryCast, emitTextCast(value, type, expr) { return }
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

  /// Casts that PostgreSQL does not have or takes for something else.
  private mutating func emitSpecialCast(
    _ value: Expr,
    _ type: DataType,
    _ syntax: Expr.CastSyntax,
    _ expr: Expr
  ) -> Bool {
    if type.kind == .super {
      emitValue(value)
      return true
    }
    if type.kind == .binary {
      write("rs.to_bytes(", for: expr.range)
      emit(value)
      write(value.isString ? "::text)" : ")", for: expr.range)
      return true
    }
    guard !value.isString, !value.isNumber else { return false }
    if isSuper(value) {
      // A cast of jsonb to text would keep the quotes, and one of a wrong type would fail.
      if let function = type.superCast {
        emitCall("rs.\(function)", [value], expr)
        return true
      }
      if type.isText {
        emitText(value, cutTo: type, for: expr)
        return true
      }
      write(type.isNumeric ? "rs.super_num(" : "rs.super_text(", for: expr.range)
      emit(value)
      write(")::", for: expr.range)
      emit(type, isColumn: false)
      return true
    }
    let known = self.type(of: value)
    if type.kind == .boolean, syntax != .tryCast, known == .smallInteger || known == .bigInteger {
      // PostgreSQL knows this of INTEGER only.
      write("(", for: expr.range)
      emitGrouped(value)
      write(" <> 0)", for: expr.range)
      return true
    }
    guard type.isText else { return false }
    if known == .boolean {
      reject("casts of BOOLEAN to text", at: expr.range, help: "use CASE WHEN … THEN 'true' …")
      return true
    }
    guard known == .binary else { return false }
    write("convert_from(", for: expr.range)
    emit(value)
    write(", 'UTF8')::", for: expr.range)
    emit(type, isColumn: false)
    return true
  }

  // MARK: Lengths in bytes

  /// A cast to a text that is cut off at bytes, and not at characters.
  private mutating func emitTextCast(_ value: Expr, _ type: DataType, _ expr: Expr) -> Bool {
    guard type.dimensions == 0 else { return false }
    switch SQLType(cast: type) {
    case .characterVarying(let limit?): guard mayExceed(value, limit) else { return false }
    case .character: guard mayExceed(value, 0) else { return false }
    default: return false
    }
    emitText(value, cutTo: type, for: expr)
    return true
  }

  /// Whether a value may have characters of several bytes, and more bytes than a limit.
  private mutating func mayExceed(_ value: Expr, _ limit: Int) -> Bool {
    if case .literal(.string(let text)) = value.kind {
      return text.utf8.count > limit && !text.utf8.allSatisfy { $0 < 0x80 }
    }
    guard limit < 65535, !value.isNumber else { return false }
    switch type(of: value) {
    case .unknown, .literalText: return true
    case .characterVarying(let length): return (length ?? Int.max) > limit
    default: return false
    }
  }

  private mutating func emitText(_ value: Expr, cutTo type: DataType, for expr: Expr) {
    let limit: Int?
    switch SQLType(cast: type) {
    case .characterVarying(let length): limit = length.flatMap { $0 < 65535 ? $0 : nil }
    case .character:
      limit = nil
      write("rs.single_bytes(", for: expr.range)
    default: limit = nil
    }
    if limit != nil { write("rs.cut(", for: expr.range) }
    if isSuper(value) {
      emitText(value)
    } else if self.type(of: value) == .unknown {
      emitAsText(value)
    } else {
      emit(value)
    }
    if let limit { write(", \(limit))", for: expr.range) }
    if case .character = SQLType(cast: type) { write(")", for: expr.range) }
    write("::", for: expr.range)
    emit(type, isColumn: false)
  }

  /// A value as SUPER.
  mutating func emitValue(_ value: Expr) {
    if case .literal(.null) = value.kind { return write("NULL::jsonb", for: value.range) }
    if isSuper(value) { return emit(value) }
    write("to_jsonb(", for: value.range)
    emit(value)
    write(value.isString ? "::text)" : ")", for: value.range)
  }

  /// `OBJECT_TRANSFORM(value KEEP path, … SET path, value, …)`.
  mutating func emitTransform(_ call: FunctionCall, _ expr: Expr) {
    var kept: [Expr] = []
    var set: [Expr] = []
    var isSet = false
    for (previous, argument) in zip(call.arguments, call.arguments.dropFirst()) {
      let gap = previous.range.bytes.upperBound..<argument.range.bytes.lowerBound
      for token in SQLLexer.significantTokens(of: Array(bytes[gap])) where token.keyword == .set {
        isSet = true
      }
      if isSet { set.append(argument) } else { kept.append(argument) }
    }
    let keepsAll = kept.isEmpty
    write("rs.object_transform(", for: expr.range)
    emit(call.arguments[0])
    write(keepsAll ? ", NULL" : ", ARRAY[", for: expr.range)
    for (index, path) in kept.enumerated() {
      if index > 0 { write(", ", for: path.range) }
      emit(path)
    }
    write(keepsAll ? ", ARRAY[" : "]::text[], ARRAY[", for: expr.range)
    for (index, path) in set.enumerated() where index.isMultiple(of: 2) {
      if index > 0 { write(", ", for: path.range) }
      emit(path)
    }
    write("]::text[], ARRAY[", for: expr.range)
    for (index, value) in set.enumerated() where !index.isMultiple(of: 2) {
      if index > 1 { write(", ", for: value.range) }
      emitValue(value)
    }
    write("]::jsonb[])", for: expr.range)
  }

  /// A SUPER value as text; any other as it is.
  mutating func emitText(_ value: Expr) {
    guard isSuper(value) else { return emit(value) }
    emitCall("rs.super_text", [value], value)
  }
}

extension DataType {
  /// The function that casts a SUPER value to this, and gives NULL for what cannot be cast.
  fileprivate var superCast: String? {
    switch kind {
    case .smallInteger: "super_smallint"
    case .integer: "super_int"
    case .bigInteger: "super_bigint"
    case .boolean: "super_bool"
    case .date: "super_date"
    case .timestamp: "super_timestamp"
    case .timestampWithZone: "super_timestamptz"
    case .time: "super_time"
    case .timeWithZone: "super_timetz"
    default: nil
    }
  }

  var isNumeric: Bool {
    switch kind {
    case .smallInteger, .integer, .bigInteger, .decimal, .real, .double: true
    default: false
    }
  }

  var isText: Bool {
    switch kind {
    case .character, .blankPadded, .characterVarying, .text: true
    default: false
    }
  }
}
