import Diagnostics
import ProjectCompiler
import ProjectModel
import Synchronization
import WarehouseClient

/// Writes target/run: for each node, the statements that were really sent.
final class RunFiles: Sendable {
  private struct State {
    var statements: [String: [String]] = [:]
    var mainStatements: [String: String] = [:]
    /// How many statements of a node belong to batches that are done.
    var settled: [String: Int] = [:]
    /// Files of batches that hold the statement that made their data.
    var batchFiles: Set<String> = []
    var problems: [Diagnostic] = []
  }

  private let session: CommandSession
  private let project: Project
  private let state = Mutex(State())

  init(session: CommandSession, project: Project) {
    self.session = session
    self.project = project
  }

  /// What could not be written.
  var problems: [Diagnostic] { state.withLock { $0.problems } }

  /// The log of one node.
  func log(for node: Node) -> SQLLog {
    let id = node.uniqueID
    return SQLLog { [self] sql in
      state.withLock { $0.statements[id, default: []].append(sql) }
    }
  }

  /// Keeps the one statement that makes a node's data, to be written alone; that of a batch has a
  /// file of its own.
  func keepMain(_ sql: String, of compiled: CompiledNode) {
    guard compiled.batch != nil else {
      return state.withLock { $0.mainStatements[compiled.node.uniqueID] = sql }
    }
    state.withLock { _ = $0.batchFiles.insert(compiled.runFilePath) }
    write(sql, to: compiled.runFilePath)
  }

  /// Writes the file of a batch: all that was sent for it, where no statement stands for the rest.
  func finishBatch(_ compiled: CompiledNode) {
    let id = compiled.node.uniqueID
    let statements = state.withLock { state in
      let all = state.statements[id] ?? []
      let own = all.dropFirst(state.settled.updateValue(all.count, forKey: id) ?? 0)
      return state.batchFiles.contains(compiled.runFilePath) ? [] : Array(own)
    }
    if !statements.isEmpty { write(Self.text(of: statements), to: compiled.runFilePath) }
  }

  private static func text(of statements: [String]) -> String {
    statements.map { $0 + ($0.hasSuffix("\n") ? ";\n" : "\n;\n") }.joined(separator: "\n")
  }

  private func write(_ text: String, to path: String) {
    do throws(Diagnostic) {
      try session.writeTarget(project, path, Array(text.utf8))
    } catch {
      state.withLock { $0.problems.append(error) }
    }
  }

  /// Writes the SQL of a node that was compiled only when it ran.
  func keep(_ compiled: CompiledNode) {
    do throws(Diagnostic) {
      try session.writeTarget(
        project,
        compiled.compiledFilePath,
        session.buffers.bytes(of: compiled.sql)
      )
    } catch {
      state.withLock { $0.problems.append(error) }
    }
  }

  /// Writes the file of a node that has finished.
  func finish(_ node: Node) {
    let (statements, main) = state.withLock { state in
      (
        state.statements.removeValue(forKey: node.uniqueID) ?? [],
        state.mainStatements.removeValue(forKey: node.uniqueID)
      )
    }
    guard !statements.isEmpty else { return }
    write(main ?? Self.text(of: statements), to: node.runFilePath)
  }
}
