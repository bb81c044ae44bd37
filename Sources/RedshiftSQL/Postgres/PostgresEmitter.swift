import Diagnostics

/// Writes one statement in PostgreSQL's words.
///
/// `emit` of a node that needs no rewriting copies the text between its children and emits the
/// children. Spellings that differ whatever they stand in (backslashes in strings, upper case in
/// quoted names, `#name`) are exchanged as the text is copied.
struct PostgresEmitter {
  /// A token that PostgreSQL spells in another way.
  private struct Respelling {
    var range: Range<Int>
    var text: [UInt8]
  }

  let bytes: [UInt8]
  let statement: TextRange
  var output = MappedText()
  var diagnostics: [Diagnostic] = []
  let catalog: SymbolicCatalog
  /// What the analysis found out about the statement at hand.
  var meanings = Meanings()
  /// Relations whose columns would have helped.
  var wantedRelations: Set<RelationName> = []
  /// Whether a name of the select list wins where columns are not known, as in QUALIFY.
  var prefersAliases = false
  /// Whether names are those of a result that is read whole: none is written out.
  var keepsNames = false
  /// How many names of select lists are written out around, and have been so far.
  var aliasDepth = 0
  var aliasCount = 0
  /// Names that a procedure declares, which are no columns.
  var variables: Set<String> = []
  /// The types of those whose type is written out.
  var variableTypes: [String: SQLType] = [:]
  /// The types of the fields of records, by the names of both, as far as queries tell them.
  var records: [String: [String: SQLType]] = [:]
  /// The types of the arguments of a routine, which its source may know by their numbers.
  var argumentTypes: [SQLType] = []
  /// What PRIOR names, and what other columns belong to, within the condition of CONNECT BY.
  var priorRow: String?
  var hierarchyPrefix: String?
  var hierarchyLevel: String?
  /// Items of select lists whose text is compared with that of a query around.
  var blankPaddedItems: Set<TextRange> = []
  /// Whether the window at hand is that of a function that gives equal values equal numbers.
  var countsPeers = false
  /// The queries around the place at hand, innermost last.
  var selects: [TextRange] = []
  /// Queries of which what is written is evaluated for each row, and not for each group.
  var rowsOf: Set<TextRange> = []
  /// Queries that are written without DISTINCT and INTO, which stand around them.
  var bareSelects: Set<TextRange> = []
  /// Queries that are written without INTO, which stands at a set operation around them.
  var bareTargets: Set<TextRange> = []
  /// Set operations of recursive tables, whose form is fixed.
  var recursiveBodies: Set<TextRange> = []
  /// For queries that get a column more, which says what side of a set operation they are.
  var sides: [TextRange: Int] = [:]
  /// What the columns of queries with DISTINCT are written as, where it stands for blanks.
  var distinctValues: [TextRange: [String]] = [:]
  /// Names of the tables that keys of groups are computed in, by the place of the query.
  var keyTables: [TextRange: String] = [:]
  /// Names of tables that have none.
  private var tableNames: [TextRange: String] = [:]
  /// Whether this is kept, as a view or a routine, and outlives the types of what it reads.
  var isStored = false
  /// The query of a view WITH NO SCHEMA BINDING, as it is written.
  var lateQuery: String?
  /// Items of select lists that are cast to a type without a length.
  var unboundedItems: [TextRange: String] = [:]
  /// Whether (+) stands where a LEFT JOIN says the same.
  var acceptsJoinMarks = false
  /// Whether this is PL/pgSQL, where a result that nobody wants is not selected.
  var isInBlock = false
  /// The rows of INSERT, the one place where VALUES is Redshift's.
  var insertedValues: TextRange?
  private var respellings: [Respelling] = []
  private var generatedNames = 0
  var noted: Set<String> = []

  init(bytes: [UInt8], range: TextRange, catalog: SymbolicCatalog) {
    self.bytes = bytes
    statement = range
    self.catalog = catalog
    let slice = Array(bytes[range.bytes.clamped(to: 0..<bytes.count)])
    let shift = range.bytes.lowerBound
    for token in SQLLexer.significantTokens(of: slice) {
      respell(token, shift: shift)
    }
  }

  /// Finds out what the places of a statement mean.
  mutating func analyze(_ statement: Statement) {
    meanings = Meanings(of: statement, catalog: catalog, bytes: bytes)
  }

  /// Finds what is spelt otherwise within a text in quotes.
  mutating func respell(within range: Range<Int>) {
    for token in SQLLexer.significantTokens(of: Array(bytes[range])) {
      respell(token, shift: range.lowerBound)
    }
    respellings.sort { $0.range.lowerBound < $1.range.lowerBound }
  }

  private mutating func respell(_ token: SQLToken, shift: Int) {
    let range = token.start + shift..<token.stop + shift
    switch token.kind {
    case .string:
      guard bytes[range].contains(UInt8(ascii: "\\")) else { return }
      let text = SQLStrings.postgresLiteral(SQLStrings.value(of: bytes[range]))
      respellings.append(Respelling(range: range, text: text))
    case .quotedIdentifier:
      let name = SQLStrings.name(of: bytes[range])
      checkLength(name, range)
      let text = Array(SQLQuoting.identifier(name).utf8)
      guard !bytes[range].elementsEqual(text) else { return }
      respellings.append(Respelling(range: range, text: text))
    case .temporaryName:
      let name = String(decoding: bytes[range].map(asciiLowercased), as: UTF8.self)
      let text = Array(SQLQuoting.identifier(name).utf8)
      respellings.append(Respelling(range: range, text: text))
    case .word where range.count > 63:
      checkLength(String(decoding: bytes[range], as: UTF8.self), range)
    default: break
    }
  }

