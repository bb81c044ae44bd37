import Diagnostics

extension SQLParser {
  mutating func parseCopy() throws(SyntaxFailure) -> Statement.Kind {
    advance()
    // `COPY JOB …` commands, not a table called job.
    if atWord("job"), peek().kind == .word, peek().keyword != .from {
      return .copyJob(try parseCopyJob())
    }
    let table = try parseObjectName("a table")
    var columns: [Identifier] = []
    if at(.openParenthesis) { columns = try parseIdentifierList("a column") }
    try expect(.from)
    let source = try parseString("the address of the data as a string, 's3://…'")
    checkSource(source)
    var copy = CopyStatement(
      table: table.relation,
      tableRange: table.range,
      source: source,
      format: .delimited(delimiter: UInt8(ascii: "|")),
      formatRange: source.range
    )
    copy.columns = columns.map(\.text)
    var options = CopyOptions()
    while token.kind != .semicolon, token.kind != .endOfText {
      try parseCopyOption(&copy, &options)
    }
    finish(&copy, options)
    return .copy(copy)
  }

  private mutating func parseCopyJob() throws(SyntaxFailure) -> CopyJob {
    advance()
    guard token.kind == .word, let action = CopyJob.Action(rawValue: word(token)) else {
      throw failure("RUN, LIST, SHOW, ALTER or DROP")
    }
    advance()
    var job = CopyJob(action: action, name: nil, isAutomatic: nil)
    if !atStatementEnd { job.name = try parseObjectName("the name of the job") }
    if take(.auto) {
      job.isAutomatic = parseOnOff()
      if job.isAutomatic == nil { throw failure("ON or OFF") }
    }
    return job
  }

  private mutating func parseJobCreation() throws(SyntaxFailure) -> CopyStatement.Job {
    try expect(.create)
    let name = try parseIdentifier("the name of the job")
    var isAutomatic = true
    if take(.auto) {
      guard let value = parseOnOff() else { throw failure("ON or OFF") }
      isAutomatic = value
    }
    return CopyStatement.Job(name: name, isAutomatic: isAutomatic)
  }

  private mutating func checkSource(_ source: CopyStatement.Literal) {
    let known = ["s3://", "emr://", "dynamodb://"]
    if !known.contains(where: { source.value.hasPrefix($0) }) {
      diagnostics.append(.copySource(at: source.range))
    }
  }

  private mutating func parseCopyOption(
    _ copy: inout CopyStatement,
    _ options: inout CopyOptions
  ) throws(SyntaxFailure) {
    let start = index
    guard token.kind == .word else { throw failure("a COPY option") }
    let word = token
    guard let option = meaning(of: word, in: CopyOption.byWord) else {
      return try parseOtherCopyWords(&copy)
    }
    advance()
    let range = textRange(word)
    try parseCopyValue(option, at: range, &copy, &options)
    let whole = textRange(from: start)
    for conflict in options.add(option, at: whole) {
      diagnostics.append(
        .copyConflict(
          option.rawValue,
          at: range,
          with: conflict.option.rawValue,
          at: conflict.range
        )
      )
    }
  }

  /// FORMAT, WITH, JOB CREATE, USING TEMPLATE, and words that COPY does not know.
  private mutating func parseOtherCopyWords(
    _ copy: inout CopyStatement
  ) throws(SyntaxFailure) {
    let start = index
    let word = token
    advance()
    if isWord(word, "format") {
      _ = take(.as)
      guard meaning(of: token, in: CopyOption.byWord)?.isFormat == true else {
        throw failure("CSV, JSON, AVRO, PARQUET, ORC or another format")
      }
    } else if isWord(word, "job"), at(.create) {
      copy.job = try parseJobCreation()
    } else if word.keyword == .using, takeWord("template") {
      let first = copy.template?.range
      copy.template = try parseObjectName("the name of the template")
      if let first {
        let whole = textRange(from: start)
        diagnostics.append(
          .copyConflict("USING TEMPLATE", at: whole, with: "USING TEMPLATE", at: first)
        )
      }
    } else if word.keyword != .with {
      let name = string(word).uppercased()
      diagnostics.append(
        .unknownCopyOption(
          name,
          at: textRange(word),
          help: Suggestion.sentence(for: name, among: CopyOption.names)
        )
      )
      // Its value, if it has one, is no option either.
      _ = take(.as)
      if at(.string) || at(.number) { advance() }
    }
  }

