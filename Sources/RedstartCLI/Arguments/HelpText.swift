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
      "compilation; 130 interrupted.",
    ]
    return lines.joined(separator: "\n") + "\n"
  }

  static func page(for command: Command) -> String {
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
