import Diagnostics

extension SchemaDefinition {
  /// Follows what the catalog of names does not keep.
  mutating func follow(_ statement: Statement, before: SymbolicCatalog, _ buffers: Buffers) {
    switch statement.kind {
    case .createTable(let table): follow(table, before, buffers)
    case .createTableAs(let table):
      guard isNew(table.objectName, table.isTemporary, table.allowsExisting, before) else { return }
      followQuery(table.objectName, table.attributes)
      changesOfData.append(statement)
    case .query(let query):
      guard case .select(let select) = query.body.kind, let into = select.into,
        isNew(into.name, into.isTemporary, false, before)
      else { return }
      followQuery(into.name, [])
      changesOfData.append(statement)
    case .createView(let view): follow(view, buffers)
    case .createSchema(let schema):
      let name = schema.name.last.lowercased()
      if schema.allowsExisting, schemas[name] != nil { return }
      schemas[name] = Schema(
        owner: schema.owner?.text,
        quota: schema.quota.map { DefinitionText(plain: $0, in: buffers).sql }
      )
      unseen += schema.elements
    case .createExternalSchema(let schema):
      let name = schema.name.last.lowercased()
      if schema.allowsExisting, schemas[name] != nil { return }
      schemas[name] = Schema(external: plain(statement, buffers))
    case .alterSchema(let schema): follow(schema, statement, buffers)
    case .drop(let drop):
      guard drop.kind == .schema else { return }
      for name in drop.names { forgetSchema(name.last.lowercased()) }
    case .alterTable(let table): follow(table, statement, buffers)
    case .createRoutine(let routine): follow(routine, statement, buffers)
    case .grant(let grant): follow(grant, statement, buffers)
    case .remark(let remark): follow(remark, buffers)
    case .insert, .update, .delete, .merge, .truncate, .copy: changesOfData.append(statement)
    case .createExternalTable(let table):
      if table.allowsExisting, before[table.name.relation] != nil { return }
      keep(statement, .beforeViews, "external table", buffers)
      if table.query != nil { changesOfData.append(statement) }
    case .externalView(let view): follow(view, statement, buffers)
    case .template(let template): follow(template, statement, buffers)
    case .createObject, .createModel, .alterObject, .dropObject, .policy, .policyAttachment,
      .alterDefaultPrivileges, .copyJob, .alterSystem:
      followObject(statement, buffers)
    case .call, .execute, .opaque, .invalid: unseen.append(statement)
    // They leave nothing behind but rows that others made, and what a session forgets.
    case .unload, .analyze, .vacuum, .refresh, .explain, .show, .cursor, .prepare, .deallocate,
      .parameter, .session, .use, .transaction, .lock, .cancel:
      break
    }
  }

  private func isNew(
    _ name: ObjectName,
    _ isTemporary: Bool,
    _ allowsExisting: Bool,
    _ before: SymbolicCatalog
  ) -> Bool {
    !isTemporary && !name.isTemporary && !(allowsExisting && before[name.relation] != nil)
  }

  private func plain(_ statement: Statement, _ buffers: Buffers) -> String {
    DefinitionText(plain: statement.range, in: buffers).sql
  }

  // MARK: Tables

  private mutating func follow(
    _ table: CreateTable,
    _ before: SymbolicCatalog,
    _ buffers: Buffers
  ) {
    guard isNew(table.objectName, table.isTemporary, table.allowsExisting, before) else { return }
    var definition = TableDefinition()
    for element in table.elements {
      switch element.kind {
      case .column(let column): definition.add(column, catalog, buffers)
      case .constraint(let constraint): definition.add(constraint, catalog)
      case .like(let name, let keepsDefaults):
        guard let other = tables[catalog.key(of: name.relation)] else { continue }
        for var column in other.columns {
          if !keepsDefaults { column.defaultValue = nil }
          column.identity = nil
          definition.columns.append(column)
        }
        definition.distribution = other.distribution
        definition.sortKey = other.sortKey
        definition.isBackedUp = other.isBackedUp
      }
    }
    definition.adopt(table.attributes)
    let key = catalog.key(of: table.name)
    forget(key)
    tables[key] = definition
  }

