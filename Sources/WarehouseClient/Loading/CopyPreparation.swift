import Diagnostics
import RedshiftSQL

/// Turns a COPY statement into a plan, refusing what cannot be done.
struct CopyPreparation {
  let copy: CopyStatement
  let source: ObjectSource

  /// Refuses what only Redshift reads, and options that exclude one another.
  func checkOptions() throws(Diagnostic) {
    let range = copy.formatRange
    switch copy.format {
    case .avro: throw .copyUnsupportedFormat("AVRO", at: range)
    case .parquet: throw .copyUnsupportedFormat("PARQUET", at: range)
    case .orc: throw .copyUnsupportedFormat("ORC", at: range)
    case .shapefile: throw .copyUnsupportedFormat("SHAPEFILE", at: range)
    case .json:
      if copy.nullText != nil || copy.fillsRecord || copy.escape || copy.removesQuotes
        || copy.ignoresBlankLines
      {
        throw .copyConflict(
          "JSON excludes NULL AS, FILLRECORD, ESCAPE, REMOVEQUOTES and IGNOREBLANKLINES",
          at: range
        )
      }
    case .csv:
      if copy.escape || copy.removesQuotes {
        throw .copyConflict("CSV excludes ESCAPE and REMOVEQUOTES", at: range)
      }
    case .fixedWidth(let widths):
      if copy.escape { throw .copyConflict("FIXEDWIDTH excludes ESCAPE", at: range) }
      if widths.isEmpty || widths.contains(where: { $0 <= 0 }) {
        throw .copyConflict("FIXEDWIDTH needs a width above 0 for each column", at: range)
      }
    case .delimited: break
    }
    let compressionRange = copy.compressionRange ?? range
    switch copy.compression {
    case .none, .gzip, .bzip2, .zstandard: break
    case .lzop:
      throw .copyUnsupported(
        "LZOP",
        at: compressionRange,
        help: "compress the files with gzip, zstd or bzip2, which Redshift reads as well"
      )
    }
    if let template = copy.template {
      throw .copyUnsupported(
        "USING TEMPLATE",
        at: template.range,
        help: "write the options of the template into the statement"
      )
    }
    if copy.encrypted {
      throw .copyUnsupported("ENCRYPTED", at: range, help: "load plain files locally")
    }
    if copy.ignoresAllErrors, copy.maximumErrors > 0 {
      throw .copyConflict("IGNOREALLERRORS excludes MAXERROR", at: range)
    }
  }

  /// The objects to load, in order.
  func objects() async throws(Diagnostic) -> [StorageObject] {
    let objects: [StorageObject]
    if copy.isManifest {
      objects = try await manifestObjects()
    } else {
      objects = try await source.objects(startingWith: copy.source)
    }
    guard !objects.isEmpty else { throw .copyNothingFound(copy.source, isManifest: false) }
    return objects
  }

  private func manifestObjects() async throws(Diagnostic) -> [StorageObject] {
    let (bytes, path) = try await contents(of: copy.source, isManifest: true)
    let manifest: CopyManifest
    do throws(CopyManifest.Fault) {
      manifest = try CopyManifest(bytes)
    } catch {
      let file = place(error.offset, in: bytes, path)
      throw .copyManifest(error.message, file: file, at: copy.source.range)
    }
    var objects: [StorageObject] = []
    for entry in manifest.entries {
      let literal = CopyStatement.Literal(value: entry.url, range: copy.source.range)
      if let object = try await source.object(at: literal) {
        objects.append(object)
        continue
      }
      if entry.isMandatory {
        throw .copyMissingEntry(entry.url, file: path, at: copy.source.range)
      }
    }
    return objects
  }

  /// A small file named in the statement.
  private func contents(
    of location: CopyStatement.Literal,
    isManifest: Bool
  ) async throws(Diagnostic) -> (bytes: [UInt8], path: String) {
    guard let object = try await source.object(at: location) else {
      throw .copyNothingFound(location, isManifest: isManifest)
    }
    return (try await source.contents(of: object, limit: 64 << 20, named: location), object.path)
  }

