import Diagnostics
import ProjectCompiler
import RedshiftSQL

/// The relations that statements alter in a way that views on them forbid.
struct AlteredRelations: Sendable {
  struct Target: Sendable {
    var relation: String
    /// Nil for the relation as a whole.
    var column: String?
    /// Whether the column is gone afterwards.
    var isLoss: Bool
    /// Whether the relation is gone afterwards.
    var isGone = false
    var range: TextRange
    /// The whole statement.
    var statement: TextRange
  }

  private(set) var all: [Target] = []
  /// Views that a statement drops by name.
  private(set) var droppedViews: Set<String> = []
  /// Views that a statement makes.
  private(set) var madeViews: Set<String> = []
  private let defaultSchema: String

  var isEmpty: Bool { all.isEmpty }
  var names: [String] { Set(all.map(\.relation)).sorted() }

  /// - Parameters:
  ///   - statements: in order.
  ///   - defaultSchema: the schema of names that have none.
  ///   - includesDrops: whether relations count that are dropped for good.
  init(_ statements: [Statement], _ defaultSchema: String, includesDrops: Bool) {
    self.defaultSchema = defaultSchema
    var lastMade: [String: Int] = [:]
    for (index, statement) in statements.enumerated() {
      for key in names(madeBy: statement) { lastMade[key] = index }
    }
    var made: Set<String> = []
    for (index, statement) in statements.enumerated() {
      let isMadeLater = { (key: String) -> Bool in (lastMade[key] ?? -1) > index }
      switch statement.kind {
      case .alterTable(let table): add(table, statement, isMadeLater, made)
      case .drop(let drop) where drop.kind != .schema:
        for name in drop.names {
          let key = key(name.relation)
          if drop.kind != .table { droppedViews.insert(key) }
          guard !made.contains(key), !drop.cascades else { continue }
          guard includesDrops || isMadeLater(key) else { continue }
          all.append(
            Target(
              relation: key,
              isLoss: false,
              isGone: !isMadeLater(key),
              range: name.range,
              statement: statement.range
            )
          )
        }
      default: break
      }
      for key in names(madeBy: statement) {
        made.insert(key)
        if case .createView = statement.kind { madeViews.insert(key) }
      }
    }
  }

  private mutating func add(
    _ table: AlterTable,
    _ statement: Statement,
    _ isMadeLater: (String) -> Bool,
    _ made: Set<String>
  ) {
    let key = key(table.name.relation)
    guard !made.contains(key) else { return }
    switch table.action {
    case .dropColumn(let column, let cascades):
      guard !cascades else { return }
      all.append(
        Target(
          relation: key,
          column: column.text,
          isLoss: true,
          range: table.actionRange,
          statement: statement.range
        )
      )
    case .changeType(let column, _):
      all.append(
        Target(
          relation: key,
          column: column.text,
          isLoss: false,
          range: table.actionRange,
          statement: statement.range
        )
      )
    case .rename:
      // A table that is renamed away for one that takes its place.
      guard isMadeLater(key) else { return }
      all.append(
        Target(relation: key, isLoss: false, range: table.actionRange, statement: statement.range)
      )
    default: return
    }
  }

  private func names(madeBy statement: Statement) -> [String] {
    switch statement.kind {
    case .createTable(let table): return table.isTemporary ? [] : [key(table.name)]
    case .createTableAs(let table): return table.isTemporary ? [] : [key(table.name)]
    case .createView(let view): return [key(view.name)]
    case .query(let query):
      guard case .select(let select) = query.body.kind, let into = select.into else { return [] }
      return [key(into.name.relation)]
    case .alterTable(let table):
      guard case .rename(let new) = table.action else { return [] }
      var name = table.name.relation
      name.identifier = new.text
      return [key(name)]
    default: return []
    }
  }

  private func key(_ name: RelationName) -> String {
    OwnedRelations.key(name, defaultSchema: defaultSchema)
  }

  /// Whether a view is in the way that reads a column of a relation.
  func hits(_ relation: String, column: String?) -> Bool {
    all.contains { target in
      target.relation == relation && (target.column == nil || target.column == column)
    }
  }

  /// Whether a relation is dropped for good.
  func drops(_ relation: String) -> Bool {
    all.contains { $0.relation == relation && $0.isGone }
  }

  func loses(_ relation: String, column: String?) -> Bool {
    column != nil
      && all.contains { $0.relation == relation && $0.isLoss && $0.column == column }
  }
}