  /// A table that has the columns of a query.
  private mutating func followQuery(_ name: ObjectName, _ attributes: [TableAttribute]) {
    let key = catalog.key(of: name.relation)
    guard let relation = catalog.relations[key] else { return }
    var definition = TableDefinition()
    forget(key)
    for column in relation.columns {
      var type = column.type
      switch type {
      case .characterVarying(nil), .literalText:
        // As long as can be, which holds whatever the expression gives.
        type = .characterVarying(65535)
        unlimited.append((key, column.name, column.range ?? name.range))
      case .decimal(nil, _), .decimal(_, nil), .character(nil), .unknown, .null, .row:
        untyped.append((key, column.name, column.range ?? name.range))
      default: break
      }
      definition.columns.append(
        TableDefinition.Column(name: column.name, type: type.spelling)
      )
    }
    if !relation.isComplete { untyped.append((key, "*", name.range)) }
    definition.adopt(attributes)
    tables[key] = definition
  }

  private mutating func follow(
    _ table: AlterTable,
    _ statement: Statement,
    _ buffers: Buffers
  ) {
    let key = catalog.key(of: table.name.relation)
    switch table.action {
    case .addColumn(let column): tables[key]?.add(column, catalog, buffers)
    case .dropColumn(let column, _):
      tables[key]?.removeColumn(column.text)
      untyped.removeAll { $0.key == key && $0.column == column.text }
      unlimited.removeAll { $0.key == key && $0.column == column.text }
      comments[Subject(kind: "column", relation: key, name: column.text)] = nil
    case .renameColumn(let column, let new):
      tables[key]?.renameColumn(column.text, to: new.text)
      renameReferences(to: key, column.text, new.text)
      let subject = Subject(kind: "column", relation: key, name: column.text)
      if let text = comments.removeValue(forKey: subject) {
        comments[Subject(kind: "column", relation: key, name: new.text)] = text
      }
    case .rename(let new):
      rename(key, to: Key(schema: key.schema, identifier: new.text))
    case .changeOwner(let owner):
      tables[key]?.owner = owner.text
      views[key]?.owner = owner.text
    case .addConstraint(let constraint): tables[key]?.add(constraint, catalog)
    case .dropConstraint(let name, _):
      tables[key]?.constraints.removeAll {
        $0.name == name.text || ($0.name == nil && $0.kind.defaultName(in: key) == name.text)
      }
    case .changeType(let column, let type):
      tables[key]?.update(column.text) { $0.type = type.canonical(buffers) }
      refreshViews(reading: key, column.text, buffers)
    case .changeEncoding(let changes):
      for change in changes {
        tables[key]?.update(change.column.text) { $0.encoding = change.encoding.text }
      }
    case .changeLayout(let attributes): tables[key]?.adopt(attributes)
    case .append: changesOfData.append(statement)
    case .rowSecurity, .masking, .external: keep(statement, .afterViews, "table", buffers)
    case .other: unseen.append(statement)
    }
  }

  private mutating func renameReferences(to key: Key, _ column: String, _ new: String) {
    for other in tables.keys {
      for index in tables[other]?.constraints.indices ?? 0..<0 {
        guard
          case .foreignKey(let names, key, let references)? = tables[other]?.constraints[index].kind
        else { continue }
        tables[other]?.constraints[index].kind = .foreignKey(
          names,
          key,
          references: references.map { $0 == column ? new : $0 }
        )
      }
    }
  }

  // MARK: Views and schemas

