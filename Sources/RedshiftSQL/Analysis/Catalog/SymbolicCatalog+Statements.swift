package import Diagnostics

extension SymbolicCatalog {
  /// Follows a statement: what it creates, changes and drops.
  ///
  /// - Parameters:
  ///   - statement: the statement, as it would run next.
  ///   - buffers: the store that has its text.
  package mutating func apply(_ statement: Statement, buffers: Buffers) {
    switch statement.kind {
    case .createTable(let table): apply(table)
    case .createTableAs(let table): apply(table, buffers)
    case .createView(let view): apply(view, buffers)
    case .createSchema(let schema):
      addSchema(schema.name.last)
      within(schema.name.last) { catalog in
        for element in schema.elements { catalog.apply(element, buffers: buffers) }
      }
    case .drop(let drop): apply(drop)
    case .alterTable(let table): apply(table, at: statement.range)
    case .alterSchema(let schema):
      if case .rename(let new) = schema.action {
        renameSchema(schema.name.text, to: new.text, at: statement.range)
      }
    case .query(let query): applySelectInto(query, buffers)
    case .createExternalSchema(let schema): addSchema(schema.name.last, isExternal: true)
    case .createExternalTable(let table): apply(table, buffers)
    case .parameter(let parameter): apply(parameter, buffers)
    case .createRoutine(let routine):
      addRoutine(routine, buffers)
      if routine.kind == .procedure { addProcedure(routine, buffers) }
    case .dropObject(let drop) where drop.kind == .function:
      for name in drop.names { removeFunctions(name.name, name.arguments, buffers) }
    case .dropObject(let drop) where drop.kind == .procedure:
      for name in drop.names { removeProcedures(name.name, name.arguments, buffers) }
    case .alterObject(let change) where change.kind == .procedure:
      if case .rename(let new) = change.action {
        renameProcedures(change.name, change.arguments, to: new, buffers)
      }
    case .createModel(let model):
      if let function = model.function { addFunction(function.name.last, returning: .unknown) }
    default: break
    }
  }

  /// Does something while bare names mean relations of a schema.
  mutating func within(_ schema: String, _ body: (inout SymbolicCatalog) -> Void) {
    let outer = defaultSchema
    defaultSchema = schema.lowercased()
    body(&self)
    defaultSchema = outer
  }

  // MARK: CREATE

  private mutating func apply(_ table: CreateTable) {
    guard let name = stored(table.objectName, isTemporary: table.isTemporary) else { return }
    if table.allowsExisting, self[name] != nil { return }
    var relation = CatalogRelation(
      name: name,
      kind: .table,
      columns: [],
      range: table.objectName.range
    )
    for element in table.elements {
      switch element.kind {
      case .column(let column):
        relation.columns.append(CatalogColumn(column))
        relation.adopt(column)
      case .like(let name, let includesDefaults):
        guard let other = self[name.relation] else {
          relation.isComplete = false
          continue
        }
        relation.columns += other.columns.map { $0.copied(withDefault: includesDefaults) }
        relation.distribution = other.distribution
        relation.sortKey = other.sortKey
        relation.isComplete = relation.isComplete && other.isComplete
      case .constraint(let constraint): relation.adopt(constraint)
      }
    }
    relation.adopt(table.attributes)
    add(relation)
  }

  private mutating func apply(_ table: CreateTableAs, _ buffers: Buffers) {
    guard let name = stored(table.objectName, isTemporary: table.isTemporary) else { return }
    if table.allowsExisting, self[name] != nil { return }
    var relation = relation(
      table.objectName,
      .table,
      columns: table.columns,
      query: table.query,
      buffers
    )
    relation.name = name
    relation.adopt(table.attributes)
    // Neither NOT NULL nor limits of expressions are carried into the new table.
    for index in relation.columns.indices { relation.columns[index].isNullable = true }
    add(relation)
  }

  private mutating func apply(_ view: CreateView, _ buffers: Buffers) {
    guard !view.objectName.isTemporary else { return }
    var relation = relation(
      view.objectName,
      view.isMaterialized ? .materializedView : .view,
      columns: view.columns,
      query: view.query,
      buffers
    )
    relation.adopt(view.attributes)
    if view.withoutBinding != nil {
      relation.bindsLate = true
      relation.reads = [:]
    }
    add(relation)
  }

  private mutating func apply(_ table: CreateExternalTable, _ buffers: Buffers) {
    if table.allowsExisting, self[table.name.relation] != nil { return }
    guard let query = table.query else {
      add(
        CatalogRelation(
          name: table.name.relation,
          kind: .external,
          columns: (table.columns + table.partitions).map { CatalogColumn($0) },
          range: table.name.range
        )
      )
      return
    }
    add(relation(table.name, .external, columns: [], query: query, buffers))
  }

