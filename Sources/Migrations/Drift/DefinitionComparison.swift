import Diagnostics
import RedshiftSQL
import WarehouseClient

/// Views, routines and defaults of a database beside what statements say of them.
///
/// A server writes them down in words of its own, so what statements say is made under another name
/// and read back. Where a migration has recorded what the server wrote when it was applied, that
/// counts as well: a view keeps the words of its day while its text would get others now.
struct DefinitionComparison: Sendable {
  typealias Difference = CatalogComparison.Difference
  typealias Key = SymbolicCatalog.Key

  let expected: SchemaDefinition
  let live: LiveDefinitions
  let actual: SchemaDefinition
  /// Nil where nothing may be tried out; the history has to do then.
  let spelling: ServerSpelling?
  let dialect: SQLQuoting.Dialect
  /// What the history has of a view as a migration left it, in the words of the server.
  let recorded: RecordedViews?
  /// What became of tables that are missing.
  let whereabouts: Whereabouts

  private var repair: ViewRepair { ViewRepair(expected: expected, actual: actual) }

  func differences() async throws(Diagnostic) -> [Difference] {
    var found = expected.differences(to: actual, kept: live.keptAspects).map(Difference.init)
    found += try await defaultDifferences()
    for key in expected.orderedViews(expected.views.keys) {
      if let difference = try await difference(ofView: key) { found.append(difference) }
    }
    for signature in expected.routines.keys.sorted() {
      if let difference = try await difference(ofRoutine: signature) { found.append(difference) }
    }
    return found
  }

  // MARK: Views

  private func difference(ofView key: Key) async throws(Diagnostic) -> Difference? {
    guard let view = expected.views[key] else { return nil }
    guard let found = live.views[key] else {
      // That a table stands there is told with what relations are.
      guard actual.tables[key] == nil else { return nil }
      return Difference(
        kind: .missingRelation,
        relation: key.relation,
        detail: "the database has no such \(view.noun)",
        repair: repair.making([key])
      )
    }
    guard found.isMaterialized == view.isMaterialized else {
      return Difference(
        kind: .query,
        relation: key.relation,
        detail: "a \(found.noun) in the database, a \(view.noun) in the files",
        repair: repair.remaking([key])
      )
    }
    if let known = actual.views[key], known.text == view.text, known.columns == view.columns,
      known.isLate == view.isLate || dialect == .redshift
    {
      return nil
    }
    // What is not bound is kept as it was written, and so it is compared as text.
    let isKeptAsText =
      dialect == .redshift && (view.isLate || view.isMaterialized || found.isWhole)
    guard found.isLate == view.isLate || dialect == .redshift, !isKeptAsText else {
      return changed(key)
    }
    // What a table was called that was renamed by hand, it will be called again.
    let words = whereabouts.withFormerNames(Self.words(found.text))
    guard let spelling else {
      let known = try await recorded?.texts(of: key) ?? []
      return known.isEmpty || known.contains(words) ? nil : changed(key)
    }
    let answer = try await spelling.view(
      view.text,
      columns: view.columns,
      isLate: view.isLate,
      in: key.schema,
      beside: whereabouts.missing(of: view.relations)
    )
    if case .spelled(let spelled) = answer, Self.words(spelled.text) == words { return nil }
    if !view.isLate, try await recorded?.texts(of: key).contains(words) == true { return nil }
    switch answer {
    case .refused(let problem) where problem.code == Self.forbidden:
      return unknown(.query, key.relation)
    case .spelled(let spelled):
      let columns = view.isLate ? nil : try await spelling.view(key.relation)?.columns
      // Only a view with the same columns can be replaced in place.
      let isReplaceable = !view.isMaterialized && (view.isLate || columns == spelled.columns)
      return Difference(
        kind: .query,
        relation: key.relation,
        detail: "another query than in the files",
        repair: isReplaceable ? repair.replacing(key) : repair.remaking([key])
      )
    case .refused(let problem):
      return Difference(
        kind: .query,
        relation: key.relation,
        detail: "the query of the files does not work here: \(problem.message)",
        repair: repair.remaking([key])
      )
    }
  }

  /// The code of what a server says to a user who may not make things.
  private static let forbidden = "permission-denied"

  private func unknown(_ kind: Difference.Kind, _ relation: RelationName) -> Difference {
    var difference = Difference(kind: kind, relation: relation, detail: "not known", repair: [])
    difference.isUnknown = true
    return difference
  }

  private func changed(_ key: Key) -> Difference {
    Difference(
      kind: .query,
      relation: key.relation,
      detail: "another query than in the files",
      repair: repair.remaking([key])
    )
  }

  /// One blank between all, whatever the layout.
  static func words(_ text: String) -> String {
    var words = SQLLexer.words(of: Array(text.utf8))
    if words.last == ";" { words.removeLast() }
    return words.joined(separator: " ")
  }

  // MARK: Defaults

