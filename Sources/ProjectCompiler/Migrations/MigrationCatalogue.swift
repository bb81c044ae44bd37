import Diagnostics
import ProjectModel
import RedshiftSQL
import Templating

/// Reads a project's migration files.
struct MigrationCatalogue {
  let environment: ContextEnvironment

  /// What the files of a project come to.
  struct Contents {
    /// Versioned migrations in the order of versions, then repeatable ones in that of their
    /// dependencies.
    var scripts: [MigrationScript] = []
    var callbacks = MigrationCallbacks()
    var diagnostics: [Diagnostic] = []
  }

  private struct ReadFile: Sendable {
    var name: MigrationFileName
    var text: MigrationText
    var directives: MigrationDirectives
  }

  /// What came of one file.
  private struct Reading: Sendable {
    var file: ReadFile?
    var problems: [Diagnostic] = []
  }

  /// Every migration in the order in which they apply, and what is wrong with any.
  func contents() -> Contents {
    var contents = Contents()
    var undos: [ReadFile] = []
    var verifications: [ReadFile] = []
    for reading in parallelMap(environment.project.migrationFiles, reading) {
      contents.diagnostics += reading.problems
      guard let file = reading.file else { continue }
      if file.name.isVerification {
        verifications.append(file)
        continue
      }
      switch file.name.role {
      case .versioned, .repeatable: contents.scripts.append(script(file))
      case .undo: undos.append(file)
      case .callback(let moment):
        contents.callbacks.texts[moment, default: []].append(file.text)
      }
    }
    attach(undos, verifications, to: &contents)
    checkVersions(&contents)
    contents.scripts = ordered(contents.scripts, &contents.diagnostics)
    let target = environment.project.target
    contents.scripts.removeAll {
      !$0.directives.includes(target: target.name, type: target.kind.rawValue)
    }
    return contents
  }

  private func script(_ file: ReadFile) -> MigrationScript {
    let (name, text) = (file.name, file.text)
    var script = MigrationScript(
      version: name.version,
      versionParts: name.parts,
      name: name.description,
      path: text.path,
      source: text.source,
      sql: text.sql,
      statements: text.statements
    )
    script.kind = name.role == .repeatable ? .repeatable : .versioned
    script.directives = file.directives
    return script
  }

  private func attach(
    _ undos: [ReadFile],
    _ verifications: [ReadFile],
    to contents: inout Contents
  ) {
    for undo in undos {
      let index = contents.scripts.firstIndex {
        $0.kind == .versioned && $0.versionParts == undo.name.parts
      }
      guard let index else {
        contents.diagnostics.append(
          .migrationWithoutSubject(undo.text.path, "V\(undo.name.version)")
        )
        continue
      }
      if let other = contents.scripts[index].undo {
        contents.diagnostics.append(
          .duplicateMigration(undo.name.version, undo.text.path, other: other.path)
        )
      }
      contents.scripts[index].undo = undo.text
    }
    for verification in verifications {
      let name = verification.name
      let index = contents.scripts.firstIndex {
        name.role == .repeatable
          ? $0.kind == .repeatable && $0.name == name.description
          : $0.kind == .versioned && $0.versionParts == name.parts
      }
      guard let index else {
        let wanted = name.role == .repeatable ? "R__\(name.description)" : "V\(name.version)"
        contents.diagnostics.append(.migrationWithoutSubject(verification.text.path, wanted))
        continue
      }
      contents.scripts[index].verification = verification.text
    }
  }

  private func checkVersions(_ contents: inout Contents) {
    // Scripts are large: what they are sorted by is sorted, and each is moved once.
    let scripts = contents.scripts
    let places = scripts.enumerated().map { Place($1, index: $0) }.sorted { $0.precedes($1) }
    contents.scripts = places.map { scripts[$0.index] }
    for (former, place) in zip(places, places.dropFirst()) where former.isAlike(place) {
      let (first, second) = (scripts[former.index], scripts[place.index])
      contents.diagnostics.append(
        first.kind == .versioned
          ? .duplicateMigration(second.version, second.path, other: first.path)
          : .duplicateRepeatable(second.name, second.path, other: first.path)
      )
    }
  }