  private mutating func follow(_ view: CreateView, _ buffers: Buffers) {
    guard !view.objectName.isTemporary else { return }
    let key = catalog.key(of: view.name)
    remadeViews.remove(key)
    // What is granted on a view stays when it is replaced.
    views[key] = View(
      isMaterialized: view.isMaterialized,
      isLate: view.withoutBinding != nil,
      columns: view.columns.map(\.text),
      attributes: view.attributes.map { DefinitionText(plain: $0.range, in: buffers).sql },
      query: DefinitionText(.query(view.query), catalog: catalog, in: buffers),
      owner: views[key]?.owner
    )
  }

  private mutating func follow(
    _ schema: AlterSchema,
    _ statement: Statement,
    _ buffers: Buffers
  ) {
    let name = schema.name.text.lowercased()
    switch schema.action {
    case .changeOwner(let owner): schemas[name, default: Schema()].owner = owner.text
    case .quota:
      let words = plain(statement, buffers).split(separator: " ")
      let quota = words.drop { $0.lowercased() != "quota" }.joined(separator: " ")
      schemas[name, default: Schema()].quota = quota
    case .rename(let new):
      let new = new.text.lowercased()
      if let schema = schemas.removeValue(forKey: name) { schemas[new] = schema }
      for key in tables.keys where key.schema == name {
        rename(key, to: Key(schema: new, identifier: key.identifier))
      }
      for key in views.keys where key.schema == name {
        rename(key, to: Key(schema: new, identifier: key.identifier))
      }
      grants.rename(kind: "schema", name, to: new)
      if let text = comments.removeValue(forKey: Subject(kind: "schema", name: name)) {
        comments[Subject(kind: "schema", name: new)] = text
      }
      // The text of a routine that names its schema cannot be followed.
      for (signature, routine) in routines where routine.schema == name {
        forgetRoutine(signature)
        unseen.append(statement)
      }
    }
  }

  private mutating func forgetSchema(_ name: String) {
    schemas[name] = nil
    comments[Subject(kind: "schema", name: name)] = nil
    grants.forget(kind: "schema", name: name)
    for (signature, routine) in routines where routine.schema == name { forgetRoutine(signature) }
  }

  // MARK: Routines and other objects

  private mutating func follow(
    _ routine: CreateRoutine,
    _ statement: Statement,
    _ buffers: Buffers
  ) {
    let name = catalog.key(of: routine.name.relation)
    // The name with its schema, whatever stood there.
    let head = TextRange(
      buffer: statement.range.buffer,
      bytes: statement.range.bytes.lowerBound..<routine.name.range.bytes.lowerBound
    )
    let tail = TextRange(
      buffer: statement.range.buffer,
      bytes: routine.name.range.bytes.upperBound..<statement.range.bytes.upperBound
    )
    let body = routine.body.map { Array(buffers.text(of: $0.contents).utf8) } ?? []
    let words = SQLLexer.words(of: body).map { $0.lowercased() }
    var known = Routine(
      kind: routine.kind,
      schema: name.schema,
      name: name.identifier,
      arguments: routine.arguments.signature(in: buffers),
      head: DefinitionText(plain: head, in: buffers).sql,
      tail: DefinitionText(plain: tail, in: buffers).sql,
      words: Set(words),
      hasOutArguments: routine.arguments.contains { $0.mode == .out }
    )
    known.owner = routines[known.signature]?.owner
    routines[known.signature] = known
  }

  /// The routines that a name means: all of it where no arguments are written.
  private func signatures(
    of name: ObjectName,
    _ arguments: [RoutineArgument]?,
    _ buffers: Buffers
  ) -> [String] {
    let key = catalog.key(of: name.relation)
    let types = arguments?.signature(in: buffers)
    return routines.filter { _, routine in
      routine.schema == key.schema && routine.name == key.identifier
        && (types == nil || types == routine.arguments)
    }.map(\.key)
  }

  /// What tells a routine from others, whether or not it is known.
  private func signature(
    of name: ObjectName,
    _ arguments: [RoutineArgument]?,
    _ buffers: Buffers
  ) -> String {
    if arguments == nil {
      let known = signatures(of: name, nil, buffers)
      if let only = known.first, known.count == 1 { return only }
    }
    let types = (arguments ?? []).signature(in: buffers)
    return "\(catalog.key(of: name.relation).sql)(\(types))"
  }

