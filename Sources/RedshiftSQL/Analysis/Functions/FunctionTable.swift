/// The functions of Redshift.
///
/// Facts: Amazon Redshift Database Developer Guide, SQL functions reference; the lists of
/// leader-node-only and of unsupported PostgreSQL functions in the same guide.
enum FunctionTable {
  /// By name in lower case.
  static let signatures: [String: FunctionSignature] = parse(text)

  /// What is known of the function that a call means.
  static func signature(of call: FunctionCall) -> FunctionSignature? {
    var found = signatures[call.name.last]
    // ST_COLLECT of two values is no aggregate.
    if call.name.last == "st_collect", call.arguments.count > 1 { found?.kind = .scalar }
    return found
  }

  /// Reads the table: a line for each function, `names: parameters -> result flags`.
  static func parse(_ text: String) -> [String: FunctionSignature] {
    var table: [String: FunctionSignature] = [:]
    for line in text.utf8.split(separator: UInt8(ascii: "\n")) {
      let words = line.split(separator: UInt8(ascii: " ")).map { String($0) ?? "" }
      guard let colon = words.firstIndex(of: ":"), let arrow = words.firstIndex(of: "->"),
        arrow + 1 < words.count
      else { continue }
      let flags = Set(words[(arrow + 2)...])
      var signature = FunctionSignature(
        kind: flags.contains("agg") ? .aggregate : flags.contains("win") ? .window : .scalar,
        parameters: [],
        required: 0,
        isVariadic: false,
        result: result(words[arrow + 1]),
        keepsNotNull: !flags.contains("null") && !flags.contains("agg") && !flags.contains("win"),
        isNeverNull: flags.contains("notnull"),
        isLeaderOnly: flags.contains("leader"),
        asksCatalog: flags.contains("catalog")
      )
      for word in words[(colon + 1)..<arrow] {
        signature.parameters.append(parameter(word))
        if word.utf8.last == UInt8(ascii: "*") {
          signature.isVariadic = true
        } else if word.utf8.last != UInt8(ascii: "?") {
          signature.required += 1
        }
      }
      for name in words[..<colon] { table[name] = signature }
    }
    return table
  }

  private static func parameter(_ word: String) -> FunctionSignature.Parameter {
    let last = word.utf8.last
    let bare = last == UInt8(ascii: "?") || last == UInt8(ascii: "*") ? word.dropLast() : word[...]
    switch bare {
    case "num": return .number
    case "txt": return .text
    case "ts": return .moment
    case "bool": return .boolean
    case "part": return .datePart
    default: return .any
    }
  }

  private static func result(_ word: String) -> FunctionSignature.Result {
    switch word {
    case "same": .argument(0)
    case "second": .argument(1)
    case "common": .common(from: 0)
    case "nvl2": .common(from: 1)
    case "decode": .decode
    case "sum": .sum
    case "avg": .average
    case "median": .median
    case "nullif": .nullIf
    case "rounded": .rounded
    case "sign": .sign
    case "shifted": .shifted
    case "truncated": .truncated
    case "trunc": .trunc
    case "bool": .type(.boolean)
    case "smallint": .type(.smallInteger)
    case "int": .type(.integer)
    case "bigint": .type(.bigInteger)
    case "decimal": .type(.decimal(precision: nil, scale: nil))
    case "double": .type(.double)
    case "text": .type(.characterVarying(nil))
    case "date": .type(.date)
    case "time": .type(.time)
    case "timestamp": .type(.timestamp)
    case "timestamptz": .type(.timestampWithZone)
    case "interval": .type(.interval)
    case "super": .type(.super)
    case "binary": .type(.binary)
    case "geometry": .type(.geometry)
    case "sketch": .type(.sketch)
    default: .type(.unknown)
    }
  }
}
