import Diagnostics
import ProjectModel
import Templating

/// Finds the snapshots of a project: blocks in SQL files, and entries of properties files that name
/// a relation.
struct SnapshotNodes {
  let project: Project
  let buffers: Buffers
  private(set) var nodes: [Node] = []
  private(set) var problems: [Diagnostic] = []

  init(_ project: Project, _ buffers: Buffers) {
    self.project = project
    self.buffers = buffers
    for file in project.snapshotFiles { addBlocks(of: file) }
    let patches = project.properties.patches[.snapshot] ?? [:]
    for (_, patch) in patches.sorted(by: { $0.key < $1.key }) {
      if let relation = patch.relation { add(patch, relation) }
    }
  }

  private mutating func addBlocks(of file: Project.File) {
    let inner = String(file.path.dropFirst(file.resourcePath.count).drop { $0 == "/" })
    let folders = inner.split(separator: "/").dropLast().map(String.init)
    let bytes = buffers.bytes(of: file.buffer)
    do throws(Diagnostic) {
      let blocks = try NamedBlock.all("snapshot", in: file.buffer, buffers)
      if blocks.isEmpty { problems.append(.noSnapshot(in: file)) }
      for block in blocks {
        var node = Node(
          uniqueID: "snapshot.\(project.name).\(block.name)",
          kind: .snapshot,
          name: block.name,
          packageName: project.name,
          path: inner,
          originalFilePath: file.path,
          fqn: [project.name] + folders + [file.name, block.name]
        )
        var text = MappedText()
        text.append(copying: bytes, range: block.bodyRange)
        node.buffer = buffers.add(generated: file.path, text)
        node.declaration = block.nameRange
        nodes.append(node)
      }
    } catch {
      problems.append(error)
    }
  }

  private mutating func add(_ patch: Properties.Patch, _ relation: Properties.Patch.Relation) {
    let call = relation.call.filter { !$0.isWhitespace }
    guard call.hasPrefix("ref(") || call.hasPrefix("source("), call.hasSuffix(")") else {
      problems.append(.snapshotRelation(relation.call, at: relation.range))
      return
    }
    let inner = path(of: patch.file)
    let folders = inner.split(separator: "/").dropLast().map(String.init)
    var node = Node(
      uniqueID: "snapshot.\(project.name).\(patch.name)",
      kind: .snapshot,
      name: patch.name,
      packageName: project.name,
      path: "\(inner)/\(patch.name).sql",
      originalFilePath: patch.file,
      fqn: [project.name] + folders + [patch.name]
    )
    var text = MappedText()
    text.append(generated: "select * from {{ ".utf8, origin: relation.range)
    text.append(generated: relation.call.utf8, origin: relation.range)
    text.append(generated: " }}".utf8, origin: relation.range)
    node.buffer = buffers.add(generated: "\(patch.file) (snapshot \(patch.name))", text)
    node.declaration = patch.range
    nodes.append(node)
  }

  /// A properties file's path below the folder of resources that it lies in.
  private func path(of file: String) -> String {
    let settings = project.configuration
    let folders =
      settings.snapshotPaths + settings.modelPaths + settings.seedPaths + settings.testPaths
      + settings.analysisPaths + settings.macroPaths
    for folder in folders where file.hasPrefix(folder + "/") {
      return String(file.dropFirst(folder.count + 1))
    }
    return file
  }
}
