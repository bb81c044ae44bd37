import Diagnostics

extension PostgresEmitter {
  /// A type; `isColumn` where the type's defaults for columns hold.
  mutating func emit(_ type: DataType, isColumn: Bool) {
    if type.dimensions > 0 {
      reject("array types", at: type.range, help: "use SUPER")
    }
    if let help = PostgresEmitter.foreignTypes[type.name] {
      reject("the type \(type.name.uppercased())", at: type.range, help: help)
    }
    switch type.kind {
    case .timestamp, .timestampWithZone, .time, .timeWithZone:
      guard !type.arguments.isEmpty else { break }
      reject("digits of \(type.name.uppercased())", at: type.range, help: "it has microseconds")
    default: break
    }
    if let text = spelling(of: type, isColumn: isColumn) {
      write(text, for: type.range)
    } else {
      copy(type.range)
    }
  }

  /// Types that PostgreSQL has and Redshift does not.
  static let foreignTypes: [String: String] = [
    "uuid": "use VARCHAR(36)", "json": "use SUPER", "jsonb": "use SUPER", "bytea": "use VARBYTE",
    "serial": "use IDENTITY(1, 1)", "bigserial": "use BIGINT IDENTITY(1, 1)",
    "smallserial": "use IDENTITY(1, 1)", "serial4": "use IDENTITY(1, 1)",
    "serial8": "use BIGINT IDENTITY(1, 1)", "xml": "use VARCHAR", "inet": "use VARCHAR",
    "cidr": "use VARCHAR", "macaddr": "use VARCHAR", "money": "use DECIMAL", "bit": "use VARBYTE",
    "bit varying": "use VARBYTE", "varbit": "use VARBYTE", "hstore": "use SUPER",
    "tsvector": "use VARCHAR", "tsquery": "use VARCHAR", "citext": "use VARCHAR",
    "point": "use GEOMETRY", "int4range": "use two columns", "int8range": "use two columns",
    "numrange": "use two columns", "daterange": "use two columns", "tsrange": "use two columns",
    "tstzrange": "use two columns",
  ]

  /// PostgreSQL's words for a type; nil where the same words mean the same.
  private mutating func spelling(of type: DataType, isColumn: Bool) -> String? {
    switch type.kind {
    case .decimal where type.arguments.isEmpty: return "numeric(18,0)"
    case .characterVarying:
      if type.arguments.isEmpty { return isColumn ? "varchar(256)" : "varchar" }
      guard type.name != "varchar" || type.arguments == [.maximum] else { return nil }
      return "varchar(\(type.byteLimit ?? 256))"
    case .text: return isColumn ? "varchar(256)" : nil
    case .blankPadded:
      if type.arguments.isEmpty { return isColumn ? "char(256)" : nil }
      return "char(\(type.byteLimit ?? 256))"
    case .character:
      guard type.name == "nchar" || type.arguments == [.maximum] else { return nil }
      return type.arguments.isEmpty ? "char" : "char(\(type.byteLimit ?? 1))"
    case .timestamp where type.name == "datetime": return "timestamp"
    case .date where isShadowed("date"): return "pg_catalog.date"
    case .super: return "jsonb"
    case .binary: return "bytea"
    case .geometry, .geography, .sketch:
      fail("the type \(type.name.uppercased())", at: type.range)
      return nil
    default: return nil
    }
  }

  /// Whether a relation has the name of a type: for PostgreSQL it is a type, too, and found first.
  private mutating func isShadowed(_ type: String) -> Bool {
    let name = RelationName(schema: nil, identifier: type)
    if catalog[name] != nil { return true }
    if !meanings.unknownRelations.isEmpty, catalog.removal(of: name) == nil {
      wantColumns()
      wantedRelations.insert(name)
    }
    return false
  }

  /// The name of the constraint that keeps a column's length in bytes; nil for very long names.
  private func byteCheckName(_ column: Identifier) -> String? {
    let name = "bytes_of_\(column.text)"
    return name.utf8.count <= 63 ? SQLQuoting.identifier(name) : nil
  }

  /// `CONSTRAINT … CHECK (octet_length(c) <= n)`: lengths are in bytes in Redshift.
  func byteCheck(_ column: Identifier, _ type: DataType) -> String? {
    guard type.dimensions == 0, let limit = type.byteLimit else { return nil }
    let name = byteCheckName(column).map { "CONSTRAINT \($0) " } ?? ""
    return "\(name)CHECK (octet_length(\(SQLQuoting.identifier(column.text))) <= \(limit))"
  }

  // MARK: Columns

  /// A column definition; `required` for a member of a table's primary key.
  mutating func emit(_ column: ColumnDefinition, required: Bool) {
    copy(column.range.bytes.lowerBound..<column.type.range.bytes.lowerBound)
    emit(column.type, isColumn: true)
    var position = column.type.range.bytes.upperBound
    for attribute in column.attributes {
      let range = attribute.range.bytes
      switch attribute.kind {
      case .defaultValue(let value):
        copy(position..<range.lowerBound)
        emit(
          range,
          children: [],
          patches: [Patch(range: value.range.bytes) { $0.emitDefault(value, of: column.type) }]
        )
      case .notNull, .null:
        copy(position..<range.upperBound)
      case .identity(let identity):
        copy(position..<range.lowerBound)
        write(spelling(of: identity), for: attribute.range)
      case .primaryKey:
        noteKey("PRIMARY KEY", attribute.range)
        if !column.attributes.contains(where: { $0.isNotNull }) {
          copy(position..<range.lowerBound)
          write("NOT NULL", for: attribute.range)
        }
      case .unique: noteKey("UNIQUE", attribute.range)
      case .references: noteKey("REFERENCES", attribute.range)
      case .encode: noteLayout("ENCODE", attribute.range)
      case .distributionKey: noteLayout("DISTKEY", attribute.range)
      case .sortKey: noteLayout("SORTKEY", attribute.range)
      case .collate(let collation):
        if ["case_insensitive", "ci"].contains(collation.text) {
          write(" COLLATE rs.case_insensitive", for: attribute.range)
        }
      case .check: rejectCheck(attribute.range)
      }
      position = range.upperBound
    }
    if required, !column.isRequired { write(" NOT NULL", for: column.name.range) }
    if let check = byteCheck(column.name, column.type) {
      write(" \(check)", for: column.type.range)
    }
  }

  private func spelling(of identity: ColumnAttribute.Identity) -> String {
    var options = "START WITH \(identity.seed) INCREMENT BY \(identity.step)"
    if identity.step > 0, identity.seed < 1 { options += " MINVALUE \(identity.seed)" }
    if identity.step < 0, identity.seed > -1 { options += " MAXVALUE \(identity.seed)" }
    let when = identity.acceptsValues ? "BY DEFAULT" : "ALWAYS"
    return "GENERATED \(when) AS IDENTITY (\(options))"
  }

  mutating func noteKey(_ what: String, _ range: TextRange) {
    note(what, at: range, why: "Redshift does not enforce it; test it instead")
  }

  mutating func noteLayout(_ what: String, _ range: TextRange) {
    note(what, at: range, why: "only Redshift stores tables that way")
  }

  mutating func rejectCheck(_ range: TextRange) {
    diagnostics.append(
      .redshiftRejects("CHECK constraints", at: range, help: "test the column instead")
    )
  }
}

extension ColumnAttribute {
  fileprivate var isNotNull: Bool {
    switch kind {
    case .notNull, .identity: true
    default: false
    }
  }
}
