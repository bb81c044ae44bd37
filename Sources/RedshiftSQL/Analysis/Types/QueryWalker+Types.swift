import Diagnostics

/// Types as they are written.
extension QueryWalker {
  /// Checks that a type exists and that its lengths are within Redshift's limits.
  mutating func check(_ type: DataType) {
    guard muted == 0, type.dimensions == 0 else { return }
    if type.kind == .other {
      guard !KnownTypes.contains(type.name) else { return }
      return report(.unknownType(type.name, at: type.range))
    }
    let numbers = type.arguments.compactMap { argument -> Int? in
      if case .number(let number) = argument { number } else { nil }
    }
    switch type.kind {
    case .decimal:
      let precision = numbers.first ?? 18
      let scale = numbers.count > 1 ? numbers[1] : 0
      if !(1...38).contains(precision) {
        report(.typeLimit("the digits of a DECIMAL are 1 to 38", at: type.range))
      } else if scale > precision {
        report(
          .typeLimit(
            "a DECIMAL of \(precision) digits cannot have \(scale) behind the point",
            at: type.range
          )
        )
      }
    case .character, .blankPadded: checkLength(numbers.first, of: "CHAR", to: 4096, type)
    case .characterVarying, .text: checkLength(numbers.first, of: "VARCHAR", to: 65535, type)
    case .binary: checkLength(numbers.first, of: "VARBYTE", to: 16_777_216, type)
    default: break
    }
  }

  private mutating func checkLength(
    _ length: Int?,
    of name: String,
    to limit: Int,
    _ type: DataType
  ) {
    guard let length, !(1...limit).contains(length) else { return }
    report(.typeLimit("the length of a \(name) is 1 to \(limit) bytes", at: type.range))
  }

  /// Checks the types and the attributes of a column.
  mutating func check(_ column: ColumnDefinition) {
    check(column.type)
    let type = SQLType(declared: column.type)
    for attribute in column.attributes {
      switch attribute.kind {
      case .encode(let name):
        if !KnownTypes.encodings.contains(name.text.lowercased()) {
          report(.unknownEncoding(name))
        }
      case .defaultValue(let value): checkLiteral(value, against: type)
      case .distributionKey: checkKey(column.name, type, "distribution key", at: attribute.range)
      case .sortKey: checkKey(column.name, type, "sort key", at: attribute.range)
      default: break
      }
    }
  }

  /// Rows can be spread and sorted by simple values only.
  mutating func checkKey(
    _ column: Identifier,
    _ type: SQLType,
    _ what: String,
    at range: TextRange
  ) {
    switch type.family {
    case .super, .binary, .spatial, .sketch, .interval:
      report(.keyType(column.text, type, what, at: range))
    default: break
    }
  }
}

/// Names of types besides those that `DataType.Kind` has, and of compression encodings.
enum KnownTypes {
  /// Whether a name is a type of the catalog's, of procedures', or one of PostgreSQL's that is
  /// refused with words of its own.
  static func contains(_ name: String) -> Bool {
    // A type with a schema belongs to somebody else.
    name.contains(".") || catalog.contains(name) || PostgresEmitter.foreignTypes[name] != nil
  }

  private static let catalog: Set<String> = [
    "name", "oid", "regclass", "regproc", "regprocedure", "regoper", "regoperator", "regtype",
    "xid", "cid", "tid", "int2vector", "oidvector", "aclitem", "abstime", "reltime", "tinterval",
    "smgr", "cstring", "unknown", "record", "refcursor", "anyelement", "anyarray", "any", "void",
    "trigger", "opaque", "language_handler", "internal", "bytea", "bit", "varbit", "box", "circle",
    "line", "lseg", "path", "polygon", "_text", "_int4", "_int8", "_name", "_oid", "_aclitem",
    "float2", "timestamp", "time", "hllsketch", "array", "object",
  ]

  /// Compression encodings (Amazon Redshift Database Developer Guide, Compression encodings).
  static let encodings: Set<String> = [
    "raw", "az64", "bytedict", "delta", "delta32k", "lzo", "mostly8", "mostly16", "mostly32",
    "runlength", "text255", "text32k", "zstd", "auto", "none",
  ]

  static let names: [String] = SQLParser.typeKinds.words.sorted() + ["double precision"]
}

extension Diagnostic {
  static func unknownType(_ name: String, at range: TextRange) -> Diagnostic {
    let others = [
      "string": "VARCHAR", "clob": "VARCHAR", "varchar2": "VARCHAR", "nvarchar2": "NVARCHAR",
      "number": "DECIMAL", "double": "DOUBLE PRECISION", "tinyint": "SMALLINT",
      "mediumint": "INTEGER", "binary": "VARBYTE", "blob": "VARBYTE", "bytes": "VARBYTE",
      "float64": "FLOAT8", "int64": "BIGINT", "variant": "SUPER", "struct": "SUPER", "map": "SUPER",
      "timestamp_ntz": "TIMESTAMP", "timestamp_tz": "TIMESTAMPTZ", "datetime2": "TIMESTAMP",
    ]
    let help =
      others[name].map { "Redshift's is \($0)" }
      ?? Suggestion.sentence(for: name, among: KnownTypes.names)
    return Diagnostic(
      code: "unknown-type",
      "Redshift has no type \"\(name)\"",
      at: range,
      label: "not a type",
      help: help.map { [$0] } ?? []
    )
  }

  static func typeLimit(_ message: String, at range: TextRange) -> Diagnostic {
    Diagnostic(code: "type-limit", message, at: range)
  }

  static func unknownEncoding(_ name: Identifier) -> Diagnostic {
    Diagnostic(
      code: "unknown-encoding",
      "there is no encoding \"\(name.text)\"",
      at: name.range,
      help: [
        Suggestion.sentence(for: name.text, among: KnownTypes.encodings.sorted())
          ?? "AZ64, ZSTD and RAW are among those that there are; ENCODE AUTO chooses"
      ]
    )
  }

  static func keyType(_ column: String, _ type: SQLType, _ what: String, at range: TextRange)
    -> Diagnostic
  {
    Diagnostic(
      code: "key-type",
      "a column of type \(type.spelling) cannot be a \(what)",
      at: range,
      label: "\"\(column)\" is \(type.spelling)"
    )
  }

  static func distributionKeyMissing(at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "distribution-key-missing",
      "DISTSTYLE KEY needs a DISTKEY",
      at: range,
      help: ["add DISTKEY (column), or take DISTSTYLE AUTO"]
    )
  }
}