  /// What says where a script stands among others.
  private struct Place {
    let index: Int
    private let kind: MigrationScript.Kind
    private let parts: [Int]
    private let name: String
    private let path: String

    init(_ script: MigrationScript, index: Int) {
      self.index = index
      kind = script.kind
      parts = script.versionParts
      name = script.name
      path = script.path
    }

    /// Versioned ones by their versions, then repeatable ones by their names.
    func precedes(_ other: Place) -> Bool {
      if kind != other.kind { return kind == .versioned }
      if kind == .repeatable { return name < other.name }
      if parts != other.parts { return parts.lexicographicallyPrecedes(other.parts) }
      return path < other.path
    }

    /// Whether two files claim to be the same migration.
    func isAlike(_ other: Place) -> Bool {
      kind == other.kind && (kind == .repeatable ? name == other.name : parts == other.parts)
    }
  }

  // MARK: Text

  private func reading(_ file: Project.File) -> Reading {
    guard let name = MigrationFileName(file.name) else {
      return Reading(problems: [.migrationFileName(file.path)])
    }
    var reading = Reading()
    do throws(Diagnostic) {
      let text = try read(file, &reading.problems)
      var directives = MigrationDirectives()
      if !name.isVerification, name.role == .versioned || name.role == .repeatable {
        let reader = MigrationDirectiveReader(text.sql, in: environment.buffers)
        directives = reader.directives
        reading.problems += reader.problems
      }
      reading.file = ReadFile(name: name, text: text, directives: directives)
    } catch {
      reading.problems.append(error)
    }
    return reading
  }

  private func read(
    _ file: Project.File,
    _ problems: inout [Diagnostic]
  ) throws(Diagnostic) -> MigrationText {
    let sql = try render(file)
    if let place = environment.buffers.bytes(of: sql).firstIndex(of: 0) {
      throw .nulByte(at: TextRange(buffer: sql, bytes: place..<place + 1))
    }
    let commands = metaCommands(in: sql)
    let parsed = SQLParser.parse(sql, in: environment.buffers)
    // What a file for psql has besides SQL would only be called a syntax error.
    problems += commands.isEmpty ? parsed.diagnostics : commands
    return MigrationText(
      path: file.path,
      source: file.buffer,
      sql: sql,
      statements: parsed.statements
    )
  }

  private func render(_ file: Project.File) throws(Diagnostic) -> BufferID {
    let template = try Template(parsing: file.buffer, in: environment.buffers)
    guard !template.isStatic else { return file.buffer }
    let context = NodeContext(
      environment: environment,
      phase: .migration,
      node: nil,
      this: nil,
      config: ConfigObject(final: PlainDictionary())
    )
    let renderer = Renderer(
      context: context,
      buffers: environment.buffers,
      undefined: .standard
    )
    return environment.buffers.add(
      generated: "\(file.path) (rendered)",
      try renderer.render(template)
    )
  }

  /// Commands of psql: a backslash at the start of a line, outside of strings and comments.
  private func metaCommands(in sql: BufferID) -> [Diagnostic] {
    let bytes = environment.buffers.bytes(of: sql)
    guard bytes.contains(UInt8(ascii: "\\")) else { return [] }
    var found: [Diagnostic] = []
    var isLineStart = true
    var end = 0
    for token in SQLLexer.tokens(of: bytes) where token.start >= end {
      if token.kind == .unknownByte, isLineStart, bytes[token.start] == UInt8(ascii: "\\") {
        end = bytes[token.start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
        let range = TextRange(buffer: sql, bytes: token.start..<end)
        found.append(.psqlCommand(environment.buffers.text(of: range), at: range))
      } else if token.isTrivia {
        if bytes[token.range].contains(UInt8(ascii: "\n")) { isLineStart = true }
      } else {
        isLineStart = false
      }
    }
    return found
  }
}
