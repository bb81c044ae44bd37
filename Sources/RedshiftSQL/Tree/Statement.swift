package import Diagnostics

/// One SQL statement, without its semicolon.
package struct Statement: Sendable {
  package indirect enum Kind: Sendable {
    case query(Query)
    case createTable(CreateTable)
    case createTableAs(CreateTableAs)
    case createView(CreateView)
    case createSchema(CreateSchema)
    case createExternalSchema(CreateExternalSchema)
    case createExternalTable(CreateExternalTable)
    case createRoutine(CreateRoutine)
    case createModel(CreateModel)
    case externalView(ExternalView)
    case template(CopyTemplate)
    case alterSystem(AlterSystem)
    case createObject(CreateObject)
    case drop(Drop)
    case dropObject(DropObject)
    case alterTable(AlterTable)
    case alterSchema(AlterSchema)
    case alterObject(AlterObject)
    case policy(PolicyDefinition)
    case policyAttachment(PolicyAttachment)
    case insert(Insert)
    case update(Update)
    case delete(Delete)
    case merge(Merge)
    case truncate(Truncate)
    case copy(CopyStatement)
    case copyJob(CopyJob)
    case unload(Unload)
    case grant(Grant)
    case alterDefaultPrivileges(AlterDefaultPrivileges)
    case remark(Remark)
    case analyze(Analyze)
    case vacuum(Vacuum)
    case parameter(Parameter)
    case session(SessionCommand)
    case show(ShowObjects)
    case use(Use)
    case transaction(TransactionCommand)
    case lock(Lock)
    case call(Call)
    case cursor(CursorCommand)
    case prepare(Prepare)
    case execute(ExecutePrepared)
    case deallocate(Deallocate)
    case cancel(Cancel)
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