  /// Gives a routine another name; what calls it goes on to call the former one.
  private mutating func renameRoutine(_ old: String, to name: String) {
    guard var routine = routines.removeValue(forKey: old) else { return }
    routine.name = name
    let new = routine.signature
    routines[new] = routine
    for kind in ["function", "procedure"] {
      grants.rename(kind: kind, old, to: new)
      if let text = comments.removeValue(forKey: Subject(kind: kind, name: old)) {
        comments[Subject(kind: kind, name: new)] = text
      }
    }
  }

  mutating func forgetRoutine(_ signature: String) {
    routines[signature] = nil
    for kind in ["function", "procedure"] {
      grants.forget(kind: kind, name: signature)
      comments[Subject(kind: kind, name: signature)] = nil
    }
  }

  private mutating func follow(
    _ view: ExternalView,
    _ statement: Statement,
    _ buffers: Buffers
  ) {
    let object = "external view \(catalog.key(of: view.name.relation).sql)"
    switch view.action {
    case .create(_, let allowsExisting, _):
      if allowsExisting, others.contains(where: { $0.object == object }) { return }
      keep(statement, .beforeViews, object, buffers)
    case .change, .removeDefinition: keep(statement, .beforeViews, object, buffers)
    case .drop: drop(object, statement, .beforeViews, buffers)
    }
  }

  private mutating func follow(
    _ template: CopyTemplate,
    _ statement: Statement,
    _ buffers: Buffers
  ) {
    let key = catalog.key(of: template.name.relation)
    let object = "template \(key.sql)"
    if case .drop = template.action { return drop(object, statement, .afterViews, buffers) }
    keep(statement, .afterViews, object, buffers)
    guard case .rename(let new) = template.action else { return }
    let renamed = "template \(Key(schema: key.schema, identifier: new.text).sql)"
    for index in others.indices where others[index].object == object {
      others[index].object = renamed
    }
  }

  private mutating func followObject(_ statement: Statement, _ buffers: Buffers) {
    switch statement.kind {
    case .createObject(let object):
      keep(statement, object.kind.stage, "\(object.kind.rawValue) \(object.name.last)", buffers)
    case .createModel(let model): keep(statement, .afterViews, "model \(model.name.last)", buffers)
    case .policy(let policy):
      keep(statement, .afterViews, "\(policy.kind.rawValue) \(policy.name.last)", buffers)
    case .alterObject(let object):
      if object.kind == .procedure || object.kind == .function {
        let known = signatures(of: object.name, object.arguments, buffers)
        guard let only = known.first, known.count == 1 else { return unseen.append(statement) }
        switch object.action {
        case .rename(let new): renameRoutine(only, to: new.text)
        case .changeOwner(let owner): routines[only]?.owner = owner.text
        default: unseen.append(statement)
        }
        return
      }
      keep(statement, object.kind.stage, "\(object.kind.rawValue) \(object.name.last)", buffers)
    case .dropObject(let drop):
      for name in drop.names { forget(name, drop, statement, buffers) }
    case .policyAttachment: keep(statement, .afterViews, "policy attachment", buffers)
    case .alterDefaultPrivileges: keep(statement, .privileges, "default privileges", buffers)
    case .alterSystem(let system):
      let object = "system \(system.setting.text.lowercased())"
      others.removeAll { $0.object == object }
      keep(statement, .principals, object, buffers)
    default: keep(statement, .afterViews, "", buffers)
    }
  }

  private mutating func forget(
    _ name: RoutineSignature,
    _ drop: DropObject,
    _ statement: Statement,
    _ buffers: Buffers
  ) {
    if drop.kind == .procedure || drop.kind == .function {
      for signature in signatures(of: name.name, name.arguments, buffers) {
        forgetRoutine(signature)
      }
      return
    }
    self.drop("\(drop.kind.rawValue) \(name.name.last)", statement, drop.kind.stage, buffers)
  }

