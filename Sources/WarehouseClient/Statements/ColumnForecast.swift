package import Diagnostics
package import RedshiftSQL

/// Works out what columns each of several statements will find, from those that are there before
/// the first one runs and from what the statements themselves make of them.
///
/// So all of them can be translated at once and sent in one message. Where the text does not tell
/// what a statement will find, it gets no translation here, and takes a turn of its own.
struct ColumnForecast {
  private let statements: [Statement]
  private let buffers: Buffers
  private let before: FollowedColumns
  private var known: [RelationName: [CatalogColumn]] = [:]
  private var asked: Set<RelationName> = []
  /// Views that do not keep their columns when a table changes.
  private var fleeting: Set<RelationName> = []

  /// Relations to ask the server for; empty when no answer would tell more.
  private(set) var missing: Set<RelationName> = []
  /// Translations of those statements whose tables are known, by the statements' places.
  private(set) var translations: [TextRange: PostgresTranslation] = [:]

  /// - Parameters:
  ///   - statements: in the order in which they will run.
  ///   - buffers: their text.
  ///   - before: what has been made by then of what was there.
  init(
    _ statements: [Statement],
    in buffers: Buffers,
    after before: FollowedColumns = FollowedColumns()
  ) {
    self.init(statements, buffers, before)
    translate()
  }

  private init(_ statements: [Statement], _ buffers: Buffers, _ before: FollowedColumns) {
    self.statements = statements
    self.buffers = buffers
    // Where it is not known what there is, all that the text alone does not tell is asked.
    self.before = before.isLost ? FollowedColumns() : before
  }

  /// Translates statements as far as the text tells what they find, and follows them.
  ///
  /// - Parameters:
  ///   - statements: in the order in which they will run.
  ///   - buffers: their text.
  ///   - columns: what has been made by then of what was there; afterwards, what these make of it.
  /// - Returns: translations by the statements' places; nil where the server has to be asked.
  static func translations(
    of statements: [Statement],
    in buffers: Buffers,
    following columns: inout FollowedColumns
  ) -> [TextRange: PostgresTranslation]? {
    let isPlain = statements.allSatisfy {
      !$0.hidesWhatItChanges && $0.relationThatMayExist == nil
    }
    guard isPlain, !columns.isLost else {
      let forecast = ColumnForecast(statements, in: buffers, after: columns)
      columns.follow(statements, in: buffers)
      return forecast.missing.isEmpty ? forecast.translations : nil
    }
    // To follow them for the translation is to follow them: nothing has to be copied, which would
    // be all that is known, for every file.
    var forecast = ColumnForecast(statements, buffers, FollowedColumns())
    forecast.translate(&columns)
    return forecast.missing.isEmpty ? forecast.translations : nil
  }

  /// Takes the columns of what was missing; those that are not there have none.
  mutating func learn(_ answer: CatalogColumns.Answer) {
    asked.formUnion(missing)
    known.merge(answer.columns) { $1 }
    fleeting.formUnion(answer.fleeting)
    translate()
  }

  private mutating func translate() {
    translations = [:]
    missing = []
    var there = before
    there.add(known, fleeting: fleeting)
    translate(&there)
  }

  private mutating func translate(_ there: inout FollowedColumns) {
    for statement in statements {
      guard !there.isLost, !statement.hidesWhatItChanges else { return }
      // A table that may be there already is as it is, not as the text says.
      if let name = statement.relationThatMayExist { ask(name, &there) }
      let translation = PostgresTranslator.translate(statement, in: buffers, catalog: there.catalog)
      let wanted = translation.wantedRelations
      if wanted.isEmpty {
        if !there.hasChanged || !statement.reads(there.fleeting) {
          translations[statement.range] = translation
        }
      } else {
        for name in wanted where there.catalog.removal(of: name) == nil { ask(name, &there) }
      }
      there.run(statement, in: buffers)
    }
  }

  private mutating func ask(_ name: RelationName, _ there: inout FollowedColumns) {
    guard !asked.contains(name) else { return }
    missing.insert(name)
    there.name(name)
  }
}

