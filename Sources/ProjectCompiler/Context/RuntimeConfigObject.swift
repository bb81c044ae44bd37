import Diagnostics
import ProjectModel
import Templating

/// A project or a package as macros see it through `builtins.ref.config`.
final class RuntimeConfigObject: TemplateObject {
  private let project: Project
  private let environment: ContextEnvironment

  init(_ project: Project, _ environment: ContextEnvironment) {
    self.project = project
    self.environment = environment
  }

  var typeName: String { "RuntimeConfig" }
  var rendered: String { "<RuntimeConfig \(project.name)>" }

  func attribute(_ name: String) -> Value? {
    let configuration = project.configuration
    switch name {
    case "project_name": return .text(project.name)
    case "version": return .text(project.version)
    case "project_root": return .text(project.root)
    case "profile_name": return .text(project.target.profileName)
    case "target_name": return .text(project.target.name)
    case "threads": return .integer(project.target.threads)
    case "args":
      return Value(.dictionary(environment.record))
    case "cli_vars": return Value(environment.invocation.arguments["vars"] ?? [:])
    case "vars": return .object(VariablesObject(project.vars))
    case "dependencies":
      let all = [environment.project] + environment.project.packages
      return .dictionary(
        DictionaryReference(
          all.map { ($0.name, .object(RuntimeConfigObject($0, environment))) }
        )
      )
    case "model_paths": return Self.list(configuration.modelPaths)
    case "macro_paths": return Self.list(configuration.macroPaths)
    case "seed_paths": return Self.list(configuration.seedPaths)
    case "test_paths": return Self.list(configuration.testPaths)
    case "analysis_paths": return Self.list(configuration.analysisPaths)
    case "snapshot_paths": return Self.list(configuration.snapshotPaths)
    case "function_paths": return Self.list(configuration.functionPaths)
    case "target_path", "project_target_path": return .text(configuration.targetPath)
    case "packages_install_path": return .text(configuration.packagesPath)
    case "on_run_start": return Self.list(configuration.onRunStart)
    case "on_run_end": return Self.list(configuration.onRunEnd)
    case "quoting": return Value(.dictionary(configuration.quoting))
    default: return nil
    }
  }

  private static func list(_ texts: [String]) -> Value { .list(texts.map { .text($0) }) }
}

/// The variables of a project: `builtins.ref.config.vars`.
private final class VariablesObject: TemplateObject {
  private let variables: PlainDictionary

  init(_ variables: PlainDictionary) { self.variables = variables }

  var typeName: String { "VarProvider" }
  var rendered: String { "<VarProvider>" }

  func attribute(_ name: String) -> Value? {
    let value = Value(.dictionary(variables))
    switch name {
    case "vars": return value
    case "to_dict": return .function(NativeFunction(name) { _ throws(Diagnostic) in value })
    default: return nil
    }
  }
}
