import Diagnostics

extension SQLParser {
  mutating func parseUnload() throws(SyntaxFailure) -> Unload {
    advance()
    try expect(.openParenthesis, "\"(\"")
    var text: CopyStatement.Literal?
    var query: Query?
    if at(.string) || at(.dollarString) {
      text = try parseString("a query in quotes")
    } else {
      query = try parseQuery()
    }
    try expect(.closeParenthesis, "\")\"")
    try expect(.to)
    let destination = try parseString("the address to write to, 's3://…'")
    if !destination.value.hasPrefix("s3://") {
      diagnostics.append(.unloadValue("TO", at: destination.range, expected: "'s3://…'"))
    }
    var unload = Unload(queryText: text, query: query, destination: destination)
    while !atStatementEnd { try parseUnloadOption(&unload) }
    return unload
  }

  private mutating func parseUnloadOption(_ unload: inout Unload) throws(SyntaxFailure) {
    let start = index
    guard token.kind == .word else { throw failure("an UNLOAD option") }
    let name = word(token).uppercased()
    let range = textRange(token)
    advance()
    switch name {
    case "FORMAT":
      _ = take(.as)
      guard token.kind == .word, ["CSV", "PARQUET", "JSON"].contains(word(token).uppercased())
      else { throw failure("CSV, PARQUET or JSON") }
      return
    case "WITH": return
    default: break
    }
    guard SQLParser.unloadOptions.contains(name) else {
      diagnostics.append(
        .unknownUnloadOption(
          name,
          at: range,
          help: Suggestion.sentence(for: name, among: SQLParser.unloadOptions)
        )
      )
      _ = take(.as)
      if at(.string) || at(.number) { advance() }
      return
    }
    if !(try parseUnloadFlag(name, &unload)) { try parseUnloadValue(name, range, &unload) }
    let whole = textRange(from: start)
    noteUnloadConflicts(name, at: range, unload)
    if unload.optionRanges[name] == nil { unload.optionRanges[name] = whole }
  }

  private mutating func noteUnloadConflicts(
    _ name: String,
    at range: TextRange,
    _ unload: Unload
  ) {
    let others = unload.optionRanges.sorted {
      $0.value.bytes.lowerBound < $1.value.bytes.lowerBound
    }
    for (other, otherRange) in others where SQLParser.unloadExcludes(name, other) {
      diagnostics.append(.unloadConflict(name, at: range, with: other, at: otherRange))
    }
  }

  private static func unloadExcludes(_ a: String, _ b: String) -> Bool {
    if a == b { return true }
    for group in unloadGroups where group.contains(a) && group.contains(b) { return true }
    let textOnly: Set<String> = [
      "DELIMITER", "FIXEDWIDTH", "ADDQUOTES", "ESCAPE", "NULL", "HEADER", "GZIP", "BZIP2", "ZSTD",
    ]
    return a == "PARQUET" && textOnly.contains(b) || b == "PARQUET" && textOnly.contains(a)
  }

  /// At most one of each group.
  private static let unloadGroups: [Set<String>] = [
    ["IAM_ROLE", "CREDENTIALS", "ACCESS_KEY_ID"],
    ["GZIP", "BZIP2", "ZSTD"],
    ["CSV", "FIXEDWIDTH", "JSON", "PARQUET"],
    ["ALLOWOVERWRITE", "CLEANPATH"],
    ["DELIMITER", "FIXEDWIDTH"], ["DELIMITER", "JSON"],
    ["FIXEDWIDTH", "ADDQUOTES"], ["FIXEDWIDTH", "ESCAPE"], ["FIXEDWIDTH", "HEADER"],
    ["CSV", "ADDQUOTES"], ["CSV", "ESCAPE"], ["JSON", "ADDQUOTES"], ["JSON", "ESCAPE"],
    ["JSON", "HEADER"], ["JSON", "NULL"],
  ]

  private mutating func parseUnloadFlag(
    _ name: String,
    _ unload: inout Unload
  ) throws(SyntaxFailure) -> Bool {
    switch name {
    case "MANIFEST":
      unload.writesManifest = true
      unload.isManifestVerbose = take(.verbose)
    case "HEADER": unload.hasHeader = true
    case "ADDQUOTES": unload.addsQuotes = true
    case "ESCAPE": unload.escapes = true
    case "GZIP": unload.compression = .gzip
    case "BZIP2": unload.compression = .bzip2
    case "ZSTD": unload.compression = .zstandard
    case "ALLOWOVERWRITE": unload.allowsOverwriting = true
    case "CLEANPATH": unload.cleansPath = true
    case "ENCRYPTED":
      unload.isEncrypted = true
      _ = take(.auto)
    default: return false
    }
    return true
  }

