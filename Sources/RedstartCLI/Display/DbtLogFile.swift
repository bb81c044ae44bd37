import Diagnostics
import Execution
import Glibc
import ProjectModel
import Synchronization

/// `logs/dbt.log`: everything that a command tells and does, for people who look for a mistake
/// afterwards.
///
/// Lines are gathered and written together, since every command writes this file and few are ever
/// read. Secrets are taken out when lines are written, by when more of them are known. The file is
/// for its owner alone: SQL is in it.
final class DbtLogFile: Sendable {
  /// Lines as dbt writes them, by the name of the format.
  enum Format: String {
    case text
    case debug
    case json
  }

  let threshold: DbtLog.Level
  let format: Format
  private let path: String
  /// Bytes that the file may have; 0 where it may have any number.
  private let limit: Int
  private let invocationID: String
  private let state = Mutex(State())

  private struct State {
    var pending: [UInt8] = []
    var descriptor: Int32?
    var size = 0
    var isBegun = false
    var flushedAt: Int64 = 0
    var failure: Diagnostic?
  }

  /// What is kept in memory at most.
  private static let room = 1 << 15
  /// How many older files stay.
  private static let kept = 5

  init(path: String, threshold: DbtLog.Level, format: Format, limit: Int, invocationID: String) {
    self.path = path
    self.threshold = threshold
    self.format = format
    self.limit = limit
    self.invocationID = invocationID
  }

  /// Adds a line of text.
  ///
  /// - Parameters:
  ///   - message: what people read.
  ///   - level: how important it is.
  ///   - thread: who worked.
  ///   - now: when it happened.
  ///   - console: what knows the secrets.
  func write(
    _ message: String,
    level: DbtLog.Level,
    thread: String,
    at now: Moment,
    to console: Console
  ) {
    let clock = now.iso8601.dropFirst(11)
    let text = Self.withoutColors(message)
    guard format == .debug else { return add("\(clock.prefix(8))  \(text)\n", at: now, console) }
    let level = Self.padded(level.rawValue, 5)
    let line =
      "\(clock.prefix(15)) [\(level)] [\(Self.padded(thread, 10))]: \(text)\n"
    add(line, at: now, console)
  }

  /// Adds a line as it is.
  func write(line: String, at now: Moment, to console: Console) { add(line, at: now, console) }

  /// Writes what is left, and lets go of the file.
  ///
  /// - Returns: why lines were lost; nil where none were.
  func close(_ console: Console) -> Diagnostic? {
    state.withLock { state in
      flush(&state, console)
      if let descriptor = state.descriptor { Glibc.close(descriptor) }
      state.descriptor = nil
      return state.failure
    }
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    let head = text.prefix(width)
    return head + String(repeating: " ", count: width - head.count)
  }

