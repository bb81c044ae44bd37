import Diagnostics
import RedshiftSQL
import Templating

/// A relation as templates see it: what `ref()`, `source()` and `this` return.
final class RelationObject: TemplateObject {
  /// What a relation is, in dbt's words.
  enum Kind: String {
    case table
    case view
    case ephemeral = "cte"
    case external
    case materializedView = "materialized_view"
    case function
    case pointer = "pointer_table"
  }

  struct Parts: Equatable {
    var database = true
    var schema = true
    var identifier = true

    init() {}

    /// What `quoting:` says; everything is quoted where it says nothing.
    init(_ quoting: PlainDictionary) {
      database = quoting["database"]?.boolean ?? true
      schema = quoting["schema"]?.boolean ?? true
      identifier = quoting["identifier"]?.boolean ?? true
    }

    mutating func set(_ part: String, _ flag: Bool) -> Bool {
      switch part {
      case "database": database = flag
      case "schema": schema = flag
      case "identifier": identifier = flag
      default: return false
      }
      return true
    }

    var value: Value {
      .dictionary(
        DictionaryReference([
          ("database", .boolean(database)), ("schema", .boolean(schema)),
          ("identifier", .boolean(identifier)),
        ])
      )
    }
  }

  private(set) var database: String?
  private(set) var schema: String?
  private(set) var identifier: String?
  private var knownKind: Kind?
  /// Asks the database's catalogue, where the kind is not known from the project.
  private let findKind: (() -> Kind?)?
  private(set) var quoted = Parts()
  private(set) var included = Parts()
  /// A view of information_schema, when this stands for one.
  private var informationView: String?
  /// How many rows a query may take from it: `--empty` takes none.
  private(set) var limit: Int?
  /// Attributes that templates gave it: `incorporate(name=value)`.
  private var extra: [(name: String, value: Value)] = []
  private let className: String
  /// The column that says when a row happened, if the node names one.
  let eventTime: String?
  /// The stretch of time that rows are taken from: batches and `--sample` take no others.
  private(set) var window: EventTimeWindow?

  init(
    _ name: RelationName?,
    kind: Kind?,
    findKind: (() -> Kind?)? = nil,
    quoted: Parts = Parts(),
    className: String = "RedshiftRelation",
    eventTime: String? = nil
  ) {
    self.eventTime = eventTime
    database = name?.database
    schema = name?.schema
    identifier = name?.identifier
    knownKind = kind
    self.findKind = findKind
    self.quoted = quoted
    self.className = className
  }

  private init(copying other: RelationObject) {
    database = other.database
    schema = other.schema
    identifier = other.identifier
    knownKind = other.knownKind
    findKind = other.findKind
    quoted = other.quoted
    included = other.included
    informationView = other.informationView
    limit = other.limit
    extra = other.extra
    className = other.className
    eventTime = other.eventTime
    window = other.window
  }

  private func changed(_ change: (RelationObject) -> Void) -> RelationObject {
    let copy = RelationObject(copying: self)
    change(copy)
    return copy
  }

  func limited(to rows: Int) -> RelationObject { changed { $0.limit = rows } }

  func limited(to window: EventTimeWindow) -> RelationObject { changed { $0.window = window } }

  var name: RelationName {
    RelationName(database: database, schema: schema, identifier: identifier ?? "")
  }

  var typeName: String { className }
  var represented: String { "<\(className) \(rendered)>" }
  var isMapping: Bool { true }
  var kind: Kind? { knownKind ?? findKind?() }

  var rendered: String {
    guard let window, let eventTime else { return limitedName }
    return "(select * from \(limitedName) where \(eventTime) >= '\(window.start.text)' and "
      + "\(eventTime) < '\(window.end.text)')" + alias("et_filter")
  }

  /// The name of a subquery, which PostgreSQL asks for.
  private func alias(_ purpose: String) -> String {
    className.hasPrefix("Postgres") ? " _dbt_\(purpose)_subq_\(identifier ?? "")" : ""
  }

