import Diagnostics
import ProjectModel
import RedshiftSQL
import Templating

/// Turns the tests declared in properties files into nodes.
struct GenericTestBuilder {
  let project: Project
  let macros: MacroTable
  let buffers: Buffers

  /// Whether a test's parents are known without rendering it, as dbt takes them to be.
  static func isSimple(_ macro: MacroTable.Entry) -> Bool {
    macro.packageName == MacroTable.builtinNamespace
      && ["test_not_null", "test_unique"].contains(macro.name)
  }

  /// What is wrong with a declaration: that no macro defines the test.
  func problem(
    of declaration: Properties.TestDeclaration,
    in package: String
  ) -> Diagnostic? {
    guard macros.test(declaration.test, namespace: declaration.namespace, from: package) == nil
    else { return nil }
    return .unknownGenericTest(
      (declaration.namespace.map { "\($0)." } ?? "") + declaration.test,
      known: macros.testNames,
      at: declaration.range
    )
  }

  func node(
    for declaration: Properties.TestDeclaration,
    on attached: Node,
    in package: String
  ) -> Node {
    let macroName = (declaration.namespace.map { "\($0)." } ?? "") + "test_\(declaration.test)"
    var arguments = declaration.arguments
    if let column = declaration.columnArgument { arguments["column_name"] = .string(column) }
    let names = Self.names(
      test: declaration.test,
      namespace: declaration.namespace,
      on: attached,
      arguments: arguments
    )
    let name = declaration.customName ?? names.full
    let hash = Self.hash(declaration, named: name, on: attached)
    var node = Node(
      uniqueID: "test.\(package).\(name).\(hash)",
      kind: .test,
      name: name,
      packageName: package,
      path: "\(declaration.customName ?? names.short).sql",
      originalFilePath: declaration.file,
      fqn: [package]
        + (project.package(named: package) ?? project)
        .resourceFolders(of: declaration.file) + [name]
    )
    node.alias = declaration.customName ?? names.short
    node.declaration = declaration.range
    node.description = declaration.description
    node.genericTest = Node.GenericTest(
      name: declaration.test,
      namespace: declaration.namespace,
      arguments: declaration.orderedArguments,
      columnName: declaration.columnName,
      attachedNode: attached.uniqueID
    )
    node.genericTest?.quotesColumn = declaration.quotesColumn
    node.genericTest?.inheritedTags =
      Set(declaration.inheritedTags + (declaration.config["tags"]?.words ?? [])).sorted()
    node.genericTest?.columnPlace = declaration.looseArguments.count
    let isTheirs = attached.path.isEmpty || attached.packageName != package
    node.genericTest?.manifestNode =
      attached.kind == .source || isTheirs ? nil : attached.uniqueID
    node.group = attached.config["group"]?.string
    node.genericTest?.modelCall = attached.referenceCall
    node.genericTest?.fileKey = declaration.fileKey(on: attached)
    node.config = declaration.config
    if declaration.customName == nil, names.short != names.full, node.config["alias"] == nil {
      node.config["alias"] = .string(names.short)
    }
    var code = MappedText()
    code.append(
      generated: "{{ \(macroName)(**_dbt_generic_test_kwargs) }}\(configCall(declaration, names))"
        .utf8,
      origin: declaration.range
    )
    node.buffer = buffers.add(generated: "\(declaration.file) (test \(name))", code)
    return node
  }

  /// What dbt writes behind the call: the test's configuration.
  private func configCall(
    _ declaration: Properties.TestDeclaration,
    _ names: (full: String, short: String)
  ) -> String {
    let config = declaration.config
    let order = [
      "severity", "tags", "enabled", "where", "limit", "warn_if", "error_if", "fail_calc",
      "store_failures", "store_failures_as", "meta", "database", "schema", "alias",
    ]
    let known = order.compactMap { key in config[key].map { (key, $0) } }
    var others = config.pairs.filter { !order.contains($0.key) }.map { ($0.key, $0.value) }
    if declaration.customName == nil, names.short != names.full, config["alias"] == nil {
      others.append(("alias", .string(names.short)))
    }
    guard !known.isEmpty || !others.isEmpty else { return "" }
    let arguments = (known + others).map { "\($0.0)=\(word($0.1))" }.joined(separator: ",")
    return "{{ config(\(arguments)) }}"
  }

