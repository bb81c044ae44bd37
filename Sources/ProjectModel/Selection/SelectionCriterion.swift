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
  /// - Throws: `invalid-selector`, `unknown-selector-method`, `selector-needs-state`.
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
    var words = rest[..<colon].split(separator: ".", omittingEmptySubsequences: false)
      .map(String.init)
    let name = words.removeFirst()
    guard let method = SelectionMethod(rawValue: name) else {
      if SelectionMethod.namesThatNeedState.contains(name) { throw .selectorNeedsState(text, name) }
      throw .unknownSelectorMethod(name, in: text)
    }
    if method == .config, words.isEmpty {
      throw .invalidSelector(
        text,
        reason: "\"config\" needs a key, as in \"config.materialized:table\""
      )
    }
    return (method, words, String(rest[rest.index(after: colon)...]))
  }

  private static func implicitMethod(for value: Substring) -> SelectionMethod {
    if value.contains("/") { return .path }
    let isFile = [".sql", ".py", ".csv"].contains { value.lowercased().hasSuffix($0) }
    return isFile ? .file : .fqn
  }
}

/// What a criterion matches nodes by.
enum SelectionMethod: String, Sendable, CaseIterable {
  case fqn
  case tag
  case group
  case access
  case source
  case path
  case file
  case package
  case config
  case testName = "test_name"
  case testType = "test_type"
  case resourceType = "resource_type"
  case exposure
  case metric
  case semanticModel = "semantic_model"
  case savedQuery = "saved_query"
  case unitTest = "unit_test"
  case version

  /// Methods that compare with an earlier run.
  static let namesThatNeedState: Set<String> = ["state", "result", "source_status"]
}