  private var limitedName: String {
    let text = renderedName
    guard let limit else { return text }
    let alias = alias("limit")
    return limit == 0
      ? "(select * from \(text) where false limit 0)\(alias)"
      : "(select * from \(text) limit \(limit))\(alias)"
  }

  private var renderedName: String {
    if knownKind == .ephemeral { return identifier ?? "" }
    var parts: [String] = []
    func add(_ part: String?, _ isQuoted: Bool, _ isIncluded: Bool) {
      guard isIncluded, let part else { return }
      parts.append(isQuoted ? SQLQuoting.identifier(part) : part)
    }
    add(database, quoted.database, included.database)
    add(schema, quoted.schema, included.schema)
    add(identifier, quoted.identifier, included.identifier)
    if let informationView { parts.append(informationView) }
    return parts.joined(separator: ".")
  }

  func isEqual(to other: any TemplateObject) -> Bool {
    guard let other = other as? RelationObject else { return false }
    return name == other.name && quoted == other.quoted && included == other.included
      && knownKind == other.knownKind
  }

  private static let keys = [
    "path", "type", "quote_character", "include_policy", "quote_policy", "dbt_created", "limit",
  ]

  var elements: [Value]? { Self.keys.map { .text($0) } }
  var count: Int? { Self.keys.count }

  func item(_ key: Value) -> Value? {
    key.stringValue.flatMap { attribute($0) }
  }

  func attribute(_ attribute: String) -> Value? {
    if let own = extra.last(where: { $0.name == attribute }) { return own.value }
    switch attribute {
    case "database": return text(database)
    case "schema": return text(schema)
    case "identifier", "name", "table": return text(identifier)
    case "type": return kind.map { .text($0.rawValue) } ?? Value.none
    case "is_table": return .boolean(kind == .table)
    case "is_view": return .boolean(kind == .view)
    case "is_cte": return .boolean(kind == .ephemeral)
    case "is_materialized_view": return .boolean(kind == .materializedView)
    case "is_pointer": return .boolean(kind == .pointer)
    case "is_function": return .boolean(kind == .function)
    case "can_be_renamed":
      // Redshift renames no materialized view.
      let renames = kind == .materializedView && className.hasPrefix("Postgres")
      return .boolean(kind == .table || kind == .view || renames)
    case "can_be_replaced": return .boolean(kind == .view)
    case "quote_policy": return quoted.value
    case "include_policy": return included.value
    case "dbt_created": return .boolean(false)
    case "limit": return limit.map { .integer($0) } ?? Value.none
    case "event_time_filter":
      guard let window, let eventTime else { return Value.none }
      return .dictionary(
        DictionaryReference([
          ("field_name", .text(eventTime)), ("start", window.start.value),
          ("end", window.end.value),
        ])
      )
    case "catalog": return Value.none
    case "quote_character": return .text("\"")
    case "path":
      return .dictionary(
        DictionaryReference([
          ("database", text(database)), ("schema", text(schema)),
          ("identifier", text(identifier)),
        ])
      )
    default: return method(attribute) ?? RelationClass.constant(attribute)
    }
  }

  private func text(_ part: String?) -> Value { part.map { .text($0) } ?? Value.none }