/// What statements make of the columns that are there, as far as their text tells.
package struct FollowedColumns: Sendable {
  /// Names without a schema are looked up by the server, so they have a schema of their own here.
  fileprivate private(set) var catalog = SymbolicCatalog(defaultSchema: "")
  /// Views that do not keep their columns when a table changes.
  fileprivate private(set) var fleeting: Set<RelationName> = []
  /// Whether any relation has changed.
  fileprivate private(set) var hasChanged = false
  /// Whether more may have changed than the text says.
  fileprivate private(set) var isLost = false
  private var forms = NameForms()

  package init() {}

  fileprivate mutating func add(
    _ known: [RelationName: [CatalogColumn]],
    fleeting views: Set<RelationName>
  ) {
    for (name, columns) in known {
      catalog.add(CatalogRelation(name: name, kind: .table, columns: columns))
      forms.add(name)
    }
    fleeting.formUnion(views)
  }

  fileprivate mutating func name(_ name: RelationName) { forms.add(name) }

  /// Follows statements that run before others.
  package mutating func follow(_ statements: [Statement], in buffers: Buffers) {
    for statement in statements { follow(statement, in: buffers) }
  }

  private mutating func follow(_ statement: Statement, in buffers: Buffers) {
    guard !isLost else { return }
    if statement.hidesWhatItChanges {
      isLost = true
      return
    }
    // What may have been there before is left to the server.
    if let name = statement.relationThatMayExist, catalog[name] == nil {
      hasChanged = true
      return
    }
    run(statement, in: buffers)
  }

  fileprivate mutating func run(_ statement: Statement, in buffers: Buffers) {
    for name in statement.changedRelations {
      forms.add(name, changes: true)
      hasChanged = true
    }
    if case .createView(let view) = statement.kind, view.withoutBinding != nil {
      fleeting.insert(view.name)
    }
    if !forms.areUnambiguous { isLost = true }
    catalog.apply(statement, buffers: buffers)
  }
}

/// Finds one relation under two names, with its schema and without it: the change of one would not
/// show in the other.
private struct NameForms: Sendable {
  private var hasSchema: [String: Bool] = [:]
  private var mixed: Set<String> = []
  private var changed: Set<String> = []

  /// Whether every relation that changes is always written in the same way.
  private(set) var areUnambiguous = true

  mutating func add(_ name: RelationName, changes: Bool = false) {
    let identifier = name.identifier.lowercased()
    let isQualified = name.schema != nil
    if hasSchema.updateValue(isQualified, forKey: identifier) == !isQualified {
      mixed.insert(identifier)
    }
    if changes { changed.insert(identifier) }
    if mixed.contains(identifier), changed.contains(identifier) { areUnambiguous = false }
  }
}

extension Statement {
  /// Whether more may be different behind it than its text says, the meaning of names included.
  fileprivate var hidesWhatItChanges: Bool {
    switch kind {
    case .call, .execute, .opaque, .invalid, .parameter, .use: true
    case .createTable(let table): table.isTemporary || table.objectName.isTemporary
    case .createTableAs(let table): table.isTemporary || table.objectName.isTemporary
    case .createView(let view): view.objectName.isTemporary
    case .query(let query):
      if case .select(let select) = query.body.kind, let into = select.into {
        into.isTemporary || into.name.isTemporary
      } else {
        false
      }
    default: false
    }
  }

  /// Whether a query in this names one of these.
  fileprivate func reads(_ relations: Set<RelationName>) -> Bool {
    guard !relations.isEmpty else { return false }
    var found = false
    SyntaxNode.statement(self).walk { node in
      if case .table(let table) = node, case .named(let name) = table.kind,
        relations.contains(name.relation)
      {
        found = true
      }
      return !found
    }
    return found
  }

  /// What is made only if it is not there.
  fileprivate var relationThatMayExist: RelationName? {
    switch kind {
    case .createTable(let table): table.allowsExisting ? table.name : nil
    case .createTableAs(let table): table.allowsExisting ? table.name : nil
    default: nil
    }
  }
}
