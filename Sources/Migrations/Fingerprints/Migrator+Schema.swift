package import Diagnostics
import ProjectCompiler
import RedshiftSQL
import WarehouseClient

/// What the catalogue says, held against what the history kept of it.
struct SchemaStanding: Sendable {
  /// What migrations own, and what pending ones change.
  var live = LiveSchema()
  var owned: OwnedRelations
  /// The fingerprint of what migrations own.
  var fingerprint: String?
  /// What was changed by hand since the history ends.
  var drift = LiveSchema.Drift()
  /// A warning when something was changed by hand, an error when history and schema are of
  /// different moments.
  var problems: [Diagnostic] = []
}

extension Migrator {
  /// What migrations own that the database has.
  ///
  /// - Parameters:
  ///   - states: all migrations.
  ///   - events: what is about to be recorded: taken as applied, or taken back.
  /// - Returns: tables and views, by name.
  func owned(_ states: [MigrationState], after events: [HistoryEvent] = []) -> OwnedRelations {
    let taken = Set(events.filter { $0.step == .undone }.map(\.key))
    let added = Set(events.filter { $0.step == .adopted }.map(\.key))
    let applied = states.filter { state in
      guard !taken.contains(state.key) else { return false }
      return state.applied != nil || state.former != nil || added.contains(state.key)
    }
    return OwnedRelations(
      applied.inOrderOfApplication.compactMap(\.script),
      defaultSchema: settings.defaultSchema,
      buffers: buffers
    )
  }

  /// Looks at the live schema: one query, and a few more where something is not as it was.
  ///
  /// - Parameters:
  ///   - standing: what the history says.
  ///   - pending: what is about to be applied.
  ///   - session: where to ask.
  ///   - isCompared: whether what pending migrations change is wanted even where nothing was ever
  ///     applied, as plans do.
  /// - Returns: what is there, and what is wrong with it.
  /// - Throws: errors of the database.
  func schemaStanding(
    _ standing: Standing,
    _ pending: [MigrationState],
    _ session: any WarehouseSession,
    isCompared: Bool = true
  ) async throws(Diagnostic) -> SchemaStanding {
    var result = SchemaStanding(owned: owned(standing.states))
    guard isCompared || !result.owned.fingerprinted.isEmpty || !standing.log.applied.isEmpty else {
      return result
    }
    let scripts = pending.filter { $0.partial == nil }.compactMap(\.script)
    let made = scripts.isEmpty ? PendingObjects() : PendingObjects(scripts, settings.defaultSchema)
    let names = result.owned.fingerprinted
    result.live = try await database.liveSchema(of: names.union(made.changed), session)
    let own = result.live.restricted(to: names)
    if !own.names.isEmpty { result.fingerprint = own.fingerprint }
    if let problem = try await otherTarget(standing, result, session) {
      result.problems.append(problem)
      return result
    }
    if !standing.log.applied.isEmpty,
      let path = made.present(in: result.live, unless: result.owned)
    {
      result.problems.append(.schemaIsNewer(path.objects, path: path.path, state: path.key))
    }
    guard let known = standing.log.schema, known.fingerprint != own.fingerprint else {
      return result
    }
    let older = Array(standing.log.schemas.map(\.fingerprint).reversed().uniqued.prefix(20))
    let kept = try await database.keptSchemas(older, session)
    guard let former = kept[known.fingerprint] else { return result }
    let wanted = kept.values.reduce(into: names) { $0.formUnion($1.names) }
    let live = try await database.liveSchema(of: wanted, session)
    let changes = former.changes(to: live.restricted(to: former.names))
    guard !changes.isEmpty else { return result }
    let earlier = standing.log.schemas.last { state in
      guard state.fingerprint != known.fingerprint, let other = kept[state.fingerprint] else {
        return false
      }
      // What came later has to be gone, or else every table made later would make this true.
      return other.changes(to: live.restricted(to: other.names)).isEmpty
        && former.names.subtracting(other.names).isDisjoint(with: live.names)
    }
    if let earlier {
      result.problems.append(.schemaIsOlder(than: known, as: earlier))
    } else if let added = made.added(to: live, since: former) {
      result.problems.append(
        .schemaIsNewer(added.objects, path: added.path, state: added.key)
      )
    } else {
      result.drift = LiveSchema.Drift(changes, from: former, to: live)
      result.problems.append(try await drift(changes, since: known, result.owned, session))
    }
    return result
  }

  /// What is wrong when the history is that of another target, whose templates made other names.
  ///
  /// What was here once, as the history has kept it, is no other target's, whatever became of it.
  private func otherTarget(
    _ standing: Standing,
    _ schema: SchemaStanding,
    _ session: any WarehouseSession
  ) async throws(Diagnostic) -> Diagnostic? {
    let scripts = standing.states.filter(\.isRenderedOtherwise).compactMap(\.script)
    guard !scripts.isEmpty else { return nil }
    let paths = Set(scripts.map(\.path))
    var missing = schema.owned.fingerprinted.subtracting(schema.live.names).filter {
      schema.owned.relations[$0].map { paths.contains($0.path) } ?? false
    }
    guard !missing.isEmpty else { return nil }
    let fingerprints = Array(standing.log.schemas.map(\.fingerprint).uniqued)
    for former in try await database.keptSchemas(fingerprints, session).values {
      missing.subtract(former.names)
    }
    guard let first = missing.sorted().first,
      let script = scripts.first(where: { $0.path == schema.owned.relations[first]?.path })
    else { return nil }
    return .historyOfOtherTarget(script, missing.sorted(), schema: settings.metadataSchema)
  }

