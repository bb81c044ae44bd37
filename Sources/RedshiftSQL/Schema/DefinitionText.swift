import Diagnostics

/// SQL in which the names of relations follow the relations that they mean.
///
/// A bound view goes on to read a table that gets another name. Its text is kept in pieces, so that
/// the names in it can change while everything else stays; comments are left out, and so is layout.
struct DefinitionText: Hashable, Sendable {
  enum Piece: Hashable, Sendable {
    case text(String)
    /// A relation, and what columns are qualified with where no alias is written.
    case relation(SymbolicCatalog.Key, exposed: String?)
    /// What a column is qualified with: the name of the relation without its schema.
    case qualifier(SymbolicCatalog.Key)
  }

  private(set) var pieces: [Piece] = []

  init(pieces: [Piece]) { self.pieces = pieces }

  /// Text in which no relation is named.
  init(plain range: TextRange, in buffers: Buffers) {
    let bytes = buffers.bytes(of: range.buffer)
    append(bytes, range.bytes.clamped(to: 0..<bytes.count))
  }

  /// A query, or a statement, with the relations that it names.
  init(_ node: SyntaxNode, catalog: SymbolicCatalog, in buffers: Buffers) {
    let bytes = buffers.bytes(of: node.range.buffer)
    var finder = RelationFinder()
    finder.visit(node, names: [])
    var position = node.range.bytes.lowerBound
    for (range, piece) in finder.pieces(catalog) where range.lowerBound >= position {
      append(bytes, position..<range.lowerBound)
      pieces.append(piece)
      position = range.upperBound
    }
    append(bytes, position..<node.range.bytes.upperBound)
  }

  /// The relations that the text names.
  var relations: Set<SymbolicCatalog.Key> {
    Set(
      pieces.compactMap {
        if case .relation(let key, _) = $0 { return key }
        return nil
      }
    )
  }

  /// The text with the names that relations have now.
  var sql: String {
    let words = pieces.map { piece -> String in
      switch piece {
      case .text(let text): return text
      case .qualifier(let key): return SQLQuoting.plainIdentifier(key.identifier)
      case .relation(let key, let exposed):
        guard let exposed, exposed != key.identifier else { return key.sql }
        return "\(key.sql) as \(SQLQuoting.plainIdentifier(exposed))"
      }
    }
    return words.joined(separator: " ")
  }

  /// Takes secrets out.
  ///
  /// - Returns: whether there was one.
  mutating func withholdSecrets() -> Bool {
    var found = false
    for index in pieces.indices {
      guard case .text(let text) = pieces[index], let rest = SQLSecrets.withheld(text) else {
        continue
      }
      pieces[index] = .text(rest)
      found = true
    }
    return found
  }

  mutating func rename(_ old: SymbolicCatalog.Key, to new: SymbolicCatalog.Key) {
    for index in pieces.indices {
      if case .relation(old, let exposed) = pieces[index] {
        pieces[index] = .relation(new, exposed: exposed)
      } else if pieces[index] == .qualifier(old) {
        pieces[index] = .qualifier(new)
      }
    }
  }

  private mutating func append(_ bytes: [UInt8], _ range: Range<Int>) {
    guard range.lowerBound < range.upperBound else { return }
    // One blank between all, whatever stood there: the printer knows where none belongs.
    let words = SQLLexer.words(of: Array(bytes[range]))
    if !words.isEmpty { pieces.append(.text(words.joined(separator: " "))) }
  }
}

/// Finds names of stored relations; those that WITH gives are not among them.
private struct RelationFinder {
  struct Found {
    var name: RelationName
    var range: Range<Int>
    var exposed: String?
  }

  private var found: [Found] = []
  /// Names in front of columns.
  private var qualifiers: [(name: String, range: Range<Int>)] = []
  private var aliases: Set<String> = []

