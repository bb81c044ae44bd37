/// Reads documents that follow one another, with any white space between.
struct JSONRecords: RecordFormat, ~Copyable {
  /// Where a value stands and what it is.
  private struct Slot: BitwiseCopyable {
    enum Kind: UInt8 {
      case missing
      /// A string without escapes, of ASCII letters only.
      case plain
      /// A string without escapes.
      case unicode
      case escaped
      /// A number or a boolean.
      case literal
      case null
      case container
      /// The path asks for an element of something that has none.
      case noElement
      /// The path asks for a member of something that has none.
      case noMember
    }

    var start = 0
    var end = 0
    var kind = Kind.missing
  }

  private let tree: PathTree
  private var converter: ValueConverter
  private let slots: PlainStorage<Slot>
  private let columnSlots: PlainStorage<Int>
  private let brackets: PlainStorage<UInt8>
  private let wasPresent: PlainStorage<Bool>
  private var key = ByteWriter(capacity: 256)
  private var decoded = ByteWriter(capacity: 4096)
  private let takesArrays: Bool

  let isLineOriented = false

  /// A reader for documents.
  ///
  /// - Parameters:
  ///   - tree: what to pick; one path per column of the converter.
  ///   - converter: writes the values.
  ///   - takesArrays: whether a document may be an array.
  init(tree: PathTree, converter: consuming ValueConverter, takesArrays: Bool) {
    self.tree = tree
    self.converter = converter
    self.takesArrays = takesArrays
    slots = PlainStorage([Slot](repeating: Slot(), count: tree.slotCount))
    columnSlots = PlainStorage(tree.columnSlots)
    brackets = PlainStorage([UInt8](repeating: 0, count: JSONScanner.depthLimit))
    wasPresent = PlainStorage([Bool](repeating: false, count: tree.slotCount))
  }

  var neverPresent: [Int] {
    tree.columnSlots.indices.filter { !wasPresent.pointer[tree.columnSlots[$0]] }
  }

  mutating func next(
    _ base: UnsafePointer<UInt8>,
    from start: Int,
    to end: Int,
    isLast: Bool,
    into out: inout ByteWriter
  ) throws(RecordFailure) -> RecordStep {
    let scanner = JSONScanner(base: base, end: end)
    let begin = scanner.skipSpace(start)
    if begin >= end { return .nothing(end: end) }
    guard base[begin] == UInt8(ascii: "{") || (takesArrays && base[begin] == UInt8(ascii: "["))
    else {
      return try garbage(scanner, begin, isLast: isLast)
    }
    for index in 0..<slots.count { slots.pointer[index].kind = .missing }
    let finish: Int
    do throws(JSONScanner.Stop) {
      finish = try read(scanner, begin, node: 0)
    } catch {
      if error.problem == .incomplete, !isLast { return .incomplete }
      throw failure(of: error, record: begin..<end)
    }
    if finish - begin > SeparatedRecords.recordLimit {
      throw RecordFailure(
        code: 1216,
        reason: "Input record exceeds the maximum of 4 MB",
        field: begin..<begin,
        record: begin..<finish,
        resumption: .at(finish)
      )
    }
    try writeRow(base, record: begin..<finish, into: &out)
    return .row(end: finish)
  }

  // MARK: picking

