import Diagnostics

extension PostgresEmitter {
  /// A type; `isColumn` where the type's defaults for columns hold.
  mutating func emit(_ type: DataType, isColumn: Bool) {
    if let text = spelling(of: type, isColumn: isColumn) {
      write(text, for: type.range)
    } else {
      copy(type.range)
    }
  }

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
    case .super: return "jsonb"
    case .binary: return "bytea"
    case .geometry, .geography, .sketch:
      fail("the type \(type.name.uppercased())", at: type.range)
      return nil
    default: return nil
    }
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
        emit(range, children: [.expr(value)])
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
        if collation.text == "case_insensitive" {
          fail("COLLATE CASE_INSENSITIVE", at: attribute.range)
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
