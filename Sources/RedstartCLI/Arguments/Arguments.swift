import Diagnostics

/// A command line, understood.
struct Arguments: Sendable {
  var command: Command?
  var subcommand: String?
  var positional: [String] = []
  var values: [String: [String]] = [:]
  var switches: Set<String> = []
  /// Switches that were taken back (`--no-fail-fast`), whatever the environment says.
  var negated: Set<String> = []
  /// Options of dbt that are understood and have no table of their own.
  var ofDbt: Set<String> = []
  /// The values of those that have one.
  var valuesOfDbt: [String: String] = [:]
  /// Whether nodes were chosen with --models, --model or -m.
  var usesFormerSelect = false
  /// What came after `--`.
  var rest: [String] = []
  /// The command line as it was typed.
  var words: [String] = []

  func value(_ name: String) -> String? { values[name]?.last }
  func list(_ name: String) -> [String] { values[name] ?? [] }
  func has(_ name: String) -> Bool { switches.contains(name) }

  /// Reads a command line (without the program's name).
  ///
  /// - Throws: `usage` diagnostics with the nearest command or option.
  static func parse(_ words: [String]) throws(Diagnostic) -> Arguments {
    var arguments = Arguments()
    arguments.words = words
    var index = 0
    while index < words.count {
      let word = words[index]
      index += 1
      if word == "--" {
        arguments.rest = Array(words[index...])
        break
      }
      if word.hasPrefix("-"), word.count > 1, arguments.passes(word) {
        arguments.rest = Array(words[(index - 1)...])
        break
      }
      if word.hasPrefix("--") {
        try arguments.readLong(word, words, &index)
      } else if word.hasPrefix("-"), word.count > 1 {
        try arguments.readShort(word, words, &index)
      } else {
        try arguments.readWord(word)
      }
    }
    try arguments.check()
    return arguments
  }

  /// Whether a word and all behind it are the options of a program that is called: psql's need no
  /// `--` before them where redstart has no option of that name.
  private func passes(_ word: String) -> Bool {
    guard let command, command.name == "local", subcommand == "psql" else { return false }
    let name = word.drop { $0 == "-" }.prefix { $0 != "=" }
    let option =
      word.hasPrefix("--")
      ? CommandTable.option(named: String(name), of: command)
      : name.first.flatMap { CommandTable.option(short: String($0), of: command) }
    guard let option else { return true }
    return !command.options.contains(option.name) && option.name != "help"
      && option.name != "version"
  }

  private mutating func readWord(_ word: String) throws(Diagnostic) {
    guard let command else {
      guard let found = CommandTable.command(named: word) else {
        throw .unknownCommand(word, known: CommandTable.commands.map(\.name))
      }
      self.command = found
      return
    }
    if !command.subcommands.isEmpty, subcommand == nil {
      if let known = command.otherNames[word] {
        subcommand = known
        return
      }
      guard command.subcommands.contains(where: { $0.name == word }) else {
        throw .unknownCommand(
          "\(command.name) \(word)",
          known: command.subcommands.map { "\(command.name) \($0.name)" },
          meant: command.foreignWords[word].map { "\(command.name) \($0)" }
        )
      }
      subcommand = word
      return
    }
    guard command.positional != nil, positional.isEmpty else {
      throw .unexpectedArgument(word, command: command.name)
    }
    positional.append(word)
  }

  private mutating func readLong(
    _ word: String,
    _ words: [String],
    _ index: inout Int
  ) throws(Diagnostic) {
    let body = word.dropFirst(2)
    let parts = body.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(parts.first ?? "")
    if CommandTable.option(named: name, of: command) == nil,
      let takesValue = DbtOptions.ignored[name]
    {
      // dbt's own machinery, which has no counterpart here.
      ofDbt.insert(name)
      ofDbt.remove(name.hasPrefix("no-") ? String(name.dropFirst(3)) : "no-\(name)")
      if takesValue, parts.count > 1 {
        valuesOfDbt[name] = String(parts[1])
      } else if takesValue, index < words.count, !words[index].hasPrefix("-") {
        valuesOfDbt[name] = words[index]
        index += 1
      }
      return
    }
    if CommandTable.option(named: name, of: command) == nil, name.hasPrefix("no-"),
      let option = CommandTable.option(named: String(name.dropFirst(3)), of: command),
      case .none = option.argument
    {
      switches.remove(option.name)
      negated.insert(option.name)
      return
    }
    guard let option = CommandTable.option(named: name, of: command), name.count > 1 else {
      throw .unknownOption("--\(name)", known: knownOptions)
    }
    try read(
      option,
      spelled: "--\(name)",
      inline: parts.count > 1 ? String(parts[1]) : nil,
      words,
      &index
    )
  }

  private mutating func readShort(
    _ word: String,
    _ words: [String],
    _ index: inout Int
  ) throws(Diagnostic) {
    // Several switches may share a dash: -qx.
    var letters = word.dropFirst()
    while let letter = letters.first {
      letters = letters.dropFirst()
      let known = CommandTable.option(short: String(letter), of: command)
      if DbtOptions.ignoredShort.contains(letter),
        known.map({ command?.options.contains($0.name) != true }) ?? true
      {
        if letters.isEmpty, index < words.count { index += 1 }
        return
      }
      if command?.name == "init", letter == "s" {
        ofDbt.insert("skip-profile-setup")
        continue
      }
      guard let option = CommandTable.option(short: String(letter), of: command) else {
        throw .unknownOption("-\(letter)", known: knownOptions)
      }
      if case .none = option.argument {
        switches.insert(option.name)
        continue
      }
      let inline =
        letters.isEmpty ? nil : String(letters.first == "=" ? letters.dropFirst() : letters)
      try read(option, spelled: "-\(letter)", inline: inline, words, &index)
      return
    }
  }

