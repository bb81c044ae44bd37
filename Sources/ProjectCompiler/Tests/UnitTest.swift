import Diagnostics
import ProjectModel
import RedshiftSQL
import Templating

/// A unit test of a model: given rows in the place of what it reads, the rows that should come out.
///
/// It becomes a query for the rows that are too many or too few, so it runs as data tests do.
struct UnitTest {
  let node: Node
  let parsed: ParsedProject
  let environment: ContextEnvironment
  let live: any LiveDatabase

  private var buffers: Buffers { environment.buffers }
  private var place: TextRange {
    node.declaration ?? TextRange(buffer: buffers.add(name: node.name, text: ""), bytes: 0..<0)
  }

  /// Rows of a relation as SQL, under the name of a common table expression.
  private struct Fixture {
    var name: String
    var sql: String
  }

  /// The query for what is wrong, empty when the model does what it should.
  func query() throws(Diagnostic) -> MappedText {
    guard let modelID = node.dependencies.first, let model = parsed.graph.nodes[modelID],
      let template = parsed.templates[modelID]
    else { throw .unitTestModel(node.name, at: place) }
    var environment = environment
    var fixtures: [Fixture] = []
    var this = model.relationName
    var given: Set<String> = []
    let settled = node.extra["settled"]?.dictionary?["given"]?.list?.compactMap(\.dictionary)
    let inputs = node.extra["given"]?.list?.compactMap(\.dictionary) ?? []
    for (place, written) in inputs.enumerated() {
      var entry = written
      // Rows of the seed that stands there, where none are given.
      if entry["rows"] == nil, entry["fixture"] == nil, let settled { entry = settled[place] }
      let input = entry["input"]?.string ?? ""
      if input == "this" {
        let name = EphemeralInjection.prefix + (model.alias ?? model.name)
        fixtures.append(
          Fixture(
            name: name,
            sql: try rows(entry, of: model.name, standingFor: model.relationName)
          )
        )
        this = RelationName(identifier: name)
        continue
      }
      let id = try parent(input, of: model)
      given.insert(id)
      let parent = parsed.graph.nodes[id]
      let name =
        EphemeralInjection.prefix
        + (parent?.kind == .source ? "\(parent?.sourceName ?? "")__" : "")
        + (parent?.alias ?? parent?.name ?? input)
      fixtures.append(
        Fixture(
          name: name,
          sql: try rows(
            entry,
            of: parent?.name ?? input,
            standingFor: relation(of: id, parent)
          )
        )
      )
      environment.relations[id] = ResolvedRelation(
        name: RelationName(identifier: name),
        isEphemeral: true
      )
    }
    // For dbt, a unit test knows of what it is given, and of nothing else.
    if parsed.project.isWrittenForDbt {
      for id in model.dependencies where !given.contains(id) {
        let isData = [.model, .seed, .snapshot, .source].contains(parsed.graph.nodes[id]?.kind)
        if isData { environment.relations[id] = nil }
      }
    }
    override(&environment)
    let text = try rendered(model, template, environment, this: this)
    return try compared(text, fixtures, model)
  }

  // MARK: The model

  private func rendered(
    _ model: Node,
    _ template: Template,
    _ environment: ContextEnvironment,
    this: RelationName?
  ) throws(Diagnostic) -> MappedText {
    let context = NodeContext(
      environment: environment,
      phase: .compile(resolver: parsed.resolver),
      node: model,
      this: this,
      config: ConfigObject(final: model.config)
    )
    let renderer = Renderer(context: context, buffers: buffers, undefined: .standard)
    do throws(Diagnostic) {
      return try renderer.render(template).trimmed()
    } catch {
      guard let id = model.dependencies.first(where: { error.message.contains("\"\($0)\"") }) else {
        throw error
      }
      let name = parsed.graph.nodes[id]?.name ?? id
      var problem = error
      problem.message = "unit test '\(node.name)' gives no rows for \"\(name)\""
      problem.help = ["add it under `given:`"]
      throw problem
    }
  }