  private func place(_ offset: Int?, in bytes: [UInt8], _ path: String) -> String {
    guard let offset else { return path }
    let before = bytes.prefix(offset)
    let line = before.count { $0 == 10 } + 1
    let start = (before.lastIndex(of: 10) ?? -1) + 1
    return "\(path):\(line):\(before.count - start + 1)"
  }

  // MARK: the plan

  func plan(
    objects: [StorageObject],
    table: TargetTable
  ) async throws(Diagnostic) -> LoadPlan {
    let columns = try destination(table)
    var plan = LoadPlan(
      objects: objects,
      columns: columns,
      format: try await format(columns, table),
      rules: try rules()
    )
    switch copy.compression {
    case .none, .lzop: break
    case .gzip: plan.compression = .gzip
    case .bzip2: plan.compression = .bzip2
    case .zstandard: plan.compression = .zstandard
    }
    if let store = source.store, objects.contains(where: { $0.version != nil }) {
      plan.fetcher = ObjectFetcher(objects, store: store, region: source.region?.value)
    }
    plan.ignoredHeaderLines = copy.ignoredHeaderLines
    plan.errorLimit = copy.ignoresAllErrors ? nil : max(copy.maximumErrors, 1)
    switch copy.encoding {
    case .utf8: plan.encoding = .utf8
    case .utf16: plan.encoding = .utf16(isBigEndian: nil)
    case .utf16LittleEndian: plan.encoding = .utf16(isBigEndian: false)
    case .utf16BigEndian: plan.encoding = .utf16(isBigEndian: true)
    }
    return plan
  }

  /// The columns that the records fill, in the order of their fields.
  private func destination(_ table: TargetTable) throws(Diagnostic) -> [TargetColumn] {
    guard !copy.columns.isEmpty else {
      let columns = table.columns.filter {
        !$0.isGenerated && (!$0.isIdentity || copy.explicitIdentifiers)
      }
      guard !columns.isEmpty else {
        throw .copyColumns(
          "\(table.name.description) has no column that COPY could fill",
          at: copy.tableRange,
          help: "identity columns are filled only with EXPLICIT_IDS"
        )
      }
      return columns
    }
    var columns: [TargetColumn] = []
    for name in copy.columns {
      guard let column = table.columns.first(where: { $0.name == name }) else {
        throw .copyUnknownColumn(name, table, at: copy.tableRange)
      }
      guard !columns.contains(column) else {
        throw .copyColumns(
          "column \"\(name)\" is listed twice",
          at: copy.tableRange,
          help: "list each column once"
        )
      }
      guard !column.isIdentity || copy.explicitIdentifiers else {
        throw .copyColumns(
          "column \"\(name)\" is an identity column",
          at: copy.tableRange,
          help: "leave it out of the list, or add EXPLICIT_IDS to load its values"
        )
      }
      columns.append(column)
    }
    let identity = table.columns.first { $0.isIdentity }
    if copy.explicitIdentifiers, let identity, !columns.contains(identity) {
      throw .copyColumns(
        "EXPLICIT_IDS needs the identity column \"\(identity.name)\" in the column list",
        at: copy.tableRange,
        help: "add \"\(identity.name)\" to the list, or drop EXPLICIT_IDS"
      )
    }
    let missing = table.columns.first { column in
      column.isNotNull && column.defaultExpression == nil && !column.isIdentity
        && !column.isGenerated && !columns.contains(column)
    }
    if let missing {
      throw .copyColumns(
        "column \"\(missing.name)\" is NOT NULL, has no default and is not in the column list",
        at: copy.tableRange,
        help: "add it to the list, or give it a DEFAULT"
      )
    }
    return columns
  }

