import Diagnostics
import ProjectCompiler
import ProjectModel

extension CommandSession {
  /// `redstart diff --state DIR`.
  func diff() throws -> ExitCode {
    let format = arguments.value("output") ?? "text"
    guard ["text", "json"].contains(format) else {
      throw Diagnostic.optionValue("--output", format, allowed: ["text", "json"])
    }
    guard let state = arguments.value("state") else {
      throw Diagnostic(
        code: "usage",
        "`redstart diff` needs --state",
        help: ["name a folder with a lineage.json, such as the target folder of another checkout"]
      )
    }
    let project = try loadProject()
    let old = try snapshot(in: absolute(state))
    let parsed = try parseProject(project)
    let artifact = LineageArtifact(wholeLineage(parsed), projectName: project.name)
    guard let new = LineageSnapshot(artifact.plain) else {
      throw Diagnostic.badState(LineageArtifact.fileName, offset: nil)
    }
    let difference = StateDifference(from: old, to: new)
    if format == "json" {
      console.output(String(decoding: difference.plain.json(indent: 2), as: UTF8.self) + "\n")
    } else {
      console.output(difference.text)
    }
    return .success
  }

  /// Reads the lineage of another state of the project.
  private func snapshot(in folder: String) throws(Diagnostic) -> LineageSnapshot {
    let path = FilePath.joining(folder, LineageArtifact.fileName)
    guard FileSystem.isFile(path) else { throw .noState(path) }
    let bytes = try FileSystem.read(path)
    let plain: PlainValue
    do throws(PlainValue.JSONProblem) {
      plain = try PlainValue(json: bytes)
    } catch {
      throw .badState(path, offset: error.offset)
    }
    guard let snapshot = LineageSnapshot(plain) else { throw .badState(path, offset: nil) }
    return snapshot
  }
}

extension Diagnostic {
  fileprivate static func noState(_ path: String) -> Diagnostic {
    Diagnostic(
      code: "state-not-found",
      "there is no \(path)",
      help: [
        "`redstart compile` and `build` write it to the target folder; --state names that folder"
      ]
    )
  }

  fileprivate static func badState(_ path: String, offset: Int?) -> Diagnostic {
    Diagnostic(
      code: "state-not-readable",
      "\(path) is not a lineage file of this version",
      notes: offset.map { ["it is no JSON at byte \($0)"] } ?? [],
      help: ["write it anew with `redstart compile`"]
    )
  }
}
