import Diagnostics
import ProjectCompiler
import RedshiftSQL
import WarehouseClient

/// Keeps the views that stand on tables which migrations alter.
///
/// Redshift and PostgreSQL refuse to drop a column or a table that a view reads. Views of the
/// project are dropped before and made again after, in the same transaction, with their owner, their
/// grants and their comments; other people's views are left alone, and named. Late-binding views
/// block nothing and are not touched.
struct ViewKeeper: Sendable {
  private let database: MigrationDatabase
  private let buffers: Buffers
  private let owned: OwnedRelations
  /// Everything that a run would apply.
  private let pending: [MigrationScript]
  /// Models that are views, by `schema.name`, with their queries.
  private let modelViews: @Sendable () -> [String: String]
  /// Repeatable migrations, whether applied or not: their views are the project's.
  private let repeatable: [MigrationScript]
  /// Whether views of repeatable migrations may go with what they read, since the files make them
  /// again: where migrations are taken back.
  private let leavesRepeatable: Bool

  init(
    _ migrator: Migrator,
    owned: OwnedRelations,
    pending: [MigrationState],
    leavesRepeatable: Bool = false
  ) {
    database = migrator.database
    buffers = migrator.buffers
    self.owned = owned
    self.pending = pending.compactMap(\.script)
    modelViews = migrator.settings.modelViews
    repeatable = migrator.scripts.filter { $0.kind == .repeatable }
    self.leavesRepeatable = leavesRepeatable && !repeatable.isEmpty
  }

  /// What repeatable migrations make, as their files are now.
  private var repeatableRelations: [String: OwnedRelations.Relation] {
    OwnedRelations(repeatable, defaultSchema: defaultSchema, buffers: buffers).relations
  }

  private var defaultSchema: String { database.settings.defaultSchema }

  // MARK: Before a run

  /// Refuses to begin when a view of somebody else would stop a migration in the middle.
  ///
  /// - Parameters:
  ///   - statements: what is about to run; nil for all that is pending.
  ///   - session: where to ask.
  /// - Throws: `foreign-views`, or an error of the database.
  func refuseForeignViews(
    for statements: [Statement]? = nil,
    _ session: any WarehouseSession
  ) async throws(Diagnostic) {
    let statements = statements ?? pending.flatMap(\.statements)
    let targets = AlteredRelations(statements, defaultSchema, includesDrops: true)
    guard !targets.isEmpty else { return }
    let found = try await dependents(of: targets, session)
    let foreign = try foreign(found.filter { !targets.droppedViews.contains($0.key) })
    guard let first = foreign.first else { return }
    let base = targets.all.first { first.bases.contains($0.relation) }
    throw .foreignViews(foreign.map(\.key), at: base?.range ?? statements.first?.range)
  }

  /// Views that the server would refuse statements for, since these do not drop them.
  ///
  /// - Parameters:
  ///   - statements: a repair, which drops and makes the views itself that migrations make.
  ///   - session: where to ask.
  /// - Returns: in the order of dependency, each with what it reads of what is altered.
  /// - Throws: errors of the database.
  func views(
    inTheWayOf statements: [Statement],
    _ session: any WarehouseSession
  ) async throws(Diagnostic) -> [FoundView] {
    // What is renamed takes its readers along.
    let altering = statements.filter { statement in
      guard case .alterTable(let table) = statement.kind, case .rename = table.action else {
        return true
      }
      return false
    }
    let targets = AlteredRelations(altering, defaultSchema, includesDrops: true)
    guard !targets.isEmpty else { return [] }
    return try await dependents(of: targets, session)
      .filter { !targets.droppedViews.contains($0.key) }
  }

  private func foreign(_ views: [FoundView]) throws(Diagnostic) -> [FoundView] {
    let unknown = views.filter { owned.relations[$0.key] == nil }
    guard !unknown.isEmpty else { return [] }
    let models = modelViews()
    let repeatable = repeatableRelations
    return unknown.filter { models[$0.key] == nil && repeatable[$0.key] == nil }
  }

  // MARK: For one segment

