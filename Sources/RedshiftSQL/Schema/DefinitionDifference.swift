/// One thing in which what a database holds is not what statements say.
package struct DefinitionDifference: Hashable, Sendable {
  package enum Aspect: String, Hashable, Sendable {
    case schema
    case identity
    case key
    case encoding
    case distribution
    case sortKey = "sort key"
    case owner
    case comment
    case grant
  }

  package var aspect: Aspect
  /// A relation, or a schema or a routine by its name.
  package var object: RelationName
  package var column: String?
  /// In words, as `zstd in the database, az64 in the files`.
  package var detail: String
  /// Statements without semicolons; empty where there is no simple one.
  package var repair: [String]
}

/// What a server keeps of a definition, and so what can be compared there.
package struct KeptAspects: Sendable {
  /// Distribution, sort keys and encodings.
  var hasLayout: Bool
  /// Whether keys that statements name are there; others can be in any case.
  var hasKeys: Bool
  /// The user whose objects the catalogue shows without an owner; nil where owners mean nothing.
  var user: String?
  /// The users, groups and roles that there are; nil where all that are named are.
  var principals: Set<String>?
  /// What ALL comes to, by kind of object; nothing where it is not known in full.
  var everyPrivilege: [String: Set<String>]

  /// - Parameters:
  ///   - user: the one who asks.
  ///   - tellsLayout: whether the catalogue has distribution, sort keys, encodings and keys.
  /// - Returns: what Redshift keeps.
  package static func redshift(user: String, tellsLayout: Bool) -> KeptAspects {
    KeptAspects(
      hasLayout: tellsLayout,
      hasKeys: tellsLayout,
      user: user,
      principals: nil,
      everyPrivilege: [:]
    )
  }

  /// The local warehouse, and other servers of PostgreSQL.
  ///
  /// - Parameter roles: those that the server has.
  /// - Returns: what PostgreSQL keeps.
  package static func postgres(roles: Set<String>) -> KeptAspects {
    KeptAspects(
      hasLayout: false,
      hasKeys: false,
      user: nil,
      principals: roles,
      everyPrivilege: [
        "table": [
          "select", "insert", "update", "delete", "truncate", "references", "trigger",
        ],
        "schema": ["create", "usage"], "function": ["execute"], "procedure": ["execute"],
      ]
    )
  }
}

extension SchemaDefinition {
  /// In what a database differs from this definition, as far as texts need no server to be compared.
  ///
  /// Comments and owners count where the definition names them, grants on objects on which it grants
  /// something: models and people may add their own.
  ///
  /// - Parameters:
  ///   - actual: what the database holds.
  ///   - kept: what its server keeps.
  /// - Returns: differences in the order of names.
  package func differences(
    to actual: SchemaDefinition,
    kept: KeptAspects
  ) -> [DefinitionDifference] {
    var found: [DefinitionDifference] = []
    for name in schemas.keys.sorted() where actual.schemas[name] == nil && name != "public" {
      guard let schema = schemas[name], schema.external == nil else { continue }
      found.append(
        DefinitionDifference(
          aspect: .schema,
          object: RelationName(identifier: name),
          detail: "the database has no such schema",
          repair: [Self.statement(of: schema, name)] + belongings(ofSchema: name)
        )
      )
    }
    for key in tables.keys.sorted() {
      guard let table = tables[key], let other = actual.tables[key] else { continue }
      found += table.differences(to: other, key, kept)
    }
    if let user = kept.user { found += ownerDifferences(actual, user: user) }
    found += commentDifferences(actual)
    found += grantDifferences(actual, kept)
    return found
  }

  private func ownerDifferences(
    _ actual: SchemaDefinition,
    user: String
  ) -> [DefinitionDifference] {
    (tables.keys.sorted() + views.keys.sorted()).compactMap { key in
      guard let owner = tables[key]?.owner ?? views[key]?.owner,
        let statement = belongings(of: key).first,
        actual.tables[key] != nil || actual.views[key] != nil
      else { return nil }
      let other = actual.tables[key]?.owner ?? actual.views[key]?.owner ?? user
      guard other != owner else { return nil }
      return DefinitionDifference(
        aspect: .owner,
        object: key.relation,
        detail: "\(other) in the database, \(owner) in the files",
        repair: [statement]
      )
    }
  }