  private mutating func read(
    _ option: Option,
    spelled: String,
    inline: String?,
    _ words: [String],
    _ index: inout Int
  ) throws(Diagnostic) {
    if option.name == "select", option.aliases.contains(spelled.filter { $0 != "-" }) {
      usesFormerSelect = true
    }
    var given: [String] = []
    switch option.argument {
    case .none:
      if inline != nil { throw .optionWithoutValue(spelled) }
      switches.insert(option.name)
      negated.remove(option.name)
      return
    case .value(let placeholder):
      if let inline {
        given = [inline]
      } else if index < words.count, !words[index].hasPrefix("--") {
        given = [words[index]]
        index += 1
      } else {
        throw .missingOptionValue(spelled, placeholder)
      }
    case .values(let placeholder):
      if let inline {
        given = [inline]
      } else {
        while index < words.count, !words[index].hasPrefix("-") {
          given.append(words[index])
          index += 1
        }
      }
      if !option.allowed.isEmpty {
        // As in dbt, one word may hold several: `--resource-type "model test"`.
        given = given.flatMap { $0.split(whereSeparator: \.isWhitespace).map(String.init) }
      }
      if given.isEmpty { throw .missingOptionValue(spelled, placeholder) }
    }
    for value in given where !option.allowed.isEmpty && !option.allowed.contains(value) {
      throw .optionValue(spelled, value, allowed: option.allowed)
    }
    values[option.name, default: []] += given
  }

  private mutating func check() throws(Diagnostic) {
    guard let command else { return }
    // dbt takes them with every command of its own; the others are redstart's.
    if DbtUsage.commands.contains(command.name) {
      for name in DbtOptions.everywhere where !command.has(name, in: subcommand) {
        values[name] = nil
        switches.remove(name)
      }
    }
    for name in values.keys.sorted() + switches.sorted()
    where !command.options.contains(name) && name != "version" && name != "help" {
      throw .optionNotOfCommand("--\(name)", command: command.name)
    }
    // One that a subcommand would not look at must not be taken for one that it follows.
    for name in values.keys.sorted() + switches.sorted()
    where command.options.contains(name) && name != "help" && !command.has(name, in: subcommand) {
      let words = [command.name, subcommand ?? command.defaultSubcommand].compactMap { $0 }
      throw .optionNotOfCommand(
        "--\(name)",
        command: words.joined(separator: " "),
        others: (command.scopes[name] ?? []).map { "\(command.name) \($0)" }
      )
    }
    if !rest.isEmpty, subcommand != "psql" {
      throw .unexpectedArgument(rest[0], command: command.name)
    }
  }

  private var knownOptions: [String] {
    let names = command?.options ?? CommandTable.options.map(\.name)
    return names.map { "--\($0)" }
  }
}

extension Diagnostic {
  /// - Parameters:
  ///   - name: what was written.
  ///   - known: the commands that there are.
  ///   - meant: the one that another tool calls so.
  /// - Returns: an error with the likely one.
  static func unknownCommand(_ name: String, known: [String], meant: String? = nil) -> Diagnostic {
    Diagnostic(
      code: "usage",
      "there is no command \"\(name)\"",
      help: [
        meant.map { "it is `redstart \($0)` here" } ?? Suggestion.sentence(for: name, among: known)
          ?? "`redstart --help` lists the commands"
      ]
    )
  }

  static func unknownOption(_ name: String, known: [String]) -> Diagnostic {
    Diagnostic(
      code: "usage",
      "there is no option \(name)",
      help: [
        Suggestion.sentence(for: name, among: known)
          ?? "`redstart COMMAND --help` lists a command's options"
      ]
    )
  }

  static func unexpectedArgument(_ word: String, command: String) -> Diagnostic {
    Diagnostic(
      code: "usage",
      "`redstart \(command)` does not take \"\(word)\"",
      help: [
        CommandTable.command(named: command)?.options.contains("select") == true
          ? "to choose nodes, write --select \(word)" : "see `redstart \(command) --help`"
      ]
    )
  }

  static func optionWithoutValue(_ option: String) -> Diagnostic {
    Diagnostic(code: "usage", "\(option) is a switch and takes no value")
  }

  static func missingOptionValue(_ option: String, _ placeholder: String) -> Diagnostic {
    Diagnostic(
      code: "usage",
      "\(option) needs a value",
      help: ["write \(option) \(placeholder)"]
    )
  }

  static func optionValue(_ option: String, _ value: String, allowed: [String]) -> Diagnostic {
    Diagnostic(
      code: "usage",
      "\(option) cannot be \"\(value)\"",
      help: [
        Suggestion.sentence(for: value, among: allowed)
          ?? "choose one of \(allowed.joined(separator: ", "))"
      ]
    )
  }

  static func optionNotOfCommand(
    _ option: String,
    command: String,
    others: [String] = []
  ) -> Diagnostic {
    Diagnostic(
      code: "usage",
      "`redstart \(command)` has no option \(option)",
      notes: others.isEmpty ? [] : ["it belongs to \(others.joined(separator: ", "))"],
      help: ["see `redstart \(command) --help`"]
    )
  }
}
