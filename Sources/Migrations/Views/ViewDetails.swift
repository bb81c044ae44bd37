import Diagnostics
import RedshiftSQL
import WarehouseClient

/// Owner, grants and comments of views, as statements that bring them back.
enum ViewDetails {
  /// - Returns: statements by `schema.name`.
  static func read(
    _ views: [FoundView],
    _ database: MigrationDatabase,
    _ session: any WarehouseSession
  ) async throws(Diagnostic) -> [String: [String]] {
    let names = views.map(\.key).map(database.history.literal).joined(separator: ", ")
    var rows: [[String?]] = []
    for query in [columnQuery(names, database.history.dialect), query(names)] {
      rows += try await database.execute(query, session).rows
    }
    var details: [String: [String]] = [:]
    for row in rows where row.count == 6 {
      guard let key = row[0]?.lowercased(), let view = views.first(where: { $0.key == key }) else {
        continue
      }
      let owner = row[2] ?? ""
      let name = view.name.sql
      var statements: [String] = []
      let comment = row[4].map { database.history.literal($0) }
      if let column = row[1] {
        let quoted = SQLQuoting.identifier(column)
        for grant in AccessList(row[3] ?? "", owner: owner).grants {
          statements.append(grant.sql(on: name, columns: quoted))
        }
        if let comment { statements.append("comment on column \(name).\(quoted) is \(comment)") }
      } else {
        for grant in AccessList(row[3] ?? "", owner: owner).grants {
          statements.append(grant.sql(on: name, columns: nil))
        }
        let isPostgres = database.history.dialect == .postgres
        let kind = view.isMaterialized && isPostgres ? "materialized view" : "view"
        if let comment { statements.append("comment on \(kind) \(name) is \(comment)") }
        // Last of all: who gives a view away may not grant on it any more.
        if owner != row[5] {
          statements.append("alter table \(name) owner to \(SQLQuoting.identifier(owner))")
        }
      }
      details[key, default: []] += statements
    }
    return details
  }

  private static let key =
    "cast(n.nspname as varchar(128)) || '.' || cast(c.relname as varchar(128))"
  private static let owner = "cast(pg_get_userbyid(c.relowner) as varchar(128))"

  /// Rows of view, column, owner, access list, comment and user, of the columns of views.
  static func columnQuery(_ names: String, _ dialect: SQLQuoting.Dialect) -> String {
    // Redshift keeps grants on columns where they cannot be read beside the rest.
    let access = dialect == .postgres ? "a.attacl" : "null"
    return """
      select \(key), cast(a.attname as varchar(128)), \(owner), \(access), \
      col_description(c.oid, a.attnum), current_user \
      from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace \
      join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 \
      where \(key) in (\(names)) order by 1, 2
      """
  }

  /// The same of the views themselves.
  static func query(_ names: String) -> String {
    """
    select \(key), null, \(owner), c.relacl, obj_description(c.oid, 'pg_class'), current_user \
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace \
    where \(key) in (\(names)) order by 1
    """
  }
}

/// Who may do what, as catalogues write it: `{alice=r*w/owner,"group analysts=r/owner",=r/owner}`.
struct AccessList: Hashable, Sendable {
  struct Grant: Hashable, Sendable {
    /// Quoted, with GROUP in front where it is one; `public` for everybody.
    var grantee: String
    var privileges: [String]
    var mayPassOn: Bool

    func sql(on relation: String, columns: String?) -> String {
      let list = columns.map { " (\($0))" } ?? ""
      let words = privileges.map { $0 + list }.joined(separator: ", ")
      return "grant \(words) on \(relation) to \(grantee)\(mayPassOn ? " with grant option" : "")"
    }
  }

  private(set) var grants: [Grant] = []

  private static let names: [Character: String] = [
    "r": "select", "a": "insert", "w": "update", "d": "delete", "D": "truncate",
    "x": "references", "t": "trigger",
  ]

  /// - Parameters:
  ///   - text: a list of entries in braces; empty for none.
  ///   - owner: whose own rights come by themselves.
  init(_ text: String, owner: String) {
    for element in Self.elements(of: text) {
      guard let entry = Self.entry(element[...]), entry.name != owner else { continue }
      var plain: [String] = []
      var passing: [String] = []
      var letters = Array(entry.letters)
      while let letter = letters.popLast() {
        var mayPassOn = false
        var name = letter
        if letter == "*", let before = letters.popLast() {
          mayPassOn = true
          name = before
        }
        guard let word = Self.names[name] else { continue }
        if mayPassOn { passing.insert(word, at: 0) } else { plain.insert(word, at: 0) }
      }
      let grantee =
        entry.name.isEmpty
        ? "public" : (entry.isGroup ? "group " : "") + SQLQuoting.identifier(entry.name)
      if !plain.isEmpty {
        grants.append(Grant(grantee: grantee, privileges: plain, mayPassOn: false))
      }
      if !passing.isEmpty {
        grants.append(Grant(grantee: grantee, privileges: passing, mayPassOn: true))
      }
    }
  }

  /// The elements of an array as servers print it: quoted where they have to be, with backslashes
  /// before what would end them.
  private static func elements(of text: String) -> [String] {
    guard text.hasPrefix("{"), text.hasSuffix("}") else { return [] }
    var elements: [String] = []
    var element = ""
    var isQuoted = false
    var isEscaped = false
    for character in text.dropFirst().dropLast() {
      if isEscaped {
        element.append(character)
        isEscaped = false
      } else if character == "\\" {
        isEscaped = true
      } else if character == "\"" {
        isQuoted.toggle()
      } else if character == ",", !isQuoted {
        elements.append(element)
        element = ""
      } else {
        element.append(character)
      }
    }
    return element.isEmpty ? elements : elements + [element]
  }

  private static func entry(
    _ line: Substring
  ) -> (name: String, isGroup: Bool, letters: Substring)? {
    var rest = line
    var isGroup = false
    if rest.hasPrefix("group ") {
      isGroup = true
      rest = rest.dropFirst(6)
    }
    var name = ""
    if rest.first == "\"" {
      rest.removeFirst()
      while let character = rest.first {
        rest.removeFirst()
        if character == "\"" {
          guard rest.first == "\"" else { break }
          rest.removeFirst()
        }
        name.append(character)
      }
    } else {
      name = String(rest.prefix { $0 != "=" })
      rest = rest.dropFirst(name.count)
    }
    guard rest.first == "=" else { return nil }
    return (name, isGroup, rest.dropFirst().prefix { $0 != "/" })
  }
}