  private func commentDifferences(_ actual: SchemaDefinition) -> [DefinitionDifference] {
    comments.sorted { $0.key < $1.key }.compactMap { subject, text in
      guard actual.has(subject), actual.comments[subject] != text else { return nil }
      let found = actual.comments[subject].map { "\"\($0)\"" } ?? "none"
      let isRoutine = subject.relation == nil && subject.kind != "schema"
      return DefinitionDifference(
        aspect: .comment,
        object: subject.relation?.relation
          ?? (isRoutine
            ? actual.routines[subject.name]?.relation : RelationName(identifier: subject.name))
            ?? RelationName(identifier: subject.name),
        column: subject.kind == "column" ? subject.name : nil,
        detail: "\(found) in the database, \"\(text)\" in the files",
        repair: [statement(of: subject, text)]
      )
    }
  }

  /// Whether what a remark is about is there, and remarks about it are read.
  private func has(_ subject: Subject) -> Bool {
    switch (subject.kind, subject.relation) {
    case ("relation", let key?): tables[key] != nil || views[key] != nil
    case ("column", let key?): tables[key]?.column(subject.name) != nil || views[key] != nil
    case ("schema", _): schemas[subject.name] != nil
    case ("function", _), ("procedure", _): routines[subject.name] != nil
    default: false
    }
  }

  private func grantDifferences(
    _ actual: SchemaDefinition,
    _ kept: KeptAspects
  ) -> [DefinitionDifference] {
    grants.differences(to: actual.grants, kept) { object in
      if let key = object.relation { return actual.tables[key] != nil || actual.views[key] != nil }
      if object.kind == "schema" { return actual.schemas[object.name] != nil }
      return actual.routines[object.name] != nil
    }
  }
}

extension TableDefinition {
  fileprivate func differences(
    to actual: TableDefinition,
    _ key: SymbolicCatalog.Key,
    _ kept: KeptAspects
  ) -> [DefinitionDifference] {
    var found: [DefinitionDifference] = []
    func add(
      _ aspect: DefinitionDifference.Aspect,
      _ column: String? = nil,
      _ there: String,
      _ here: String,
      repair: [String] = []
    ) {
      found.append(
        DefinitionDifference(
          aspect: aspect,
          object: key.relation,
          column: column,
          detail: "\(there) in the database, \(here) in the files",
          repair: repair.map { "alter table \(key.sql) \($0)" }
        )
      )
    }
    for column in columns {
      guard let other = actual.column(column.name) else { continue }
      if column.identity != other.identity {
        add(
          .identity,
          column.name,
          other.identity?.sql ?? "no identity",
          column.identity?.sql ?? "no identity"
        )
      }
      let encoding = column.encoding?.lowercased()
      if kept.hasLayout, let encoding, encoding != "auto",
        encoding != other.encoding?.lowercased() ?? "raw"
      {
        add(
          .encoding,
          column.name,
          other.encoding ?? "raw",
          encoding,
          repair: ["alter column \(SQLQuoting.plainIdentifier(column.name)) encode \(encoding)"]
        )
      }
    }
    let mine = Set(constraints.map(\.kind.comparable))
    let others = Set(actual.constraints.map(\.kind.comparable))
    if kept.hasKeys {
      for constraint in constraints where !others.contains(constraint.kind.comparable) {
        add(.key, nil, "none", constraint.sql, repair: ["add \(constraint.sql)"])
      }
    }
    for constraint in actual.constraints where !mine.contains(constraint.kind.comparable) {
      let name = constraint.name ?? constraint.kind.defaultName(in: key)
      add(
        .key,
        nil,
        constraint.sql,
        "none",
        repair: ["drop constraint \(SQLQuoting.plainIdentifier(name))"]
      )
    }
    guard kept.hasLayout else { return found }
    if distribution != .unknown, distribution != actual.distribution {
      add(
        .distribution,
        nil,
        actual.distribution.words,
        distribution.words,
        repair: ["alter \(distribution.words)"]
      )
    }
    switch (sortKey, actual.sortKey) {
    case (.unstated, _), (.automatic, _), (.none, .unstated): break
    case (let wanted, let other) where wanted != other:
      let canAlter: Bool
      if case .interleaved = wanted { canAlter = false } else { canAlter = true }
      add(
        .sortKey,
        nil,
        other.words,
        wanted.words,
        repair: canAlter ? ["alter \(wanted.words)"] : []
      )
    default: break
    }
    return found
  }
}

