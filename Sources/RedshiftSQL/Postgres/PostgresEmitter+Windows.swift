import Diagnostics

extension PostgresEmitter {
  private static let wholePartition = "ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING"

  /// A window with another frame.
  private mutating func emitOver(
    _ call: FunctionCall,
    order: [SortItem]? = nil,
    frame: String,
    _ expr: Expr
  ) {
    guard let over = call.over else { return }
    guard case .inline(let window) = over.kind, window.existing == nil else {
      return fail(
        "\(call.name.last.uppercased()) over a named window",
        at: over.range,
        help: "Redshift has no named windows: write the window after OVER"
      )
    }
    write(" OVER (", for: over.range)
    var separator = ""
    if let first = window.partition.first, let last = window.partition.last {
      write("PARTITION BY ", for: over.range)
      emit(
        first.range.bytes.lowerBound..<last.range.bytes.upperBound,
        children: [],
        patches: window.partition.map { key in
          Patch(range: key.range.bytes) { $0.emitGroupKey(key) }
        }
      )
      separator = " "
    }
    let items = order ?? window.order
    if !items.isEmpty {
      write("\(separator)ORDER BY ", for: over.range)
      emitSortItems(items)
      separator = " "
    }
    write("\(separator)\(frame))", for: over.range)
  }

  private mutating func emitSortItems(_ items: [SortItem]) {
    let patches = orderPatches(items)
    for (index, item) in items.enumerated() {
      if index > 0 { write(", ", for: item.range) }
      emit(
        item.range.bytes,
        children: [.expr(item.value)],
        patches: patches.filter { $0.range == item.value.range.bytes }
      )
    }
  }

  // MARK: LISTAGG

  /// LISTAGG skips NULL and empty text.
  mutating func emitList(_ call: FunctionCall, _ expr: Expr) {
    write("rs.checked_bytes(", for: expr.range)
    if call.distinct != nil {
      emitDistinctList(call, expr)
    } else {
      emitPlainList(call, expr)
    }
    write(", 65535)", for: expr.range)
  }

  private mutating func emitPlainList(_ call: FunctionCall, _ expr: Expr) {
    let value = call.arguments[0]
    write("string_agg(", for: expr.range)
    emitFilled(value, of: call) { $0.emitListValue(value) }
    write(", ", for: expr.range)
    emitDelimiter(call, expr)
    if call.over == nil { emitListOrder(call.withinGroup, expr) }
    write(")", for: expr.range)
    emitFilter(value, of: call)
    emitOver(call, order: call.withinGroup, frame: PostgresEmitter.wholePartition, expr)
  }

  /// A value of a list: of a window NULL, which lists skip, in place of empty text.
  ///
  /// A window may run over aggregates, which PostgreSQL's FILTER cannot hold.
  private mutating func emitFilled(
    _ value: Expr,
    of call: FunctionCall,
    _ emitValue: (inout PostgresEmitter) -> Void
  ) {
    guard call.over != nil else { return emitValue(&self) }
    write("CASE WHEN ", for: value.range)
    emitListValue(value)
    write(" <> '' THEN ", for: value.range)
    emitValue(&self)
    write(" END", for: value.range)
  }

  private mutating func emitFilter(_ value: Expr, of call: FunctionCall) {
    guard call.over == nil else { return }
    write(" FILTER (WHERE ", for: value.range)
    emitListValue(value)
    write(" <> '')", for: value.range)
  }

  private mutating func emitListValue(_ value: Expr) {
    if isSuper(value) { return emitText(value) }
    emitGrouped(value)
    write("::text", for: value.range)
  }

  /// The values are compared and sorted as what they are, not as text.
  private mutating func emitDistinctList(_ call: FunctionCall, _ expr: Expr) {
    let value = call.arguments[0]
    let order = call.withinGroup
    if let item = order.first, order.count > 1 || !isSameText(item.value, value) {
      return emitDistinctListInOrder(call, expr)
    }
    write("array_to_string(", for: expr.range)
    if call.over == nil {
      write("array_agg(DISTINCT ", for: expr.range)
      emitDistinctValue(value)
      if let item = order.first {
        write(" ORDER BY ", for: expr.range)
        let patch = Patch(range: item.value.range.bytes) { $0.emitDistinctValue(item.value) }
        emit(item.range.bytes, children: [], patches: [patch])
      }
    } else {
      let isDescending = order.first?.isDescending == true
      write(isDescending ? "rs.distinct_agg_desc(" : "rs.distinct_agg(", for: expr.range)
      emitFilled(value, of: call) { $0.emitDistinctValue(value) }
    }
    write(")", for: expr.range)
    emitFilter(value, of: call)
    emitOver(call)
    write(", ", for: expr.range)
    emitDelimiter(call, expr)
    write(")", for: expr.range)
  }

  /// In the order of something else: each value where it comes first.
  private mutating func emitDistinctListInOrder(_ call: FunctionCall, _ expr: Expr) {
    let value = call.arguments[0]
    write("array_to_string(rs.first_of_each(array_agg(", for: expr.range)
    emitFilled(value, of: call) { $0.emitDistinctValue(value) }
    if call.over == nil { emitListOrder(call.withinGroup, expr) }
    write(")", for: expr.range)
    emitFilter(value, of: call)
    emitOver(call, order: call.withinGroup, frame: PostgresEmitter.wholePartition, expr)
    write("), ", for: expr.range)
    emitDelimiter(call, expr)
    write(")", for: expr.range)
  }

