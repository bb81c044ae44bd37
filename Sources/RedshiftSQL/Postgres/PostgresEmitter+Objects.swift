import Diagnostics

/// Databases, users, shares and the other objects that a local warehouse does not have.
extension PostgresEmitter {
  private enum Verb: String {
    case create = "CREATE"
    case alter = "ALTER"
    case drop = "DROP"
  }

  mutating func emit(_ object: CreateObject, in range: TextRange) {
    absent(.create, object.kind, in: range)
  }

  mutating func emit(_ object: AlterObject, in range: TextRange) {
    switch object.kind {
    case .procedure, .function:
      if case .rename = object.action {
        return emit(range.bytes, children: types(of: object.arguments))
      }
      noteUsers("OWNER TO", at: range)
    case .materializedView:
      switch object.action {
      case .rename: emit(range.bytes, children: [.relation(object.name)])
      case .changeOwner: noteUsers("OWNER TO", at: range)
      default: note("ALTER MATERIALIZED VIEW", at: range, why: "only Redshift has it")
      }
    case .externalSchema:
      if case .rename(let name) = object.action, let old = object.name.parts.last {
        let names = [old, name].map { SQLQuoting.identifier($0.text) }
        call("release_schema", old.text, releasing(name), for: range)
        return write("; ALTER SCHEMA \(names[0]) RENAME TO \(names[1])", for: range)
      }
      noteExternalSchema(range)
    default: absent(.alter, object.kind, in: range)
    }
  }

  mutating func emit(_ drop: DropObject, in range: TextRange) {
    switch drop.kind {
    case .procedure where drop.names.allSatisfy({ $0.arguments != nil }):
      emitDrop(ofProcedures: drop, in: range)
    case .function:
      for routine in drop.names {
        let types = routine.arguments.map { arguments -> String in
          let literals = arguments.map { SQLQuoting.literal(spelling($0), for: .postgres) }
          return ", ARRAY[\(literals.joined(separator: ", "))]::text[]"
        }
        call("release_callers", routine.name, types ?? ", NULL")
      }
      write("; ", for: range)
      emit(range.bytes, children: drop.names.flatMap { types(of: $0.arguments) })
    case .procedure:
      emit(range.bytes, children: drop.names.flatMap { types(of: $0.arguments) })
    case .externalSchema:
      releaseSchemas(drop.names.map(\.name), cascades: drop.cascades, range)
      let names = drop.names.compactMap(\.name.parts.last).map { SQLQuoting.identifier($0.text) }
      let condition = drop.allowsMissing ? "IF EXISTS " : ""
      let ending = drop.cascades ? " CASCADE" : ""
      write("DROP SCHEMA \(condition)\(names.joined(separator: ", "))\(ending)", for: range)
    case .materializedView: copy(range)
    default: absent(.drop, drop.kind, in: range)
    }
  }

  /// Redshift names a procedure by the types of what it takes; PostgreSQL wants those of OUT
  /// arguments, too, and a function of ours finds out which those are.
  private mutating func emitDrop(ofProcedures drop: DropObject, in range: TextRange) {
    for (index, routine) in drop.names.enumerated() {
      if index > 0 { write("; ", for: routine.range) }
      let name = SQLQuoting.literal(routine.name.quoted, for: .postgres)
      var types: [String] = []
      for argument in routine.arguments ?? [] where argument.mode != .out {
        types.append(SQLQuoting.literal(spelling(argument), for: .postgres))
      }
      write(
        "\(selecting) rs.drop_procedure(\(name), ARRAY[\(types.joined(separator: ", "))]::text[], "
          + "\(drop.allowsMissing), \(drop.cascades))",
        for: range
      )
    }
  }

  /// Tells that there is no such object here.
  private mutating func absent(_ verb: Verb, _ kind: ObjectKind, in range: TextRange) {
    let what = "\(verb.rawValue) \(kind.rawValue.uppercased())"
    switch kind {
    case .user, .group, .role: noteUsers(what, at: range)
    case .datashare, .identityProvider, .maskingPolicy, .rowSecurityPolicy, .materializedView:
      note(what, at: range, why: "only Redshift has it")
    case .database: failDatabase(what, at: range)
    case .library, .model, .externalSchema, .procedure, .function:
      fail(what, at: range, help: PostgresEmitter.substitute)
    }
  }

  /// The new name of a schema as a further argument.
  func releasing(_ name: Identifier) -> String {
    ", \(SQLQuoting.literal(name.text, for: .postgres))"
  }

  static let substitute = "Redshift runs it; locally use a table or a function of the same name"

  mutating func failDatabase(_ what: String, at range: TextRange) {
    fail(what, at: range, help: "the local warehouse is one database")
  }

  mutating func noteUsers(_ what: String, at range: TextRange) {
    note(what, at: range, why: "there are no other users, groups and roles locally")
  }

  func types(of arguments: [RoutineArgument]?) -> [SyntaxNode] {
    (arguments ?? []).map { .type($0.type) }
  }