extension TableDefinition.Constraint.Kind {
  /// The same whether or not the columns that a foreign key refers to are named: the table tells.
  fileprivate var comparable: Self {
    if case .foreignKey(let names, let table, _) = self {
      return .foreignKey(names, table, references: [])
    }
    return self
  }
}

extension CatalogRelation.Distribution {
  /// As ALTER TABLE … ALTER writes it.
  fileprivate var words: String {
    switch self {
    case .unknown, .automatic: "diststyle auto"
    case .even: "diststyle even"
    case .all: "diststyle all"
    case .key(let column): "distkey \(SQLQuoting.plainIdentifier(column))"
    }
  }
}

extension TableDefinition.SortKey {
  /// As ALTER TABLE … ALTER writes it.
  fileprivate var words: String {
    func list(_ names: [String]) -> String {
      names.map(SQLQuoting.plainIdentifier).joined(separator: ", ")
    }
    return switch self {
    case .unstated, .none: "sortkey none"
    case .automatic: "sortkey auto"
    case .compound(let names): "sortkey (\(list(names)))"
    case .interleaved(let names): "interleaved sortkey (\(list(names)))"
    }
  }
}

extension GrantTable {
  /// Grants that are missing, and those that nobody wrote down on objects of which others are.
  fileprivate func differences(
    to actual: GrantTable,
    _ kept: KeptAspects,
    isThere: (Object) -> Bool
  ) -> [DefinitionDifference] {
    let objects = Set(entries.keys.map(\.object)).filter(isThere)
    let keys = Set(entries.keys).union(actual.entries.keys).filter {
      objects.contains($0.object)
        && (kept.principals?.contains($0.principal) ?? true || $0.grantee == "public")
        // PostgreSQL lets everybody execute what is made, and does not tell that from a grant.
        && (kept.principals == nil || $0.grantee != "public" || !$0.object.isRoutine)
    }
    return keys.sorted { $0.order < $1.order }.flatMap { key -> [DefinitionDifference] in
      let wanted = entries[key] ?? Privileges()
      let held = actual.entries[key]?.named ?? []
      let every = kept.everyPrivilege[key.object.kind]
      var missing = wanted.named.subtracting(held)
      var extra = held.subtracting(wanted.named)
      if let every { missing = missing.filter { every.contains($0.privilege) } }
      if wanted.isAll {
        // What ALL means is not known of every server; some of it has to be there.
        let all = every?.subtracting(wanted.revoked)
        missing = all.map { $0.subtracting(held) } ?? (held.isEmpty ? ["all"] : [])
        extra = all.map { held.subtracting($0) } ?? held.intersection(wanted.revoked)
      }
      var found: [DefinitionDifference] = []
      func add(_ privileges: Set<String>, _ isMissing: Bool) {
        guard !privileges.isEmpty else { return }
        let words = GrantTable.words(privileges)
        let option = key.mayPassOn && isMissing ? " with grant option" : ""
        found.append(
          DefinitionDifference(
            aspect: .grant,
            object: key.object.described,
            detail: isMissing
              ? "\(words) to \(key.grantee)\(option) in the files, not in the database"
              : "\(words) to \(key.grantee) in the database, not in the files",
            repair: [
              isMissing
                ? "grant \(words) on \(key.object.sql) to \(key.grantee)\(option)"
                : "revoke \(words) on \(key.object.sql) from \(key.grantee)"
            ]
          )
        )
      }
      add(missing, true)
      add(extra, false)
      return found
    }
  }
}

extension GrantTable.Key {
  /// The name of who has the grant.
  fileprivate var principal: String {
    let words = grantee.split(separator: " ", maxSplits: 1)
    let name = words.count > 1 && ["group", "role"].contains(words[0]) ? words[1] : grantee[...]
    guard name.hasPrefix("\""), name.hasSuffix("\""), name.count > 1 else { return String(name) }
    return String(name.dropFirst().dropLast().replacing("\"\"", with: "\""))
  }
}

extension GrantTable.Object {
  fileprivate var isRoutine: Bool { kind == "procedure" || kind == "function" }

  fileprivate var described: RelationName {
    relation?.relation ?? RelationName(identifier: name)
  }
}

extension String {
  /// A privilege without its columns.
  fileprivate var privilege: String { split(separator: " ").first.map(String.init) ?? self }
}