  private mutating func applySelectInto(_ query: Query, _ buffers: Buffers) {
    guard case .select(let select) = query.body.kind, let into = select.into,
      let name = stored(into.name, isTemporary: into.isTemporary)
    else { return }
    var relation = relation(into.name, .table, columns: [], query: query, buffers)
    relation.name = name
    add(relation)
  }

  /// The name that a new table gets; nil for a temporary one that nobody follows.
  private func stored(_ name: ObjectName, isTemporary: Bool) -> RelationName? {
    guard isTemporary || name.isTemporary else { return name.relation }
    guard followsSession else { return nil }
    return RelationName(schema: Self.temporarySchema, identifier: name.relation.identifier)
  }

  private func relation(
    _ name: ObjectName,
    _ kind: CatalogRelation.Kind,
    columns names: [Identifier],
    query: Query,
    _ buffers: Buffers
  ) -> CatalogRelation {
    let analysis = SQLAnalyzer(catalog: self, buffers: buffers).analyze(query)
    var columns = analysis.columns.map {
      CatalogColumn(
        name: $0.name,
        type: $0.type.stored,
        isNullable: $0.isNullable,
        traits: $0.type.storedTraits($0.traits),
        range: $0.range
      )
    }
    for (index, name) in names.enumerated() {
      if index < columns.count {
        columns[index].name = name.text
        columns[index].range = name.range
      } else {
        columns.append(CatalogColumn(name: name.text, range: name.range))
      }
    }
    var relation = CatalogRelation(
      name: name.relation,
      kind: kind,
      columns: columns,
      isComplete: analysis.isComplete || !names.isEmpty,
      range: name.range
    )
    if kind == .view || kind == .materializedView {
      for read in analysis.relations { relation.reads[key(of: read)] = [] }
      for read in analysis.reads {
        relation.reads[key(of: read.relation), default: []].insert(read.column)
      }
      relation.lineage = ViewLineage(
        columns: analysis.columns.map {
          ViewLineage.Column(origins: $0.origins, item: $0.range, itemName: $0.name)
        },
        influences: analysis.influences,
        relations: analysis.relations
      )
    }
    return relation
  }

  // MARK: SET search_path

  /// Names without a schema mean the first one of the path from here on.
  private mutating func apply(_ parameter: Parameter, _ buffers: Buffers) {
    guard parameter.name == "search_path" else { return }
    let first = parameter.value.map { buffers.text(of: $0) }?
      .split(separator: ",").first?.filter { !$0.isWhitespace && $0 != "'" && $0 != "\"" }
    guard parameter.action == .set, let first, !first.hasPrefix("$"), first != "default" else {
      return
    }
    defaultSchema = first.lowercased()
  }

  // MARK: DROP and ALTER

  private mutating func apply(_ drop: Drop) {
    for name in drop.names {
      let removal = Removal(newName: nil, range: name.range)
      switch drop.kind {
      case .schema:
        let gone = relations.keys.filter { $0.schema == name.last.lowercased() }
        removeSchema(name.last, at: name.range)
        if drop.cascades { for key in gone { removeReaders(of: key, removal) } }
      case .table, .view, .materializedView:
        remove(name.relation, removal)
        if drop.cascades { removeReaders(of: key(of: name.relation), removal) }
      }
    }
  }

  private mutating func apply(_ table: AlterTable, at range: TextRange) {
    let name = table.name.relation
    switch table.action {
    case .addColumn(let column):
      update(name) { relation in
        relation.columns.removeAll { $0.name == column.name.text }
        relation.columns.append(CatalogColumn(column))
        relation.removals.removeAll { $0.column == column.name.text }
      }
    case .dropColumn(let column, let cascades):
      if cascades {
        removeReaders(
          of: key(of: name),
          column: column.text,
          Removal(newName: nil, range: column.range)
        )
      }
      update(name) { relation in
        relation.columns.removeAll { $0.name == column.text }
        relation.removals.append(
          CatalogRelation.Removal(column: column.text, kind: .dropped, range: column.range)
        )
      }
    case .renameColumn(let column, let new):
      update(name) { $0.renameColumn(column, to: new) }
      renameRead(key(of: name), column: column.text, to: new.text)
    case .changeType(let column, let type):
      update(name) { relation in
        for index in relation.columns.indices where relation.columns[index].name == column.text {
          relation.columns[index].type = SQLType(declared: type)
          relation.columns[index].range = column.range
        }
      }
    case .rename(let new):
      guard var relation = self[name] else {
        // Made somewhere else, where it may be made again; all that is known is its new name.
        let renamed = RelationName(schema: name.schema, identifier: new.text)
        add(CatalogRelation(name: renamed, kind: .table, columns: [], isComplete: false))
        return
      }
      relation.name.identifier = new.text
      relation.range = new.range
      remove(name, Removal(newName: relation.name, range: new.range))
      add(relation)
      renameRead(key(of: name), to: key(of: relation.name))
    case .changeLayout(let attributes):
      update(name) { $0.adopt(attributes) }
    case .addConstraint(let constraint): update(name) { $0.adopt(constraint) }
    case .dropConstraint:
      // Which columns it was about is not known.
      update(name) { relation in
        for index in relation.columns.indices { relation.columns[index].isInKey = false }
      }
    default: break
    }
  }
}