  /// A value as a template writes it.
  private func word(_ value: PlainValue) -> String {
    guard case .string(let text) = value else { return Value(value).represented }
    let escaped = text.split(separator: "\"", omittingEmptySubsequences: false)
      .joined(separator: "\\\"")
    return "\"\(escaped)\""
  }

  /// The last ten digits of a unique_id, as dbt computes them: from the name and Python's `repr` of
  /// the sorted metadata, every value a string.
  static func hash(
    _ declaration: Properties.TestDeclaration,
    named name: String,
    on attached: Node
  ) -> String {
    var arguments = declaration.arguments
    if let column = declaration.columnArgument { arguments["column_name"] = .string(column) }
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
    namespace: String? = nil,
    on attached: Node,
    arguments: PlainDictionary
  ) -> (full: String, short: String) {
    let prefix = namespace.map { "\($0)_" } ?? ""
    let subject =
      attached.kind == .source
      ? "\(prefix)source_\(test)_\(attached.sourceName ?? "")_\(attached.name)"
      : "\(prefix)\(test)_\(attached.name)"
        + (attached.version.map { "_v\(ReferenceResolver.text($0))" } ?? "")
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

extension MacroTable {
  /// The macro of a generic test.
  func test(_ name: String, namespace: String?, from packageName: String) -> Entry? {
    let macro = "test_\(name)"
    guard let namespace else { return lookup(macro, from: packageName) }
    return lookup(macro, in: namespace)
  }

  func test(_ test: Node.GenericTest, from packageName: String) -> Entry? {
    self.test(test.name, namespace: test.namespace, from: packageName)
  }
}

/// What may be a test of one column.
protocol ColumnTest {
  var columnName: String? { get }
  var quotesColumn: Bool { get }
}

extension ColumnTest {
  /// The column's name as the test is given it.
  var columnArgument: String? {
    columnName.map { quotesColumn ? SQLQuoting.identifier($0) : $0 }
  }
}

extension Node.GenericTest: ColumnTest {}
extension Properties.TestDeclaration: ColumnTest {}

extension Node.GenericTest {
  /// The arguments in the order in which dbt gives them to the macro: those beside the test's name,
  /// the column's name, those under `arguments`.
  var argumentsWithColumn: PlainDictionary {
    guard let column = columnArgument else { return arguments }
    let pairs = Array(arguments.pairs)
    var ordered = PlainDictionary(pairs.prefix(columnPlace).map { ($0.key, $0.value) })
    ordered["column_name"] = .string(column)
    for pair in pairs.dropFirst(columnPlace) { ordered[pair.key] = pair.value }
    return ordered
  }
}

extension Properties.TestDeclaration {
  /// The arguments, those first that stand beside the test's name.
  var orderedArguments: PlainDictionary {
    var ordered = PlainDictionary()
    for name in looseArguments { ordered[name] = arguments[name] }
    ordered.merge(arguments)
    return ordered
  }

  /// Where the test stands in its file, as dbt names it.
  func fileKey(on attached: Node) -> String {
    "\(section ?? "sources").\(attached.sourceName ?? attached.name)"
  }
}

extension Node {
  /// How templates refer to this node: `ref('users')`, `source('raw', 'orders')`.
  var referenceCall: String {
    if kind == .source { return "source('\(sourceName ?? "")', '\(name)')" }
    guard let version else { return "ref('\(name)')" }
    let text = ReferenceResolver.text(version)
    return "ref('\(name)', version='\(text)')"
  }
}
