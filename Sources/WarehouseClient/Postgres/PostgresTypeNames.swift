/// The names of the types that servers number.
enum PostgresTypeNames {
  /// The server's name of a type, as `int4`; `type 12345` for one that a user made.
  static func name(of identifier: UInt32) -> String {
    names[identifier] ?? "type \(identifier)"
  }

  /// PostgreSQL's pg_type.dat, then what only Redshift has.
  private static let names: [UInt32: String] = [
    16: "bool", 17: "bytea", 18: "char", 19: "name", 20: "int8", 21: "int2", 22: "int2vector",
    23: "int4", 24: "regproc", 25: "text", 26: "oid", 27: "tid", 28: "xid", 29: "cid",
    30: "oidvector", 114: "json", 142: "xml", 600: "point", 700: "float4", 701: "float8",
    702: "abstime", 705: "unknown", 790: "money", 829: "macaddr", 869: "inet", 650: "cidr",
    1000: "bool[]", 1003: "name[]", 1005: "int2[]", 1007: "int4[]", 1009: "text[]",
    1014: "bpchar[]", 1015: "varchar[]", 1016: "int8[]", 1021: "float4[]", 1022: "float8[]",
    1028: "oid[]", 1033: "aclitem", 1034: "aclitem[]", 1042: "bpchar", 1043: "varchar",
    1082: "date", 1083: "time", 1114: "timestamp", 1184: "timestamptz", 1186: "interval",
    1231: "numeric[]", 1266: "timetz", 1560: "bit", 1562: "varbit", 1700: "numeric",
    2205: "regclass", 2206: "regtype", 2249: "record", 2278: "void", 2950: "uuid",
    3220: "pg_lsn", 3802: "jsonb", 4089: "regnamespace",
    1188: "intervaly2m", 1190: "intervald2s", 2935: "hllsketch", 3000: "geometry",
    3001: "geography", 3999: "geometryhex", 4000: "super", 6551: "varbyte",
  ]
}
