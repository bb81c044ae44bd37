package import Diagnostics
package import ProjectCompiler
import ProjectModel
import RedshiftSQL

/// One file in the place of all versioned migrations up to a version.
package struct MigrationSquash: Sendable {
  package enum Style: Sendable {
    /// Canonical SQL of what the files come to; they change no rows.
    case definition
    /// The same, and what changes rows is left out.
    case definitionWithoutRows
    /// Every statement as it stands, in order.
    case statements
  }

  /// The file's name.
  package private(set) var fileName = ""
  /// The file's text.
  package private(set) var text: [UInt8] = []
  /// The migrations that it replaces, in order.
  package private(set) var replaced: [MigrationScript] = []
  /// What the file does not say.
  package private(set) var warnings: [Diagnostic] = []
  /// Statements that are left out since they change rows.
  package private(set) var leftOut = 0

  /// What stands for the target's schema while templates are away.
  private static let placeholder = "redstart_target_schema"

  /// Puts the files of a project together; nothing is written or run.
  ///
  /// - Parameters:
  ///   - scripts: the project's migrations.
  ///   - target: the last version to replace.
  ///   - style: how.
  ///   - defaultSchema: the schema of the target.
  ///   - buffers: the store that has the texts.
  /// - Throws: what stands in the way, all of it at once.
  package init(
    _ scripts: [MigrationScript],
    to target: String,
    style: Style,
    defaultSchema: String,
    buffers: Buffers
  ) throws(DiagnosticList) {
    let versioned = scripts.filter { $0.kind == .versioned }
    guard let parts = MigrationVersion(target)?.parts,
      let last = versioned.first(where: { $0.versionParts == parts })
    else {
      throw DiagnosticList([.unknownMigrationVersion(target, known: versioned.map(\.version))])
    }
    replaced = versioned.filter { !parts.lexicographicallyPrecedes($0.versionParts) }
    guard replaced.count > 1 else { throw DiagnosticList([.nothingToSquash(target)]) }
    fileName = FilePath.stem(of: last.path).text(before: "__") + "__squashed.sql"
    let problems = replaced.flatMap { Self.problems(of: $0) }
    if !problems.isEmpty { throw DiagnosticList(problems) }
    let body: [UInt8] =
      switch style {
      case .statements: Self.statements(of: replaced, buffers)
      case .definition, .definitionWithoutRows:
        try definition(style, defaultSchema: defaultSchema, buffers)
      }
    text = Array(header(buffers).utf8) + body
  }

  private static func problems(of script: MigrationScript) -> [Diagnostic] {
    script.directives.targets.isEmpty ? [] : [.squashTargets(script)]
  }

  /// The refusal to leave files of other targets behind.
  package static func leftBehind(_ paths: [String]) -> Diagnostic { .squashUnreadable(paths) }

  /// The refusal to write over a file of the archive.
  package static func archived(_ path: String) -> Diagnostic { .squashArchived(path) }

  // MARK: Text

  private func header(_ buffers: Buffers) -> String {
    var lines = ["-- What \(replaced.count) migrations came to; their files are archived."]
    for script in replaced {
      // What a squashed file replaced itself is replaced by this one too.
      for former in script.directives.replaced {
        lines.append("-- redstart: replaces=\(former.version):\(former.checksum)")
      }
      let checksum = MigrationChecksum.normalized(buffers.bytes(of: script.source))
      lines.append("-- redstart: replaces=\(script.version):\(checksum)")
    }
    let directives = replaced.map(\.directives)
    if let timeout = directives.compactMap(\.lockTimeout).max() {
      lines.append("-- redstart: lock-timeout=\(timeout)ms")
    }
    if let retries = directives.compactMap(\.lockRetries).max() {
      lines.append("-- redstart: lock-retries=\(retries)")
    }
    if let timeout = directives.compactMap(\.statementTimeout).max() {
      lines.append("-- redstart: statement-timeout=\(timeout)ms")
    }
    for code in Set(directives.flatMap(\.allowed)).sorted() {
      lines.append("-- redstart: allow=\(code)")
    }
    for tag in Set(directives.flatMap(\.tags)).sorted() { lines.append("-- redstart: tags=\(tag)") }
    return lines.joined(separator: "\n") + "\n\n"
  }

  /// The files behind each other, as they stand.
  private static func statements(of scripts: [MigrationScript], _ buffers: Buffers) -> [UInt8] {
    var text: [UInt8] = []
    for script in scripts {
      text += Array("-- \(script.path)\n".utf8)
      var body = buffers.bytes(of: script.source)
      while let last = body.last, last == 10 || last == 13 || last == 32 || last == 9 {
        body.removeLast()
      }
      text += withoutDirectives(body)
      // A file may end without a semicolon, or in a comment.
      let end = SQLLexer.significantTokens(of: buffers.bytes(of: script.sql))
        .last { $0.kind != .endOfText }
      text += Array((end.map { $0.kind == .semicolon } ?? true ? "\n\n" : "\n;\n\n").utf8)
    }
    return text
  }

  /// Directives at the head hold for a whole file; the squashed one has its own.
  private static func withoutDirectives(_ body: [UInt8]) -> [UInt8] {
    let marker = Array("redstart:".utf8)
    var isHead = true
    let lines = body.split(separator: 10, omittingEmptySubsequences: false).filter { line in
      let words = line.drop { $0 == 32 || $0 == 9 || $0 == 13 }
      guard isHead, !words.isEmpty else { return true }
      guard words.starts(with: Array("--".utf8)) else {
        isHead = false
        return true
      }
      return !words.dropFirst(2).drop { $0 == 32 || $0 == 9 }.starts(with: marker)
    }
    return Array(lines.joined(separator: [10]))
  }

  // MARK: Definition

  private mutating func definition(
    _ style: Style,
    defaultSchema: String,
    _ buffers: Buffers
  ) throws(DiagnosticList) -> [UInt8] {
    var problems: [Diagnostic] = []
    var definition = SchemaDefinition(defaultSchema: Self.placeholder)
    var places: [TextRange: TextRange] = [:]
    for script in replaced {
      // Rendering leaves out a line end at the end, so the words are held against each other.
      guard let text = Self.text(of: script, schema: Self.placeholder, buffers),
        let known = Self.text(of: script, schema: defaultSchema, buffers),
        MigrationChecksum.normalized(known)
          == MigrationChecksum.normalized(buffers.bytes(of: script.sql))
      else {
        problems.append(.squashTemplate(script))
        continue
      }
      let buffer = buffers.add(name: script.path, bytes: text)
      definition.beginFile(defaultSchema: Self.placeholder)
      let statements = SQLParser.parse(buffer, in: buffers).statements
      for statement in statements { definition.apply(statement, buffers) }
      for (put, own) in zip(statements, script.statements) { places[put.range] = own.range }
    }
    // People know the statement as it stands in the file.
    func place(_ range: TextRange) -> TextRange {
      let statement = places.first { put, _ in
        put.buffer == range.buffer && put.bytes.overlaps(range.bytes)
      }
      return statement?.value ?? range
    }
    if !problems.isEmpty { throw DiagnosticList(problems) }
    definition.beginFile(defaultSchema: Self.placeholder)
    problems += definition.unseen.map { .squashUnseen($0.noun, at: place($0.range)) }
    let changes = definition.changesOfData
    if style == .definition {
      problems += changes.map { .squashRows($0.noun, at: place($0.range)) }
    } else {
      leftOut = changes.count
    }
    problems += definition.untypedColumns.map {
      .dumpUntyped($0.table, $0.column, at: place($0.range))
    }
    problems += definition.outdatedViews(in: buffers).map(Diagnostic.dumpOutdatedView)
    if let first = problems.first {
      problems[0] = first.helping("`--keep-statements` keeps every statement as it stands")
      throw DiagnosticList(problems)
    }
    warnings = definition.withholdSecrets().map(Diagnostic.secretWithheld)
    let dump = String(decoding: definition.sql(in: buffers), as: UTF8.self)
    return Array(dump.replacing(Self.placeholder, with: "{{ target.schema }}").utf8)
  }

  /// A file with the target's schema put in; nil when its template does more than that.
  private static func text(
    of script: MigrationScript,
    schema: String,
    _ buffers: Buffers
  ) -> [UInt8]? {
    let source = String(decoding: buffers.bytes(of: script.source), as: UTF8.self)
    var text = ""
    var rest = Substring(source)
    while let start = rest.firstRange(of: "{{") {
      guard let end = rest[start.upperBound...].firstRange(of: "}}") else { return nil }
      let inner = rest[start.upperBound..<end.lowerBound].filter { !$0.isWhitespace }
      guard inner == "target.schema" else { return nil }
      text += rest[..<start.lowerBound] + schema
      rest = rest[end.upperBound...]
    }
    text += rest
    guard !source.contains("{%"), !source.contains("{#") else { return nil }
    return Array(text.utf8)
  }
}

extension String {
  /// What stands in front of a mark; all of it where the mark is not.
  fileprivate func text(before mark: String) -> String {
    firstRange(of: mark).map { String(self[..<$0.lowerBound]) } ?? self
  }
}

extension Diagnostic {
  /// The same with one more way out.
  fileprivate func helping(_ help: String) -> Diagnostic {
    var diagnostic = self
    diagnostic.help.append(help)
    return diagnostic
  }
}
