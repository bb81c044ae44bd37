import Diagnostics
import ProjectModel
import Templating

/// Finds the snapshots of a project and its packages: blocks in SQL files, and entries of properties
/// files that name a relation.
struct SnapshotNodes {
  let buffers: Buffers
  private(set) var nodes: [Node] = []
  private(set) var problems: [Diagnostic] = []

  init(_ project: Project, _ buffers: Buffers) {
    self.buffers = buffers
    for package in [project] + project.packages {
      for file in package.snapshotFiles {
        // What a package's author should mend is nobody's business here.
        addBlocks(of: file, package, warns: package.name == project.name)
      }
      let patches = package.properties.patches[.snapshot] ?? [:]
      for (_, patch) in patches.sorted(by: { $0.key < $1.key }) {
        if let relation = patch.relation { add(patch, relation, package) }
      }
    }
  }

  private mutating func addBlocks(of file: Project.File, _ package: Project, warns: Bool) {
    let inner = String(file.path.dropFirst(file.resourcePath.count).drop { $0 == "/" })
    let folders = inner.split(separator: "/").dropLast().map(String.init)
    let bytes = buffers.bytes(of: file.buffer)
    do throws(Diagnostic) {
      let blocks = try NamedBlock.all("snapshot", in: file.buffer, buffers)
      if blocks.isEmpty, warns { problems.append(.noSnapshot(in: file)) }
      for block in blocks {
        var node = Node(
          uniqueID: "snapshot.\(package.name).\(block.name)",
          kind: .snapshot,
          name: block.name,
          packageName: package.name,
          path: inner,
          originalFilePath: file.path,
          fqn: [package.name] + folders + [file.name, block.name]
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

  private mutating func add(
    _ patch: Properties.Patch,
    _ relation: Properties.Patch.Relation,
    _ package: Project
  ) {
    let call = relation.call.filter { !$0.isWhitespace }
    guard call.hasPrefix("ref(") || call.hasPrefix("source("), call.hasSuffix(")") else {
      problems.append(.snapshotRelation(relation.call, at: relation.range))
      return
    }
    var node = Node(
      uniqueID: "snapshot.\(package.name).\(patch.name)",
      kind: .snapshot,
      name: patch.name,
      packageName: package.name,
      path: "\(package.resourcePath(of: patch.file))/\(patch.name).sql",
      originalFilePath: patch.file,
      fqn: [package.name] + package.resourceFolders(of: patch.file) + [patch.name]
    )
    var text = MappedText()
    text.append(generated: "select * from {{ ".utf8, origin: relation.range)
    text.append(generated: relation.call.utf8, origin: relation.range)
    text.append(generated: " }}".utf8, origin: relation.range)
    node.buffer = buffers.add(generated: "\(patch.file) (snapshot \(patch.name))", text)
    node.declaration = patch.range
    nodes.append(node)
  }
}
