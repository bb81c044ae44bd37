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
  let identifier = CommandSession.makeIdentifier()
  let logFile: DbtLogFile?
  do throws(Diagnostic) {
    logFile =
      hasDbtWords ? try .asked(by: arguments, console, invocationID: identifier) : nil
  } catch {
    console.output(DbtUsage.text(of: error, command: command.name))
    return .usage
  }
  let session = CommandSession(
    arguments: arguments,
    command: command,
    console: hasDbtWords ? console : console.speakingForItself(),
    invocationID: identifier,
    logFile: logFile
  )
  let code = await run(session)
  session.summarizeDeprecations()
  session.bidFarewell(code)
  if let loss = logFile?.close(console) {
    console.error(DiagnosticFormat.full.render([loss], from: Buffers(), style: console.style))
  }
  return code
}

/// Runs a command, and tells what stops it.
private func run(_ session: CommandSession) async -> ExitCode {
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
