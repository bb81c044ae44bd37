package import Diagnostics
import ProjectModel
import RedshiftSQL

/// What `column_types` says of a seed, against what the file has.
package struct SeedDeclarations: Sendable {
  /// Types by the names of their columns in lower case.
  package let types: [String: String]
  private let known: DeclaredTypes

  /// Reads a node's configuration.
  ///
  /// - Parameter config: the node's configuration.
  package init(_ config: PlainDictionary) {
    self.init(config, types: DeclaredTypes())
  }

  init(_ config: PlainDictionary, types known: DeclaredTypes) {
    self.known = known
    types = Dictionary(
      (config["column_types"]?.dictionary?.pairs ?? []).compactMap { name, type in
        type.string.map { (name.lowercased(), $0) }
      },
      uniquingKeysWith: { _, last in last }
    )
  }

  func type(ofColumn name: String) -> SQLType? {
    types[name.lowercased()].map { known.type($0) ?? .unknown }
  }

  /// Values that cannot become what their column is declared to be, by Redshift's rules.
  ///
  /// - Parameter table: the file.
  /// - Returns: an error for each such column, at its first value.
  package func misfits(in table: CSVTable) -> [Diagnostic] {
    table.header.enumerated().compactMap { column, name in
      guard let declared = types[name.lowercased()], let type = known.type(declared) else {
        return nil
      }
      return misfit(in: table, column: column, name, declared, type)
    }
  }

  private func misfit(
    in table: CSVTable,
    column: Int,
    _ name: String,
    _ declared: String,
    _ type: SQLType
  ) -> Diagnostic? {
    var first: (reason: String, range: TextRange)?
    var others = 0
    for row in 0..<table.rowCount {
      guard let text = table.text(row: row, column: column),
        let reason = SeedFit.problem(text, type)
      else { continue }
      if first == nil, let range = table.range(row: row, column: column) {
        first = (reason, range)
      } else {
        others += 1
      }
    }
    return first.map { reason, range in
      .seedValue(reason, column: name, type: declared, others: others, at: range)
    }
  }

  // MARK: Before the file is read

  /// Columns that the file does not have, and types that do not exist.
  ///
  /// - Parameters:
  ///   - node: the seed.
  ///   - patch: what a properties file says of this seed alone; what the project file says of all
  ///     seeds of a folder need not fit each of them.
  ///   - header: the columns of the file; nil when they cannot be read.
  /// - Returns: errors.
  func problems(
    of node: Node,
    _ patch: Properties.Patch?,
    header: [String]?
  ) -> [Diagnostic] {
    let written = patch?.node?["config"]?["column_types"]
    let columns = Set((header ?? []).map { $0.lowercased() })
    var problems: [Diagnostic] = []
    for (name, type) in node.config["column_types"]?.dictionary?.pairs ?? [] {
      let pair = written?.pair(name)
      if let header, let pair, !columns.contains(name.lowercased()) {
        problems.append(
          .seedUnknownColumn(name, columns: header, node: node, at: pair.keyRange)
        )
      }
      let place = pair?.value.range ?? node.place(of: "column_types")
      guard let text = type.string else {
        problems.append(.seedTypeName(type, column: name, node: node, at: place))
        continue
      }
      if let problem = known.problem(text) {
        problems.append(.seedType(problem, text, column: name, node: node, at: place))
      }
    }
    return problems
  }
}

/// Whether a value in a file can become one of a type.
enum SeedFit {
  /// Why it cannot; nil where it can, or may.
  static func problem(_ text: String, _ type: SQLType) -> String? {
    if case .characterVarying(let length?) = type { return tooLong(text, length) }
    if case .character(let length?) = type { return tooLong(text, length) }
    // An empty field of another type is NULL.
    if SeedType.isNull(text) { return nil }
    let trimmed = text.trimmingSpaces
    switch type {
    case .smallInteger: return notWhole(trimmed, Int64(Int16.min)...Int64(Int16.max))
    case .integer: return notWhole(trimmed, Int64(Int32.min)...Int64(Int32.max))
    case .bigInteger: return notWhole(trimmed, Int64.min...Int64.max)
    case .decimal(let precision?, let scale?): return notDecimal(trimmed, precision - scale)
    case .date, .timestamp, .timestampWithZone: return noMoment(text) ? "no date" : nil
    case .super, .unknown: return nil
    default: return type.reads(text) ? nil : "no value of that type"
    }
  }

  private static func tooLong(_ text: String, _ length: Int) -> String? {
    var bytes = Array(text.utf8)
    // Blanks at the end are cut off.
    while bytes.count > length, bytes.last == UInt8(ascii: " ") { bytes.removeLast() }
    return bytes.count > length ? "\(bytes.count) bytes long" : nil
  }

  private static func notWhole(_ text: String, _ range: ClosedRange<Int64>) -> String? {
    var digits = text[...]
    if let sign = digits.first, sign == "-" || sign == "+" { digits.removeFirst() }
    guard !digits.isEmpty, digits.utf8.allSatisfy({ (48...57).contains($0) }) else {
      return "no whole number"
    }
    guard let number = Int64(text), range.contains(number) else { return "too large" }
    return nil
  }

  private static func notDecimal(_ text: String, _ room: Int) -> String? {
    if text.lowercased() == "nan" { return nil }
    guard Double(text) != nil, !text.lowercased().contains("x") else { return "no number" }
    guard !text.lowercased().contains("e") else { return nil }
    let whole = text.prefix { $0 != "." }.filter { ("0"..."9").contains($0) }.drop { $0 == "0" }
    return whole.count > room ? "too large" : nil
  }

  private static func noMoment(_ text: String) -> Bool {
    var trimmed = text[...]
    while trimmed.first?.isWhitespace == true { trimmed.removeFirst() }
    guard SQLType.timestamp.reads(String(trimmed)) else { return true }
    // A day may be written out, as `January 31, 2008`: only of digits is a first word a day alone.
    guard trimmed.first?.isNumber == true else { return false }
    return !SQLType.timestamp.reads(String(trimmed.prefix { $0 != " " && $0 != "T" }))
  }
}
