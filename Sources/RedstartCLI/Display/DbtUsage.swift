import Diagnostics
import ProjectCompiler

/// What is wrong with a command line, in the form that dbt gives it: that of its library for
/// arguments.
enum DbtUsage {
  /// What `dbt --version` prints, as scripts take it apart; nothing is asked of the network.
  static let version = """
    Core:
      - installed: \(Invocation.dbtVersion)
      - latest:    \(Invocation.dbtVersion) - redstart \(Redstart.version) stands in for it

    Plugins:
      - postgres: \(Invocation.dbtVersion) - redstart \(Redstart.version)
      - redshift: \(Invocation.dbtVersion) - redstart \(Redstart.version)


    """

  /// The commands that dbt has.
  ///
  /// What others say goes where redstart says it: standard output is that of `psql`, of lists and of
  /// plans.
  static let commands: Set<String> = [
    "build", "clean", "clone", "compile", "debug", "deps", "docs", "init", "list", "ls", "parse",
    "retry", "run", "run-operation", "seed", "show", "snapshot", "source", "test",
  ]

  /// The text for standard output.
  ///
  /// - Parameters:
  ///   - error: a diagnostic with the code `usage`.
  ///   - command: the command that was given, if it was one.
  /// - Returns: several lines.
  static func text(of error: Diagnostic, command: String?) -> String {
    let known = command.flatMap { CommandTable.command(named: $0) != nil ? $0 : nil }
    let place = known.map { "dbt \($0)" } ?? "dbt"
    let usage = known == nil ? "dbt [OPTIONS] [COMMAND] [ARGS]..." : "\(place) [OPTIONS]"
    return """
      Usage: \(usage)
      Try '\(place) --help' for help.

      Error: \(message(of: error))

      """
  }

  private static func message(of error: Diagnostic) -> String {
    if let option = rest(of: error.message, after: "there is no option ") {
      return "No such option '\(option)'."
    }
    if let command = rest(of: error.message, after: "there is no command ") {
      return "No such command '\(command.filter { $0 != "\"" })'."
    }
    return ([error.message] + error.help).joined(separator: "; ") + "."
  }

  private static func rest(of text: String, after prefix: String) -> String? {
    text.hasPrefix(prefix) ? String(text.dropFirst(prefix.count)) : nil
  }
}
