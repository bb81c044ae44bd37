import Diagnostics
import RedshiftSQL
import WarehouseClient

/// What a server of PostgreSQL holds, in Redshift's SQL.
///
/// What is as migrations or models say is told in their words, with what PostgreSQL keeps of no table;
/// for the rest words are sought that the server writes down as it has them. What cannot be given
/// back is left out, and said.
struct RedshiftWords {
  typealias Key = SymbolicCatalog.Key

  private let expected: SchemaDefinition
  private let differences: [CatalogComparison.Difference]
  private let live: LiveDefinitions
  /// Nil where nothing may be tried out: what can be read is taken then.
  private let spelling: ServerSpelling?
  private let modelViews: @Sendable () -> [String: String]
  private let buffers: Buffers

  private(set) var definition: SchemaDefinition
  private(set) var problems: [Diagnostic]

  init(
    drift: Migrator.DriftParts,
    live: LiveDefinitions,
    spelling: ServerSpelling?,
    modelViews: @escaping @Sendable () -> [String: String],
    buffers: Buffers
  ) {
    expected = drift.expected
    differences = drift.differences
    definition = drift.actual
    self.live = live
    self.spelling = spelling
    self.modelViews = modelViews
    self.buffers = buffers
    problems = live.problems
    if !drift.unknown.isEmpty { problems.append(.notCompared(drift.unknown.map(\.description))) }
    definition.leaveOutUnseen()
  }

  mutating func find() async throws(Diagnostic) {
    for key in definition.tables.keys.sorted() { try await findTable(key) }
    let unknown = definition.views.keys.filter { !isAsExpected($0) }.sorted()
    for key in definition.views.keys where isAsExpected(key) {
      definition.adoptView(key, from: expected)
    }
    let models = unknown.isEmpty ? [:] : modelViews()
    for key in unknown { try await findView(key, models) }
    try await findRoutines()
    definition.adoptGrants(
      from: expected,
      except: Set(differences.filter { $0.kind == .grant }.map(\.relation))
    )
  }

  private func isAsExpected(_ key: Key) -> Bool {
    expected.views[key] != nil
      && !differences.contains { $0.kind == .query && self.key(of: $0) == key }
  }

  private func key(of difference: CatalogComparison.Difference) -> Key {
    Key(
      schema: difference.relation.schema ?? "",
      identifier: difference.relation.identifier
    )
  }

  // MARK: Tables

  private mutating func findTable(_ key: Key) async throws(Diagnostic) {
    let kinds: Set<CatalogComparison.Difference.Kind> = [
      .type, .nullability, .defaultValue, .identity,
    ]
    let changed = differences.filter { kinds.contains($0.kind) && self.key(of: $0) == key }
    definition.adoptTable(key, from: expected, except: Set(changed.compactMap(\.column)))
    let foreign = definition.tables[key]?.columns.filter { column in
      column.defaultValue != nil
        && (expected.tables[key]?.column(column.name) == nil
          || changed.contains { $0.column == column.name })
    }
    for column in foreign ?? [] { try await findDefault(of: column, key) }
  }

  private mutating func findDefault(
    of column: TableDefinition.Column,
    _ key: Key
  ) async throws(Diagnostic) {
    guard let spelling, let raw = live.defaults[key]?[column.name] else { return }
    var column = column
    var nearest: String?
    let place = "\(key.relation.description).\(column.name)"
    let guesses = Self.guesses(ofDefault: raw) + [column.defaultValue ?? ""]
    for guess in guesses where isRedshifts(guess) {
      column.defaultValue = guess
      guard case .spelled(let spelled) = try await spelling.defaults(of: [column]),
        let found = spelled[column.name]
      else { continue }
      // The type in which the server keeps a text is none of the text's.
      if found == raw || Self.text(raw).map({ Self.text(found) == $0 }) == true {
        definition.setDefault(guess, of: column.name, in: key)
        return
      }
      if nearest == nil, PostgresWording.isMoment(raw) { nearest = guess }
    }
    definition.setDefault(nearest, of: column.name, in: key)
    if let nearest {
      problems.append(.defaultTranslated(place, raw, as: nearest))
    } else {
      problems.append(.defaultNotGivenBack(key.relation.description, column.name, raw))
    }
  }

  /// The literal of a default that is a text, and nothing else.
  private static func text(_ raw: String) -> String? {
    let value = ColumnSpelling.value(raw)
    return value.hasPrefix("'") ? value : nil
  }

  /// Whether an expression calls nothing that only the local warehouse, or PostgreSQL, has.
  private func isRedshifts(_ expression: String) -> Bool {
    guard !expression.isEmpty, !PostgresWording.isMoment(expression) else { return false }
    let text = "select \(expression)"
    let parsed = SQLParser.parse(buffers.add(name: "<default>", text: text), in: buffers)
    guard !parsed.diagnostics.contains(where: \.isError), parsed.statements.count == 1,
      let statement = parsed.statements.first
    else { return false }
    return !SQLAnalyzer(catalog: definition.catalog, buffers: buffers).analyze(statement)
      .diagnostics.contains { ["unknown-function", "undeclared-function"].contains($0.code) }
  }

