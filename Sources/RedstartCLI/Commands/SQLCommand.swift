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
    if subcommand == "parse" { return try printTrees(buffer) }
    let parsed = SQLParser.parse(buffer, in: buffers)
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
  ///
  /// Each statement is a line, written as soon as it is read: a long text needs no more memory
  /// than a short one.
  private func printTrees(_ buffer: BufferID) throws(Diagnostic) -> ExitCode {
    if let output = arguments.value("output"), output != "json" {
      throw Diagnostic.optionValue("--output", output, allowed: ["json"])
    }
    var writer = SyntaxTreeWriter(buffers.bytes(of: buffer))
    console.output("{\"statements\":[")
    var separator = "\n"
    let problems = SQLParser.read(buffer, in: buffers) { statement in
      console.output(separator + String(decoding: writer.json(statement), as: UTF8.self))
      separator = ",\n"
    }
    let diagnostics = PlainValue.list(problems.map { $0.plain(from: buffers) })
    console.output("\n],\"diagnostics\":\(diagnostics.jsonString)}\n")
    return problems.contains(where: \.isError) ? .usage : .success
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