  private mutating func parseCopyValue(
    _ option: CopyOption,
    at range: TextRange,
    _ copy: inout CopyStatement,
    _ options: inout CopyOptions
  ) throws(SyntaxFailure) {
    switch option {
    // Flags
    case .manifest: copy.isManifest = true
    case .encrypted: copy.encrypted = true
    case .gzip: setCompression(.gzip, range, &copy)
    case .bzip2: setCompression(.bzip2, range, &copy)
    case .lzop: setCompression(.lzop, range, &copy)
    case .zstandard: setCompression(.zstandard, range, &copy)
    case .escape: copy.escape = true
    case .removeQuotes: copy.removesQuotes = true
    case .emptyAsNull: copy.emptyAsNull = true
    case .blanksAsNull: copy.blanksAsNull = true
    case .trimBlanks: copy.trimsBlanks = true
    case .truncateColumns: copy.truncatesColumns = true
    case .fillRecord: copy.fillsRecord = true
    case .ignoreBlankLines: copy.ignoresBlankLines = true
    case .acceptAnyDate: copy.acceptsAnyDate = true
    case .explicitIdentifiers: copy.explicitIdentifiers = true
    case .roundDecimals: copy.roundsDecimals = true
    case .ignoreAllErrors: copy.ignoresAllErrors = true
    case .noLoad: copy.noLoad = true
    case .ssh: break
    // Values
    case .region:
      _ = take(.as)
      copy.region = try parseString("a region such as 'us-west-2'")
    case .null:
      _ = take(.as)
      copy.nullText = try parseString("a string").value
    case .ignoreHeader:
      copy.ignoredHeaderLines = try parseCopyNumber(option, 0...Int.max)
    case .maximumErrors:
      copy.maximumErrors = try parseCopyNumber(option, 0...100_000)
    case .readRatio, .compressionRows:
      _ = try parseCopyNumber(option, 0...Int.max)
    case .dateFormat:
      copy.dateFormat = try parseDateTimeFormat(allowsEpoch: false)
    case .timeFormat:
      copy.timeFormat = try parseDateTimeFormat(allowsEpoch: true)
    case .encoding: try parseCopyEncoding(&copy)
    case .acceptInvalidCharacters:
      copy.invalidCharacterReplacement = UInt8(ascii: "?")
      if at(.as) || at(.string) {
        _ = take(.as)
        copy.invalidCharacterReplacement = try parseCopyByte(option)
      }
    case .updateStatistics: copy.updatesStatistics = parseOnOff() ?? true
    case .updateCompression:
      if !takeWord("preset") { _ = parseOnOff() }
    case .masterKey:
      _ = take(.as)
      _ = try parseString("a key")
    default:
      if try parseCopyFormat(option, range, &copy, &options) { return }
      try parseCopyAuthorization(option, range, &copy)
    }
  }

  private func setCompression(
    _ compression: CopyStatement.Compression,
    _ range: TextRange,
    _ copy: inout CopyStatement
  ) {
    copy.compression = compression
    copy.compressionRange = range
  }

  // MARK: Formats

  private mutating func parseCopyFormat(
    _ option: CopyOption,
    _ range: TextRange,
    _ copy: inout CopyStatement,
    _ options: inout CopyOptions
  ) throws(SyntaxFailure) -> Bool {
    switch option {
    case .csv: copy.format = .csv(delimiter: UInt8(ascii: ","), quote: UInt8(ascii: "\""))
    case .quote:
      _ = take(.as)
      options.quote = try parseCopyByte(option)
      return true
    case .delimiter:
      _ = take(.as)
      options.delimiter = try parseCopyByte(option)
      return true
    case .fixedWidth:
      _ = take(.as)
      copy.format = .fixedWidth(try parseFixedWidths())
    case .json: copy.format = .json(try parseJSONPaths(option))
    case .avro:
      _ = try parseJSONPaths(option)
      copy.format = .avro
    case .parquet:
      copy.format = .parquet
      _ = takeWord("serializetojson")
    case .orc:
      copy.format = .orc
      _ = takeWord("serializetojson")
    case .shapefile:
      copy.format = .shapefile
      if takeWord("simplify") {
        _ = take(.auto)
        if at(.number) { advance() }
      }
    default: return false
    }
    copy.formatRange = textRange(range)
    return true
  }

  private mutating func parseJSONPaths(
    _ option: CopyOption
  ) throws(SyntaxFailure) -> CopyStatement.JSONPaths {
    let hasAs = take(.as)
    guard hasAs || at(.string) else { return .automatic }
    let literal = try parseString("'auto', 'auto ignorecase' or 's3://…'")
    switch literal.value {
    case "auto": return .automatic
    case "auto ignorecase": return .automaticIgnoringCase
    case "noshred" where option == .json: return .noShred
    default:
      if !literal.value.hasPrefix("s3://") {
        diagnostics.append(
          .copyValue(
            option.rawValue,
            at: literal.range,
            expected: "'auto', 'auto ignorecase' or 's3://…'"
          )
        )
      }
      return .file(literal)
    }
  }

