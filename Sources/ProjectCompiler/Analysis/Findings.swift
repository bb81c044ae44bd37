import Diagnostics
import ProjectModel

/// Gathers what is wrong, each thing once.
struct Findings {
  private struct Key: Hashable {
    var code: String
    var message: String
    var range: TextRange?
  }

  private let buffers: Buffers
  private let levels: CheckLevels
  /// The nodes whose findings are wanted; nil for all.
  private let reported: Set<String>?
  private var seen: Set<Key> = []
  private(set) var all: [Diagnostic] = []

  init(buffers: Buffers, levels: CheckLevels, reported: Set<String>?) {
    self.buffers = buffers
    self.levels = levels
    self.reported = reported
  }

  /// Adds findings of the project itself.
  mutating func add(_ diagnostics: [Diagnostic]) {
    for diagnostic in diagnostics {
      guard let diagnostic = levels.apply(to: diagnostic) else { continue }
      // An ephemeral model's SQL is in all that read it: what is wrong with it is wrong once.
      let key = Key(
        code: diagnostic.code,
        message: diagnostic.message,
        range: diagnostic.primary.map { buffers.origin(of: $0.range).range }
      )
      if seen.insert(key).inserted { all.append(diagnostic) }
    }
  }

  /// Adds findings of a node.
  mutating func add(_ diagnostics: [Diagnostic], of node: Node) {
    guard !diagnostics.isEmpty, !node.isUnchecked else { return }
    if let reported, !reported.contains(node.uniqueID) { return }
    add(diagnostics)
  }

  /// By file and place.
  var sorted: [Diagnostic] {
    guard all.count > 1 else { return all }
    let keyed = all.enumerated().map { index, diagnostic in
      let origin = diagnostic.primary.map { buffers.origin(of: $0.range).range }
      let file = origin.map { buffers.name(of: $0.buffer) } ?? diagnostic.file ?? ""
      return (file: file, offset: origin?.bytes.lowerBound ?? 0, index: index, diagnostic)
    }
    return keyed.sorted { ($0.file, $0.offset, $0.index) < ($1.file, $1.offset, $1.index) }
      .map(\.3)
  }
}
