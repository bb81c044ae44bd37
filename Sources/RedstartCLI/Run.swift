import Diagnostics

/// Runs one command line from start to end: the whole program as a function.
func run(_ words: [String], console: Console) async -> ExitCode {
  var arguments: Arguments
  do throws(Diagnostic) {
    arguments = try Arguments.parse(words)
    try arguments.complete(from: console.environment)
  } catch {
    if console.speaksDbt {
      console.output(DbtUsage.text(of: error, command: words.first { !$0.hasPrefix("-") }))
      return .usage
    }
    let format = DiagnosticFormat.full
    console.error(format.render([error], from: Buffers(), style: console.style))
    return .usage
  }
  if arguments.has("version") {
    console.output(
      console.speaksDbt ? DbtUsage.version : "redstart \(Redstart.version)\n"
    )
    return .success
  }
  guard let command = arguments.command else {
    if arguments.has("help") {
      console.output(HelpText.overview)
      return .success
    }
    console.error(HelpText.overview)
    return .usage
  }
  if arguments.has("help") {
    console.output(HelpText.page(for: command, arguments.subcommand))
    return .success
  }
  let hasDbtWords = console.speaksDbt && DbtUsage.commands.contains(command.name)
  let session = CommandSession(
    arguments: arguments,
    command: command,
    console: hasDbtWords ? console : console.speakingForItself()
  )
  defer { session.summarizeDeprecations() }
  do {
    return try await session.perform()
  } catch let list as DiagnosticList {
    session.report(list.diagnostics)
    return .usage
  } catch let diagnostic as Diagnostic {
    session.report([diagnostic])
    return .usage
  } catch is CancellationError {
    return .interrupted
  } catch {
    session.report([Diagnostic(code: "unexpected-error", "\(error)")])
    return .failure
  }
}
