import Diagnostics

/// One criterion of a selection, as `2+tag:nightly+1`: what to match and how far to follow edges.
struct SelectionCriterion: Hashable, Sendable {
  /// How far to follow edges.
  enum Reach: Hashable, Sendable {
    case none
    case all
    case steps(Int)

    /// The bound that `Graph` takes: nil for none, and for a reach of `none`.
    var depth: Int? {
      if case .steps(let count) = self { return count }
      return nil
    }
  }

  /// As written, for messages.
  var text: String
  var method: SelectionMethod
  /// Words after the method: `config.materialized` → `["materialized"]`.
  var arguments: [String]
  var value: String
  var parents: Reach
  var children: Reach
  /// `@`: descendants, and everything needed to build them.
  var includesChildrensParents: Bool

  /// Parses one criterion.
  ///
  /// - Throws: `invalid-selector`, `unknown-selector-method`.
  init(_ text: String) throws(Diagnostic) {
    self.text = text
    var rest = Substring(text)
    includesChildrensParents = rest.first == "@"
    if includesChildrensParents { rest = rest.dropFirst() }

    parents = .none
    let leadingDigits = rest.prefix { $0.isASCII && $0.isNumber }
    if rest.dropFirst(leadingDigits.count).first == "+" {
      parents = try Self.reach(leadingDigits, in: text)
      rest = rest.dropFirst(leadingDigits.count + 1)
    }

    children = .none
    if let plus = rest.lastIndex(of: "+") {
      let digits = rest[rest.index(after: plus)...]
      if digits.allSatisfy({ $0.isASCII && $0.isNumber }) {
        children = try Self.reach(digits, in: text)
        rest = rest[..<plus]
      }
    }
    if includesChildrensParents, children != .none {
      throw .invalidSelector(text, reason: "\"@\" already includes what comes after the node")
    }

    (method, arguments, value) = try Self.method(of: rest, in: text)
    guard !value.isEmpty else {
      throw .invalidSelector(text, reason: "nothing is named to select")
    }
  }

  /// Makes a criterion of its parts, as selectors.yml has them.
  init(
    text: String,
    method name: String,
    value: String,
    parents: Reach,
    children: Reach,
    includesChildrensParents: Bool
  ) throws(Diagnostic) {
    self.text = text
    (method, arguments) = try Self.named(name, in: text)
    self.value = value
    self.parents = parents
    self.children = children
    self.includesChildrensParents = includesChildrensParents
    if includesChildrensParents, children != .none {
      throw .invalidSelector(text, reason: "childrens_parents already includes the children")
    }
    guard !value.isEmpty else {
      throw .invalidSelector(text, reason: "nothing is named to select")
    }
  }

  private static func reach(_ digits: Substring, in text: String) throws(Diagnostic) -> Reach {
    if digits.isEmpty { return .all }
    guard let steps = Int(digits) else {
      throw .invalidSelector(text, reason: "\"\(digits)\" is too large a number of steps")
    }
    return .steps(steps)
  }

  private static func method(
    of rest: Substring,
    in text: String
  ) throws(Diagnostic) -> (SelectionMethod, [String], String) {
    guard let colon = rest.firstIndex(of: ":"),
      rest[..<colon].unicodeScalars.allSatisfy({
        $0 == "." || $0 == "_" || $0.properties.isAlphabetic || $0.properties.numericType != nil
      }), colon > rest.startIndex
    else {
      return (implicitMethod(for: rest), [], String(rest))
    }
    let (method, arguments) = try named(String(rest[..<colon]), in: text)
    return (method, arguments, String(rest[rest.index(after: colon)...]))
  }

  /// The method of a name with its arguments: `config.materialized`.
  private static func named(
    _ name: String,
    in text: String
  ) throws(Diagnostic) -> (SelectionMethod, [String]) {
    var words = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    let name = words.isEmpty ? "" : words.removeFirst()
    guard let method = SelectionMethod.named(name) else {
      throw .unknownSelectorMethod(name, in: text)
    }
    if method == .config, words.isEmpty {
      throw .invalidSelector(
        text,
        reason: "\"config\" needs a key, as in \"config.materialized:table\""
      )
    }
    return (method, words)
  }

  private static func implicitMethod(for value: Substring) -> SelectionMethod {
    if value.contains("/") { return .path }
    let isFile = [".sql", ".py", ".csv"].contains { value.lowercased().hasSuffix($0) }
    return isFile ? .file : .fqn
  }
}

/// What a criterion matches nodes by.
enum SelectionMethod: Hashable, Sendable {
  case fqn
  case tag
  case group
  case access
  case source
  case path
  case file
  case package
  case config
  case testName
  case testType
  case resourceType
  case exposure
  case metric
  case semanticModel
  case savedQuery
  case unitTest
  case version
  /// Compares with an earlier run.
  case history(HistoryMethod)

  private static let table: [(name: String, method: SelectionMethod)] =
    [
      ("fqn", .fqn), ("tag", .tag), ("group", .group), ("access", .access), ("source", .source),
      ("path", .path), ("file", .file), ("package", .package), ("config", .config),
      ("test_name", .testName), ("test_type", .testType), ("resource_type", .resourceType),
      ("exposure", .exposure), ("metric", .metric), ("semantic_model", .semanticModel),
      ("saved_query", .savedQuery), ("unit_test", .unitTest), ("version", .version),
    ] + HistoryMethod.allCases.map { ($0.rawValue, .history($0)) }

  /// Every method's name, in the order in which people are told.
  static var names: [String] { table.map(\.name) }

  static func named(_ name: String) -> SelectionMethod? {
    table.first { $0.name == name }?.method
  }

  /// The word before the colon.
  var name: String { Self.table.first { $0.method == self }?.name ?? "" }
}