  private func defaultDifferences() async throws(Diagnostic) -> [Difference] {
    var found: [Difference] = []
    for key in expected.tables.keys.sorted() {
      guard let table = expected.tables[key], let other = actual.tables[key] else { continue }
      let doubtful = table.columns.filter { column in
        guard let there = other.column(column.name), column.identity == nil,
          there.identity == nil
        else { return false }
        return column.stableDefault != there.stableDefault
      }
      guard !doubtful.isEmpty else { continue }
      let written = doubtful.filter { $0.stableDefault != nil }
      var spelled: [String: String] = [:]
      guard let spelling else { continue }
      if !written.isEmpty {
        switch try await spelling.defaults(of: written) {
        case .spelled(let known): spelled = known
        case .refused(let problem) where problem.code == Self.forbidden:
          found.append(unknown(.defaultValue, key.relation))
          continue
        case .refused: break
        }
      }
      for column in doubtful {
        let raw = live.defaults[key]?[column.name]
        if let raw, spelled[column.name] == raw { continue }
        if column.stableDefault == nil, other.column(column.name)?.stableDefault == nil { continue }
        found.append(
          Difference(
            kind: .defaultValue,
            relation: key.relation,
            column: column.name,
            detail:
              "\(raw ?? "none") in the database, \(column.defaultValue ?? "none") in the files",
            repair: defaultRepair(column, spelled[column.name], key)
          )
        )
      }
    }
    return found
  }

  /// In the server's own words: Redshift changes no default of a column that is there.
  private func defaultRepair(
    _ column: TableDefinition.Column,
    _ spelled: String?,
    _ key: Key
  ) -> [String] {
    guard dialect == .postgres, (column.stableDefault == nil) == (spelled == nil) else { return [] }
    let quoted = SQLQuoting.plainIdentifier(column.name)
    let change = spelled.map { "set default \($0)" } ?? "drop default"
    return ["alter table \(key.sql) alter column \(quoted) \(change);"]
  }

  // MARK: Routines

  private func difference(ofRoutine signature: String) async throws(Diagnostic) -> Difference? {
    guard let routine = expected.routines[signature], let spelling else { return nil }
    let name = RelationName(schema: routine.schema, identifier: routine.name)
    let others = try await spelling.routines(name)
    let creation = expected.creation(ofRoutine: signature).map { [$0] } ?? []
    // What the local warehouse does not take, as a function in Python, it does not have either.
    if others.isEmpty, dialect == .redshift || routine.isOfTheServer {
      return missing(routine, signature, creation)
    }
    let answer = try await spelling.routine(in: routine.schema) {
      expected.creation(ofRoutine: signature, as: $0)
    }
    if case .refused(let problem)? = answer, problem.code == Self.forbidden {
      return unknown(.routine, routine.relation)
    }
    guard case .spelled(let made)? = answer, let spelled = made else { return nil }
    guard let there = others.first(where: { $0.types == spelled.types && $0.kind == spelled.kind })
    else { return missing(routine, signature, creation) }
    guard there != spelled else { return nil }
    let isReplaceable = there.result == spelled.result
    let replacement = creation.map { text in
      text.replacingHead("create or replace ", "create ")
        .replacingHead("create ", "create or replace ")
    }
    return Difference(
      kind: .routine,
      relation: routine.relation,
      detail: there.source == spelled.source
        ? "declared otherwise than in the files" : "another body than in the files",
      repair: (isReplaceable
        ? replacement
        : ["drop \(routine.noun) \(signature)"] + creation
          + expected.belongings(ofRoutine: signature))
        .map { $0 + ";" }
    )
  }

  private func missing(
    _ routine: SchemaDefinition.Routine,
    _ signature: String,
    _ creation: [String]
  ) -> Difference {
    Difference(
      kind: .missingRelation,
      relation: routine.relation,
      detail: "the database has no such \(routine.noun)",
      repair: (creation + expected.belongings(ofRoutine: signature)).map { $0 + ";" }
    )
  }
}

extension TableDefinition.Column {
  /// The default in one layout; a default of NULL is none.
  fileprivate var stableDefault: String? {
    guard let defaultValue else { return nil }
    let bytes = Array(defaultValue.utf8)
    let words = SQLLexer.significantTokens(of: bytes).filter { $0.kind != .endOfText }.map {
      let word = String(decoding: bytes[$0.range], as: UTF8.self)
      return $0.kind == .word ? word.lowercased() : word
    }
    return words == ["null"] ? nil : words.joined(separator: " ")
  }
}

extension SchemaDefinition.View {
  /// `view`, `materialized view`.
  var noun: String { isMaterialized ? "materialized view" : "view" }
}

extension LiveView {
  var noun: String { isMaterialized ? "materialized view" : "view" }

  /// Whether the catalogue has the whole statement.
  var isWhole: Bool { ViewText(text, kind: nil).isWhole }
}

extension CatalogComparison.Difference {
  init(_ difference: DefinitionDifference) {
    let kind: Kind =
      switch difference.aspect {
      case .schema: .missingRelation
      case .identity: .identity
      case .key: .key
      case .encoding: .encoding
      case .distribution: .distribution
      case .sortKey: .sortKey
      case .owner: .owner
      case .comment: .comment
      case .grant: .grant
      }
    self.init(
      kind: kind,
      relation: difference.object,
      column: difference.column,
      detail: difference.detail,
      repair: difference.repair.map { $0 + ";" }
    )
  }
}

extension String {
  /// The same with another beginning, where it begins so.
  func replacingHead(_ head: String, _ new: String) -> String {
    guard lowercased().hasPrefix(head) else { return self }
    return new + dropFirst(head.count)
  }
}