extension CatalogColumn {
  init(_ column: ColumnDefinition) {
    var hasDefault = false
    var isInKey = false
    for attribute in column.attributes {
      switch attribute.kind {
      case .defaultValue: hasDefault = true
      case .unique, .primaryKey, .references: isInKey = true
      default: break
      }
    }
    self.init(
      name: column.name.text,
      type: SQLType(declared: column.type),
      isNullable: !column.isRequired,
      hasDefault: hasDefault || column.identity != nil,
      isIdentity: column.identity.map { !$0.acceptsValues } ?? false,
      range: column.name.range
    )
    isGenerated = column.identity != nil
    self.isInKey = isInKey
  }
}

extension CatalogRelation {
  mutating func renameColumn(_ column: Identifier, to new: Identifier) {
    if self.column(column.text) == nil {
      // A slip in the old name, or a column that is not known; the new one is meant to be there.
      columns.append(CatalogColumn(name: new.text, range: new.range))
    }
    for index in columns.indices where columns[index].name == column.text {
      columns[index].name = new.text
      columns[index].range = new.range
    }
    for index in sortKey.indices where sortKey[index] == column.text { sortKey[index] = new.text }
    if distribution == .key(column.text) { distribution = .key(new.text) }
    removals.append(Removal(column: column.text, kind: .renamed(to: new.text), range: new.range))
    removals.removeAll { $0.column == new.text }
  }

  /// Takes over a key.
  mutating func adopt(_ constraint: TableConstraint) {
    let keys = Set(constraint.columns.map(\.text))
    var isPrimary = false
    if case .primaryKey = constraint.kind { isPrimary = true }
    for index in columns.indices where keys.contains(columns[index].name) {
      columns[index].isInKey = true
      if isPrimary { columns[index].isNullable = false }
    }
  }

  /// Takes over DISTKEY and SORTKEY of a column.
  mutating func adopt(_ column: ColumnDefinition) {
    for attribute in column.attributes {
      switch attribute.kind {
      case .distributionKey: distribution = .key(column.name.text)
      case .sortKey: sortKey.append(column.name.text)
      default: break
      }
    }
  }

  /// The column that a key names, maybe by its number.
  private func keyName(_ column: Identifier) -> String {
    guard !column.isQuoted, let number = Int(column.text), columns.indices.contains(number - 1)
    else { return column.text }
    return columns[number - 1].name
  }

  /// Takes over the attributes of a table.
  mutating func adopt(_ attributes: [TableAttribute]) {
    for attribute in attributes {
      switch attribute.kind {
      case .distribution(.automatic): distribution = .automatic
      case .distribution(.even): distribution = .even
      case .distribution(.all): distribution = .all
      case .distribution(.key): break
      case .distributionKey(let column): distribution = .key(keyName(column))
      case .sortKey(.automatic), .sortKey(.none):
        sortKey = []
        isInterleaved = false
      case .sortKey(.compound(let columns)):
        sortKey = columns.map(keyName)
        isInterleaved = false
      case .sortKey(.interleaved(let columns)):
        sortKey = columns.map(keyName)
        isInterleaved = true
      case .backup, .encodeAutomatically, .automaticRefresh: break
      }
    }
  }
}

extension ObjectName {
  /// Whether this is a temporary table in the `#name` form.
  package var isTemporary: Bool { parts.last?.isTemporary ?? false }
}

extension SQLType {
  /// What is known of a column that a query makes: the digits of a DECIMAL are written out.
  fileprivate func storedTraits(_ traits: TextTraits) -> TextTraits {
    var stored = traits.intersection(.declared)
    if case .decimal(.some, .some) = self { stored.insert(.sized) }
    return stored
  }
}
