import Diagnostics
import Execution
import ProjectCompiler
import ProjectModel
import WarehouseClient

extension CommandSession {
  /// Compiles the nodes whose templates ask the database, over a connection that is opened for them.
  ///
  /// - Throws: when there is no connection, which says what it was for.
  func completing(
    _ offline: Compilation,
    _ parsed: ParsedProject,
    _ selected: Set<String>
  ) async throws -> Compilation {
    // Where a reference leads depends on what the target has, unless nothing is asked.
    let waiting = offline.compiled.filter {
      !$0.value.isReadable || (parsed.isDeferring && $0.value.readsDatabase)
    }.keys.sorted()
    guard !waiting.isEmpty else { return offline }
    let names = waiting.compactMap { parsed.graph.nodes[$0]?.name }
    if arguments.has("no-introspect") {
      let asking = waiting.filter { offline.compiled[$0]?.isReadable == false }
      guard console.speaksDbt, let first = asking.first else { return offline }
      throw Diagnostic(
        code: Diagnostic.needsDatabaseCode,
        "connection never acquired for thread: \(parsed.graph.nodes[first]?.name ?? first) asks "
          + "the database while it is compiled, which --no-introspect forbids",
        at: parsed.graph.nodes[first]?.place,
        help: [
          "leave out --no-introspect, or these nodes: \(names.prefix(5).joined(separator: " "))"
        ]
      )
    }
    let compiled = try await withTemplateDatabase(parsed, purpose: names) {
      (existing, live) throws(DiagnosticList) in
      Compiler(parsed, existing: existing, live: live, selected: selected)
        .compile(selected, reusing: offline)
    }
    let errors = compiled.diagnostics.filter(\.isError)
    if !errors.isEmpty { throw DiagnosticList(errors) }
    return compiled
  }

  /// Renders a query of the command line, with a database if it asks for one.
  func compileInline(
    _ text: String,
    _ compiler: Compiler,
    _ parsed: ParsedProject
  ) async throws -> (sql: BufferID, logs: [TemplateLog]) {
    if !parsed.isDeferring {
      do throws(Diagnostic) {
        return try compiler.compileInline(text)
      } catch {
        guard error.code == Diagnostic.needsDatabaseCode else { throw inlineProblem(error) }
      }
    }
    return try await withTemplateDatabase(parsed, purpose: ["--inline"]) {
      (existing, live) throws(DiagnosticList) in
      do throws(Diagnostic) {
        return try Compiler(parsed, existing: existing, live: live).compileInline(text)
      } catch {
        throw DiagnosticList([inlineProblem(error)])
      }
    }
  }

  /// What dbt says where the query of the command line does not compile.
  private static let inlineSentence = "Error parsing inline query"

  /// An error of the query of the command line, with dbt's sentence where the program is called dbt.
  func inlineProblem(_ error: any Error) -> any Error {
    switch error {
    case let error as Diagnostic: inlineProblem(error)
    case let list as DiagnosticList: DiagnosticList(list.diagnostics.map(inlineProblem))
    default: error
    }
  }

  func inlineProblem(_ error: Diagnostic) -> Diagnostic {
    guard console.speaksDbt, error.isError else { return error }
    var problem = error
    problem.message = "\(Self.inlineSentence): \(problem.message)"
    return problem
  }

  /// Opens a connection for templates.
  func withTemplateDatabase<Result: Sendable>(
    _ parsed: ParsedProject,
    purpose: [String],
    _ body:
      @escaping @Sendable (ExistingRelations, any LiveDatabase) throws(DiagnosticList) -> Result
  ) async throws -> Result {
    do {
      return try await withWarehouse(parsed.project) { connection in
        let existing = try await introspect(parsed, connection)
        let outcome = try await TemplateConnection.with(
          connection.warehouse,
          buffers: buffers,
          turn: parsed.renderingTurn,
          report: { _ in }
        ) { live throws(Diagnostic) -> Swift.Result<Result, DiagnosticList> in
          do throws(DiagnosticList) {
            return .success(try body(existing, live))
          } catch {
            return .failure(error)
          }
        }
        return try outcome.get()
      }
    } catch var error as Diagnostic where Self.isConnectionProblem(error) {
      let shown = purpose.prefix(5).joined(separator: ", ") + (purpose.count > 5 ? " …" : "")
      error.notes.append("these ask the database while they are compiled: \(shown)")
      throw error
    }
  }

  private static func isConnectionProblem(_ error: Diagnostic) -> Bool {
    ["server-unreachable", "authentication-failed", "connection-lost"].contains(error.code)
  }
}