  private static func guesses(ofDefault raw: String) -> [String] {
    let moments = [
      "localtimestamp": "sysdate", "now()": "sysdate", "current_timestamp": "sysdate",
    ]
    var guesses = moments[raw.lowercased()].map { [$0] } ?? []
    guesses += PostgresWording.guesses(ColumnSpelling.strings(ofPostgres: raw))
    // The clock is asked by many names.
    let moment = PostgresWording.momentGuess(ColumnSpelling.strings(ofPostgres: raw))
    guesses += moment.map { [$0] } ?? []
    return guesses
  }

  // MARK: Views

  private mutating func findView(_ key: Key, _ models: [String: String]) async throws(Diagnostic) {
    guard let found = live.views[key] else { return }
    // What a late-binding view was made from is what it is, whatever columns there are now.
    if let source = found.source, let made = view(key, as: source, found) {
      definition.adoptView(key, from: made)
      return
    }
    var queries = models["\(key.schema).\(key.identifier)"].map { [$0] } ?? []
    queries += PostgresWording.guesses(ColumnSpelling.strings(ofPostgres: found.text))
    let wanted = DefinitionComparison.words(found.text)
    let columns = try await spelling?.view(key.relation)?.columns
    var nearest: SchemaDefinition?
    for query in queries {
      guard let made = view(key, as: " as \(query)", found) else { continue }
      if let spelling {
        guard
          case .spelled(let spelled) = try await spelling.view(
            query,
            columns: [],
            isLate: found.isLate,
            in: key.schema
          )
        else { continue }
        if DefinitionComparison.words(spelled.text) != wanted {
          if nearest == nil, found.isLate || spelled.columns == columns { nearest = made }
          continue
        }
      }
      definition.adoptView(key, from: made)
      return
    }
    if let nearest {
      definition.adoptView(key, from: nearest)
      problems.append(.viewTranslated(key.relation.description, noun: found.noun))
    } else {
      definition.leaveOutView(key)
      problems.append(.viewNotGivenBack(key.relation.description, noun: found.noun))
    }
  }

  /// A view, by what follows its name; nil where it is not Redshift's SQL.
  private func view(_ key: Key, as words: String, _ found: LiveView) -> SchemaDefinition? {
    let end = found.isLate ? "\nwith no schema binding" : ""
    let text = "create \(found.noun) \(key.sql)\(words)\(end)"
    let parsed = SQLParser.parse(buffers.add(name: "<view>", text: text), in: buffers)
    guard !parsed.diagnostics.contains(where: \.isError), parsed.statements.count == 1,
      let statement = parsed.statements.first
    else { return nil }
    // The local warehouse has functions of its own, of the same looks.
    let isForeign = SQLAnalyzer(catalog: definition.catalog, buffers: buffers).analyze(statement)
      .diagnostics.contains { ["unknown-function", "undeclared-function"].contains($0.code) }
    guard !isForeign else { return nil }
    return SchemaDefinition(parsed.statements, defaultSchema: key.schema, buffers: buffers)
  }

  // MARK: Routines

  private mutating func findRoutines() async throws(Diagnostic) {
    let changed = Set(
      differences.filter { [.routine, .missingRelation].contains($0.kind) }.map(\.relation)
    )
    for (signature, routine) in expected.routines
    where !changed.contains(routine.relation) && routine.kind != .externalFunction {
      definition.adoptRoutine(signature, from: expected)
      problems.removeAll {
        $0.code == "dump-routine" && $0.message.hasPrefix("\(routine.schema).\(routine.name) ")
      }
    }
    guard let spelling else {
      for (signature, routine) in definition.routines where expected.routines[signature] == nil {
        if !twins(of: routine).isEmpty { definition.leaveOutRoutine(signature) }
      }
      return
    }
    for (signature, routine) in definition.routines.sorted(by: { $0.key < $1.key })
    where expected.routines[signature] == nil || changed.contains(routine.relation) {
      let name = RelationName(schema: routine.schema, identifier: routine.name)
      let there = try await spelling.routines(name)
      let definition = definition
      let answer = try await spelling.routine(in: routine.schema) {
        definition.creation(ofRoutine: signature, as: $0)
      }
      // Redshift has no functions in PL/pgSQL, and no triggers.
      let isProcedural = routine.kind == .function && there.contains { $0.language == "plpgsql" }
      if case .spelled(let made)? = answer, let spelled = made, there.contains(spelled),
        !isProcedural
      {
        if try await isTold(spelled, by: twins(of: routine), spelling) {
          self.definition.leaveOutRoutine(signature)
        }
        continue
      }
      self.definition.leaveOutRoutine(signature)
      problems.append(.routineNotGivenBack(routine.relation.description, noun: routine.noun))
    }
  }

  /// Routines of the files of the same name that have OUT arguments, which PostgreSQL has as INOUT.
  private func twins(of routine: SchemaDefinition.Routine) -> [String] {
    expected.routines.filter { signature, other in
      other.schema == routine.schema && other.name == routine.name && other.hasOutArguments
        && definition.routines[signature] != nil
    }.map(\.key)
  }

  /// Whether a routine of the server is one that the files tell of.
  private func isTold(
    _ routine: ServerSpelling.Routine,
    by twins: [String],
    _ spelling: ServerSpelling
  ) async throws(Diagnostic) -> Bool {
    let expected = expected
    for signature in twins {
      guard let schema = expected.routines[signature]?.schema else { continue }
      let answer = try await spelling.routine(in: schema) {
        expected.creation(ofRoutine: signature, as: $0)
      }
      if case .spelled(let made)? = answer, made?.types == routine.types { return true }
    }
    return false
  }
}
