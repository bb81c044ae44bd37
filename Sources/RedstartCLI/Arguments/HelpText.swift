/// Help pages, written from the command table.
enum HelpText {
  static let tagline = "redstart: SQL migrations and transforms for Amazon Redshift"

  static var overview: String {
    var lines = [
      tagline,
      "",
      "Usage: redstart COMMAND [OPTIONS]",
      "",
      "Commands:",
    ]
    lines += table(CommandTable.commands.map { ($0.name, $0.summary) })
    lines += [
      "",
      "Options:",
      "  --version    Show the version",
      "  -h, --help   Show help; `redstart COMMAND --help` shows that of a command",
      "",
      "Start here:",
      "  redstart init shop && cd shop && redstart migrate && redstart build",
      "",
      "Exit codes: 0 all well; 1 something that ran failed; 2 usage, configuration or",
      "compilation; 130 interrupted, 143 ended by SIGTERM.",
    ]
    return lines.joined(separator: "\n") + "\n"
  }

  /// - Parameters:
  ///   - command: what help is asked for.
  ///   - subcommand: the part of it that was named; nil for all of it.
  /// - Returns: the page, with what belongs to that part alone.
  static func page(for command: Command, _ subcommand: String? = nil) -> String {
    if let part = command.subcommands.first(where: { $0.name == subcommand }),
      !command.scopes.isEmpty
    {
      return page(for: command, part: part)
    }
    var usage = "redstart \(command.name)"
    if !command.subcommands.isEmpty {
      usage += " [\(command.subcommands.map(\.name).joined(separator: "|"))]"
    }
    if let positional = command.positional { usage += " \(positional)" }
    var lines = [command.summary, "", "Usage: \(usage) [OPTIONS]"]
    if !command.details.isEmpty { lines += [""] + wrapped(command.details) }
    if !command.subcommands.isEmpty {
      lines += ["", "Commands:"]
      lines += table(command.subcommands.map { ($0.name, $0.summary) })
    }
    lines += ["", "Examples:"]
    for example in command.examples {
      lines += ["  \(example.line)", "      \(example.meaning)"]
    }
    lines += ["", "Options:"]
    let options = command.options.compactMap { CommandTable.option(named: $0, of: command) }
    lines += table(options.map { row($0, command) })
    return lines.joined(separator: "\n") + "\n"
  }

  private static func page(
    for command: Command,
    part: (name: String, summary: String)
  ) -> String {
    let usage = "redstart \(command.name) \(part.name)"
    let positional = command.positional(of: part.name).map { " \($0)" } ?? ""
    var lines = [part.summary, "", "Usage: \(usage)\(positional) [OPTIONS]"]
    let isDefault = part.name == command.defaultSubcommand
    let others = command.subcommands.map { "redstart \(command.name) \($0.name)" }
    let examples = command.examples.filter { example in
      if example.line.hasPrefix(usage) { return true }
      return isDefault && !others.contains { example.line.hasPrefix($0) }
    }
    if !examples.isEmpty {
      lines += ["", "Examples:"]
      for example in examples { lines += ["  \(example.line)", "      \(example.meaning)"] }
    }
    let options = command.options.filter { command.has($0, in: part.name) }
      .compactMap { CommandTable.option(named: $0, of: command) }
    lines += ["", "Options:"] + table(options.map { row($0, command) })
    lines += ["", "`redstart \(command.name) --help` shows all of it."]
    return lines.joined(separator: "\n") + "\n"
  }

  private static func row(_ option: Option, _ command: Command) -> (String, String) {
    let short = option.short.map { "-\($0), " } ?? "    "
    let argument =
      switch option.argument {
      case .none: ""
      case .value(let word): " \(word)"
      case .values(let word): " \(word)…"
      }
    var summary = option.summary
    let allowed = option.name == "output" ? command.outputs : option.allowed
    if !allowed.isEmpty { summary += " (\(allowed.joined(separator: "|")))" }
    return ("\(short)--\(option.name)\(argument)", summary)
  }

  private static func table(_ rows: [(String, String)]) -> [String] {
    let width = rows.map { $0.0.count }.max() ?? 0
    return rows.map { name, text in
      "  \(name)\(String(repeating: " ", count: width - name.count))  \(text)"
    }
  }

  private static func wrapped(_ text: String) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ") {
      if !line.isEmpty, line.count + word.count + 1 > 80 {
        lines.append(line)
        line = ""
      }
      line += line.isEmpty ? String(word) : " \(word)"
    }
    if !line.isEmpty { lines.append(line) }
    return lines
  }
}
