import Diagnostics

/// Views, bound and late-binding.
extension PostgresEmitter {
  mutating func emit(_ view: CreateView, in range: TextRange) {
    isStored = true
    defer { isStored = false }
    keptQueries.insert(view.query.range)
    if view.isMaterialized {
      diagnostics += MaterializedViewRules(view, catalog: catalog).problems
      copy(range.bytes.lowerBound..<view.objectName.range.bytes.lowerBound)
      emit(view.objectName)
      emitColumnNames(view.columns)
      for attribute in view.attributes { note(attribute) }
      write(" AS ", for: range)
      emit(view.query)
      return
    }
    if let binding = view.withoutBinding { return emitLate(view, binding, range) }
    if view.objectName.parts.last?.isTemporary == true {
      write(view.replaces ? "CREATE OR REPLACE TEMP VIEW " : "CREATE TEMP VIEW ", for: range)
      let start = view.objectName.range.bytes.lowerBound
      return emit(
        start..<view.query.range.bytes.upperBound,
        children: [.relation(view.objectName), .query(view.query)]
      )
    }
    if view.replaces { return emitReplacement(view, range) }
    emit(
      range.bytes.lowerBound..<view.query.range.bytes.upperBound,
      children: [.relation(view.objectName), .query(view.query)]
    )
  }

  /// CREATE OR REPLACE VIEW: what is there makes way first, for a reason that PostgreSQL has alone.
  private mutating func emitReplacement(_ view: CreateView, _ range: TextRange) {
    let query = written { $0.emit(view.query) }
    let text = [query.string, columnList(view)].map { SQLQuoting.literal($0, for: .postgres) }
    let arguments = text + textLengths(of: view.query)
    call("make_way", view.objectName, ", " + arguments.joined(separator: ", "))
    write("; ", for: range)
    emit(
      range.bytes.lowerBound..<view.query.range.bytes.lowerBound,
      children: [.relation(view.objectName)]
    )
    output.append(query)
  }

  /// The lengths of columns of text where Redshift has one and what is written has none.
  private func textLengths(of query: Query) -> [String] {
    let columns = meanings.results[query.body.range] ?? []
    let lengths = columns.map { column -> Int? in
      guard column.cast != lasting(column.cast), case .characterVarying(let length) = column.type
      else { return nil }
      return length
    }
    guard lengths.contains(where: { $0 != nil }) else { return [] }
    return ["'{\(lengths.map { $0.map(String.init) ?? "NULL" }.joined(separator: ","))}'"]
  }

  /// What a step writes, by itself.
  private mutating func written(_ step: (inout PostgresEmitter) -> Void) -> MappedText {
    let before = output
    output = MappedText()
    step(&self)
    defer { output = before }
    return output
  }

  private func columnList(_ view: CreateView) -> String {
    guard !view.columns.isEmpty else { return "" }
    return "(\(view.columns.map { SQLQuoting.identifier($0.text) }.joined(separator: ", ")))"
  }

  /// WITH NO SCHEMA BINDING: the text is kept, and the view made anew when what it reads changes.
  private mutating func emitLate(_ view: CreateView, _ binding: TextRange, _ range: TextRange) {
    var unqualified: ObjectName?
    var tables: [String] = []
    let commonNames = view.query.commonNames
    SyntaxNode.query(view.query).walk { node in
      if case .table(let table) = node, case .named(let name) = table.kind {
        if let schema = name.relation.schema {
          let text = RelationName(schema: schema, identifier: name.relation.identifier).sql
          if !tables.contains(text) { tables.append(text) }
        } else if !commonNames.contains(name.last) {
          unqualified = unqualified ?? name
        }
      }
      return true
    }
    if let unqualified {
      return reject(
        "WITH NO SCHEMA BINDING over names without a schema",
        at: unqualified.range,
        help: "write schema.\(unqualified.last)"
      )
    }
    let query = written { $0.emit(view.query) }.string
    lateQuery = query
    let name = view.name
    let source = String(decoding: bytes[view.query.range.bytes], as: UTF8.self)
    let texts = [query, columnList(view), source].map { SQLQuoting.literal($0, for: .postgres) }
    let arguments = [
      name.schema.map { SQLQuoting.literal($0, for: .postgres) } ?? "NULL",
      SQLQuoting.literal(name.identifier, for: .postgres), "\(view.replaces)",
      texts.joined(separator: ", "), array(tables), array(view.outputNames),
      // Without a column known it is written as it would be with them.
      "\(wantedRelations.isEmpty && catalog.relations.isEmpty)",
    ]
    write("\(selecting) rs.create_late_view(\(arguments.joined(separator: ", ")))", for: range)
  }

  private func array(_ texts: [String]) -> String {
    let values = texts.map { SQLQuoting.literal($0, for: .postgres) }
    return "ARRAY[\(values.joined(separator: ", "))]::text[]"
  }
}

extension CreateView {
  /// The names of the columns, as far as the text alone tells all of them.
  fileprivate var outputNames: [String] {
    var names = columns.map(\.text)
    if names.isEmpty, let select = query.body.firstSelect {
      let known = select.items.compactMap { $0.isStar ? nil : $0.outputName }
      if known.count == select.items.count { names = known }
    }
    return Set(names).count == names.count ? names : []
  }
}
