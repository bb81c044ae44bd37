package import Diagnostics

/// One SQL statement, without its semicolon.
package struct Statement: Sendable {
  package indirect enum Kind: Sendable {
    case query(Query)
    case createTable(CreateTable)
    case createTableAs(CreateTableAs)
    case createView(CreateView)
    case createSchema(CreateSchema)
    case drop(Drop)
    case alterTable(AlterTable)
    case alterSchema(AlterSchema)
    case insert(Insert)
    case update(Update)
    case delete(Delete)
    case merge(Merge)
    case truncate(Truncate)
    case copy(CopyStatement)
    case unload(Unload)
    case grant(Grant)
    case remark(Remark)
    case analyze(Analyze)
    case vacuum(Vacuum)
    case parameter(Parameter)
    case transaction(TransactionCommand)
    case lock(Lock)
    case call(Call)
    case explain(Explain)
    case refresh(Refresh)
    /// A statement of a kind that is not read further.
    case opaque(Opaque)
    /// A statement with a syntax error; the diagnostic is in `ParsedSQL`.
    case invalid(Diagnostic)
  }

  /// From the first to the last token; comments around it are not part of it.
  package let range: TextRange
  package let kind: Kind

  package init(range: TextRange, kind: Kind) {
    self.range = range
    self.kind = kind
  }
}

/// What the parser made of a buffer.
package struct ParsedSQL: Sendable {
  package var buffer: BufferID
  package var statements: [Statement]
  package var diagnostics: [Diagnostic]

  package init(buffer: BufferID, statements: [Statement], diagnostics: [Diagnostic]) {
    self.buffer = buffer
    self.statements = statements
    self.diagnostics = diagnostics
  }
}