  private mutating func parseFixedWidths() throws(SyntaxFailure) -> [Int] {
    let literal = try parseString("a string such as 'id:10,name:20'")
    var widths: [Int] = []
    for field in literal.value.split(separator: ",", omittingEmptySubsequences: false) {
      let parts = field.split(separator: ":", omittingEmptySubsequences: false)
      let digits = parts.last?.filter { $0 != " " } ?? ""
      guard parts.count == 2, let width = Int(digits), width > 0 else {
        diagnostics.append(
          .copyValue("FIXEDWIDTH", at: literal.range, expected: "'label:width,label:width,…'")
        )
        return []
      }
      widths.append(width)
    }
    return widths
  }

  // MARK: Values

  private mutating func parseCopyByte(_ option: CopyOption) throws(SyntaxFailure) -> UInt8 {
    let literal = try parseString("a string of one character")
    guard literal.value.utf8.count == 1, let byte = literal.value.utf8.first else {
      diagnostics.append(
        .copyValue(option.rawValue, at: literal.range, expected: "one ASCII character")
      )
      return UInt8(ascii: "?")
    }
    return byte
  }

  private mutating func parseCopyNumber(
    _ option: CopyOption,
    _ allowed: ClosedRange<Int>
  ) throws(SyntaxFailure) -> Int {
    _ = take(.as)
    let range = textRange(token)
    let number = try parseInteger("a number")
    guard allowed.contains(number) else {
      let limit = allowed.upperBound == .max ? "" : " to \(allowed.upperBound)"
      diagnostics.append(
        .copyValue(
          option.rawValue,
          at: range,
          expected: "a number from \(allowed.lowerBound)\(limit)"
        )
      )
      return 0
    }
    return number
  }

  private mutating func parseDateTimeFormat(
    allowsEpoch: Bool
  ) throws(SyntaxFailure) -> CopyStatement.DateTimeFormat {
    _ = take(.as)
    let literal = try parseString("a format in quotes or 'auto'")
    // The server takes these words in lower case only.
    switch literal.value {
    case "auto": return .automatic
    case "epochsecs" where allowsEpoch: return .epochSeconds
    case "epochmillisecs" where allowsEpoch: return .epochMilliseconds
    default:
      let folded = literal.value.lowercased()
      if ["auto", "epochsecs", "epochmillisecs"].contains(folded) {
        diagnostics.append(
          .copyValue(
            allowsEpoch ? "TIMEFORMAT" : "DATEFORMAT",
            at: literal.range,
            expected: folded == literal.value || (!allowsEpoch && folded != "auto")
              ? "a date format" : "'\(folded)' in lower case"
          )
        )
      }
      return .pattern(literal)
    }
  }

  private mutating func parseCopyEncoding(
    _ copy: inout CopyStatement
  ) throws(SyntaxFailure) {
    _ = take(.as)
    let range = textRange(token)
    let name: String
    if at(.string) {
      name = try parseString("an encoding").value.uppercased()
    } else {
      guard token.kind == .word else { throw failure("UTF8 or UTF16") }
      name = string(token).uppercased()
      advance()
    }
    switch name {
    case "UTF8": copy.encoding = .utf8
    case "UTF16": copy.encoding = .utf16
    case "UTF16LE": copy.encoding = .utf16LittleEndian
    case "UTF16BE": copy.encoding = .utf16BigEndian
    default:
      diagnostics.append(
        .copyValue("ENCODING", at: range, expected: "UTF8, UTF16, UTF16LE or UTF16BE")
      )
    }
  }

  private mutating func parseOnOff() -> Bool? {
    if take(.on) || take(.true) { return true }
    if takeWord("off") || take(.false) { return false }
    return nil
  }

  // MARK: Authorization

  private mutating func parseCopyAuthorization(
    _ option: CopyOption,
    _ range: TextRange,
    _ copy: inout CopyStatement
  ) throws(SyntaxFailure) {
    _ = take(.as)
    switch option {
    case .role:
      if take(.default) {
        copy.authorization = .defaultRole
      } else {
        let role = try parseString("DEFAULT or the ARN of a role in quotes")
        if !role.value.hasPrefix("arn:") {
          diagnostics.append(
            .copyValue(
              option.rawValue,
              at: role.range,
              expected: "'arn:aws:iam::…:role/…' or DEFAULT"
            )
          )
        }
        copy.authorization = .role(role)
      }
    default:
      _ = try parseString("a string")
      copy.authorization = .secret(textRange(range))
    }
  }

  private mutating func finish(_ copy: inout CopyStatement, _ options: CopyOptions) {
    switch copy.format {
    case .delimited(let standard):
      copy.format = .delimited(delimiter: options.delimiter ?? standard)
      if let range = options.range(of: .delimiter) { copy.formatRange = range }
    case .csv(let delimiter, let quote):
      copy.format = .csv(
        delimiter: options.delimiter ?? delimiter,
        quote: options.quote ?? quote
      )
    default: break
    }
    if options.quote != nil, options.range(of: .csv) == nil, let range = options.range(of: .quote) {
      diagnostics.append(.copyValue("QUOTE", at: range, expected: "CSV as the format with it"))
    }
  }
}