  /// The views that a segment's statements have in their way.
  ///
  /// - Parameters:
  ///   - statements: a segment.
  ///   - rest: what comes behind it in the file.
  ///   - path: the file that it is of.
  ///   - session: where to ask.
  /// - Returns: nil where there is nothing to keep, which costs no query for most segments.
  /// - Throws: errors of the database.
  func views(
    for statements: [Statement],
    before rest: [Statement],
    of path: String,
    _ session: any WarehouseSession
  ) async throws(Diagnostic) -> KeptViews? {
    let targets = AlteredRelations(statements, defaultSchema, includesDrops: leavesRepeatable)
    guard !targets.isEmpty, let start = targets.all.first?.statement else { return nil }
    let dependents = try await dependents(of: targets, session)
      .filter { !targets.droppedViews.contains($0.key) }
    guard !dependents.isEmpty else { return nil }
    let repeatable = repeatableRelations
    let gone = gone(dependents, targets, repeatable)
    // What stands on nothing but relations that go is the statements' own to drop, unless a
    // repeatable migration makes it.
    let found = dependents.filter { view in
      gone.contains(view.key) || !view.bases.allSatisfy { targets.drops($0) }
    }
    guard !found.isEmpty else { return nil }
    let details = try await ViewDetails.read(found, database, session)
    let models = found.contains { owned.relations[$0.key] == nil } ? modelViews() : [:]
    let later = laterViews(than: path)
    let madeLater = AlteredRelations(rest, defaultSchema, includesDrops: false).madeViews
    var kept = KeptViews(start: start)
    for view in found {
      let isMadeHere = targets.madeViews.contains(view.key)
      let known = owned.relations[view.key] ?? repeatable[view.key]
      let isRepeatable = leavesRepeatable && self.isRepeatable(known)
      var choices: [KeptViews.Choice] = []
      if isMadeHere || gone.contains(view.key) {
        choices = [.leave]
      } else {
        if !view.losesColumn, let definition = view.definition {
          choices.append(.sql(view.creation(definition)))
        }
        if let statement = later[view.key] ?? known?.statement {
          choices.append(.statement(statement))
        }
        if let model = models[view.key], let statement = creation(of: view, model) {
          choices.append(.statement(statement))
        }
        let returns = later[view.key] != nil || models[view.key] != nil
        if returns || isRepeatable || madeLater.contains(view.key) { choices.append(.leave) }
      }
      kept.views.append(
        KeptViews.View(
          key: view.key,
          name: view.name,
          isMaterialized: view.isMaterialized,
          choices: choices,
          isMadeHere: isMadeHere,
          isModel: models[view.key] != nil,
          repeatable: isRepeatable && !madeLater.contains(view.key) ? known?.path : nil,
          restoring: details[view.key] ?? []
        )
      )
    }
    return kept
  }

  /// Whether a repeatable migration makes it.
  private func isRepeatable(_ relation: OwnedRelations.Relation?) -> Bool {
    guard let relation else { return false }
    return repeatable.contains { $0.path == relation.path }
  }

  /// Views of repeatable migrations that cannot come back, since what they read is gone.
  private func gone(
    _ found: [FoundView],
    _ targets: AlteredRelations,
    _ repeatable: [String: OwnedRelations.Relation]
  ) -> Set<String> {
    guard leavesRepeatable else { return [] }
    var gone: Set<String> = []
    for view in found {
      guard isRepeatable(owned.relations[view.key] ?? repeatable[view.key]),
        !targets.madeViews.contains(view.key)
      else { continue }
      if view.bases.contains(where: { targets.drops($0) || gone.contains($0) }) {
        gone.insert(view.key)
      }
    }
    return gone
  }

  /// A model's view, as a statement in Redshift's SQL.
  private func creation(of view: FoundView, _ query: String) -> Statement? {
    let buffer = buffers.add(name: "<view \(view.key)>", text: view.creation(query))
    return SQLParser.parse(buffer, in: buffers).statements.first
  }

  /// Views that later files of the run make.
  private func laterViews(than path: String) -> [String: Statement] {
    guard let index = pending.firstIndex(where: { $0.path == path }) else { return [:] }
    var views: [String: Statement] = [:]
    for statement in pending[(index + 1)...].flatMap(\.statements) {
      guard case .createView(let view) = statement.kind else { continue }
      views[OwnedRelations.key(view.name, defaultSchema: defaultSchema)] = statement
    }
    return views
  }

  // MARK: The catalogue

  /// Views on views beyond this are taken for an error.
  private static let deepest = 32

