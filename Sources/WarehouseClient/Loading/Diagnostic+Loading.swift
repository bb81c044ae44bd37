import Diagnostics
import RedshiftSQL

/// The wording of everything that COPY can say.
extension Diagnostic {
  static func copyUnsupported(_ what: String, at range: TextRange, help: String) -> Diagnostic {
    Diagnostic(
      code: "copy-unsupported-locally",
      "\(what) cannot be loaded by the local COPY",
      at: range,
      label: "only Redshift itself reads this",
      notes: [
        "the local COPY reads JSON, CSV, delimited and fixed-width text, plain or compressed with "
          + "gzip, zstd or bzip2"
      ],
      help: [help]
    )
  }

  static func copyUnsupportedFormat(_ what: String, at range: TextRange) -> Diagnostic {
    var diagnostic = copyUnsupported(
      what,
      at: range,
      help:
        "load the table on a target of type redshift, or keep a sample as CSV or JSON for this one"
    )
    diagnostic.help.append(
      "one file can do both: {% if target.type == 'redshift' %} format as \(what.lowercased()) "
        + "{% else %} csv {% endif %}"
    )
    return diagnostic
  }

  /// What the store of objects said, at the location that it is about.
  static func copyStore(
    _ problem: Diagnostic,
    location: CopyStatement.Literal,
    region: CopyStatement.Literal?
  ) -> Diagnostic {
    var diagnostic = problem
    if diagnostic.labels.isEmpty {
      let place = diagnostic.code == "wrong-region" ? region?.range : nil
      diagnostic.labels = [Diagnostic.Label(place ?? location.range, "this is read from S3 itself")]
    }
    switch problem.code {
    case "no-credentials", "aws-unreachable", "sign-in-needed", "credential-source":
      diagnostic.notes.append("no folder of the target's s3 mapping stands for \(location.value)")
      diagnostic.help.append(
        "or map it to a folder in project.yml: "
          + "targets.NAME.s3: {\(bucket(of: location.value)): data/folder}"
      )
    case "no-region": diagnostic.help.append("or add REGION to the statement")
    default: break
    }
    return diagnostic
  }

  static func copyConflict(_ message: String, at range: TextRange) -> Diagnostic {
    Diagnostic(code: "copy-options", message, at: range)
  }

  static func copyFormat(_ option: String, _ fault: DateTimePattern.Fault, at range: TextRange)
    -> Diagnostic
  {
    Diagnostic(
      code: "copy-time-format",
      "\(option) cannot read \"\(fault.text)\"",
      at: range,
      label: fault.isZone ? "zones cannot be part of the format" : "not a part of a date or time",
      help: [
        "use YYYY, YY, MM, MON, DD, HH or HH24, HH12, MI, SS, AM or PM, or 'auto'"
      ]
    )
  }

  static func copySource(
    _ failure: S3Mapping.Failure,
    location: CopyStatement.Literal,
    mapped: [String]
  ) -> Diagnostic {
    switch failure {
    case .notS3:
      return Diagnostic(
        code: "copy-source",
        "\"\(location.value)\" is not an s3:// location",
        at: location.range,
        help: ["only s3:// sources can be loaded locally, through targets.NAME.s3"]
      )
    case .unmapped:
      let known =
        mapped.isEmpty
        ? "this target has no s3 mapping"
        : "mapped are \(mapped.joined(separator: ", "))"
      return Diagnostic(
        code: "copy-unmapped-source",
        "no folder stands for \(location.value)",
        at: location.range,
        label: "not covered by the target's s3 mapping",
        notes: [known],
        help: [
          "map its bucket or prefix to a folder in project.yml: "
            + "targets.NAME.s3: {\(bucket(of: location.value)): data/folder}"
        ]
      )
    case .missingFolder(let prefix, let folder):
      return Diagnostic(
        code: "copy-missing-folder",
        "the folder of \(prefix) does not exist",
        at: location.range,
        label: "mapped to \(folder)",
        help: ["create \(folder), or correct targets.NAME.s3"]
      )
    case .unreadable(let path, let reason):
      return .copyUnreadable(path, reason, at: location.range)
    }
  }