  private func method(_ name: String) -> Value? {
    let body: ((Arguments) throws(Diagnostic) -> Value)?
    switch name {
    case "render": body = { [self] _ throws(Diagnostic) in .text(renderedName) }
    case "render_limited": body = { [self] _ throws(Diagnostic) in .text(rendered) }
    case "include", "quote":
      body = { [self] arguments throws(Diagnostic) in try withPolicy(name, arguments) }
    case "without_identifier":
      body = { [self] _ throws(Diagnostic) in
        .object(changed { _ = $0.included.set("identifier", false) })
      }
    case "quoted":
      body = { arguments throws(Diagnostic) in
        .text(SQLQuoting.identifier(try arguments.string(0, "identifier", of: "quoted")))
      }
    case "replace_path":
      body = { [self] arguments throws(Diagnostic) in
        .object(changed { $0.setPath(arguments.named) })
      }
    case "incorporate", "replace":
      body = { [self] arguments throws(Diagnostic) in
        .object(with(arguments.named, hasIdentifier: true))
      }
    case "information_schema":
      body = { [self] arguments throws(Diagnostic) in
        let view = arguments.value(0, "view_name")
        return .object(informationSchema(view.flatMap { $0.isNone ? nil : $0.rendered }))
      }
    case "information_schema_only":
      body = { [self] _ throws(Diagnostic) in .object(informationSchema(nil)) }
    case "matches":
      body = { [self] arguments throws(Diagnostic) in .boolean(matches(arguments)) }
    case "relation_max_name_length":
      let length = className.hasPrefix("Postgres") ? 63 : 127
      body = { _ throws(Diagnostic) in .integer(length) }
    case "get":
      body = { [self] arguments throws(Diagnostic) in
        let key = try arguments.string(0, "key", of: "get")
        if key == "metadata" {
          return .dictionary(DictionaryReference([("type", .text(className))]))
        }
        return attribute(key) ?? arguments.value(1, "default") ?? Value.none
      }
    case "keys", "items", "values":
      body = { [self] _ throws(Diagnostic) in
        .list(
          Self.keys.map { key in
            let value = attribute(key) ?? Value.none
            return name == "keys"
              ? .text(key) : name == "values" ? value : .tuple([.text(key), value])
          }
        )
      }
    case "get_function_config":
      body = { arguments throws(Diagnostic) in try FunctionConfigObject.config(arguments) }
    case "get_function_macro_name":
      body = { arguments throws(Diagnostic) in try FunctionConfigObject.macroName(arguments) }
    default: body = nil
    }
    return body.map { .function(NativeFunction(name, $0)) }
  }

  /// `relation.include(database=false)` and `relation.quote(schema=false)`.
  private func withPolicy(_ function: String, _ arguments: Arguments) throws(Diagnostic) -> Value {
    var parts = function == "include" ? included : quoted
    let names = ["database", "schema", "identifier"]
    for (name, value) in zip(names, arguments.positional) { _ = parts.set(name, value.isTrue) }
    for (name, value) in arguments.named {
      guard parts.set(name, value.isTrue) else {
        throw .unknownArgument(
          name,
          of: "relation.\(function)",
          known: ["database", "schema", "identifier"],
          at: arguments.range
        )
      }
    }
    return .object(
      changed { function == "include" ? ($0.included = parts) : ($0.quoted = parts) }
    )
  }

  private func setPath(_ pairs: [(name: String, value: Value)]) {
    for (name, value) in pairs {
      let text = value.isNone || value.isUndefined ? nil : value.rendered
      switch name {
      case "database": database = text
      case "schema": schema = text
      case "identifier": identifier = text
      default: break
      }
    }
  }

  /// `relation.incorporate(type='table')`.
  func with(_ pairs: [(name: String, value: Value)], hasIdentifier: Bool) -> RelationObject {
    changed { copy in
      if !hasIdentifier { copy.identifier = nil }
      for (name, value) in pairs {
        switch name {
        case "path":
          guard case .dictionary(let path) = value else { continue }
          copy.setPath(
            path.entries.compactMap { entry in
              entry.key.stringValue.map { ($0, entry.value) }
            }
          )
        case "type": copy.knownKind = value.stringValue.flatMap(Kind.init(rawValue:))
        case "limit": copy.limit = value.integerValue
        case "quote_policy", "include_policy":
          guard case .dictionary(let policy) = value else { continue }
          var parts = name == "quote_policy" ? copy.quoted : copy.included
          for entry in policy.entries {
            _ = parts.set(entry.key.rendered, entry.value.isTrue)
          }
          if name == "quote_policy" { copy.quoted = parts } else { copy.included = parts }
        default: copy.extra.append((name, value))
        }
      }
    }
  }