  private var overrides: PlainDictionary { node.extra["overrides"]?.dictionary ?? [:] }

  private func override(_ environment: inout ContextEnvironment) {
    environment.readsGivenRows = true
    if let vars = overrides["vars"]?.dictionary {
      environment.project.vars.merge(vars)
      for index in environment.project.packages.indices {
        environment.project.packages[index].vars.merge(vars)
      }
    }
    environment.macroOverrides = MacroOverrides(overrides["macros"]?.dictionary ?? [:])
    for (name, value) in overrides["env_vars"]?.dictionary?.pairs ?? [] {
      environment.invocation.environment[name] = Value(value).rendered
    }
  }

  /// The node that `ref('x')` or `source('a', 'b')` means for the model.
  private func parent(_ input: String, of model: Node) throws(Diagnostic) -> String {
    let call = WrittenCall(input, at: place)
    do throws(Diagnostic) {
      if let id = try call.identifier(for: model, parsed.resolver, in: environment) { return id }
    } catch {
      var problem = error
      problem.message =
        "Unit test '\(node.name)' had an input (\(input)) which was not found in the manifest: "
        + error.message
      throw problem
    }
    throw .unitTestInput(input, node.name, at: place)
  }

  // MARK: Rows

  /// The relation whose columns an input has: that of an earlier run, where the command defers to one.
  private func relation(of id: String, _ parent: Node?) -> RelationName? {
    guard let own = environment.relations[id] else { return parent?.relationName }
    if own.isEphemeral { return nil }
    let deferred = environment.deferral?.relation(
      insteadOf: id,
      own,
      existing: environment.existing
    )
    return deferred?.name ?? parent?.relationName
  }

  private func columns(of relation: RelationName?) throws(Diagnostic) -> [ColumnObject] {
    guard let relation, let schema = relation.schema else { return [] }
    return try LiveCatalog(database: live).columns(schema: schema, name: relation.identifier)
  }

  /// Given rows as a query; columns that are not given are NULL.
  private func rows(
    _ given: PlainDictionary,
    of input: String,
    standingFor relation: RelationName?
  ) throws(Diagnostic) -> String {
    if let sql = try written.text(of: given, format: "sql") { return sql }
    let columns = try columns(of: relation)
    if columns.isEmpty, let relation, relation.schema != nil {
      throw .unitTestRelation(relation, of: input, at: place)
    }
    let rows = try written.dictionaries(given)
    var names = columns.map(\.name)
    for row in rows {
      for key in row.keys where !names.contains(where: { $0.lowercased() == key.lowercased() }) {
        guard columns.isEmpty else {
          throw .unitTestColumn(key, of: "'\(input)'", known: columns.map(\.name), at: place)
        }
        names.append(key)
      }
    }
    if names.isEmpty { return "select null as nothing limit 0" }
    let types = Dictionary(
      columns.map { column in
        let written = values(column.name, in: rows)
        return (column.name.lowercased(), valueTypes.ofGiven(column, values: written))
      },
      uniquingKeysWith: { first, _ in first }
    )
    return select(rows, names: names, types: types)
  }

  private var valueTypes: UnitTestTypes {
    UnitTestTypes(isPlainPostgres: environment.adapterType == "postgres")
  }

  /// What rows give for a column, whatever its letters' case.
  private func values(_ name: String, in rows: [PlainDictionary]) -> [PlainValue] {
    let name = name.lowercased()
    return rows.map { row in row.pairs.first { $0.key.lowercased() == name }?.value ?? .null }
  }

  private func select(
    _ rows: [PlainDictionary],
    names: [String],
    types: [String: String]
  ) -> String {
    let shown = rows.isEmpty ? [PlainDictionary()] : rows
    let selects = shown.map { row in
      "select "
        + names.map { name in
          let value = row.pairs.first { $0.key.lowercased() == name.lowercased() }?.value ?? .null
          let cast = expression(value, of: types[name.lowercased()])
          return "\(cast) as \(SQLQuoting.identifier(name))"
        }.joined(separator: ", ")
    }
    return selects.joined(separator: "\nunion all\n") + (rows.isEmpty ? "\nlimit 0" : "")
  }

