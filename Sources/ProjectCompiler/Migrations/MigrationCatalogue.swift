import Diagnostics
import ProjectModel
import RedshiftSQL
import Templating

/// Reads a project's migration files.
struct MigrationCatalogue {
  let environment: ContextEnvironment

  /// Every migration in the order in which they apply, and what is wrong with any.
  func scripts() -> (scripts: [MigrationScript], diagnostics: [Diagnostic]) {
    var scripts: [MigrationScript] = []
    var diagnostics: [Diagnostic] = []
    for file in environment.project.migrationFiles {
      guard let name = Self.parse(fileName: file.name) else {
        diagnostics.append(.migrationFileName(file.path))
        continue
      }
      do throws(Diagnostic) {
        let sql = try render(file)
        let parsed = SQLParser.parse(sql, in: environment.buffers)
        diagnostics += parsed.diagnostics
        scripts.append(
          MigrationScript(
            version: name.parts.map(String.init).joined(separator: "."),
            versionParts: name.parts,
            name: name.description,
            path: file.path,
            source: file.buffer,
            sql: sql,
            statements: parsed.statements
          )
        )
      } catch {
        diagnostics.append(error)
      }
    }
    scripts.sort { $0.versionParts.lexicographicallyPrecedes($1.versionParts) }
    for (first, second) in zip(scripts, scripts.dropFirst())
    where first.versionParts == second.versionParts {
      diagnostics.append(.duplicateMigration(second.version, second.path, other: first.path))
    }
    return (scripts, diagnostics)
  }

  private func render(_ file: Project.File) throws(Diagnostic) -> BufferID {
    let template = try Template(parsing: file.buffer, in: environment.buffers)
    guard !template.isStatic else { return file.buffer }
    let context = NodeContext(
      environment: environment,
      phase: .text,
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

  /// Reads `V0001__create_tables`: version parts separated by dots or single underscores.
  static func parse(fileName: String) -> (parts: [Int], description: String)? {
    guard let first = fileName.first, first == "V" || first == "v" else { return nil }
    let rest = Array(fileName.utf8.dropFirst())
    let underscore = UInt8(ascii: "_")
    guard
      let separator = rest.indices.dropLast().first(where: {
        rest[$0] == underscore && rest[$0 + 1] == underscore
      })
    else { return nil }
    var parts: [Int] = []
    for part in rest[..<separator].split(
      omittingEmptySubsequences: false,
      whereSeparator: { $0 == UInt8(ascii: ".") || $0 == underscore }
    ) {
      guard part.allSatisfy({ (48...57).contains($0) }),
        let number = Int(String(decoding: part, as: UTF8.self))
      else { return nil }
      parts.append(number)
    }
    // Trailing zeros do not make another version: 1 and 1.0 are the same.
    while parts.count > 1, parts.last == 0 { parts.removeLast() }
    let words = rest[(separator + 2)...].map { $0 == underscore ? UInt8(ascii: " ") : $0 }
    let description = String(decoding: words, as: UTF8.self)
    guard !parts.isEmpty, !description.isEmpty else { return nil }
    return (parts, description)
  }
}