  private mutating func parseUnloadValue(
    _ name: String,
    _ range: TextRange,
    _ unload: inout Unload
  ) throws(SyntaxFailure) {
    switch name {
    case "PARALLEL":
      guard token.kind == .word else { throw failure("ON or OFF") }
      unload.isParallel = !takeWord("off") && !take(.false)
      if unload.isParallel, !take(.on), !take(.true) { throw failure("ON or OFF") }
    case "PARTITION": unload.partition = try parseUnloadPartition(range)
    case "MAXFILESIZE":
      _ = take(.as)
      unload.maximumFileSize = try parseSize("5 MB to 6.2 GB")
    case "ROWGROUPSIZE":
      _ = take(.as)
      unload.rowGroupSize = try parseSize("32 MB to 128 MB")
    case "CSV", "JSON", "PARQUET", "FIXEDWIDTH", "DELIMITER":
      try parseUnloadFormat(name, &unload)
      unload.formatRange = textRange(range)
    case "IAM_ROLE" where at(.default):
      advance()
      unload.authorization = .defaultRole
    default:
      _ = take(.as)
      let text = try parseString("a text in quotes")
      switch name {
      case "NULL": unload.nullText = text.value
      case "REGION": unload.region = text
      case "EXTENSION": unload.fileExtension = text
      case "KMS_KEY_ID": unload.keyName = text
      case "IAM_ROLE": unload.authorization = .role(text)
      case "MASTER_SYMMETRIC_KEY": break
      default: unload.authorization = .secret(textRange(range))
      }
    }
  }

  private mutating func parseUnloadFormat(
    _ name: String,
    _ unload: inout Unload
  ) throws(SyntaxFailure) {
    switch name {
    case "CSV":
      var delimiter = UInt8(ascii: ",")
      if case .delimited(let written) = unload.format, unload.formatRange != nil {
        delimiter = written
      }
      unload.format = .csv(delimiter: delimiter)
    case "JSON": unload.format = .json
    case "PARQUET": unload.format = .parquet
    case "FIXEDWIDTH":
      _ = take(.as)
      unload.format = .fixedWidth(try parseString("a text such as 'id:10,name:20'"))
    default:
      _ = take(.as)
      let text = try parseString("a text of one character")
      guard text.value.utf8.count == 1, let byte = text.value.utf8.first else {
        diagnostics.append(.unloadValue(name, at: text.range, expected: "one ASCII character"))
        return
      }
      if case .csv = unload.format {
        unload.format = .csv(delimiter: byte)
      } else {
        unload.format = .delimited(delimiter: byte)
      }
    }
  }

  private mutating func parseUnloadPartition(
    _ range: TextRange
  ) throws(SyntaxFailure) -> Unload.Partition {
    try expect(.by)
    let columns = try parseIdentifierList("a column")
    let keepsColumns = take(.include)
    return Unload.Partition(
      range: textRange(range),
      columns: columns,
      keepsColumns: keepsColumns
    )
  }

  /// `100 MB`, `6.2 GB`; in bytes.
  private mutating func parseSize(_ expected: String) throws(SyntaxFailure) -> Int {
    guard token.kind == .number, let number = Double(string(token)), number >= 0, number < 1e9
    else {
      throw failure("a size such as \(expected)")
    }
    advance()
    var unit = 1_048_576.0
    if takeWord("gb") {
      unit *= 1024
    } else {
      _ = takeWord("mb")
    }
    return Int(number * unit)
  }

  static let unloadOptions: Set<String> = [
    "PARTITION", "MANIFEST", "HEADER", "DELIMITER", "FIXEDWIDTH", "ENCRYPTED", "KMS_KEY_ID",
    "MASTER_SYMMETRIC_KEY", "BZIP2", "GZIP", "ZSTD", "ADDQUOTES", "NULL", "ESCAPE",
    "ALLOWOVERWRITE", "CLEANPATH", "PARALLEL", "MAXFILESIZE", "ROWGROUPSIZE", "REGION", "EXTENSION",
    "CSV", "JSON", "PARQUET", "IAM_ROLE", "CREDENTIALS", "ACCESS_KEY_ID", "SECRET_ACCESS_KEY",
    "SESSION_TOKEN",
  ]
}