  /// Reads a value that paths end at or go through; recursion is as deep as the longest path.
  private mutating func read(_ scanner: JSONScanner, _ start: Int, node index: Int)
    throws(JSONScanner.Stop) -> Int
  {
    let node = tree.nodes.pointer[index]
    if node.isLeaf { return try readLeaf(scanner, start, slot: node.slot) }
    let byte = scanner.base[start]
    let end: Int
    if byte == UInt8(ascii: "{"), node.members >= 0 {
      mark(node, .missing)
      if node.elementCount > 0 { markElements(node, .noElement) }
      end = try readObject(scanner, start, tree.tables[node.members])
    } else if byte == UInt8(ascii: "["), node.elementCount > 0 {
      mark(node, node.members >= 0 ? .noMember : .missing)
      markElements(node, .noElement)
      end = try readArray(scanner, start, node)
    } else {
      end = try scanner.value(start, open: brackets.pointer)
      let isNull = byte == UInt8(ascii: "n")
      mark(node, isNull ? .missing : .noMember)
      if node.elementCount > 0 { markElements(node, .noElement) }
    }
    if node.slot >= 0 {
      let isContainer = byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[")
      if isContainer {
        slots.pointer[node.slot] = Slot(start: start, end: end, kind: .container)
      } else {
        _ = try readLeaf(scanner, start, slot: node.slot)
      }
    }
    return end
  }

  private func mark(_ node: PathTree.Node, _ kind: Slot.Kind) {
    for index in node.beneathStart..<node.beneathStart + node.beneathCount {
      slots.pointer[tree.beneath.pointer[index]].kind = kind
    }
  }

  private func markElements(_ node: PathTree.Node, _ kind: Slot.Kind) {
    for index in node.elementStart..<node.elementStart + node.elementCount {
      let child = tree.nodes.pointer[tree.elements.pointer[index].node]
      mark(child, kind)
      if child.slot >= 0 { slots.pointer[child.slot].kind = kind }
    }
  }

  private mutating func readObject(_ scanner: JSONScanner, _ start: Int, _ table: KeyTable)
    throws(JSONScanner.Stop) -> Int
  {
    let base = scanner.base
    var offset = scanner.skipSpace(start + 1)
    if base[offset] == UInt8(ascii: "}") { return offset + 1 }
    var hint = 0
    while true {
      guard base[offset] == UInt8(ascii: "\"") else { throw unexpected(scanner, offset) }
      let text = try scanner.string(offset + 1)
      let child: Int
      if text.hasEscapes || tree.ignoresCase {
        child = slowNode(scanner, offset + 1..<text.close, table, &hint)
      } else {
        child = table.node(base + offset + 1, text.close - offset - 1, hint: &hint)
      }
      let colon = scanner.skipSpace(text.close + 1)
      guard base[colon] == UInt8(ascii: ":") else { throw unexpected(scanner, colon) }
      let value = scanner.skipSpace(colon + 1)
      if child < 0 {
        offset = try scanner.value(value, open: brackets.pointer)
      } else if tree.nodes.pointer[child].isLeaf {
        offset = try readLeaf(scanner, value, slot: tree.nodes.pointer[child].slot)
      } else {
        offset = try read(scanner, value, node: child)
      }
      offset = scanner.skipSpace(offset)
      if base[offset] == UInt8(ascii: ",") {
        offset = scanner.skipSpace(offset + 1)
      } else if base[offset] == UInt8(ascii: "}") {
        return offset + 1
      } else {
        throw unexpected(scanner, offset)
      }
    }
  }

  private mutating func readArray(_ scanner: JSONScanner, _ start: Int, _ node: PathTree.Node)
    throws(JSONScanner.Stop) -> Int
  {
    let base = scanner.base
    var offset = scanner.skipSpace(start + 1)
    if base[offset] == UInt8(ascii: "]") { return offset + 1 }
    var index = 0
    var wanted = node.elementStart
    let wantedEnd = node.elementStart + node.elementCount
    while true {
      if wanted < wantedEnd, tree.elements.pointer[wanted].index == index {
        offset = try read(scanner, offset, node: tree.elements.pointer[wanted].node)
        wanted += 1
      } else {
        offset = try scanner.value(offset, open: brackets.pointer)
      }
      index += 1
      offset = scanner.skipSpace(offset)
      if base[offset] == UInt8(ascii: ",") {
        offset = scanner.skipSpace(offset + 1)
      } else if base[offset] == UInt8(ascii: "]") {
        return offset + 1
      } else {
        throw unexpected(scanner, offset)
      }
    }
  }

  @inline(__always)
  private func readLeaf(_ scanner: JSONScanner, _ start: Int, slot: Int)
    throws(JSONScanner.Stop) -> Int
  {
    let target = slots.pointer + slot
    switch scanner.base[start] {
    case UInt8(ascii: "\""):
      let text = try scanner.string(start + 1)
      let kind: Slot.Kind = text.hasEscapes ? .escaped : text.isASCII ? .plain : .unicode
      target.pointee = Slot(start: start + 1, end: text.close, kind: kind)
      return text.close + 1
    case UInt8(ascii: "-"), 48...57:
      let end = try scanner.number(start)
      target.pointee = Slot(start: start, end: end, kind: .literal)
      return end
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      let end = try scanner.value(start, open: brackets.pointer)
      target.pointee = Slot(start: start, end: end, kind: .container)
      return end
    case UInt8(ascii: "n"):
      let end = try scanner.word(start)
      target.pointee = Slot(start: start, end: end, kind: .null)
      return end
    default:
      let end = try scanner.word(start)
      target.pointee = Slot(start: start, end: end, kind: .literal)
      return end
    }
  }

  /// Finds a key that is not written as the table has it.
  @inline(never)
  private mutating func slowNode(
    _ scanner: JSONScanner,
    _ range: Range<Int>,
    _ table: KeyTable,
    _ hint: inout Int
  ) -> Int {
    key.truncate(to: 0)
    let raw = UnsafeBufferPointer(start: scanner.base + range.lowerBound, count: range.count)
    guard JSONScanner.decode(raw, into: &key) else { return -1 }
    let length = key.count
    if tree.ignoresCase {
      for index in 0..<length where (65...90).contains(key.base[index]) {
        key.replace(at: index, with: key.base[index] + 32)
      }
    }
    for _ in 0..<8 { key.append(0) }
    return table.node(key.base, length, hint: &hint)
  }

  // MARK: writing

  @inline(__always)
  private mutating func writeRow(
    _ base: UnsafePointer<UInt8>,
    record: Range<Int>,
    into out: inout ByteWriter
  ) throws(RecordFailure) {
    for column in 0..<columnSlots.count {
      if column > 0 { out.append(9) }
      let index = columnSlots.pointer[column]
      let slot = slots.pointer[index]
      do throws(ConversionFailure) {
        try write(slot, base, column: column, into: &out)
      } catch {
        let isPresent = slot.kind != .missing && slot.kind != .noElement && slot.kind != .noMember
        throw RecordFailure(
          code: error.code,
          reason: error.reason,
          explanation: error.explanation,
          column: column,
          position: error.position,
          field: isPresent ? slot.start..<slot.end : record.lowerBound..<record.lowerBound,
          record: record,
          resumption: .at(record.upperBound)
        )
      }
      if slot.kind != .missing { wasPresent.pointer[index] = true }
    }
    out.append(10)
  }

  @inline(__always)
  private mutating func write(
    _ slot: Slot,
    _ base: UnsafePointer<UInt8>,
    column: Int,
    into out: inout ByteWriter
  ) throws(ConversionFailure) {
    let text = UnsafeBufferPointer(start: base + slot.start, count: slot.end - slot.start)
    switch slot.kind {
    case .missing, .null:
      try converter.writeNull(column: column, into: &out)
    case .noElement:
      throw ConversionFailure(
        1216,
        "Invalid JSONPath format: Not an array or index out of range."
      )
    case .noMember:
      throw ConversionFailure(1216, "Invalid JSONPath format: Member is not an object.")
    case .plain, .literal:
      if converter.isSemistructured(column) {
        try writeSource(slot, base, column: column, into: &out)
      } else {
        try converter.write(text, column: column, isPlain: true, into: &out)
      }
    case .unicode, .container:
      if converter.isSemistructured(column) {
        try writeSource(slot, base, column: column, into: &out)
      } else {
        try converter.write(text, column: column, isPlain: false, into: &out)
      }
    case .escaped:
      if converter.isSemistructured(column) {
        try writeSource(slot, base, column: column, into: &out)
      } else {
        decoded.truncate(to: 0)
        let isSound = JSONScanner.decode(text, into: &decoded)
        // A lone surrogate is found again as bad UTF-8, with Redshift's own message.
        _ = isSound
        try converter.write(decoded.bytes, column: column, isPlain: false, into: &out)
      }
    }
  }

  /// Writes a value of a SUPER column as it stands in the document, quotes included.
  private mutating func writeSource(
    _ slot: Slot,
    _ base: UnsafePointer<UInt8>,
    column: Int,
    into out: inout ByteWriter
  ) throws(ConversionFailure) {
    let isString = slot.kind == .plain || slot.kind == .unicode || slot.kind == .escaped
    let quote = isString ? 1 : 0
    let text = UnsafeBufferPointer(
      start: base + slot.start - quote,
      count: slot.end - slot.start + 2 * quote
    )
    try converter.write(text, column: column, isPlain: false, into: &out)
  }

  // MARK: failures

  @inline(__always)
  private func unexpected(_ scanner: JSONScanner, _ offset: Int) -> JSONScanner.Stop {
    JSONScanner.Stop(
      offset: offset,
      problem: offset >= scanner.end ? .incomplete : .unexpected
    )
  }

  private func failure(of stop: JSONScanner.Stop, record: Range<Int>) -> RecordFailure {
    let offset = min(stop.offset, record.upperBound)
    let explanation =
      switch stop.problem {
      case .incomplete: "the file ends in the middle of this object"
      case .unexpected: "this character cannot stand here in JSON"
      case .badEscape: "a backslash starts an escape that JSON does not have"
      case .badNumber: "this is no JSON number"
      case .controlCharacter: "a control character in a string must be written as an escape"
      case .tooDeep: "objects are nested more than \(JSONScanner.depthLimit) deep"
      }
    return RecordFailure(
      code: 1216,
      reason: "Invalid value.",
      explanation: explanation,
      position: offset - record.lowerBound,
      field: offset..<min(offset + 1, record.upperBound),
      record: record.lowerBound..<offset,
      resumption: .afterLine(offset)
    )
  }

  /// Text between documents: one error for each run of it.
  private func garbage(_ scanner: JSONScanner, _ begin: Int, isLast: Bool)
    throws(RecordFailure) -> RecordStep
  {
    var offset = begin
    let isArray = scanner.base[begin] == UInt8(ascii: "[")
    if isArray {
      offset += 1
    } else {
      loop: while offset < scanner.end {
        switch scanner.base[offset] {
        case 32, 9, 10, 13, UInt8(ascii: "{"): break loop
        case UInt8(ascii: "["): if takesArrays { break loop }
        default: break
        }
        offset += 1
      }
      if offset >= scanner.end, !isLast, offset - begin < 4096 { return .incomplete }
    }
    throw RecordFailure(
      code: 1216,
      reason: "Invalid value.",
      explanation: isArray
        ? "a document that is an array needs a JSONPaths file"
        : "only objects may stand here, one after another, with white space between",
      field: begin..<min(offset, begin + 1024),
      record: begin..<offset,
      resumption: .at(offset)
    )
  }
}
