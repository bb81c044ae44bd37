import Diagnostics
import RedshiftSQL
import Synchronization

/// Reads types that stand alone, as in `data_type: varchar(20)`.
final class DeclaredTypes: Sendable {
  private let known = Mutex<[String: DataType?]>([:])
  /// Of its own: these texts are nobody's files.
  private let buffers = Buffers()

  /// The type; nil for what is no type.
  func type(_ text: String) -> SQLType? {
    dataType(text).map { SQLType(declared: $0) }
  }

  /// What is wrong with a type: it does not exist, or not with that length; nil where it does.
  func problem(_ text: String) -> Diagnostic? {
    guard type(text) != nil else {
      return Diagnostic(code: "unknown-type", "\"\(text)\" is no type")
    }
    let buffer = buffers.add(name: "type", text: "create table t (c \(text))")
    return SQLNodeAnalyzer(catalog: SymbolicCatalog(), buffers: buffers)
      .diagnostics(ofStatements: buffer).first { $0.isError }
  }

  private func dataType(_ text: String) -> DataType? {
    if let found = known.withLock({ $0[text] }) { return found }
    let buffer = buffers.add(name: "type", text: "create table t (c \(text))")
    let statements = SQLParser.parse(buffer, in: buffers).statements
    var type: DataType?
    if statements.count == 1, case .createTable(let table)? = statements.first?.kind,
      table.elements.count == 1, let column = table.columns.first, column.attributes.isEmpty
    {
      type = column.type
    }
    let read = type
    known.withLock { $0[text] = .some(read) }
    return type
  }
}