  private mutating func checkLength(_ name: String, _ range: Range<Int>) {
    guard name.utf8.count > 63 else { return }
    fail(
      "a name of more than 63 bytes",
      at: TextRange(buffer: statement.buffer, bytes: range),
      help: "PostgreSQL would cut it off: choose a shorter name"
    )
  }

  // MARK: Writing

  /// Copies source text, tokens respelled where they must be.
  mutating func copy(_ range: Range<Int>) {
    guard range.lowerBound < range.upperBound else { return }
    var position = range.lowerBound
    // Few statements have many respellings, and they are in order.
    var low = 0
    var high = respellings.count
    while low < high {
      let middle = (low + high) / 2
      if respellings[middle].range.lowerBound < position {
        low = middle + 1
      } else {
        high = middle
      }
    }
    while low < respellings.count, respellings[low].range.upperBound <= range.upperBound {
      let change = respellings[low]
      copyPlain(position..<change.range.lowerBound)
      let origin = TextRange(buffer: statement.buffer, bytes: change.range)
      output.append(generated: change.text, origin: origin)
      position = change.range.upperBound
      low += 1
    }
    copyPlain(position..<range.upperBound)
  }

  private mutating func copyPlain(_ range: Range<Int>) {
    output.append(
      copying: bytes,
      range: TextRange(buffer: statement.buffer, bytes: range)
    )
  }

  mutating func copy(_ range: TextRange) { copy(range.bytes) }

  /// Writes text that stands for `origin`.
  mutating func write(_ text: String, for origin: TextRange) {
    output.append(generated: text.utf8, origin: origin)
  }

  /// Copies `range` with its children emitted in place.
  mutating func emit(_ range: Range<Int>, children: [SyntaxNode]) {
    var position = range.lowerBound
    for child in children {
      let bytes = child.range.bytes
      guard bytes.lowerBound >= position, bytes.upperBound <= range.upperBound else { continue }
      copy(position..<bytes.lowerBound)
      emit(child)
      position = bytes.upperBound
    }
    copy(position..<range.upperBound)
  }

  mutating func emitUnchanged(_ node: SyntaxNode) {
    emit(node.range.bytes, children: node.children)
  }

  mutating func emit(_ node: SyntaxNode) {
    switch node {
    case .statement(let statement): emit(statement)
    case .query(let query): emit(query)
    case .body(let body): emit(body)
    case .select(let select): emit(select)
    case .item(let item):
      let start = output.bytes.count
      if blankPaddedItems.contains(item.range) {
        emit(
          item.range.bytes,
          children: [],
          patches: [Patch(range: item.value.range.bytes) { $0.emitBlankPadded(item.value) }]
        )
      } else if let type = unboundedItems[item.range] {
        let cast = Patch(range: item.value.range.bytes) { emitter in
          emitter.emitGrouped(item.value)
          emitter.write("::\(type)", for: item.range)
        }
        emit(item.range.bytes, children: [], patches: [cast])
      } else {
        emitUnchanged(node)
      }
      // What is written otherwise would give the column another name: that of a shim, or none.
      if item.alias == nil, let name = item.outputName,
        output.bytes[start...] != bytes[item.range.bytes]
      {
        write(" AS \(SQLQuoting.identifier(name))", for: item.range)
      }
    case .expr(let expr): emit(expr)
    case .table(let table): emit(table)
    case .window(let window): emit(window)
    case .type(let type): emit(type, isColumn: false)
    case .column(let column): emit(column, required: false)
    case .relation(let name): emit(name)
    }
  }

  /// A relation's name as it is: PostgreSQL takes a database in front of it, too, and refuses any
  /// but the one that it is connected to.
  mutating func emit(_ name: ObjectName) {
    copy(name.range)
  }

  /// A name that occurs nowhere in the statement.
  mutating func makeName(_ stem: String) -> String {
    generatedNames += 1
    return "__\(stem)\(generatedNames)"
  }

  /// The name that a table gets which has none.
  mutating func name(ofUnnamed table: TextRange) -> String {
    if let name = tableNames[table] { return name }
    let name = makeName("sq")
    tableNames[table] = name
    return name
  }

  /// What calls a function for what it does.
  var selecting: String { isInBlock ? "PERFORM" : "SELECT" }

  // MARK: Telling

  mutating func fail(_ what: String, at range: TextRange, help: String? = nil) {
    diagnostics.append(.localUnsupported(what, at: range, help: help))
  }

  /// Refuses what PostgreSQL would run and Redshift would not.
  mutating func reject(_ what: String, at range: TextRange, help: String) {
    diagnostics.append(.redshiftRejects(what, at: range, help: help))
  }

  /// Tells, once for each kind of thing in a statement, that it does nothing here.
  mutating func note(_ what: String, at range: TextRange, why: String) {
    guard noted.insert(what).inserted else { return }
    diagnostics.append(.localIgnored(what, at: range, why: why))
  }
}
