import Diagnostics
import ProjectModel
import RedshiftSQL

extension CommandSession {
  /// `redstart sql translate|format|parse [FILE|-]`.
  func sql() throws -> ExitCode {
    guard let subcommand = arguments.subcommand else {
      throw Diagnostic(
        code: "usage",
        "`redstart sql` needs to be told what to do",
        help: ["write redstart sql format, translate or parse"]
      )
    }
    let name = arguments.positional.first ?? "-"
    let buffer =
      name == "-"
      ? buffers.add(name: "<stdin>", bytes: console.readInput())
      : buffers.add(name: name, bytes: try FileSystem.read(absolute(name)))
    if let problem = TextEncoding.problem(with: buffers.bytes(of: buffer), of: buffer) {
      throw problem
    }
    let parsed = SQLParser.parse(buffer, in: buffers)
    if subcommand == "parse" { return try printTree(parsed) }
    let errors = parsed.diagnostics.filter(\.isError)
    guard errors.isEmpty else { throw DiagnosticList(errors) }
    return subcommand == "translate" ? translate(parsed) : try format(parsed, name)
  }

  /// Prints what would be sent to PostgreSQL.
  private func translate(_ parsed: ParsedSQL) -> ExitCode {
    var failures: [Diagnostic] = []
    for statement in parsed.statements {
      let translation = PostgresTranslator.translate(statement, in: buffers)
      failures += translation.diagnostics
      guard translation.isUsable, !translation.text.isEmpty else { continue }
      console.output(translation.text.string + ";\n")
    }
    report(failures.filter { !isQuiet || $0.isError })
    return failures.contains(where: \.isError) ? .usage : .success
  }

  /// Prints the statements as trees, with what is wrong with them.
  private func printTree(_ parsed: ParsedSQL) throws(Diagnostic) -> ExitCode {
    if let output = arguments.value("output"), output != "json" {
      throw Diagnostic.optionValue("--output", output, allowed: ["json"])
    }
    let tree: PlainValue = [
      "statements": SyntaxTreeValue.statements(parsed, in: buffers),
      "diagnostics": .list(parsed.diagnostics.map { $0.plain(from: buffers) }),
    ]
    console.output(String(decoding: tree.json(indent: 2), as: UTF8.self) + "\n")
    return parsed.diagnostics.contains(where: \.isError) ? .usage : .success
  }

  /// Prints canonical SQL; or writes it back, or says whether the text is so already.
  private func format(_ parsed: ParsedSQL, _ name: String) throws(Diagnostic) -> ExitCode {
    let formatted = SQLPrinter.print(parsed, in: buffers)
    let isSame = formatted == buffers.bytes(of: parsed.buffer)
    if arguments.has("check") {
      note(isSame ? "\(name) is formatted" : "\(name) is not formatted")
      return isSame ? .success : .failure
    }
    guard arguments.has("write") else {
      console.output(String(decoding: formatted, as: UTF8.self))
      return .success
    }
    guard name != "-" else {
      throw Diagnostic(code: "usage", "--write needs the name of a file")
    }
    if !isSame { try FileSystem.write(formatted, to: absolute(name)) }
    note(isSame ? "\(name) is formatted" : "formatted \(name)")
    return .success
  }
}
