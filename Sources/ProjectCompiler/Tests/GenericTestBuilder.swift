import Diagnostics
import ProjectModel
import Templating

/// Turns the tests declared in properties files into nodes.
struct GenericTestBuilder {
  let project: Project
  let macros: MacroTable
  let buffers: Buffers

  /// Names of the tests there are, for suggestions.
  var knownTests: [String] {
    macros.entries.keys.filter { $0.hasPrefix("test_") }.map { String($0.dropFirst(5)) }
  }

  func node(
    for declaration: Properties.TestDeclaration,
    on attached: Node
  ) throws(Diagnostic) -> Node {
    let macroName = "test_\(declaration.test)"
    guard macros.entries[macroName] != nil else {
      throw .unknownGenericTest(declaration.test, known: knownTests, at: declaration.range)
    }
    var arguments = declaration.arguments
    if let column = declaration.columnName { arguments["column_name"] = .string(column) }
    let names = Self.names(
      test: declaration.namespace.map { "\($0)_\(declaration.test)" } ?? declaration.test,
      on: attached,
      arguments: arguments
    )
    let name = declaration.customName ?? names.full
    let hash = Self.hash(declaration, named: name, on: attached)
    var node = Node(
      uniqueID: "test.\(project.name).\(name).\(hash)",
      kind: .test,
      name: name,
      packageName: project.name,
      path: "\(declaration.customName ?? names.short).sql",
      originalFilePath: declaration.file,
      fqn: [project.name] + attached.folders + [name]
    )
    node.alias = declaration.customName ?? names.short
    node.declaration = declaration.range
    node.description = declaration.description
    node.genericTest = Node.GenericTest(
      name: declaration.test,
      namespace: declaration.namespace,
      arguments: declaration.arguments,
      columnName: declaration.columnName,
      attachedNode: attached.uniqueID
    )
    node.config = declaration.config
    var code = MappedText()
    code.append(
      generated: "{{ \(macroName)(**_dbt_generic_test_kwargs) }}".utf8,
      origin: declaration.range
    )
    node.buffer = buffers.add(generated: "\(declaration.file) (test \(name))", code)
    return node
  }

  /// The last ten digits of a unique_id, as dbt computes them: from the name and Python's `repr` of
  /// the sorted metadata, every value a string.
  static func hash(
    _ declaration: Properties.TestDeclaration,
    named name: String,
    on attached: Node
  ) -> String {
    var arguments = declaration.arguments
    if let column = declaration.columnName { arguments["column_name"] = .string(column) }
    arguments["model"] = .string("{{ get_where_subquery(\(attached.referenceCall)) }}")
    let metadata: PlainValue = [
      "kwargs": .dictionary(arguments),
      "name": .string(declaration.test),
      "namespace": .string(declaration.namespace ?? "None"),
    ]
    let identity = name + Value(hashable(metadata)).represented
    return String(Checksum.md5(Array(identity.utf8)).suffix(10))
  }

  private static func hashable(_ value: PlainValue) -> PlainValue {
    switch value {
    case .dictionary(let dictionary):
      let pairs = dictionary.pairs.sorted { $0.key < $1.key }
      return .dictionary(PlainDictionary(pairs.map { ($0.key, hashable($0.value)) }))
    case .list(let items): return .list(items.map(hashable))
    default: return .string(word(value))
    }
  }

  /// The long name, and the one cut to 63 characters that files and relations use.
  static func names(
    test: String,
    on attached: Node,
    arguments: PlainDictionary
  ) -> (full: String, short: String) {
    let subject =
      attached.kind == .source
      ? "source_\(test)_\(attached.sourceName ?? "")_\(attached.name)" : "\(test)_\(attached.name)"
    var parts: [String] = []
    for key in arguments.keys.sorted() {
      guard let value = arguments[key] else { continue }
      switch value {
      case .list(let items): parts += items.map(word)
      case .dictionary(let dictionary): parts += dictionary.pairs.map { word($0.value) }
      default: parts.append(word(value))
      }
    }
    let full = "\(subject)_\(parts.map(clean).joined(separator: "__"))"
    guard full.utf8.count >= 64 else { return (full, full) }
    return (full, "\(subject.prefix(30))_\(Checksum.md5(Array(full.utf8)))")
  }

  private static func word(_ value: PlainValue) -> String { Value(value).rendered }

  /// Runs of characters that are not letters, digits or underscores become one underscore.
  private static func clean(_ text: String) -> String {
    var result: [UInt8] = []
    var isGap = false
    for byte in text.utf8 {
      let isWord =
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
        || byte == 95
      if isWord {
        result.append(byte)
      } else if !isGap {
        result.append(95)
      }
      isGap = !isWord
    }
    return String(decoding: result, as: UTF8.self)
  }
}

extension Node {
  /// The folders in the fully qualified name.
  fileprivate var folders: [String] {
    // That of a snapshot in an SQL file names the file as well.
    let isInFile = kind == .snapshot && originalFilePath.hasSuffix(".sql")
    return Array(fqn.dropFirst().dropLast(isInFile ? 2 : 1))
  }

  /// How templates refer to this node: `ref('users')`, `source('raw', 'orders')`.
  var referenceCall: String {
    kind == .source ? "source('\(sourceName ?? "")', '\(name)')" : "ref('\(name)')"
  }
}