  mutating func emit(_ policy: PolicyDefinition, in range: TextRange) {
    let verb: Verb = policy.alters ? .alter : .create
    absent(verb, policy.kind, in: range)
  }

  mutating func emit(_ policy: PolicyAttachment, in range: TextRange) {
    let verb = policy.attaches ? "ATTACH" : "DETACH"
    note("\(verb) \(policy.kind.rawValue.uppercased())", at: range, why: "only Redshift has it")
  }

  // MARK: Privileges

  /// Privileges that PostgreSQL has, by the kind of object.
  private static let privileges: [String: Set<String>] = [
    "table": ["select", "insert", "update", "delete", "truncate", "references", "trigger", "all"],
    "schema": ["create", "usage", "all"],
    "function": ["execute", "all"],
    "procedure": ["execute", "all"],
    "language": ["usage", "all"],
  ]

  /// Privileges go to those who exist.
  mutating func emit(_ grant: Grant, in range: TextRange) {
    let verb = grant.revokes ? "REVOKE" : "GRANT"
    guard grant.scope == nil, let object = grantedObject(grant) else {
      return note("this \(verb)", at: range, why: "there is nothing like its object locally")
    }
    let known = grant.privileges.filter {
      PostgresEmitter.privileges[object.kind]?.contains($0.name) == true
    }
    if known.count < grant.privileges.count {
      let others = grant.privileges.filter { one in !known.contains { $0.name == one.name } }
      let names = others.map { $0.name.uppercased() }.joined(separator: " and ")
      note("the privilege \(names)", at: range, why: "PostgreSQL has no such privilege")
    }
    var names: [String] = []
    for grantee in grant.grantees {
      switch grantee.kind {
      case .everybody: names.append("public")
      case .user, .group, .role: names.append(grantee.name?.text ?? "")
      case .rowSecurityPolicy, .maskingPolicy, .namespace, .account, .awsRole:
        note("this \(verb)", at: grantee.range, why: "only Redshift has such grantees")
      }
    }
    guard !known.isEmpty, !names.isEmpty else { return }
    let option = grant.revokesOption ? "GRANT OPTION FOR " : ""
    let list = known.map { text(of: $0) }.joined(separator: ", ")
    let statement =
      "\(verb) \(option)\(list) ON \(object.text) \(grant.revokes ? "FROM" : "TO")"
    let passesOn = grant.grantees.contains(where: \.mayPassOn) ? " WITH GRANT OPTION" : ""
    let ending = grant.cascades ? " CASCADE" : passesOn
    if names.allSatisfy({ $0 == "public" }) {
      return write("\(statement) PUBLIC\(ending)", for: range)
    }
    let grantees = names.map { SQLQuoting.literal($0, for: .postgres) }
    write(
      "\(selecting) rs.grant_to(\(SQLQuoting.literal(statement, for: .postgres)), "
        + "ARRAY[\(grantees.joined(separator: ", "))], "
        + "\(SQLQuoting.literal(ending, for: .postgres)))",
      for: range
    )
  }

  private func text(of privilege: Grant.Privilege) -> String {
    guard !privilege.columns.isEmpty else { return privilege.name.uppercased() }
    let columns = privilege.columns.map { SQLQuoting.identifier($0.text) }
    return "\(privilege.name.uppercased()) (\(columns.joined(separator: ", ")))"
  }

  /// What follows ON in PostgreSQL's words; nil where there is no such object here.
  private mutating func grantedObject(_ grant: Grant) -> (kind: String, text: String)? {
    let names = grant.objects.map(\.name.quoted).joined(separator: ", ")
    switch grant.objectKind {
    case "table", "view", "external table": return ("table", "TABLE \(names)")
    case "schema", "external schema": return ("schema", "SCHEMA \(names)")
    case "function", "procedure":
      var routines: [String] = []
      for routine in grant.objects {
        var types: [String] = []
        for argument in routine.arguments ?? [] { types.append(spelling(argument)) }
        let list = routine.arguments == nil ? "" : "(\(types.joined(separator: ", ")))"
        routines.append(routine.name.quoted + list)
      }
      let kind = grant.objectKind
      return (kind, "\(kind.uppercased()) \(routines.joined(separator: ", "))")
    case "language" where grant.objects.allSatisfy({ ["sql", "plpgsql"].contains($0.name.last) }):
      return ("language", "LANGUAGE \(names)")
    case "all tables in schema": return ("table", "ALL TABLES IN SCHEMA \(names)")
    case "all functions in schema": return ("function", "ALL FUNCTIONS IN SCHEMA \(names)")
    case "all procedures in schema": return ("procedure", "ALL PROCEDURES IN SCHEMA \(names)")
    default: return nil
    }
  }

  /// The type of an argument in PostgreSQL's words.
  mutating func spelling(_ argument: RoutineArgument) -> String {
    let before = output
    output = MappedText()
    emit(argument.type, isColumn: false)
    defer { output = before }
    return output.string
  }

  mutating func emit(_ privileges: AlterDefaultPrivileges, in range: TextRange) {
    noteUsers("ALTER DEFAULT PRIVILEGES", at: range)
  }
}