  func informationSchema(_ view: String?) -> RelationObject {
    changed { copy in
      copy.identifier = "INFORMATION_SCHEMA"
      copy.quoted.identifier = false
      var parts = Parts()
      parts.database = database != nil
      parts.schema = false
      copy.included = parts
      copy.informationView = view
      copy.knownKind = nil
    }
  }

  private func matches(_ arguments: Arguments) -> Bool {
    for (index, pair) in [("database", database), ("schema", schema), ("identifier", identifier)]
      .enumerated()
    {
      guard let wanted = arguments.value(index, pair.0), !wanted.isNone else { continue }
      guard let own = pair.1, own.lowercased() == wanted.rendered.lowercased() else { return false }
    }
    return true
  }
}

/// `api.Relation`.
final class RelationClass: TemplateObject {
  private let className: String

  init(className: String) {
    self.className = className
  }

  var typeName: String { "type" }
  var rendered: String { "<class '\(className)'>" }

  /// `api.Relation.Table` and its kin.
  static func constant(_ name: String) -> Value? {
    switch name {
    case "Table": .text("table")
    case "View": .text("view")
    case "CTE": .text("cte")
    case "MaterializedView": .text("materialized_view")
    case "External": .text("external")
    case "Function": .text("function")
    case "PointerTable": .text("pointer_table")
    default: nil
    }
  }

  func attribute(_ attribute: String) -> Value? {
    switch attribute {
    case "create":
      .function(
        NativeFunction("api.Relation.create") { [className] arguments throws(Diagnostic) in
          .object(Self.create(arguments, className: className))
        }
      )
    case "create_from":
      .function(
        NativeFunction("api.Relation.create_from") { [className] arguments throws(Diagnostic) in
          let node = try arguments.required(1, "relation_config", of: "create_from")
          return .object(Self.relation(of: node, className: className))
        }
      )
    case "add_ephemeral_prefix":
      .function(
        NativeFunction("add_ephemeral_prefix") { arguments throws(Diagnostic) in
          .text(EphemeralInjection.prefix + (try arguments.string(0, "name", of: "name")))
        }
      )
    case "scd_args":
      .function(
        NativeFunction("scd_args") { arguments throws(Diagnostic) in
          let key = try arguments.required(0, "primary_key", of: "scd_args")
          let updated = try arguments.required(1, "updated_at", of: "scd_args")
          if case .list(let list) = key { return .list(list.elements + [updated]) }
          return .list([key, updated])
        }
      )
    case "get_default_quote_policy":
      .function(
        NativeFunction(attribute) { _ throws(Diagnostic) in RelationObject.Parts().value }
      )
    default: Self.constant(attribute)
    }
  }

  private static func create(_ arguments: Arguments, className: String) -> RelationObject {
    func text(_ index: Int, _ name: String) -> String? {
      guard let value = arguments.value(index, name), !value.isNone, !value.isUndefined else {
        return nil
      }
      return value.rendered
    }
    let identifier = text(2, "identifier")
    let relation = RelationObject(
      RelationName(
        database: text(0, "database"),
        schema: text(1, "schema"),
        identifier: identifier ?? ""
      ),
      kind: text(3, "type").flatMap(RelationObject.Kind.init(rawValue:)),
      className: className
    )
    return relation.with(
      arguments.named.filter {
        !["database", "schema", "identifier", "type"].contains($0.name)
      },
      hasIdentifier: identifier != nil
    )
  }

  private static func relation(of node: Value, className: String) -> RelationObject {
    guard case .dictionary(let entries) = node else {
      return RelationObject(nil, kind: nil, className: className)
    }
    func text(_ key: String) -> String? {
      guard let value = entries[key], !value.isNone else { return nil }
      return value.rendered
    }
    return RelationObject(
      RelationName(
        database: text("database"),
        schema: text("schema"),
        identifier: text("identifier") ?? text("alias") ?? text("name") ?? ""
      ),
      kind: nil,
      className: className
    )
  }
}