  private func format(
    _ columns: [TargetColumn],
    _ table: TargetTable
  ) async throws(Diagnostic) -> LoadPlan.Format {
    switch copy.format {
    case .json(let source): return try await json(source, columns)
    case .csv(let delimiter, let quote):
      return .separated(layout(.csv(delimiter: delimiter, quote: quote)))
    case .fixedWidth(let widths):
      guard widths.count == columns.count else {
        throw .copyColumns(
          "FIXEDWIDTH has \(widths.count) widths for \(columns.count) columns",
          at: copy.formatRange,
          help: "give one width for each column, in their order"
        )
      }
      return .separated(layout(.fixedWidth(widths)))
    case .delimited(let delimiter): return .separated(layout(.delimited(delimiter: delimiter)))
    case .avro, .parquet, .orc, .shapefile:
      throw .copyUnsupportedFormat("this format", at: copy.formatRange)
    }
  }

  private func json(
    _ source: CopyStatement.JSONPaths,
    _ columns: [TargetColumn]
  ) async throws(Diagnostic) -> LoadPlan.Format {
    switch source {
    case .automatic, .automaticIgnoringCase:
      return .json(
        paths: columns.map { [.member(Array($0.name.utf8))] },
        ignoresCase: source == .automaticIgnoringCase,
        takesArrays: false
      )
    case .noShred:
      guard columns.count == 1, columns[0].type == .semistructured else {
        throw .copyColumns(
          "JSON 'noshred' needs a single column, of type SUPER",
          at: copy.formatRange,
          help: "list that column alone, or use JSON 'auto'"
        )
      }
      return .json(paths: [[]], ignoresCase: false, takesArrays: true)
    case .file(let location):
      let (bytes, path) = try await contents(of: location, isManifest: false)
      let file: JSONPathsFile
      do throws(JSONPathsFile.Fault) {
        file = try JSONPathsFile(bytes)
      } catch {
        let place = place(error.offset, in: bytes, path)
        throw .copyJSONPaths(error, file: place, at: location.range)
      }
      guard file.paths.count == columns.count else {
        throw .copyPathCount(file.paths.count, columns: columns.count, at: location.range)
      }
      return .json(paths: file.paths, ignoresCase: false, takesArrays: true)
    }
  }

  private func layout(_ kind: SeparatedLayout.Kind) -> SeparatedLayout {
    var nullText = Array((copy.nullText ?? "\\N").utf8)
    // Both spellings mean the byte 0.
    if nullText == Array("\\0".utf8) || nullText == Array("\\000".utf8) { nullText = [0] }
    return SeparatedLayout(
      kind: kind,
      nullText: nullText,
      escapes: copy.escape,
      removesQuotes: copy.removesQuotes,
      fillsRecord: copy.fillsRecord,
      ignoresBlankLines: copy.ignoresBlankLines,
      emptyAsNull: copy.emptyAsNull
    )
  }

  private func rules() throws(Diagnostic) -> ConversionRules {
    ConversionRules(
      dates: try reader(copy.dateFormat, option: "DATEFORMAT"),
      times: try reader(copy.timeFormat, option: "TIMEFORMAT"),
      acceptsAnyDate: copy.acceptsAnyDate,
      blanksAsNull: copy.blanksAsNull,
      emptyAsNull: copy.emptyAsNull,
      trimsBlanks: copy.trimsBlanks,
      truncatesColumns: copy.truncatesColumns,
      roundsDecimals: copy.roundsDecimals,
      invalidCharacterReplacement: copy.invalidCharacterReplacement
    )
  }

  private func reader(_ format: CopyStatement.DateTimeFormat, option: String) throws(Diagnostic)
    -> DateTimeReader
  {
    switch format {
    case .standard: return .standard
    case .automatic: return .automatic
    case .epochSeconds: return .epochSeconds
    case .epochMilliseconds: return .epochMilliseconds
    case .pattern(let literal):
      do throws(DateTimePattern.Fault) {
        return .pattern(try DateTimePattern(literal.value))
      } catch {
        throw .copyFormat(option, error, at: literal.range)
      }
    }
  }
}
