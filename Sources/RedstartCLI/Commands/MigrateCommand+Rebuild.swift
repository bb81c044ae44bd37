import Diagnostics
import Execution
import Migrations
import ProjectCompiler
import ProjectModel
import RedshiftSQL

extension CommandSession {
  /// `redstart migrate rebuild TABLE`.
  func rebuild(_ migrator: Migrator) async throws -> ExitCode {
    guard let text = arguments.positional.first else {
      throw Diagnostic(
        code: "usage",
        "`redstart migrate rebuild` needs a table",
        help: ["redstart migrate rebuild analytics.songplays --dist-key user_id"]
      )
    }
    let parts = text.lowercased().split(separator: ".").map(String.init)
    guard (1...2).contains(parts.count), let identifier = parts.last else {
      throw Diagnostic(code: "usage", "\"\(text)\" is no name of a table")
    }
    let table = RelationName(schema: parts.count > 1 ? parts[0] : nil, identifier: identifier)
    let layout = try layout()
    if arguments.has("dry-run") {
      let statements = try await migrator.rebuildStatements(of: table, layout: layout)
      console.output(statements.map { $0 + ";\n" }.joined())
      return .success
    }
    let notes = NoteSummary(buffers: buffers)
    do throws(DiagnosticList) {
      let count = try await migrator.rebuild(table, layout: layout) { observe($0, notes) }
      note("\(style.paint("rebuilt", .success))  \(text), \(count) rows")
      return .success
    } catch {
      return failure(error)
    }
  }

  private func layout() throws(Diagnostic) -> TableLayout {
    var layout = TableLayout()
    layout.allowsIdentityByDefault = arguments.has("identity-by-default")
    if let column = arguments.value("dist-key") {
      layout.distribution = .key(column.lowercased())
    }
    if let style = arguments.value("dist-style") {
      guard layout.distribution == nil else {
        throw Diagnostic(code: "usage", "--dist-key and --dist-style cannot be together")
      }
      layout.distribution = style == "even" ? .even : style == "all" ? .all : .automatic
    }
    if let list = arguments.value("sort-key") {
      let names = list.lowercased().split(separator: ",").map { $0.filter { $0 != " " } }
      layout.sortKey =
        switch names {
        case ["auto"]: .automatic
        case ["none"]: TableDefinition.SortKey.none
        default: arguments.has("interleaved") ? .interleaved(names) : .compound(names)
        }
    }
    for text in arguments.list("encode") {
      let parts = text.lowercased().split(separator: "=").map(String.init)
      guard parts.count == 2 else {
        throw Diagnostic(
          code: "usage",
          "--encode cannot be \"\(text)\"",
          help: ["write a column and an encoding: --encode title=zstd year=az64"]
        )
      }
      layout.encodings[parts[0]] = parts[1]
    }
    return layout
  }
}
