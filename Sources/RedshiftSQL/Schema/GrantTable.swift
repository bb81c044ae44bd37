import Diagnostics

/// Who may do what, worked out from GRANT and REVOKE in order.
struct GrantTable: Hashable, Sendable {
  /// An object, as GRANT names it.
  struct Object: Hashable, Sendable {
    /// `table`, `schema`, `function`, `procedure`, `database`, `language`.
    var kind: String
    var relation: SymbolicCatalog.Key?
    /// The name of what is no relation.
    var name = ""

    var sql: String {
      if let relation { return "\(kind) \(relation.sql)" }
      // Routines are named with the types of their arguments, which are no part of a name.
      let isRoutine = kind == "function" || kind == "procedure"
      return "\(kind) \(isRoutine ? name : SQLQuoting.plainIdentifier(name))"
    }
  }

  struct Key: Hashable, Sendable {
    var object: Object
    /// `group analysts`, `role loader`, `public`, or a user's name.
    var grantee: String
    var mayPassOn: Bool
  }

  struct Privileges: Hashable, Sendable {
    /// ALL, and what was taken out of it again.
    var isAll = false
    var revoked: Set<String> = []
    /// Those on columns one by one, as `select (a)`.
    var named: Set<String> = []

    var isEmpty: Bool { !isAll && named.isEmpty }
  }

  private(set) var entries: [Key: Privileges] = [:]

  mutating func forget(_ key: SymbolicCatalog.Key) {
    entries = entries.filter { $0.key.object.relation != key }
  }

  mutating func rename(_ old: SymbolicCatalog.Key, to new: SymbolicCatalog.Key) {
    for (key, privileges) in entries where key.object.relation == old {
      entries[key] = nil
      var moved = key
      moved.object.relation = new
      entries[moved] = privileges
    }
  }

  /// Takes over what another table says of objects of which it says something.
  mutating func adopt(_ other: GrantTable, where isWanted: (Object) -> Bool) {
    let objects = Set(other.entries.keys.map(\.object)).filter(isWanted)
    entries = entries.filter { !objects.contains($0.key.object) }
    for (key, privileges) in other.entries where isWanted(key.object) { entries[key] = privileges }
  }

  /// Forgets what is granted on a schema or routine that is no more.
  mutating func forget(kind: String, name: String) {
    entries = entries.filter { $0.key.object.kind != kind || $0.key.object.name != name }
  }

  /// Moves what is granted on a schema or routine to its new name.
  mutating func rename(kind: String, _ old: String, to new: String) {
    for (key, privileges) in entries where key.object.kind == kind && key.object.name == old {
      entries[key] = nil
      var moved = key
      moved.object.name = new
      entries[moved] = privileges
    }
  }

  /// Whether a statement is of the kind that is worked out; others are kept as they stand.
  static func follows(_ grant: Grant) -> Bool {
    let kinds = [
      "table", "schema", "database", "language", "function", "procedure", "all tables in schema",
    ]
    guard kinds.contains(grant.objectKind), grant.object != nil, grant.roles.isEmpty,
      grant.roleNames.isEmpty, grant.scope == nil, grant.purposes.isEmpty, !grant.revokesOption
    else { return false }
    return grant.grantees.allSatisfy {
      switch $0.kind {
      case .user, .group, .role, .everybody: $0.text == nil
      case .rowSecurityPolicy, .maskingPolicy, .namespace, .account, .awsRole: false
      }
    }
  }

  mutating func apply(_ grant: Grant, on objects: [Object]) {
    for object in objects {
      for grantee in grant.grantees {
        for mayPassOn in grant.revokes ? [false, true] : [grantee.mayPassOn] {
          let key = Key(object: object, grantee: grantee.spelling, mayPassOn: mayPassOn)
          var held = entries[key] ?? Privileges()
          for privilege in grant.privileges {
            grant.revokes ? held.revoke(privilege) : held.grant(privilege)
          }
          entries[key] = held.isEmpty ? nil : held
        }
      }
    }
  }

  /// GRANT statements that give all this again, in the order of objects.
  var statements: [String] { statements { _ in true } }

  /// Those for some of the objects.
  func statements(for isWanted: (Object) -> Bool) -> [String] {
    let keys = entries.keys.filter { isWanted($0.object) }.sorted { $0.order < $1.order }
    return keys.flatMap { key -> [String] in
      guard let held = entries[key] else { return [] }
      let option = key.mayPassOn ? " with grant option" : ""
      var statements: [String] = []
      func grant(_ words: String) {
        statements.append("grant \(words) on \(key.object.sql) to \(key.grantee)\(option)")
      }
      if held.isAll { grant("all") }
      if !held.revoked.isEmpty {
        let words = Self.words(held.revoked)
        statements.append("revoke \(words) on \(key.object.sql) from \(key.grantee)")
      }
      if !held.named.isEmpty { grant(Self.words(held.named)) }
      return statements
    }
  }

  /// Privileges as GRANT writes them: `select (a)` and `select (b)` are `select (a, b)`.
  static func words(_ privileges: Set<String>) -> String {
    var columns: [String: [String]] = [:]
    for privilege in privileges {
      let parts = privilege.split(separator: " ", maxSplits: 1)
      let column = parts.count > 1 ? parts[1].dropFirst().dropLast() : ""
      columns[String(parts.first ?? ""), default: []].append(String(column))
    }
    return columns.sorted { $0.key < $1.key }.flatMap { name, columns -> [String] in
      let named = columns.filter { !$0.isEmpty }.sorted()
      let plain = named.count < columns.count ? [name] : []
      return plain + (named.isEmpty ? [] : ["\(name) (\(named.joined(separator: ", ")))"])
    }.joined(separator: ", ")
  }
}

extension GrantTable.Privileges {
  fileprivate mutating func grant(_ privilege: Grant.Privilege) {
    if privilege.name == "all", privilege.columns.isEmpty {
      self = GrantTable.Privileges(isAll: true)
    } else if isAll, privilege.columns.isEmpty {
      revoked.remove(privilege.name)
    } else {
      named.formUnion(privilege.spellings)
    }
  }

  fileprivate mutating func revoke(_ privilege: Grant.Privilege) {
    if privilege.name == "all", privilege.columns.isEmpty {
      self = GrantTable.Privileges()
      return
    }
    named.subtract(privilege.spellings)
    // Taking a privilege away takes it away from the columns too.
    if privilege.columns.isEmpty {
      named = named.filter { !$0.hasPrefix(privilege.name + " (") }
      if isAll { revoked.insert(privilege.name) }
    }
  }
}

extension GrantTable.Key {
  var order: String {
    let relation = object.relation
    return [
      relation == nil ? "0" : "1", relation?.schema ?? "", relation?.identifier ?? "", object.kind,
      object.name, grantee, mayPassOn ? "1" : "0",
    ].joined(separator: "\u{0}")
  }
}

extension Grant.Privilege {
  /// One for each column.
  fileprivate var spellings: Set<String> {
    guard !columns.isEmpty else { return [name] }
    return Set(columns.map { "\(name) (\(SQLQuoting.plainIdentifier($0.text)))" })
  }
}

extension Grant.Grantee {
  fileprivate var spelling: String {
    let word = name.map { SQLQuoting.plainIdentifier($0.text) } ?? ""
    return switch kind {
    case .group: "group \(word)"
    case .role: "role \(word)"
    case .everybody: "public"
    case .user, .rowSecurityPolicy, .maskingPolicy, .namespace, .account, .awsRole: word
    }
  }
}
