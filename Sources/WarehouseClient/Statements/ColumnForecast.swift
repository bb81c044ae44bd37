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
  mutating func learn(_ columns: [RelationName: [CatalogColumn]]) {
    asked.formUnion(missing)
    known.merge(columns) { $1 }
    translate()
  }

  private mutating func translate() {
    translations = [:]
    missing = []
    // Names without a schema are looked up by the server, so they have a schema of their own here.
    var catalog = SymbolicCatalog(defaultSchema: "")
    for (name, columns) in known {
      catalog.add(CatalogRelation(name: name, kind: .table, columns: columns))
    }
    var changed: Set<RelationName> = []
    for statement in statements {
      guard !statement.hidesWhatItChanges else { return }
      // A table that may be there already is as it is, not as the text says.
      if let name = statement.relationThatMayExist { ask(name) }
      let translation = PostgresTranslator.translate(statement, in: buffers, catalog: catalog)
      let wanted = translation.wantedRelations
      if wanted.isEmpty {
        translations[statement.range] = translation
      } else {
        for name in wanted where catalog.removal(of: name) == nil { ask(name) }
      }
      // One relation under two names: the change of one would not show in the other.
      changed.formUnion(statement.changedRelations)
      guard isUnambiguous(changed) else { return }
      catalog.apply(statement, buffers: buffers)
    }
  }

  private mutating func ask(_ name: RelationName) {
    if !asked.contains(name) { missing.insert(name) }
  }

  /// Whether every relation that changes is always written in the same way.
  private func isUnambiguous(_ changed: Set<RelationName>) -> Bool {
    let others = changed.union(known.keys).union(missing)
    return changed.allSatisfy { name in
      others.allSatisfy { other in
        other.identifier.lowercased() != name.identifier.lowercased()
          || (other.schema == nil) == (name.schema == nil)
      }
    }
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

  /// What is made only if it is not there.
  fileprivate var relationThatMayExist: RelationName? {
    switch kind {
    case .createTable(let table): table.allowsExisting ? table.name : nil
    case .createTableAs(let table): table.allowsExisting ? table.name : nil
    default: nil
    }
  }

  /// The relations that exist, or have other columns, behind it.
  fileprivate var changedRelations: [RelationName] {
    switch kind {
    case .createTable(let table): return [table.name]
    case .createTableAs(let table): return [table.name]
    case .createView(let view): return [view.objectName.relation]
    case .createExternalTable(let table): return [table.name.relation]
    case .drop(let drop): return drop.names.map(\.relation)
    case .alterTable(let table):
      guard case .rename(let new) = table.action else { return [table.name.relation] }
      var renamed = table.name.relation
      renamed.identifier = new.text
      return [table.name.relation, renamed]
    case .query(let query):
      guard case .select(let select) = query.body.kind, let into = select.into else { return [] }
      return [into.name.relation]
    default: return []
    }
  }
}
