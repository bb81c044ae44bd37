import Diagnostics
import ProjectModel

/// Asks for a connection as dbt does, and adds it to profiles.yml.
///
/// Answers come from standard input: typed at a terminal or piped. What stands in the file stays.
struct ProfileSetup {
  let session: CommandSession
  let profile: String

  /// Asks, and writes.
  ///
  /// - Parameter template: the project's own `profile_template.yml`, where it has one.
  /// - Throws: what cannot be read or written.
  func perform(template: String?) throws(Diagnostic) {
    session.note("Setting up your profile.")
    let path = FilePath.joining(folder, "profiles.yml")
    let written = FileSystem.isFile(path) ? try FileSystem.read(path) : []
    if try names(in: written, path).contains(profile) {
      session.note("The profile \(profile) already exists in \(path), and is left as it is.")
      return
    }
    guard let target = try answers(template) else {
      session.note(
        "No answer: no profile was written. `dbt init` in the project's folder asks again."
      )
      return
    }
    try add(target, to: written, at: path)
    session.note("Profile \(profile) written to \(path).")
  }

  /// Where profiles are, as dbt looks for them.
  var folder: String {
    let console = session.console
    let given = session.arguments.value("profiles-dir") ?? console.environment["DBT_PROFILES_DIR"]
    if let given, !given.isEmpty { return session.absolute(given) }
    if FileSystem.isFile("\(console.workingDirectory)/profiles.yml") {
      return console.workingDirectory
    }
    return FilePath.joining(console.environment["HOME"] ?? "/", ".dbt")
  }

  /// Whether profiles.yml has this profile.
  func exists() throws(Diagnostic) -> Bool {
    let path = FilePath.joining(folder, "profiles.yml")
    guard FileSystem.isFile(path) else { return false }
    return try names(in: try FileSystem.read(path), path).contains(profile)
  }

  private func names(in bytes: [UInt8], _ path: String) throws(Diagnostic) -> [String] {
    let buffer = session.buffers.add(name: path, bytes: bytes)
    return try YAML.document(buffer, in: session.buffers).root.pairs?.map(\.key) ?? []
  }

  // MARK: Questions

  /// A key of the connection with its value.
  private typealias Answer = (key: String, value: PlainValue)

  /// The connection; nil where somebody stopped to answer.
  private func answers(_ template: String?) throws(Diagnostic) -> [(
    key: String, value: PlainValue
  )]? {
    var text = template
    if text == nil {
      let kinds = ["redshift", "postgres"]
      let list = kinds.enumerated().map { "[\($0 + 1)] \($1)" }.joined(separator: "\n")
      guard
        let number = choice(
          "Which database would you like to use?\n\(list)\n\nEnter a number",
          upTo: kinds.count
        )
      else { return nil }
      text = number == 1 ? Self.redshift : Self.postgres
    }
    let buffer = session.buffers.add(name: "profile_template.yml", text: text ?? "")
    let root = try YAML.document(buffer, in: session.buffers).root
    var answers: [Answer] = (root["fixed"]?.pairs ?? []).map {
      (key: $0.key, value: $0.value.plain)
    }
    guard let asked = ask(root["prompts"]?.pairs ?? []) else { return nil }
    answers += asked
    return answers
  }

  private func ask(_ prompts: [YAMLNode.Pair]) -> [Answer]? {
    var answers: [Answer] = []
    for prompt in prompts {
      if prompt.key.hasPrefix("_choose") {
        let choices = prompt.value.pairs ?? []
        guard !choices.isEmpty else { continue }
        let list = choices.enumerated().map { "[\($0 + 1)] \($1.key)" }.joined(separator: "\n")
        let kind = prompt.key.dropFirst(8).map { $0 == "_" ? " " : String($0) }.joined()
        guard
          let number = choice(
            "\(list)\nDesired \(kind) option (enter a number)",
            upTo: choices.count
          ),
          let more = ask(choices[number - 1].value.pairs ?? [])
        else { return nil }
        answers += more
      } else if prompt.key.hasPrefix("_fixed") {
        answers.append((String(prompt.key.dropFirst(7)), prompt.value.plain))
      } else {
        guard let answer = reply(to: prompt) else { return nil }
        if let value = answer.value { answers.append((prompt.key, value)) }
      }
    }
    return answers
  }

