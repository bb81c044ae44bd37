import Diagnostics
import RedshiftSQL

/// Works out what columns each of several statements will find, from those that are there before
/// the first one runs and from what the statements themselves make of them.
///
/// So all of them can be translated at once and sent in one message. Where the text does not tell
/// what a statement will find, it gets no translation here, and takes a turn of its own.
struct ColumnForecast {
  private let statements: [Statement]
  private let buffers: Buffers
  private var known: [RelationName: [CatalogColumn]] = [:]
  private var asked: Set<RelationName> = []
  /// Views that do not keep their columns when a table changes.
  private var fleeting: Set<RelationName> = []
  private var forms = NameForms()

  /// Relations to ask the server for; empty when no answer would tell more.
  private(set) var missing: Set<RelationName> = []
  /// Translations of those statements whose tables are known, by the statements' places.
  private(set) var translations: [TextRange: PostgresTranslation] = [:]

  init(_ statements: [Statement], in buffers: Buffers) {
    self.statements = statements
    self.buffers = buffers
    translate()
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
    forms = NameForms()
    // Names without a schema are looked up by the server, so they have a schema of their own here.
    var catalog = SymbolicCatalog(defaultSchema: "")
    for (name, columns) in known {
      catalog.add(CatalogRelation(name: name, kind: .table, columns: columns))
      forms.add(name)
    }
    var fleeting = fleeting
    var hasChanged = false
    for statement in statements {
      guard !statement.hidesWhatItChanges else { return }
      // A table that may be there already is as it is, not as the text says.
      if let name = statement.relationThatMayExist { ask(name) }
      let translation = PostgresTranslator.translate(statement, in: buffers, catalog: catalog)
      let wanted = translation.wantedRelations
      if wanted.isEmpty {
        if !hasChanged || !statement.reads(fleeting) {
          translations[statement.range] = translation
        }
      } else {
        for name in wanted where catalog.removal(of: name) == nil { ask(name) }
      }
      for name in statement.changedRelations {
        forms.add(name, changes: true)
        hasChanged = true
      }
      if case .createView(let view) = statement.kind, view.withoutBinding != nil {
        fleeting.insert(view.name)
      }
      guard forms.areUnambiguous else { return }
      catalog.apply(statement, buffers: buffers)
    }
  }

  private mutating func ask(_ name: RelationName) {
    guard !asked.contains(name) else { return }
    missing.insert(name)
    forms.add(name)
  }
}

/// Finds one relation under two names, with its schema and without it: the change of one would not
/// show in the other.
private struct NameForms {
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
