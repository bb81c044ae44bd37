/// An option of the command line.
struct Option: Sendable {
  enum Argument: Sendable {
    /// A switch.
    case none
    /// One value; the word stands for it in help.
    case value(String)
    /// Values up to the next option, and the option may come again: `--select a b`.
    case values(String)
  }

  var name: String
  var short: String?
  /// Other spellings, as `--models` for `--select`.
  var aliases: [String] = []
  var argument = Argument.none
  var summary: String
  /// The only values allowed, if they are a closed set.
  var allowed: [String] = []
  /// The command that means this by the name, where others mean something else by it: it goes before
  /// the option of the same name without a command.
  var command: String?
}

/// A command with its options; help, errors and parsing all read this table.
struct Command: Sendable {
  var name: String
  var aliases: [String] = []
  var summary: String
  /// What the command does, in a few sentences.
  var details = ""
  /// Names of nested commands with their summaries.
  var subcommands: [(name: String, summary: String)] = []
  /// What other tools call the nested commands.
  var foreignWords: [String: String] = [:]
  /// Other names of the nested commands, which mean the same.
  var otherNames: [String: String] = [:]
  /// The word for a positional argument, if the command takes one.
  var positional: String?
  var options: [String]
  /// The subcommands that an option belongs to, where it is not for all of them.
  var scopes: [String: [String]] = [:]
  /// The subcommand that is meant when none is named.
  var defaultSubcommand: String?
  /// What `--output` can be, where the command has it.
  var outputs: [String] = []
  /// Command lines with what they do.
  var examples: [(line: String, meaning: String)]

  /// The subcommands that take a positional argument, where not all of them do.
  var positionalSubcommands: [String]?

  /// The word for the positional argument of a subcommand, if it takes one.
  func positional(of subcommand: String) -> String? {
    guard positionalSubcommands?.contains(subcommand) ?? true else { return nil }
    return positional
  }

  /// Whether a subcommand has an option of the command.
  func has(_ option: String, in subcommand: String?) -> Bool {
    guard options.contains(option) else { return false }
    guard let scope = scopes[option], let name = subcommand ?? defaultSubcommand else {
      return true
    }
    return scope.contains(name)
  }
}

/// Every command and option of the program.
enum CommandTable {
  static let options: [Option] = commonOptions + stateOptions + migrationOptions + awsOptions

  static let project = [
    "project-dir", "profiles-dir", "profile", "target", "vars", "target-path", "warn-error",
    "no-warn-error", "warn-error-options",
  ]
  static let output = [
    "quiet", "debug", "log-level", "log-format", "diagnostics", "no-color", "help",
  ]

  static let commands = readingCommands + runningCommands + toolCommands

  static func command(named name: String) -> Command? {
    commands.first { $0.name == name || $0.aliases.contains(name) }
  }

  static func option(named name: String, of command: Command? = nil) -> Option? {
    let own = options.first { $0.name == name && $0.command != nil && $0.command == command?.name }
    return own
      ?? options.first {
        $0.command == nil && ($0.name == name || $0.aliases.contains(name))
      }
  }

  static func option(short letter: String, of command: Command? = nil) -> Option? {
    let named = options.filter {
      $0.short == letter || ($0.aliases.contains(letter) && letter.count == 1)
    }
    return named.first { $0.command != nil && $0.command == command?.name }
      ?? named.first { $0.command == nil }
  }
}