  /// The views that stand on relations, directly or through others, in the order in which they can
  /// be made.
  private func dependents(
    of targets: AlteredRelations,
    _ session: any WarehouseSession
  ) async throws(Diagnostic) -> [FoundView] {
    var ordered: [FoundView] = []
    var level = targets.names
    for depth in 0..<Self.deepest where !level.isEmpty {
      var next: [FoundView] = []
      let sql = [
        database.history.dialect == .postgres
          ? "select set_config('search_path', 'pg_catalog', true);\n" : "",
        FoundView.query(
          level,
          of: targets.names,
          database.history.dialect,
          literal: database.history.literal
        ),
      ].joined()
      for row in try await database.execute(sql, session).rows {
        guard let found = FoundView(row), let base = row[0] else { continue }
        let column = row[1]
        let isHit = depth > 0 || targets.hits(base, column: column)
        guard isHit else { continue }
        let loses = depth == 0 && targets.loses(base, column: column)
        if let index = next.firstIndex(where: { $0.key == found.key }) {
          next[index].bases.insert(base)
          if loses { next[index].losesColumn = true }
          continue
        }
        var view = found
        view.bases = [base]
        view.losesColumn = loses
        next.append(view)
      }
      for view in next {
        var view = view
        // Seen on a shorter way already: it must come after what it reads on the longer one.
        if let index = ordered.firstIndex(where: { $0.key == view.key }) {
          view.losesColumn = view.losesColumn || ordered[index].losesColumn
          view.bases.formUnion(ordered[index].bases)
          ordered.remove(at: index)
        }
        ordered.append(view)
      }
      level = next.map(\.key)
    }
    return ordered
  }
}

/// A view as the catalogue knows it.
struct FoundView: Sendable {
  var key: String
  var name: RelationName
  var isMaterialized: Bool
  /// Its query in the server's words.
  var definition: String?
  /// What it reads of what was asked for.
  var bases: Set<String> = []
  /// Whether it reads a column that goes.
  var losesColumn = false

  /// Reads a row of `query`.
  init?(_ row: [String?]) {
    guard row.count == 6, let schema = row[2], let identifier = row[3] else { return nil }
    name = RelationName(schema: schema, identifier: identifier)
    key = "\(schema).\(identifier)".lowercased()
    let text = ViewText(row[5] ?? "", kind: row[4])
    isMaterialized = text.isMaterialized
    definition = text.text.isEmpty || text.isWhole ? nil : text.text
  }

  func creation(_ query: String) -> String {
    "create \(isMaterialized ? "materialized view" : "view") \(name.sql) as \(query)"
  }

  /// Rows of what is read, the column of it, schema, name, kind and query of the view.
  ///
  /// - Parameters:
  ///   - names: what is read.
  ///   - targets: what is altered, which may be several views below.
  ///   - dialect: the server's.
  ///   - literal: quotes text.
  /// - Returns: the query.
  static func query(
    _ names: [String],
    of targets: [String],
    _ dialect: SQLQuoting.Dialect,
    literal: (String) -> String
  ) -> String {
    let altered = """
      array(select tc.oid from pg_catalog.pg_class tc join pg_catalog.pg_namespace tcn \
      on tcn.oid = tc.relnamespace where tcn.nspname || '.' || tc.relname \
      in (\(targets.map(literal).joined(separator: ", "))))
      """
    let late =
      dialect == .postgres ? " and \(PostgresShims.standsApart("v.oid", from: altered))" : ""
    let base = "cast(tn.nspname as varchar(128)) || '.' || cast(t.relname as varchar(128))"
    return """
      select distinct \(base), cast(a.attname as varchar(128)), cast(n.nspname as varchar(128)), \
      cast(v.relname as varchar(128)), cast(v.relkind as varchar(1)), \
      cast(pg_get_viewdef(v.oid) as varchar(65535)) from pg_catalog.pg_depend d \
      join pg_catalog.pg_rewrite r on r.oid = d.objid \
      join pg_catalog.pg_class v on v.oid = r.ev_class \
      join pg_catalog.pg_namespace n on n.oid = v.relnamespace \
      join pg_catalog.pg_class t on t.oid = d.refobjid \
      join pg_catalog.pg_namespace tn on tn.oid = t.relnamespace \
      left join pg_catalog.pg_attribute a on a.attrelid = t.oid and a.attnum = d.refobjsubid \
      and d.refobjsubid > 0 \
      where d.classid = 'pg_catalog.pg_rewrite'::regclass \
      and d.refclassid = 'pg_catalog.pg_class'::regclass and v.oid <> t.oid\(late) \
      and \(base) in (\(names.map(literal).joined(separator: ", "))) order by 3, 4, 1, 2
      """
  }
}
