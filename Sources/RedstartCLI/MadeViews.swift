import Diagnostics
import Execution
import ProjectCompiler
import ProjectModel
import RedshiftSQL

/// Which views of a database redstart has made: `.redstart/views.json`.
///
/// A model that was renamed or deleted leaves its view behind. The record tells it from a view that
/// somebody else has made, which redstart neither drops nor makes anew.
struct MadeViews {
  private static let path = ".redstart/views.json"

  /// By database, the views as `schema.name` in lower case.
  private var views: [String: Set<String>] = [:]
  private let file: String
  private let database: String

  init(_ project: Project) throws(Diagnostic) {
    file = FilePath.joining(project.root, Self.path)
    let target = project.target
    database =
      target.kind == .local
      ? "local" : "\(target.host ?? ""):\(target.port ?? 0)/\(target.database)"
    guard FileSystem.isFile(file) else { return }
    let bytes = try FileSystem.read(file)
    do throws(PlainValue.JSONProblem) {
      for (database, list) in try PlainValue(json: bytes).dictionary?.pairs ?? [] {
        views[database] = Set((list.list ?? []).compactMap(\.string))
      }
    } catch {
      // It only says what is known: without it, a view is taken for somebody else's.
      views = [:]
    }
  }

  /// Those that are known to be made and to stand, as far as schemas were looked at.
  ///
  /// What lies in others is still what it was: other targets, and models that are gone, have theirs.
  func standing(in existing: ExistingRelations, of schemas: [String]) -> Set<String> {
    let read = Set(schemas.map { $0.lowercased() })
    return (views[database] ?? []).filter { name in
      let parts = name.split(separator: ".", maxSplits: 1).map(String.init)
      guard parts.count == 2 else { return false }
      return !read.contains(parts[0])
        || existing[RelationName(schema: parts[0], identifier: parts[1])] == .view
    }
  }

  /// Adds the views that a run has made to those that stood before, and writes the file.
  ///
  /// - Parameters:
  ///   - report: what the run did.
  ///   - standing: the views that stood before.
  ///   - clones: the nodes that were made as views, whatever they are otherwise.
  /// - Throws: when the file cannot be written.
  mutating func note(
    _ report: RunReport,
    standing: Set<String>,
    clones: Set<String> = []
  ) throws(Diagnostic) {
    var known = standing
    func isView(_ result: NodeResult) -> Bool {
      clones.contains(result.id) || result.kind == .model && result.materialization == "view"
    }
    for result in report.results where result.status == .success && isView(result) {
      guard let relation = result.relation, let schema = relation.schema else { continue }
      known.insert("\(schema).\(relation.identifier)".lowercased())
    }
    guard known != views[database] ?? [] else { return }
    views[database] = known
    let pairs = views.sorted { $0.key < $1.key }.map { database, names in
      (database, PlainValue.list(names.sorted().map { .string($0) }))
    }
    try FileSystem.makeDirectories(FilePath.parent(of: file), mode: 0o700)
    try FileSystem.write(
      PlainValue.dictionary(PlainDictionary(pairs)).jsonString + "\n",
      to: file,
      mode: 0o600
    )
  }
}