  /// A value as SQL, of a type where one is known.
  private func expression(_ value: PlainValue, of type: String?) -> String {
    if type == UnitTestTypes.semistructured, let json = UnitTestTypes.json(in: value) {
      return "json_parse(\(SQLQuoting.literal(json, for: .redshift)))"
    }
    let text = literal(value)
    return type.map { "cast(\(text) as \($0))" } ?? text
  }

  private func literal(_ value: PlainValue) -> String {
    switch value {
    case .null: "null"
    case .boolean(let flag): flag ? "true" : "false"
    case .integer(let number): String(number)
    case .double(let number): String(number)
    default:
      SQLQuoting.literal(Value(value).rendered, for: live.isPostgres ? .postgres : .redshift)
    }
  }

  private var written: WrittenRows {
    WrittenRows(
      test: node,
      package: environment.package(node.packageName),
      buffers: buffers,
      place: place
    )
  }

  // MARK: Comparison

  private func compared(
    _ model: MappedText,
    _ fixtures: [Fixture],
    _ node: Node
  ) throws(Diagnostic) -> MappedText {
    let complete = EphemeralInjection.inject(
      fixtures.map { fixture in
        var text = MappedText()
        text.append(generated: fixture.sql.utf8, origin: place)
        return (String(fixture.name.dropFirst(EphemeralInjection.prefix.count)), text)
      },
      into: model,
      buffers: buffers
    )
    var probe = MappedText()
    probe.append(generated: "select * from (\n".utf8, origin: place)
    probe.append(complete)
    probe.append(generated: "\n) as dbt_internal_unit_test limit 0".utf8, origin: place)
    let answer = try live.run(probe, name: "unit test \(self.node.name)")
    let expected = self.node.extra["expect"]?.dictionary ?? [:]
    let rows = try written.dictionaries(expected)
    let types = Dictionary(
      answer.columns.map { column in
        let written = values(column.name, in: rows)
        return (column.name.lowercased(), valueTypes.ofExpected(column.typeName, values: written))
      },
      uniquingKeysWith: { first, _ in first }
    )
    var names: [String] = []
    for row in rows {
      for key in row.keys where !names.contains(where: { $0.lowercased() == key.lowercased() }) {
        guard types[key.lowercased()] != nil else {
          throw .unitTestColumn(
            key,
            of: "expected output",
            known: answer.columns.map(\.name),
            at: place
          )
        }
        names.append(key)
      }
    }
    // Nothing expected: nothing may come, whatever its columns.
    if names.isEmpty { names = answer.columns.map(\.name) }
    let columns = names.map { name in
      SQLQuoting.identifier(
        answer.columns.first { $0.name.lowercased() == name.lowercased() }?.name ?? name
      )
    }
    let list = columns.joined(separator: ", ")
    // What has no equality is compared by its text.
    let compared = zip(names, columns).map { name, column in
      switch types[name.lowercased()] {
      case "json": "cast(\(column) as text) as \(column)"
      case UnitTestTypes.semistructured: "json_serialize(\(column)) as \(column)"
      default: column
      }
    }.joined(separator: ", ")
    let expectedSQL =
      try written.text(of: expected, format: "sql")
      ?? select(
        rows,
        names: names.map { name in
          answer.columns.first { $0.name.lowercased() == name.lowercased() }?.name ?? name
        },
        types: types
      )
    var result = MappedText()
    result.append(
      generated: """
        select \(list), sum(dbt_internal_difference) as dbt_internal_difference
        from (
        select \(compared), 1 as dbt_internal_difference from (

        """.utf8,
      origin: place
    )
    result.append(complete)
    result.append(
      generated: """

        ) as dbt_internal_actual
        union all
        select \(compared), -1 from (
        \(expectedSQL)
        ) as dbt_internal_expected
        ) as dbt_internal_both
        group by \(list)
        having sum(dbt_internal_difference) <> 0
        """.utf8,
      origin: place
    )
    return result
  }
}