  /// The answer to one question, whose value is nothing where it may be left out.
  private func reply(to prompt: YAMLNode.Pair) -> (value: PlainValue?, key: String)? {
    let hint = prompt.value["hint"]?.scalar?.text
    let preset = prompt.value["default"]?.scalar
    let isHidden = prompt.value["hide_input"]?.plain.boolean == true
    let isNumber = prompt.value["type"]?.scalar?.text == "int"
    let question =
      prompt.key + (hint.map { " (\($0))" } ?? "") + (preset.map { " [\($0.text)]" } ?? "")
    while true {
      guard let text = line(question, isHidden: isHidden) else { return nil }
      if text.isEmpty {
        if let preset { return (preset.value, prompt.key) }
        if hint?.hasPrefix("optional") == true { return (nil, prompt.key) }
        continue
      }
      if isHidden { session.console.protect(text) }
      guard isNumber else { return (.string(text), prompt.key) }
      if let number = Int(text) { return (.integer(number), prompt.key) }
      session.console.output("Error: '\(text)' is not a valid integer.\n")
    }
  }

  private func choice(_ question: String, upTo count: Int) -> Int? {
    while true {
      guard let text = line(question, isHidden: false) else { return nil }
      if let number = Int(text), (1...count).contains(number) { return number }
      session.console.output("Error: '\(text)' is not a number from 1 to \(count).\n")
    }
  }

  private func line(_ question: String, isHidden: Bool) -> String? {
    session.console.output("\(question): ")
    return session.console.readLine(isHidden: isHidden)
  }

  // MARK: Writing

  private func add(
    _ target: [(key: String, value: PlainValue)],
    to written: [UInt8],
    at path: String
  ) throws(Diagnostic) {
    let name = target.last { $0.key == "target" }?.value.string ?? "dev"
    var text = written.isEmpty || written.last == UInt8(ascii: "\n") ? "" : "\n"
    text += "\(Self.word(.string(profile))):\n  target: \(Self.word(.string(name)))\n  outputs:\n"
    text += "    \(Self.word(.string(name))):\n"
    for (key, value) in target where key != "target" {
      text += "      \(key): \(Self.word(value))\n"
    }
    let folder = FilePath.parent(of: path)
    if !FileSystem.isDirectory(folder) { try FileSystem.makeDirectories(folder, mode: 0o700) }
    // A password may be in it.
    try FileSystem.write(written + text.utf8, to: FileSystem.resolved(path), mode: 0o600)
  }

  /// A value as YAML has it: bare where it means itself.
  private static func word(_ value: PlainValue) -> String {
    guard let text = value.string else { return value.jsonString }
    let isPlain =
      text.utf8.first.map { (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) } == true
      && text.utf8.allSatisfy { byte in
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x2F, 0x5F: true
        default: false
        }
      }
    let isWord = ["true", "false", "yes", "no", "on", "off", "null", "y", "n"]
    return isPlain && !isWord.contains(text.lowercased()) ? text : value.jsonString
  }

  private static let postgres = """
    fixed: {type: postgres}
    prompts:
      host: {hint: name of the server}
      port: {default: 5432, type: int}
      user: {hint: your user}
      pass: {hint: your password, hide_input: true}
      dbname: {hint: the database that models are built in}
      schema: {hint: the schema that models are built in}
      threads: {hint: 1 or more, type: int, default: 1}
    """

  private static let redshift = """
    fixed: {type: redshift}
    prompts:
      host: {hint: name.region.redshift.amazonaws.com}
      port: {default: 5439, type: int}
      user: {hint: your user}
      _choose_authentication_method:
        password: {password: {hint: your password, hide_input: true}}
        iam: {_fixed_method: iam}
        iam_role: {_fixed_method: iam_role}
      dbname: {hint: the database that models are built in}
      schema: {hint: the schema that models are built in}
      threads: {hint: 1 or more, type: int, default: 1}
      query_group: {hint: optional; a name for queries in the cluster's logs}
    """
}
