import Diagnostics
import ProjectModel

/// A model in Python, read as dbt reads it: what it refers to, and how it configures itself.
///
/// It is never run: neither Redshift nor PostgreSQL has Python for it.
struct PythonModel {
  /// What the file calls of `dbt`, by the name behind the last dot.
  private struct Request {
    var name: String
    var positional: [PlainValue]
    var named: [(name: String, value: PlainValue)]
    var range: TextRange
  }

  private(set) var references: [Captured.Reference] = []
  private(set) var sources: [Captured.SourceReference] = []
  private(set) var config = PlainDictionary()

  private let bytes: [UInt8]
  private let buffer: BufferID
  private var requests: [Request] = []

  /// Reads a file.
  ///
  /// - Throws: `python-model`, for what dbt does not take either.
  init(reading buffer: BufferID, in buffers: Buffers) throws(Diagnostic) {
    self.buffer = buffer
    bytes = Array(buffers.bytes(of: buffer))
    do throws(PythonLexer.Problem) {
      let tokens = try PythonLexer.tokens(of: bytes)
      guard !tokens.isEmpty else { return }
      if let problem = try PythonModelShape(bytes, tokens).problem {
        throw PythonLexer.Problem(message: problem.message, range: problem.range)
      }
      var reader = PythonExpressionReader(bytes, tokens[...])
      for expression in try reader.all() { try visit(expression) }
    } catch {
      throw .pythonModel(error.message, at: TextRange(buffer: buffer, bytes: error.range))
    }
    for request in requests { try follow(request) }
  }

  // MARK: Calls

  /// Looks for calls everywhere but in other calls, of which only some parts are looked at.
  private mutating func visit(_ expression: PythonExpression) throws(PythonLexer.Problem) {
    switch expression {
    case .name, .constant: break
    case .call(let call): try visit(call)
    case .attribute(let base, _): try visit(base)
    case .element(let base, let others):
      try visit(base)
      for other in others { try visit(other) }
    case .list(let parts), .tuple(let parts), .set(let parts), .formatted(let parts),
      .other(let parts):
      for part in parts { try visit(part) }
    case .dictionary(let entries):
      for entry in entries { if let key = entry.key { try visit(key) } }
      for entry in entries { try visit(entry.value) }
    }
  }

  private static let names: Set<String> = [
    "dbt.ref", "dbt.source", "dbt.config", "dbt.config.get", "dbt.config.meta_get",
  ]

  private mutating func visit(_ call: PythonCall) throws(PythonLexer.Problem) {
    if case .attribute(_, let last) = call.function, let name = call.function.dottedName,
      Self.names.contains(name)
    {
      requests.append(try request(last, call))
    }
    for argument in call.positional + call.named.map(\.value) {
      switch argument {
      case .call(let inner): try visit(inner)
      case .list(let parts), .tuple(let parts), .formatted(let parts):
        for inner in parts.compactMap(\.call) { try visit(inner) }
      case .dictionary(let entries):
        for inner in entries.compactMap(\.value.call) { try visit(inner) }
      default: break
      }
    }
    var base = call.function
    while case .attribute(let inner, _) = base { base = inner }
    if case .attribute = call.function, case .call(let inner) = base { try visit(inner) }
  }

  private func request(
    _ name: String,
    _ call: PythonCall
  ) throws(PythonLexer.Problem) -> Request {
    var request = Request(
      name: name,
      positional: [],
      named: [],
      range: TextRange(buffer: buffer, bytes: call.range)
    )
    let problem = PythonLexer.Problem(
      message: "the arguments of dbt.\(name)() must be written out: constants, lists and mappings",
      range: call.range
    )
    for argument in call.positional {
      guard let value = argument.literal else { throw problem }
      request.positional.append(value)
    }
    for (name, argument) in call.named {
      guard let name, let value = argument.literal else { throw problem }
      request.named.append((name, value))
    }
    return request
  }

  // MARK: What is asked for

  private mutating func follow(_ request: Request) throws(Diagnostic) {
    switch request.name {
    case "ref": try refer(request)
    case "source":
      let words = request.positional.compactMap(\.string)
      guard words.count == 2, request.positional.count == 2, request.named.isEmpty else {
        throw .pythonModel("dbt.source() takes a source and a table", at: request.range)
      }
      let source = Captured.SourceReference(source: words[0], table: words[1], range: request.range)
      if !sources.contains(where: { $0.source == words[0] && $0.table == words[1] }) {
        sources.append(source)
      }
    case "config": try configure(request)
    case "get": try note(request, "config_keys_used", "config_keys_defaults")
    default: try note(request, "meta_keys_used", "meta_keys_defaults")
    }
  }

  private mutating func refer(_ request: Request) throws(Diagnostic) {
    let words = request.positional.compactMap(\.string)
    let known = request.named.allSatisfy { ["v", "version"].contains($0.name) }
    guard (1...2).contains(words.count), words.count == request.positional.count, known else {
      throw .pythonModel("dbt.ref() takes a model, and a package before it", at: request.range)
    }
    let reference = Captured.Reference(
      package: words.count == 2 ? words[0] : nil,
      name: words[words.count - 1],
      version: request.named.last?.value,
      range: request.range
    )
    let isKnown = references.contains {
      $0.name == reference.name && $0.package == reference.package
        && $0.version == reference.version
    }
    if !isKnown { references.append(reference) }
  }

  private mutating func configure(_ request: Request) throws(Diagnostic) {
    var given = PlainDictionary()
    if let first = request.positional.first {
      guard request.positional.count == 1, let dictionary = first.dictionary else {
        throw .pythonModel("dbt.config() takes one mapping, or names", at: request.range)
      }
      given = dictionary
    }
    for (name, value) in request.named { given[name] = value }
    config = ConfigResolver.combining(config, with: given)
  }

  /// Keeps what a model asks its own configuration for, as dbt's manifest does.
  private mutating func note(
    _ request: Request,
    _ names: String,
    _ defaults: String
  ) throws(Diagnostic) {
    guard let key = request.positional.first, request.positional.count <= 2 else {
      throw .pythonModel(
        "dbt.config.\(request.name)() takes a name, and what stands for it where it is not there",
        at: request.range
      )
    }
    config[names] = .list((config[names]?.list ?? []) + [key])
    let fallback = request.positional.count == 2 ? request.positional[1] : .null
    config[defaults] = .list((config[defaults]?.list ?? []) + [fallback])
  }
}
