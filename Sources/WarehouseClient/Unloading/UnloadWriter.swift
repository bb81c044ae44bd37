import Diagnostics
import Glibc
import RedshiftSQL
import Synchronization

/// Spreads rows over the files of one UNLOAD, named as Redshift names them.
final class UnloadWriter: Sendable {
  /// A finished file, for the manifest.
  struct Finished: Sendable {
    var key: String
    var size: Int
    var rows: Int
  }

  private struct State {
    var open: [String: UnloadFile] = [:]
    var parts: [String: Int] = [:]
    var finished: [Finished] = []
    var rows = 0
  }

  private let format: UnloadFormat
  /// The folder and the start of the names that the destination means.
  private let folder: String
  private let prefix: String
  private let partition: [Int]
  // A file is used by one thread at a time, under the lock.
  private let state: Mutex<State>

  init(format: UnloadFormat, folder: String, prefix: String) {
    self.format = format
    self.folder = folder
    self.prefix = prefix
    partition = format.unload.partitionNames.compactMap { name in
      format.columns.firstIndex { $0.name == name }
    }
    state = Mutex(State())
  }

  var rows: Int { state.withLock { $0.rows } }

  /// Adds a row in PostgreSQL's text format.
  func add(_ row: [UInt8]) throws(SystemFailure) {
    let fields = UnloadFormat.fields(of: row)
    let key = partitionKey(fields)
    let line = format.line(fields)
    let outcome = state.withLock { state in
      Result { () throws(SystemFailure) in try self.write(line, to: key, &state) }
    }
    try outcome.get()
  }

  /// Completes all files; a text or CSV unload of no rows makes an empty one.
  func finish() throws(SystemFailure) -> [Finished] {
    let outcome = state.withLock { state in
      Result { () throws(SystemFailure) -> [Finished] in
        if state.rows == 0, self.partition.isEmpty, self.format.unload.format != .json {
          _ = try self.file("", &state)
        }
        for key in state.open.keys.sorted() { try self.close(key, &state) }
        return state.finished
      }
    }
    return try outcome.get()
  }

  /// `year=2020/month=1/`, as Hive lays out partitions.
  private func partitionKey(_ fields: [[UInt8]?]) -> String {
    var key = ""
    for (index, name) in zip(partition, format.unload.partitionNames) {
      let value = fields.indices.contains(index) ? fields[index] : nil
      let text = value.map { String(decoding: $0, as: UTF8.self) } ?? "__HIVE_DEFAULT_PARTITION__"
      let plain = text.map { $0 == "/" || $0 == "\\" ? "%2F" : String($0) }.joined()
      key += "\(name)=\(plain)/"
    }
    return key
  }

  private func write(
    _ line: [UInt8],
    to key: String,
    _ state: inout State
  ) throws(SystemFailure) {
    var file = try file(key, &state)
    if let limit = format.unload.maximumFileSize, file.size > 0, file.size + line.count > limit {
      try close(key, &state)
      file = try self.file(key, &state)
    }
    try file.append(line)
    state.rows += 1
  }

  private func file(_ key: String, _ state: inout State) throws(SystemFailure) -> UnloadFile {
    if let file = state.open[key] { return file }
    let part = state.parts[key] ?? 0
    state.parts[key] = part + 1
    let path = "\(folder)/\(name(key, part))"
    try Self.makeFolders(above: path)
    let file = try UnloadFile(path: path, isCompressed: format.unload.compression == .gzip)
    if let header = format.header { try file.append(header, isRow: false) }
    state.open[key] = file
    return file
  }

  private func close(_ key: String, _ state: inout State) throws(SystemFailure) {
    guard let file = state.open.removeValue(forKey: key) else { return }
    try file.finish()
    let name = String(file.path.dropFirst(folder.count + 1))
    state.finished.append(Finished(key: name, size: file.storedSize, rows: file.rows))
  }

  private func name(_ key: String, _ part: Int) -> String {
    func padded(_ number: Int, _ width: Int) -> String {
      let digits = String(number)
      return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
    let unload = format.unload
    var name =
      key.isEmpty ? prefix : prefix + (prefix.hasSuffix("/") || prefix.isEmpty ? "" : "/") + key
    name += unload.isParallel ? "0000_part_\(padded(part, 2))" : padded(part, 3)
    if let ending = unload.fileExtension { return "\(name).\(ending.value)" }
    return unload.compression == .gzip ? name + ".gz" : name
  }

  static func makeFolders(above path: String) throws(SystemFailure) {
    var end = path.startIndex
    while let slash = path[end...].dropFirst().firstIndex(of: "/") {
      let folder = String(path[..<slash])
      if mkdir(folder, 0o755) != 0, errno != EEXIST {
        throw SystemFailure("make the folder", folder)
      }
      end = slash
    }
  }
}
