import Diagnostics

/// ORDER BY of text: values that differ in blanks at their ends alone are equal, and the next item
/// decides. Behind the last item nothing does, so that it stays as it is.
extension PostgresEmitter {
  /// What is written otherwise in the ORDER BY of a plain query.
  mutating func orderPatches(_ query: Query, _ select: Select) -> [Patch] {
    var patches: [Patch] = []
    for item in query.order.dropLast() {
      let range = item.value.range
      guard let columns = meanings.results[select.range] else {
        wantColumns()
        continue
      }
      guard let place = resultColumn(item, columns) else {
        guard makesTextGroups(item.value) else { continue }
        patches.append(Patch(range: range.bytes) { $0.emitBlankPadded(item.value) })
        continue
      }
      if !columns[place].isKnown { wantColumns() }
      guard columns[place].canEndInBlank, let output = output(of: select, at: place) else {
        continue
      }
      switch output {
      case .value(let value):
        guard !value.callsRandom, !value.isString else { continue }
        patches.append(Patch(range: range.bytes) { $0.emitBlankPadded(value) })
      case .column(let column):
        patches.append(
          Patch(range: range.bytes) { $0.write("(\($0.starValue(column)))::bpchar", for: range) }
        )
      }
    }
    return patches
  }

  /// The same for a query that stands around another one, whose columns are all that it can name.
  mutating func orderPatchesAround(_ query: Query) -> [Patch] {
    let columns = meanings.results[query.body.range] ?? []
    if columns.contains(where: { !$0.isKnown }) { wantColumns() }
    var patches: [Patch] = []
    for item in query.order.dropLast() {
      let range = item.value.range
      if let place = resultColumn(item, columns) {
        guard columns[place].canEndInBlank else { continue }
        let name = SQLQuoting.identifier(columns[place].name)
        patches.append(Patch(range: range.bytes) { $0.write("\(name)::bpchar", for: range) })
      } else if makesTextGroups(item.value) {
        patches.append(Patch(range: range.bytes) { $0.emitBlankPadded(item.value) })
      }
    }
    return patches
  }

  /// Whether the order of a set operation compares text that another item stands behind.
  mutating func comparesText(inOrderOf query: Query) -> Bool {
    guard query.order.count > 1 else { return false }
    guard let columns = meanings.results[query.body.range] else {
      wantColumns()
      return false
    }
    guard Set(columns.map(\.name)).count == columns.count else { return false }
    let compared = query.order.dropLast().compactMap { resultColumn($0, columns) }
    if compared.contains(where: { !columns[$0].isKnown }) { wantColumns() }
    return compared.contains { columns[$0].canEndInBlank }
  }

  /// The column of a result that an item of ORDER BY names by its number or its name.
  func resultColumn(_ item: SortItem, _ columns: [Meanings.ResultColumn]) -> Int? {
    var value = item.value
    while case .parenthesized(let inner) = value.kind { value = inner }
    switch value.kind {
    case .literal(.number):
      let number = Int(String(decoding: bytes[value.range.bytes], as: UTF8.self))
      return number.flatMap { columns.indices.contains($0 - 1) ? $0 - 1 : nil }
    case .column(let parts) where parts.count == 1:
      return columns.firstIndex { $0.name == parts[0].text }
    default: return nil
    }
  }

  private enum Output {
    case value(Expr)
    case column(Meanings.StarColumn)
  }

  /// What makes a column of a result.
  private func output(of select: Select, at place: Int) -> Output? {
    guard select.exclusion == nil else { return nil }
    var start = 0
    for item in select.items {
      guard item.isStar else {
        if start == place { return .value(item.value) }
        start += 1
        continue
      }
      guard let columns = meanings.stars[item.range] else { return nil }
      if place < start + columns.count { return .column(columns[place - start]) }
      start += columns.count
    }
    return nil
  }
}