  /// The text without what only terminals understand.
  private static func withoutColors(_ text: String) -> String {
    guard text.utf8.contains(0x1B) else { return text }
    var bytes: [UInt8] = []
    var isEscape = false
    for byte in text.utf8 {
      if byte == 0x1B {
        isEscape = true
      } else if !isEscape {
        bytes.append(byte)
      } else if byte == UInt8(ascii: "m") {
        isEscape = false
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private func add(_ line: String, at now: Moment, _ console: Console) {
    state.withLock { state in
      if state.failure != nil { return }
      var line = line
      if !state.isBegun {
        state.isBegun = true
        // How large it is decides where the first line goes.
        do throws(Diagnostic) {
          _ = try open(&state)
        } catch {
          state.failure = .logLost(error)
          return
        }
        if format == .debug {
          let rule = String(repeating: "=", count: 30)
          let clock = now.iso8601.dropFirst(11).prefix(15)
          line = "\n\n\(rule) \(clock) | \(invocationID) \(rule)\n" + line
        }
      }
      let bytes = line.utf8
      if limit > 0, state.size + state.pending.count + bytes.count >= limit {
        flush(&state, console)
        if state.size + bytes.count >= limit { turn(&state) }
      }
      state.pending += bytes
      // A long query must not keep others waiting for what was told before it.
      let isOld = now.nanoseconds - state.flushedAt > 1_000_000_000
      if state.pending.count >= Self.room || isOld { flush(&state, console) }
      if isOld { state.flushedAt = now.nanoseconds }
    }
  }

  private func flush(_ state: inout State, _ console: Console) {
    guard !state.pending.isEmpty, state.failure == nil else { return }
    let bytes = console.redacted(state.pending)
    state.pending.removeAll(keepingCapacity: true)
    do throws(Diagnostic) {
      let descriptor = try open(&state)
      var rest = bytes[...]
      while !rest.isEmpty {
        let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
        if count < 0 {
          if errno == EINTR { continue }
          throw .cannotWriteLog(path, errno)
        }
        rest = rest.dropFirst(count)
      }
      state.size += bytes.count
    } catch {
      state.failure = .logLost(error)
    }
  }

  private func open(_ state: inout State) throws(Diagnostic) -> Int32 {
    if let descriptor = state.descriptor { return descriptor }
    let folder = FilePath.parent(of: path)
    if !FileSystem.isDirectory(folder) { try FileSystem.makeDirectories(folder, mode: 0o700) }
    let descriptor = Glibc.open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw .cannotWriteLog(path, errno) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .cannotWriteLog(path, errno) }
    // One that another program left may be open to others; somebody else's stays as it is.
    if status.st_mode & 0o077 != 0, status.st_uid == geteuid() { _ = fchmod(descriptor, 0o600) }
    state.descriptor = descriptor
    state.size = Int(status.st_size)
    return descriptor
  }

  /// Begins a new file: `dbt.log` is `dbt.log.1` then, and so on.
  private func turn(_ state: inout State) {
    guard state.failure == nil, state.descriptor != nil || FileSystem.isFile(path) else { return }
    if let descriptor = state.descriptor { Glibc.close(descriptor) }
    state.descriptor = nil
    state.size = 0
    do throws(Diagnostic) {
      for number in (0..<Self.kept).reversed() {
        let older = number == 0 ? path : "\(path).\(number)"
        if FileSystem.isFile(older) { try FileSystem.move(older, to: "\(path).\(number + 1)") }
      }
    } catch {
      state.failure = .logLost(error)
    }
  }
}

extension DbtLogFile {
  /// The file that a command line asks for; nil where it wants none.
  ///
  /// - Throws: `usage` for values that dbt does not take.
  static func asked(
    by arguments: Arguments,
    _ console: Console,
    invocationID: String
  ) throws(Diagnostic) -> DbtLogFile? {
    let project = ProjectWords(arguments, console)
    func value(_ option: String, after leader: String?) -> String? {
      arguments.valuesOfDbt[option] ?? leader.flatMap { arguments.value($0) }
        ?? project.flag(option) ?? leader.flatMap { project.flag($0) }
    }
    let level = value("log-level-file", after: "log-level")?.lowercased() ?? "debug"
    guard let level = DbtLog.Level(rawValue: level) else {
      throw .optionValue(
        "--log-level-file",
        level,
        allowed: ["debug", "info", "warn", "error", "none"]
      )
    }
    let format = value("log-format-file", after: "log-format")?.lowercased() ?? "debug"
    guard let format = format == "default" ? Format.debug : Format(rawValue: format) else {
      throw .optionValue(
        "--log-format-file",
        format,
        allowed: ["text", "debug", "json", "default"]
      )
    }
    let bytes = arguments.valuesOfDbt["log-file-max-bytes"] ?? "10485760"
    guard let limit = Int(bytes), limit >= 0 else {
      throw .optionValue("--log-file-max-bytes", bytes, allowed: [])
    }
    guard level != .none else { return nil }
    let given = arguments.valuesOfDbt["log-path"].map {
      FilePath.absolute($0, from: console.workingDirectory)
    }
    return DbtLogFile(
      path: FilePath.joining(given ?? project.logFolder, "dbt.log"),
      threshold: arguments.has("debug") ? .debug : level,
      format: format,
      limit: limit,
      invocationID: invocationID
    )
  }

  /// What the project file says of the log, read before the project is: what is wrong with the file
  /// is told later.
  private struct ProjectWords {
    let logFolder: String
    private let flags: PlainDictionary

    init(_ arguments: Arguments, _ console: Console) {
      let given = arguments.value("project-dir")
      let start = FilePath.absolute(given ?? ".", from: console.workingDirectory)
      var folder = start
      var file: String?
      while file == nil {
        file = ["project.yml", "dbt_project.yml"].map { FilePath.joining(folder, $0) }
          .first(where: FileSystem.isFile)
        guard file == nil, given == nil, folder != "/" else { break }
        folder = FilePath.parent(of: folder)
      }
      guard let file else {
        flags = [:]
        logFolder = FilePath.joining(console.workingDirectory, "logs")
        return
      }
      let document = Self.document(file)
      flags = document["flags"]?.dictionary ?? [:]
      logFolder = FilePath.absolute(document["log-path"]?.string ?? "logs", from: folder)
    }

    func flag(_ option: String) -> String? {
      flags[String(option.map { $0 == "-" ? "_" : $0 })]?.string
    }

    private static func document(_ file: String) -> PlainDictionary {
      do throws(Diagnostic) {
        let bytes = try FileSystem.read(file)
        // Few files say anything of logs.
        let text = String(decoding: bytes, as: UTF8.self)
        guard text.contains("log") else { return [:] }
        let buffers = Buffers()
        return try YAML.document(buffers.add(name: file, bytes: bytes), in: buffers).root.plain
          .dictionary ?? [:]
      } catch {
        return [:]
      }
    }
  }
}

extension Diagnostic {
  fileprivate static func cannotWriteLog(_ path: String, _ error: Int32) -> Diagnostic {
    Diagnostic(code: "log-lost", "cannot write \(path): \(String(cString: strerror(error)))")
  }

  /// What was asked for is done without the log.
  fileprivate static func logLost(_ cause: Diagnostic) -> Diagnostic {
    Diagnostic(
      .warning,
      code: "log-lost",
      "the log is not written: \(cause.message)",
      help: ["name another folder with --log-path, or write --log-level-file none"]
    )
  }
}