  private static func bucket(of location: String) -> String {
    let name = location.dropFirst("s3://".count).prefix { $0 != "/" }
    return "s3://\(name)"
  }

  static func copyUnreadable(_ path: String, _ reason: String, at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "copy-unreadable-file",
      "cannot read \(path): \(reason)",
      at: range,
      file: path
    )
  }

  static func copyNothingFound(_ location: CopyStatement.Literal, isManifest: Bool) -> Diagnostic {
    Diagnostic(
      code: "copy-no-objects",
      isManifest
        ? "The manifest file \(location.value) does not exist (error 8001)"
        : "The specified S3 prefix '\(location.value)' does not exist (error 8001)",
      at: location.range,
      label: isManifest ? "no such object" : "no object starts with this",
      notes: isManifest ? ["MANIFEST needs the full address of one object"] : [],
      help: ["check the prefix, and the folder that targets.NAME.s3 maps it to, if any"]
    )
  }

  static func copyManifest(_ message: String, file: String, at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "copy-manifest",
      "the manifest cannot be used: \(message)",
      at: range,
      file: file,
      help: [#"a manifest is {"entries": [{"url": "s3://bucket/key", "mandatory": true}]}"#]
    )
  }

  static func copyMissingEntry(_ url: String, file: String, at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "copy-missing-entry",
      "the mandatory object \(url) of the manifest does not exist",
      at: range,
      file: file
    )
  }

  static func copyJSONPaths(
    _ fault: JSONPathsFile.Fault,
    file: String,
    at range: TextRange
  ) -> Diagnostic {
    Diagnostic(
      code: "copy-jsonpaths",
      fault.message.hasPrefix("Invalid JSONPath")
        ? fault.message : "the JSONPaths file cannot be used: \(fault.message)",
      at: range,
      file: file,
      help: fault.help.map { [$0] } ?? []
    )
  }

  static func copyPathCount(_ paths: Int, columns: Int, at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "copy-jsonpaths",
      "Number of jsonpaths and the number of columns should match. JSONPath size: \(paths), "
        + "Number of columns in table or column list: \(columns)",
      at: range,
      help: ["give one path for each column, in the order of the table or of the column list"]
    )
  }

  static func copyUnknownTable(_ copy: CopyStatement) -> Diagnostic {
    Diagnostic(
      code: "copy-unknown-table",
      "table \(copy.table.description) does not exist",
      at: copy.tableRange,
      help: ["COPY fills a table, it does not create one: create it in a migration"]
    )
  }

  static func copyUnknownColumn(_ name: String, _ table: TargetTable, at range: TextRange)
    -> Diagnostic
  {
    let near = Suggestion.sentence(for: name, among: table.columns.map(\.name))
    return Diagnostic(
      code: "copy-columns",
      "column \"\(name)\" does not exist in \(table.name.description)",
      at: range,
      notes: ["it has \(table.columns.map(\.name).joined(separator: ", "))"],
      help: near.map { [$0] } ?? []
    )
  }

  static func copyColumns(_ message: String, at range: TextRange, help: String) -> Diagnostic {
    Diagnostic(code: "copy-columns", message, at: range, help: [help])
  }

  static func copyDamagedFile(_ failure: SourceFailure, at range: TextRange) -> Diagnostic {
    switch failure.kind {
    case .unreadable: return copyUnreadable(failure.path, failure.reason, at: range)
    case .compression(let compression):
      let name = compression.rawValue
      let option = name.uppercased()
      return Diagnostic(
        code: "copy-damaged-file",
        "\(failure.path) is not sound \(name) data: \(failure.reason)",
        at: range,
        label: "loaded with \(option)",
        file: failure.path,
        help: ["with \(option) every object under the prefix must be \(name)"]
      )
    case .store(let problem):
      var diagnostic = problem
      if diagnostic.labels.isEmpty { diagnostic.labels = [Diagnostic.Label(range, "loading this")] }
      if diagnostic.file == nil { diagnostic.file = failure.path }
      return diagnostic
    case .stopped:
      return Diagnostic(code: "interrupted", "interrupted while loading", at: range)
    case .encoding:
      return Diagnostic(
        code: "copy-damaged-file",
        "\(failure.path) is not in the encoding stated: \(failure.reason) (error 1221)",
        at: range,
        file: failure.path
      )
    }
  }

  static func copyServerError(
    _ error: WarehouseError,
    _ copy: CopyStatement,
    place: String? = nil
  ) -> Diagnostic {
    var notes: [String] = []
    if let place { notes.append("in \(place)") }
    if let detail = error.detail { notes.append(detail) }
    if let context = error.context { notes.append(context) }
    if let state = error.sqlState { notes.append("SQLSTATE \(state)") }
    let code =
      switch error.kind {
      case .statement: "load-refused"
      case .cancelled: "statement-cancelled"
      case .connectionLost: "connection-lost"
      case .unreachable: "server-unreachable"
      case .authentication: "authentication-failed"
      }
    return Diagnostic(
      code: code,
      error.message,
      at: copy.source.range,
      label: error.kind == .statement ? "the server did not take these rows" : "",
      file: place,
      notes: notes,
      help: error.hint.map { [$0] } ?? []
    )
  }

  static func loadError(
    _ error: LoadError,
    copy: CopyStatement,
    columns: [TargetColumn],
    help: [String],
    notes extra: [String]
  ) -> Diagnostic {
    let column = error.column.flatMap { columns.indices.contains($0) ? columns[$0] : nil }
    let place = "\(error.path):\(error.fieldLine):\(error.fieldColumn)"
    var notes: [String] = []
    if let column {
      let length = column.type.lengthText
      let type = column.type.name + (length.isEmpty ? "" : "(\(length))")
      notes.append("column \(column.name) is \(type)")
    }
    if let explanation = error.explanation { notes.append(explanation) }
    if !error.rawField.isEmpty {
      notes.append("value: \(printable(error.rawField.prefix(200)))")
    }
    if let excerpt = excerpt(error) { notes.append(excerpt) }
    let target = column.map { "column \"\($0.name)\": " } ?? ""
    return Diagnostic(
      code: "load-error",
      "\(place): \(target)\(error.reason) (error \(error.code))",
      at: copy.source.range,
      label: "loading this",
      file: place,
      notes: notes + extra,
      help: help
    )
  }

  /// Text without anything that a terminal would obey.
  private static func printable(_ bytes: ArraySlice<UInt8>) -> String {
    let plain = bytes.map { $0 < 32 || $0 == 127 ? UInt8(ascii: " ") : $0 }
    return String(decoding: plain, as: UTF8.self)
  }

  /// The line at fault with a mark under the field.
  private static func excerpt(_ error: LoadError) -> String? {
    guard let offset = error.fieldOffset else { return nil }
    let line = error.rawLine
    let lineStart = (line[..<offset].lastIndex(of: 10) ?? -1) + 1
    let lineEnd = line[offset...].firstIndex(of: 10) ?? line.count
    let start = offset - lineStart > 60 ? offset - 40 : lineStart
    let end = min(lineEnd, max(start + 100, start))
    func shown(_ range: Range<Int>) -> String { printable(line[range]) }
    guard start <= offset, offset <= end else { return nil }
    let before = shown(start..<offset)
    let marked = shown(offset..<min(end, offset + max(error.rawField.count, 1)))
    let number = "\(error.fieldLine)"
    let indent = String(repeating: " ", count: number.count + 3 + before.count)
    let marks = String(repeating: "^", count: max(marked.count, 1))
    return "\(number) | \(shown(start..<end))\n\(indent)\(marks)"
  }
}