  /// What is to be replaced when relations get other names, in the order of the text.
  ///
  /// A column that is qualified with the name of a table follows the table, unless two tables of
  /// the text can be meant: those keep their former names as aliases.
  func pieces(_ catalog: SymbolicCatalog) -> [(Range<Int>, DefinitionText.Piece)] {
    var exposures: [String: Set<SymbolicCatalog.Key>] = [:]
    for relation in found {
      guard let exposed = relation.exposed else { continue }
      exposures[exposed, default: []].insert(catalog.key(of: relation.name))
    }
    func single(_ name: String) -> SymbolicCatalog.Key? {
      guard !aliases.contains(name), let keys = exposures[name], keys.count == 1 else { return nil }
      return keys.first
    }
    let qualified = Set(qualifiers.map(\.name))
    var pieces = found.map { relation -> (Range<Int>, DefinitionText.Piece) in
      let exposed = relation.exposed.flatMap {
        qualified.contains($0) && single($0) == nil ? $0 : nil
      }
      return (relation.range, .relation(catalog.key(of: relation.name), exposed: exposed))
    }
    for qualifier in qualifiers {
      if let key = single(qualifier.name) { pieces.append((qualifier.range, .qualifier(key))) }
    }
    return pieces.sorted { $0.0.lowerBound < $1.0.lowerBound }
  }

  mutating func visit(_ node: SyntaxNode, names: Set<String>) {
    switch node {
    case .query(let query):
      guard let with = query.with else { break }
      var names = names
      for table in with.tables {
        var inner = names
        if with.isRecursive { inner.insert(table.name.text) }
        visit(.query(table.query), names: inner)
        names.insert(table.name.text)
      }
      let ctes = Set(with.tables.map(\.query.range))
      for child in node.children where !ctes.contains(child.range) { visit(child, names: names) }
      return
    case .table(let table):
      guard case .named(let name) = table.kind else { break }
      if let alias = table.alias { aliases.insert(alias.name.text) }
      add(name, names, exposed: table.alias == nil ? name.last : nil)
      return
    case .expr(let expr):
      switch expr.kind {
      case .column(let parts) where parts.count > 1: qualify(parts)
      case .star(let parts) where !parts.isEmpty: qualify(parts)
      default: break
      }
    case .relation(let name):
      add(name, names, exposed: nil)
      return
    default: break
    }
    for child in node.children { visit(child, names: names) }
  }

  private mutating func qualify(_ parts: NameParts) {
    guard let first = parts.first else { return }
    qualifiers.append((first.text, first.range.bytes))
  }

  private mutating func add(_ name: ObjectName, _ names: Set<String>, exposed: String?) {
    if name.parts.count == 1, names.contains(name.last) || name.last.hasPrefix("#") {
      if let exposed { aliases.insert(exposed) }
      return
    }
    // Another database's relations are not followed.
    guard name.parts.count <= 2 else { return }
    found.append(Found(name: name.relation, range: name.range.bytes, exposed: exposed))
  }
}

extension SymbolicCatalog.Key {
  /// Schema and name, quoted where they have to be.
  package var sql: String {
    "\(SQLQuoting.plainIdentifier(schema)).\(SQLQuoting.plainIdentifier(identifier))"
  }

  package var relation: RelationName { RelationName(schema: schema, identifier: identifier) }
}

extension SQLQuoting {
  /// A name as people write it: in quotes only where it would be misread without them.
  package static func plainIdentifier(_ name: String) -> String {
    let bytes = Array(name.utf8)
    let isWord =
      bytes.first.map { ($0 >= 97 && $0 <= 122) || $0 == 95 } == true
      && bytes.allSatisfy { ($0 >= 97 && $0 <= 122) || ($0 >= 48 && $0 <= 57) || $0 == 95 }
    guard isWord, !ReservedWords.contains(name), !others.contains(name),
      let token = SQLLexer.significantTokens(of: bytes).first, token.keyword == .none
    else { return identifier(name) }
    return name
  }

  /// Words that one of the servers reserves and that nothing else here has to know.
  private static let others: Set<String> = [
    "analyse", "asymmetric", "authorization", "collation", "concurrently", "current_schema",
    "deferrable", "do", "freeze", "initially", "placing", "tablesample",
  ]
}