  /// Text without regard to blanks at its end; a CHAR has none in a list.
  private mutating func emitDistinctValue(_ value: Expr) {
    if case .character = meanings.types[value.range] { return emitAsText(value) }
    emitGroupKey(value)
  }

  private mutating func emitListOrder(_ order: [SortItem], _ expr: Expr) {
    guard !order.isEmpty else { return }
    write(" ORDER BY ", for: expr.range)
    emitSortItems(order)
  }

  private mutating func emitDelimiter(_ call: FunctionCall, _ expr: Expr) {
    if call.arguments.count > 1 { return emit(call.arguments[1]) }
    write("''", for: expr.range)
  }

  private func isSameText(_ a: Expr, _ b: Expr) -> Bool {
    bytes[a.range.bytes].elementsEqual(bytes[b.range.bytes])
  }

  // MARK: Ratios and percentiles

  mutating func emitRatio(_ call: FunctionCall, _ expr: Expr) {
    let value = call.arguments[0]
    write("(", for: expr.range)
    emitGrouped(value)
    write("::float8 / NULLIF(sum(", for: expr.range)
    emit(value)
    write(")", for: expr.range)
    emitOver(call)
    write(", 0))", for: expr.range)
  }

  /// PostgreSQL has no ordered-set aggregates over windows.
  mutating func emitPercentile(_ call: FunctionCall, _ expr: Expr) {
    guard let item = call.withinGroup.first else { return emitWithoutTreatment(call, expr) }
    // Of decimals it is a decimal again.
    let scale = scale(of: item.value)
    if scale != nil { write("(", for: expr.range) }
    if call.over == nil {
      emitWithoutTreatment(call, expr)
    } else {
      emitWindowPercentile(call, item, expr)
    }
    if let scale { write(")::numeric(38,\(scale))", for: expr.range) }
  }

  private mutating func emitWindowPercentile(
    _ call: FunctionCall,
    _ item: SortItem,
    _ expr: Expr
  ) {
    let isDiscrete = call.name.last == "percentile_disc"
    let ending = item.isDescending && isDiscrete ? "_desc" : ""
    write("rs.w_\(call.name.last)\(ending)(", for: expr.range)
    emitGrouped(item.value)
    write("::float8, ", for: expr.range)
    if item.isDescending, !isDiscrete { write("1 - ", for: expr.range) }
    emitGrouped(call.arguments[0])
    write("::float8)", for: expr.range)
    emitOver(call)
  }

  // MARK: IGNORE NULLS

  mutating func emitNavigationCall(_ call: FunctionCall, _ expr: Expr) {
    guard let treatment = call.nullTreatment, treatment.ignoresNulls else {
      return emitWithoutTreatment(call, expr)
    }
    let value = call.arguments[0]
    switch call.name.last {
    case "first_value", "last_value":
      let name = call.name.last == "first_value" ? "rs.first_nn" : "rs.last_nn"
      write("\(name)(", for: expr.range)
      emit(value)
      write(")", for: expr.range)
      emitOver(call)
    case "nth_value":
      write("(", for: expr.range)
      emitThere(value, expr) { $0.emitOver(call) }
      write(")[", for: expr.range)
      emit(call.arguments[1])
      write("]", for: expr.range)
    default:
      emitNeighbour(call, expr)
    }
  }

  /// LAG and LEAD with IGNORE NULLS: the nearest values before or behind that are there.
  private mutating func emitNeighbour(_ call: FunctionCall, _ expr: Expr) {
    let isLag = call.name.last == "lag"
    let value = call.arguments[0]
    if call.arguments.count > 2 {
      return reject(
        "\(call.name.last.uppercased()) with a default",
        at: call.arguments[2].range,
        help: "use NVL"
      )
    }
    let frame =
      isLag
      ? "ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING"
      : "ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING"
    let offset = call.arguments.count > 1 ? call.arguments[1] : nil
    guard let offset, !bytes[offset.range.bytes].elementsEqual("1".utf8) else {
      write(isLag ? "rs.last_nn(" : "rs.first_nn(", for: expr.range)
      emit(value)
      write(")", for: expr.range)
      return emitOver(call, frame: frame, expr)
    }
    write(isLag ? "rs.from_end(" : "(", for: expr.range)
    emitThere(value, expr) { $0.emitOver(call, frame: frame, expr) }
    write(isLag ? ", " : ")[", for: expr.range)
    emit(offset)
    write(isLag ? ")" : "]", for: expr.range)
  }

  /// The values of a window that are not NULL, as an array.
  private mutating func emitThere(
    _ value: Expr,
    _ expr: Expr,
    _ emitWindow: (inout PostgresEmitter) -> Void
  ) {
    write("array_remove(array_agg(", for: expr.range)
    emit(value)
    write(")", for: expr.range)
    emitWindow(&self)
    write(", NULL)", for: expr.range)
  }

  private mutating func emitWithoutTreatment(_ call: FunctionCall, _ expr: Expr) {
    var children: [SyntaxNode] = []
    call.collect(into: &children)
    let start = call.name.range.bytes.lowerBound
    guard let treatment = call.nullTreatment else {
      return emit(start..<expr.range.bytes.upperBound, children: children)
    }
    let split = treatment.range.bytes
    emit(
      start..<split.lowerBound,
      children: children.filter { $0.range.bytes.upperBound <= split.lowerBound }
    )
    emit(
      split.upperBound..<expr.range.bytes.upperBound,
      children: children.filter { $0.range.bytes.lowerBound >= split.upperBound }
    )
  }
}
