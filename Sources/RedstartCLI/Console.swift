import Diagnostics
import Glibc
import Synchronization

/// The program's way to the world: injected, so that tests run commands in-process.
final class Console: Sendable {
  let environment: [String: String]
  let workingDirectory: String
  /// Whether standard error is a terminal that can redraw lines.
  let isInteractive: Bool
  let style: TextStyle
  /// Whether the program was started by the name of `dbt`: it then speaks dbt's words, all of them
  /// on standard output.
  let speaksDbt: Bool
  /// Columns of the terminal.
  let width: Int
  private let input: @Sendable () -> [UInt8]
  private let line: (@Sendable (_ isHidden: Bool) -> String?)?
  /// What is left of standard input where it is read as a whole.
  private let lines = Mutex<[String]?>(nil)
  private let writeOutput: @Sendable ([UInt8]) -> Void
  private let writeError: @Sendable ([UInt8]) -> Void
  /// What stands for a secret in what is shown.
  static let mask = "*****"

  private let secrets = Mutex<[String]>([])
  /// How many texts have been searched for secrets.
  private let searched = Mutex(0)

  init(
    environment: [String: String],
    workingDirectory: String,
    isInteractive: Bool,
    style: TextStyle,
    width: Int,
    speaksDbt: Bool = false,
    input: @escaping @Sendable () -> [UInt8] = { [] },
    line: (@Sendable (_ isHidden: Bool) -> String?)? = nil,
    output: @escaping @Sendable ([UInt8]) -> Void,
    error: @escaping @Sendable ([UInt8]) -> Void
  ) {
    self.environment = environment
    self.workingDirectory = workingDirectory
    self.isInteractive = isInteractive
    self.style = style
    self.width = width
    self.speaksDbt = speaksDbt
    self.input = input
    self.line = line
    writeOutput = output
    writeError = error
  }

  /// The same console, speaking redstart's words: where dbt has no command, it has no words.
  func speakingForItself() -> Console {
    Console(
      environment: environment,
      workingDirectory: workingDirectory,
      isInteractive: isInteractive,
      style: style,
      width: width,
      input: input,
      line: line,
      output: writeOutput,
      error: writeError
    )
  }

  /// Registers a text that must appear in no output.
  func protect(_ secret: String?) {
    // Shorter ones would hide ordinary words.
    guard let secret, secret.utf8.count >= 4 else { return }
    // In JSON it may be spelt otherwise.
    let escaped = String(PlainValue.string(secret).jsonString.dropFirst().dropLast())
    secrets.withLock { secrets in
      for form in [secret, escaped] where !secrets.contains(form) { secrets.append(form) }
    }
  }

  /// The texts that have not been searched for secrets yet, each given out once.
  func textsToSearch(upTo count: Int) -> Range<Int> {
    searched.withLock { start in
      defer { start = max(start, count) }
      return start..<max(start, count)
    }
  }

  /// All of standard input.
  func readInput() -> [UInt8] { input() }

  /// The next line of standard input, which a terminal does not show if it is hidden; nil at its end.
  func readLine(isHidden: Bool) -> String? {
    if let line { return line(isHidden) }
    return lines.withLock { lines in
      var rest =
        lines
        ?? String(decoding: input(), as: UTF8.self).split(
          separator: "\n",
          omittingEmptySubsequences: false
        ).map(String.init)
      if lines == nil, rest.last?.isEmpty == true { rest.removeLast() }
      let next = rest.isEmpty ? nil : rest.removeFirst()
      lines = rest
      return next
    }
  }

  /// What a command is run for: SQL, rows, lists.
  func output(_ text: String) { writeOutput(Array(redacted(text).utf8)) }

  /// Progress, notes, diagnostics.
  func error(_ text: String) {
    let bytes = Array(redacted(text).utf8)
    if speaksDbt { writeOutput(bytes) } else { writeError(bytes) }
  }

  /// Bytes without the secrets in them; the same array when none are known.
  func redacted(_ bytes: [UInt8]) -> [UInt8] {
    guard secrets.withLock({ !$0.isEmpty }) else { return bytes }
    return Array(redacted(String(decoding: bytes, as: UTF8.self)).utf8)
  }

  func redacted(_ text: String) -> String {
    var text = text
    for secret in secrets.withLock({ $0 }) where text.contains(secret) {
      text = text.split(separator: secret, omittingEmptySubsequences: false)
        .joined(separator: Self.mask)
    }
    return text
  }

  /// The console of the process.
  static func standard() -> Console {
    var environment: [String: String] = [:]
    var pointer = environ
    while let entry = pointer.pointee {
      let text = String(cString: entry)
      if let equals = text.firstIndex(of: "=") {
        environment[String(text[..<equals])] = String(text[text.index(after: equals)...])
      }
      pointer = pointer.advanced(by: 1)
    }
    let isTerminal = isatty(STDERR_FILENO) == 1 && environment["TERM"] != "dumb"
    let usesColor = isTerminal && environment["NO_COLOR"] == nil && environment["CI"] == nil
    var size = winsize()
    let hasSize = ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 20
    return Console(
      environment: environment,
      workingDirectory: currentDirectory() ?? ".",
      isInteractive: isTerminal && environment["CI"] == nil,
      style: usesColor ? .ansi : .plain,
      width: hasSize ? Int(size.ws_col) : 100,
      speaksDbt: Redstart.isCalledDbt,
      input: { read(STDIN_FILENO) },
      line: { readLine(isHidden: $0) },
      output: { write($0, to: STDOUT_FILENO) },
      error: { write($0, to: STDERR_FILENO) }
    )
  }

  private static func currentDirectory() -> String? {
    guard let pointer = getcwd(nil, 0) else { return nil }
    defer { free(pointer) }
    return String(cString: pointer)
  }

  private static func read(_ descriptor: Int32) -> [UInt8] {
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = block.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return bytes }
      bytes += block[..<count]
    }
  }

  /// A line of standard input, byte by byte: what follows it is others'.
  private static func readLine(isHidden: Bool) -> String? {
    var settings = termios()
    let isTerminal = tcgetattr(STDIN_FILENO, &settings) == 0
    if isHidden, isTerminal {
      var silent = settings
      silent.c_lflag &= ~tcflag_t(ECHO)
      tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent)
    }
    defer {
      if isHidden, isTerminal {
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &settings)
        write([UInt8(ascii: "\n")], to: STDERR_FILENO)
      }
    }
    var bytes: [UInt8] = []
    var byte: UInt8 = 0
    while !Task.isCancelled {
      var waiting = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
      guard poll(&waiting, 1, 100) != 0 else { continue }
      let count = Glibc.read(STDIN_FILENO, &byte, 1)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self) }
      guard byte == UInt8(ascii: "\n") else {
        bytes.append(byte)
        continue
      }
      if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
      return String(decoding: bytes, as: UTF8.self)
    }
    return nil
  }

  private static func write(_ bytes: [UInt8], to descriptor: Int32) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if written < 0 {
        if errno == EINTR { continue }
        // Nobody reads any more (a closed pipe): there is nobody to tell.
        return
      }
      rest = rest.dropFirst(written)
    }
  }
}
