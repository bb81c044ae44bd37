import Diagnostics
import ProjectModel

/// Gathers what is wrong, each thing once.
struct Findings {
  /// What makes two findings the same.
  struct Key: Hashable {
    var code: String
    var message: String
    var range: TextRange?
  }

  /// A finding, and the node that it is about.
  struct Finding {
    var key: Key
    var diagnostic: Diagnostic
    /// Nil for migrations and hooks of the project.
    var node: Node?
  }

  private let buffers: Buffers
  private let levels: CheckLevels
  /// The nodes whose findings are wanted; nil for all.
  private let reported: Set<String>?
  private var seen: Set<Key> = []
  private(set) var all: [Finding] = []

  init(buffers: Buffers, levels: CheckLevels, reported: Set<String>?) {
    self.buffers = buffers
    self.levels = levels
    self.reported = reported
  }

  /// Adds findings of the project itself.
  mutating func add(_ diagnostics: [Diagnostic]) { add(diagnostics, node: nil) }

  private mutating func add(_ diagnostics: [Diagnostic], node: Node?) {
    for diagnostic in diagnostics {
      guard let diagnostic = levels.apply(to: diagnostic)?.withoutPrefixes else { continue }
      // An ephemeral model's SQL is in all that read it: what is wrong with it is wrong once.
      let key = Key(
        code: diagnostic.code,
        message: diagnostic.message,
        range: diagnostic.primary.map { buffers.origin(of: $0.range).range }
      )
      guard seen.insert(key).inserted else { continue }
      all.append(Finding(key: key, diagnostic: diagnostic, node: node))
    }
  }

  /// Adds findings of a node.
  mutating func add(_ diagnostics: [Diagnostic], of node: Node) {
    guard !diagnostics.isEmpty, !node.isUnchecked else { return }
    if let reported, !reported.contains(node.uniqueID) { return }
    add(diagnostics, node: node)
  }

  func contains(_ key: Key) -> Bool { seen.contains(key) }

  /// Puts one finding in the place of several.
  ///
  /// - Parameters:
  ///   - keys: the findings that go.
  ///   - diagnostic: what says the same as all of them.
  /// - Returns: false, and nothing is changed, when the project wants no such finding.
  mutating func replace(_ keys: Set<Key>, by diagnostic: Diagnostic) -> Bool {
    guard let levelled = levels.apply(to: diagnostic) else { return false }
    all.removeAll { keys.contains($0.key) }
    let key = Key(code: levelled.code, message: levelled.message, range: levelled.primary?.range)
    all.append(Finding(key: key, diagnostic: levelled, node: nil))
    return true
  }

  /// By file and place.
  var sorted: [Diagnostic] {
    guard all.count > 1 else { return all.map(\.diagnostic) }
    let keyed = all.enumerated().map { index, finding in
      let diagnostic = finding.diagnostic
      let origin = diagnostic.primary.map { buffers.origin(of: $0.range).range }
      let file = origin.map { buffers.name(of: $0.buffer) } ?? diagnostic.file ?? ""
      return (file: file, offset: origin?.bytes.lowerBound ?? 0, index: index, diagnostic)
    }
    return keyed.sorted { ($0.file, $0.offset, $0.index) < ($1.file, $1.offset, $1.index) }
      .map(\.3)
  }
}

extension Diagnostic {
  /// The diagnostic in the words of the user, who knows nothing of the names that ephemeral models
  /// have in the SQL of their readers.
  fileprivate var withoutPrefixes: Diagnostic {
    let prefix = EphemeralInjection.prefix
    guard message.contains(prefix) || labels.contains(where: { $0.message.contains(prefix) })
    else { return self }
    var diagnostic = self
    diagnostic.message.replace(prefix, with: "")
    for index in labels.indices { diagnostic.labels[index].message.replace(prefix, with: "") }
    for index in help.indices { diagnostic.help[index].replace(prefix, with: "") }
    return diagnostic
  }
}
