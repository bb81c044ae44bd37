import Diagnostics
import ProjectModel

extension CommandSession {
  /// `redstart retry`.
  func retry() async throws -> ExitCode {
    let project = try loadProject()
    let path = targetPath(project, "run_results.json")
    guard FileSystem.isFile(path) else {
      throw Diagnostic(
        code: "nothing-to-retry",
        "there is no \(path): nothing was run before",
        help: ["run something first: redstart build"]
      )
    }
    let bytes = try FileSystem.read(path)
    let artifact: PlainDictionary
    do throws(PlainValue.JSONProblem) {
      artifact = try PlainValue(json: bytes).dictionary ?? PlainDictionary()
    } catch {
      throw Diagnostic(code: "nothing-to-retry", "\(path) is no JSON")
    }
    let name = artifact["args"]?.dictionary?["which"]?.string ?? "build"
    guard ["run", "seed", "test", "build", "snapshot"].contains(name),
      let command = CommandTable.command(named: name)
    else {
      throw Diagnostic(
        code: "nothing-to-retry",
        "the last command was `\(name)`, which cannot be done again for a part"
      )
    }
    let ids = (artifact["results"]?.list ?? []).compactMap { result -> String? in
      let status = result.dictionary?["status"]?.string ?? ""
      guard ["error", "fail", "skipped", "runtime error", "partial success"].contains(status) else {
        return nil
      }
      return result.dictionary?["unique_id"]?.string
    }
    guard !ids.isEmpty else {
      note("nothing to do: everything succeeded")
      return .success
    }
    let session = CommandSession(
      arguments: arguments,
      command: command,
      console: console,
      buffers: buffers
    )
    return try await session.execute(only: Set(ids), in: project)
  }
}
