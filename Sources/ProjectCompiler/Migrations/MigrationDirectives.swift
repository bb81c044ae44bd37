import Diagnostics
import RedshiftSQL

/// What the comments at the head of a migration ask for.
///
/// ```sql
/// -- redstart: depends-on=3.1, lock-timeout=5s
/// -- redstart: allow=drop-column
/// ```
///
/// Settings are separated by commas; a word without `=` continues the list before it.
package struct MigrationDirectives: Hashable, Sendable {
  /// Versions, and names of repeatable migrations, that come before this one.
  package var dependencies: [String] = []
  /// Milliseconds that a statement may wait for a lock.
  package var lockTimeout: Int?
  /// How often the migration is tried again when a lock was not to be had.
  package var lockRetries: Int?
  /// Milliseconds that a statement may take.
  package var statementTimeout: Int?
  /// Names or types of the targets that the migration is for; empty for all.
  package var targets: [String] = []
  package var tags: [String] = []
  /// The migrations that this one stands for.
  package var replaced: [ReplacedMigration] = []
  /// Codes of warnings that are not given, without `migration-` in front.
  package var allowed: Set<String> = []

  /// A migration whose file was squashed into this one.
  package struct ReplacedMigration: Hashable, Sendable {
    package var version: String
    /// Of what its file said.
    package var checksum: String
  }

  package init() {}

  static let names = [
    "depends-on", "lock-timeout", "lock-retries", "statement-timeout", "targets", "tags", "allow",
    "replaces",
  ]

  /// Whether the migration is for a target of this name and type.
  package func includes(target name: String, type: String) -> Bool {
    targets.isEmpty || targets.contains(name) || targets.contains(type)
  }
}

extension MigrationDirectives {
  /// A number with a unit: `500ms`, `30s`, `5min`, `1h`; nil where it is none, or none that fits.
  package static func milliseconds(_ text: some StringProtocol) -> Int? {
    let units = [("ms", 1), ("min", 60_000), ("s", 1000), ("h", 3_600_000)]
    for (unit, factor) in units where text.hasSuffix(unit) {
      var digits = text.dropLast(unit.count)
      while let last = digits.last, last.isWhitespace { digits.removeLast() }
      guard let number = Int(digits), number >= 0 else { continue }
      let (product, overflows) = number.multipliedReportingOverflow(by: factor)
      return overflows ? nil : product
    }
    return nil
  }
}

/// Reads directives from a file's comments.
struct MigrationDirectiveReader {
  private(set) var directives = MigrationDirectives()
  private(set) var problems: [Diagnostic] = []

  private let buffer: BufferID
  private let bytes: [UInt8]

  /// Reads the comments in front of the first statement.
  init(_ buffer: BufferID, in buffers: Buffers) {
    self.buffer = buffer
    bytes = buffers.bytes(of: buffer)
    // Most files begin with a statement, and need not be read to their end.
    guard let first = bytes.first(where: { $0 > 32 }), [0x2D, 0x2F].contains(first) else { return }
    var isAtHead = true
    var mayHaveDownSection = false
    for token in SQLLexer.tokens(of: bytes) {
      if !token.isTrivia { isAtHead = false }
      guard isAtHead || mayHaveDownSection else { break }
      guard token.kind == .lineComment else { continue }
      if isAtHead { read(token.range) }
      let comment = trimmed(String(decoding: bytes[token.range].dropFirst(2), as: UTF8.self))
      // Files of goose and dbmate begin with one such comment, and end with what the other one says.
      if comment.hasPrefix("+goose ") || comment.hasPrefix("migrate:") { mayHaveDownSection = true }
      if comment.hasPrefix("+goose Down") || comment.hasPrefix("migrate:down") {
        let range = TextRange(buffer: buffer, bytes: token.range)
        problems.append(.downSection("-- \(comment)", at: range))
        break
      }
    }
  }

  private mutating func read(_ comment: Range<Int>) {
    let marker = Array("redstart:".utf8)
    var start = comment.lowerBound + 2
    while start < comment.upperBound, bytes[start] == 32 || bytes[start] == 9 { start += 1 }
    guard bytes[start..<comment.upperBound].starts(with: marker) else { return }
    start += marker.count
    var name: Substring?
    let comma = UInt8(ascii: ",")
    for part in bytes[start..<comment.upperBound].split(separator: comma) {
      let range = TextRange(buffer: buffer, bytes: part.startIndex..<part.endIndex)
      let text = trimmed(String(decoding: part, as: UTF8.self))
      guard !text.isEmpty else { continue }
      let pieces = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      if pieces.count == 2 {
        name = trimmed(pieces[0])
        set(String(name ?? ""), String(trimmed(pieces[1])), range)
      } else if let name {
        set(String(name), String(text), range)
      } else {
        problems.append(
          .migrationDirective(String(text), known: MigrationDirectives.names, at: range)
        )
      }
    }
  }

  private mutating func set(_ name: String, _ value: String, _ range: TextRange) {
    switch name {
    case "depends-on":
      directives.dependencies.append(
        MigrationFileName.version(Substring(value)).map {
          $0.map(String.init).joined(separator: ".")
        } ?? value
      )
    case "lock-timeout": directives.lockTimeout = duration(name, value, range)
    case "lock-retries":
      guard let count = Int(value), (0...1000).contains(count) else {
        problems.append(.migrationRetries(value, at: range))
        return
      }
      directives.lockRetries = count
    case "statement-timeout": directives.statementTimeout = duration(name, value, range)
    case "replaces":
      let parts = value.split(separator: ":")
      guard parts.count == 2, let version = MigrationFileName.version(parts[0]) else {
        problems.append(.migrationDirective(value, known: MigrationDirectives.names, at: range))
        return
      }
      directives.replaced.append(
        MigrationDirectives.ReplacedMigration(
          version: version.map(String.init).joined(separator: "."),
          checksum: String(parts[1])
        )
      )
    case "targets": directives.targets.append(value)
    case "tags": directives.tags.append(value)
    case "allow": directives.allowed.insert(value)
    default:
      problems.append(.migrationDirective(name, known: MigrationDirectives.names, at: range))
    }
  }

  private mutating func duration(_ name: String, _ value: String, _ range: TextRange) -> Int? {
    if let duration = MigrationDirectives.milliseconds(value) { return duration }
    problems.append(.migrationDuration(name, value, at: range))
    return nil
  }

  private func trimmed(_ text: some StringProtocol) -> Substring {
    var text = Substring(text)
    while let first = text.first, first.isWhitespace { text.removeFirst() }
    while let last = text.last, last.isWhitespace { text.removeLast() }
    return text
  }
}