  /// The warning that tells what was changed by hand, with the SQL to repair it.
  private func drift(
    _ changes: [LiveSchema.Change],
    since known: MigrationLog.KnownSchema,
    _ owned: OwnedRelations,
    _ session: any WarehouseSession
  ) async throws(Diagnostic) -> Diagnostic {
    let relations = Set(changes.map(\.relation))
    var found = try await drift(session)
    found.differences.removeAll {
      !relations.contains(OwnedRelations.key($0.relation, defaultSchema: settings.defaultSchema))
    }
    let repair = found.differences.isEmpty ? [] : found.repair
    // What is gone may only be called otherwise.
    let guesses = found.differences.filter { $0.column == nil && $0.nameFound != nil }
    let guessed = Set(
      guesses.map {
        OwnedRelations.key($0.relation, defaultSchema: settings.defaultSchema)
      }
    )
    let rest = changes.filter { !$0.isGone || !guessed.contains($0.relation) }
    return .schemaDrift(
      guesses.map { "\($0.relation.description): \($0.detail)" } + rest.flatMap(\.sentences),
      since: known,
      repair: repair
    )
  }

  /// What is wrong with the live schema; nothing of it forbids reading.
  ///
  /// - Returns: the states, and a warning or an error when the schema is not as the history says.
  package func statusWithSchema() async throws(Diagnostic) -> (
    states: [MigrationState], problems: [Diagnostic]
  ) {
    try await database.withSession { session throws(Diagnostic) in
      let standing = try await states(session)
      let schema = try await schemaStanding(
        standing,
        standing.states.filter(\.isPending),
        session
      )
      return (standing.states, schema.problems)
    }
  }
}

/// What pending migrations make and change, by name.
struct PendingObjects: Sendable {
  struct Found: Sendable {
    var key: String
    var path: String
    var objects: [String]
  }

  private struct Made: Sendable {
    var relation: String
    /// Nil for the relation itself.
    var column: String?
    var key: String
    var path: String
  }

  private var made: [Made] = []
  /// Relations that a statement changes, `schema.name` each.
  private(set) var changed: Set<String> = []

  init() {}

  init(_ scripts: [MigrationScript], _ defaultSchema: String) {
    var gone: Set<String> = []
    for script in scripts where script.kind == .versioned {
      let touched = TouchedObjects(script.statements, defaultSchema: defaultSchema)
      changed.formUnion(touched.changed.filter { !$0.hasSuffix(".") && !$0.contains("#") })
      for statement in script.statements {
        add(statement, script, defaultSchema, &gone)
      }
    }
  }

  private mutating func add(
    _ statement: Statement,
    _ script: MigrationScript,
    _ schema: String,
    _ gone: inout Set<String>
  ) {
    func note(_ name: RelationName, column: String? = nil) {
      let relation = OwnedRelations.key(name, defaultSchema: schema)
      guard !gone.contains(relation), !name.identifier.hasPrefix("#") else { return }
      made.append(
        Made(relation: relation, column: column, key: script.key, path: script.path)
      )
    }
    switch statement.kind {
    case .createTable(let table) where !table.allowsExisting && !table.isTemporary:
      note(table.name)
    case .createTableAs(let table) where !table.allowsExisting && !table.isTemporary:
      note(table.name)
    case .createView(let view) where !view.replaces: note(view.name)
    case .drop(let drop):
      for name in drop.names {
        gone.insert(OwnedRelations.key(name.relation, defaultSchema: schema))
      }
    case .alterTable(let table):
      switch table.action {
      case .addColumn(let column): note(table.name.relation, column: column.name.text)
      case .rename, .dropColumn, .renameColumn:
        gone.insert(OwnedRelations.key(table.name.relation, defaultSchema: schema))
      default: return
      }
    default: return
    }
  }

  /// Relations that are there already though no applied migration made them.
  func present(in live: LiveSchema, unless owned: OwnedRelations) -> Found? {
    let found = made.filter {
      $0.column == nil && live.names.contains($0.relation) && owned.relations[$0.relation] == nil
    }
    guard let first = found.first else { return nil }
    return Found(
      key: first.key,
      path: first.path,
      objects: found.filter { $0.key == first.key }.map(\.relation)
    )
  }

  /// Columns that were not there when the history ends, and are.
  func added(to live: LiveSchema, since former: LiveSchema) -> Found? {
    let found = made.filter { item in
      guard let column = item.column else { return false }
      return former.names.contains(item.relation)
        && !former.hasColumn(column, in: item.relation)
        && live.hasColumn(column, in: item.relation)
    }
    guard let first = found.first else { return nil }
    return Found(
      key: first.key,
      path: first.path,
      objects: found.filter { $0.key == first.key }.map { "\($0.relation).\($0.column ?? "")" }
    )
  }
}

extension Sequence where Element: Hashable {
  /// Each element once, where it comes first.
  fileprivate var uniqued: [Element] {
    var seen: Set<Element> = []
    return filter { seen.insert($0).inserted }
  }
}