  /// Forgets what was kept of an object; of one that statements did not make, keeps that it goes.
  private mutating func drop(
    _ object: String,
    _ statement: Statement,
    _ stage: Other.Stage,
    _ buffers: Buffers
  ) {
    if others.contains(where: { $0.object == object }) {
      others.removeAll { $0.object == object }
    } else {
      keep(statement, stage, object, buffers)
    }
  }

  private mutating func keep(
    _ statement: Statement,
    _ stage: Other.Stage,
    _ object: String,
    _ buffers: Buffers
  ) {
    let text: DefinitionText
    switch statement.kind {
    case .createExternalTable, .externalView, .policyAttachment, .alterTable, .grant:
      text = DefinitionText(.statement(statement), catalog: catalog, in: buffers)
    case .alterObject(let object) where object.kind == .materializedView:
      text = DefinitionText(.statement(statement), catalog: catalog, in: buffers)
    default: text = DefinitionText(plain: statement.range, in: buffers)
    }
    others.append(Other(stage: stage, object: object, text: text))
  }

  // MARK: Grants and comments

  private mutating func follow(_ grant: Grant, _ statement: Statement, _ buffers: Buffers) {
    guard GrantTable.follows(grant) else {
      return keep(statement, .privileges, "grant", buffers)
    }
    var objects: [GrantTable.Object] = []
    for signature in grant.objects {
      switch grant.objectKind {
      case "table":
        objects.append(
          GrantTable.Object(kind: "table", relation: catalog.key(of: signature.name.relation))
        )
      case "all tables in schema":
        let schema = signature.name.last.lowercased()
        objects += catalog.relations.keys.filter { $0.schema == schema }
          .map { GrantTable.Object(kind: "table", relation: $0) }
      case "function", "procedure":
        objects.append(
          GrantTable.Object(
            kind: grant.objectKind,
            name: self.signature(of: signature.name, signature.arguments, buffers)
          )
        )
      default:
        objects.append(
          GrantTable.Object(
            kind: grant.objectKind,
            name: signature.name.last.lowercased()
          )
        )
      }
    }
    grants.apply(grant, on: objects)
  }

  private mutating func follow(_ remark: Remark, _ buffers: Buffers) {
    var subject = Subject(kind: remark.objectKind)
    switch remark.objectKind {
    case "table", "view", "materialized view":
      subject.kind = "relation"
      subject.relation = catalog.key(of: remark.object.relation)
    case "column":
      let parts = remark.object.parts.map(\.text)
      guard let column = parts.last, parts.count > 1 else { return }
      subject.relation = catalog.key(
        of: RelationName(
          schema: parts.count > 2 ? parts[parts.count - 3] : nil,
          identifier: parts[parts.count - 2]
        )
      )
      subject.name = column
    case "constraint":
      subject.relation = remark.table.map { catalog.key(of: $0.relation) }
      subject.name = remark.object.last
    case "function", "procedure":
      subject.name = signature(of: remark.object, remark.arguments, buffers)
    default: subject.name = remark.object.last.lowercased()
    }
    comments[subject] = remark.text?.value
  }
}

extension ObjectKind {
  fileprivate var stage: SchemaDefinition.Other.Stage {
    switch self {
    case .user, .group, .role, .identityProvider: .principals
    case .externalSchema, .library, .database: .beforeViews
    default: .afterViews
    }
  }
}

extension TableDefinition.Constraint.Kind {
  /// The name that a server gives where none is written.
  func defaultName(in key: SymbolicCatalog.Key) -> String {
    let columns = columns.joined(separator: "_")
    return switch self {
    case .primaryKey: "\(key.identifier)_pkey"
    case .unique: "\(key.identifier)_\(columns)_key"
    case .foreignKey: "\(key.identifier)_\(columns)_fkey"
    }
  }
}
