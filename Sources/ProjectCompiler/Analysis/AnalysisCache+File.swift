import Diagnostics
import ProjectModel
import RedshiftSQL

/// The file that the cache is kept in: numbers of variable length, and each text once.
///
/// A file that is damaged, or that another version wrote, is as good as none.
extension AnalysisCache {
  package static let fileName = "analysis.cache"
  private static let magic = "redstart analysis"

  /// Reads a file's bytes; empty for anything that is no such file.
  package init(reading bytes: [UInt8], version: String) {
    self.init()
    var reader = CacheReader(bytes)
    do throws(CacheReader.Damage) {
      guard try reader.plainText() == Self.magic, try reader.plainText() == version,
        try reader.number() == Self.analyserVersion, try reader.number() == reader.restChecksum
      else { return }
      try reader.readTexts()
      var entries: [String: Entry] = [:]
      for _ in 0..<(try reader.count()) {
        let id = try reader.text()
        entries[id] = try Self.entry(from: &reader)
      }
      self.entries = entries
    } catch {
      entries = [:]
    }
  }

  /// The file's bytes.
  package func bytes(version: String) -> [UInt8] {
    var writer = CacheWriter()
    writer.number(entries.count)
    for (id, entry) in entries.sorted(by: { $0.key < $1.key }) {
      writer.text(id)
      Self.write(entry, to: &writer)
    }
    let body = writer.finished
    var head = CacheWriter()
    head.plainText(Self.magic)
    head.plainText(version)
    head.number(Self.analyserVersion)
    head.number(CacheReader.checksum(body[...]))
    return head.bytes + body
  }

  // MARK: Entries

  private static func write(_ entry: Entry, to writer: inout CacheWriter) {
    writer.text(entry.checksum)
    writer.number(entry.isSilent ? 1 : 0)
    writer.list(entry.dependencies) { writer, dependency in
      writer.text(dependency.schema)
      writer.text(dependency.identifier)
      writer.fixed(dependency.fingerprint)
    }
    let analysis = entry.analysis
    writer.number(analysis.isComplete ? 1 : 0)
    writer.text(analysis.rowFingerprint)
    writer.list(analysis.columns) { writer, column in
      writer.text(column.name)
      writer.type(column.type)
      writer.number(column.isNullable ? 1 : 0)
      writer.range(column.range, in: entry.buffers)
      writer.origins(column.origins)
      writer.text(column.fingerprint)
    }
    writer.origins(analysis.influences)
    writer.origins(analysis.reads)
    writer.list(analysis.relations) { $0.relation($1) }
    writer.list(analysis.diagnostics) { writer, diagnostic in
      writer.text(diagnostic.severity.rawValue)
      writer.text(diagnostic.code)
      writer.text(diagnostic.message)
      writer.list(diagnostic.labels) { writer, label in
        writer.range(label.range, in: entry.buffers)
        writer.text(label.message)
      }
      writer.list(diagnostic.notes) { $0.text($1) }
      writer.list(diagnostic.help) { $0.text($1) }
    }
  }

  /// Ranges are read into buffers that stand for the two renderings.
  private static let renderings = [BufferID(index: -1), BufferID(index: -2)]

  private static func entry(
    from reader: inout CacheReader
  ) throws(CacheReader.Damage) -> Entry {
    let checksum = try reader.text()
    let isSilent = try reader.number() == 1
    var dependencies: [Dependency] = []
    for _ in 0..<(try reader.count()) {
      dependencies.append(
        Dependency(
          schema: try reader.text(),
          identifier: try reader.text(),
          fingerprint: try reader.fixed()
        )
      )
    }
    var analysis = NodeAnalysis()
    analysis.isComplete = try reader.number() == 1
    analysis.rowFingerprint = try reader.text()
    for _ in 0..<(try reader.count()) {
      var column = NodeColumn(name: try reader.text(), type: try reader.type())
      column.isNullable = try reader.number() == 1
      column.range = try reader.range(in: renderings)
      column.origins = try reader.origins()
      column.fingerprint = try reader.text()
      analysis.columns.append(column)
    }
    analysis.influences = try reader.origins()
    analysis.reads = try reader.origins()
    for _ in 0..<(try reader.count()) { analysis.relations.append(try reader.relation()) }
    for _ in 0..<(try reader.count()) {
      analysis.diagnostics.append(try diagnostic(from: &reader))
    }
    return Entry(
      checksum: checksum,
      isSilent: isSilent,
      dependencies: dependencies,
      analysis: analysis,
      buffers: renderings
    )
  }

  private static func diagnostic(
    from reader: inout CacheReader
  ) throws(CacheReader.Damage) -> Diagnostic {
    guard let severity = Diagnostic.Severity(rawValue: try reader.text()) else {
      throw CacheReader.Damage()
    }
    var diagnostic = Diagnostic(severity, code: try reader.text(), try reader.text())
    for _ in 0..<(try reader.count()) {
      guard let range = try reader.range(in: renderings) else { throw CacheReader.Damage() }
      diagnostic.labels.append(Diagnostic.Label(range, try reader.text()))
    }
    for _ in 0..<(try reader.count()) { diagnostic.notes.append(try reader.text()) }
    for _ in 0..<(try reader.count()) { diagnostic.help.append(try reader.text()) }
    return diagnostic
  }
}
