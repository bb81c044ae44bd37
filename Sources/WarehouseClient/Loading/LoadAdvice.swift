import Diagnostics
import RedshiftSQL

/// Guesses what would help a load along.
struct LoadAdvice {
  let copy: CopyStatement
  let columns: [TargetColumn]

  private var isJSON: Bool {
    if case .json = copy.format { return true }
    return false
  }

  func help(for error: LoadError, seemingCompression: String?) -> [String] {
    if let seemingCompression {
      let option = "add \(seemingCompression.uppercased()) to the COPY"
      return [
        "the file is compressed with \(seemingCompression), and COPY goes by its options, not by "
          + "the file's name: \(option)"
      ]
    }
    switch error.code {
    case 1205, 1206: return dateHelp(error)
    case 1204: return lengthHelp(error)
    case 1207:
      return error.reason.contains("Value '.'")
        ? ["the value has a fraction: make the column DECIMAL or DOUBLE PRECISION"] : []
    case 1213: return missingHelp(error)
    case 1220:
      return error.reason.hasPrefix("Multibyte")
        ? ["make the column VARCHAR; CHAR takes ASCII only"]
        : ["add ACCEPTINVCHARS to replace such bytes"]
    case 1202, 1214:
      if error.rawLine.first == UInt8(ascii: "{"), !isJSON {
        return ["this looks like JSON: add FORMAT JSON 'auto'"]
      }
      return error.code == 1214 && error.column != nil
        ? ["check DELIMITER, or add FILLRECORD to load missing last fields as NULL"]
        : ["check DELIMITER and the column list"]
    case 1216: return documentHelp(error)
    default: return []
    }
  }

  private func dateHelp(_ error: LoadError) -> [String] {
    let isTime = error.code == 1206
    let option = isTime ? "TIMEFORMAT" : "DATEFORMAT"
    let value = error.rawField
    let digits = value.prefix { $0 &- 48 < 10 }.count
    if isTime, digits == value.count || value.dropFirst(digits).first == UInt8(ascii: ".") {
      if digits == 13 || digits == 12 { return ["use TIMEFORMAT 'epochmillisecs'"] }
      if digits == 10 || digits == 9 { return ["use TIMEFORMAT 'epochsecs'"] }
    }
    let format = isTime ? copy.timeFormat : copy.dateFormat
    let isReadable = value.withUnsafeBufferPointer {
      DateTimeReader.automatic.timestamp($0) != nil
    }
    return isReadable && format != .automatic ? ["use \(option) 'auto'"] : []
  }

  private func lengthHelp(_ error: LoadError) -> [String] {
    guard let column = error.column, columns.indices.contains(column), columns[column].type.isText
    else { return [] }
    return ["widen the column (lengths count bytes), or add TRUNCATECOLUMNS to cut values"]
  }

  private func missingHelp(_ error: LoadError) -> [String] {
    guard isJSON, let column = error.column, columns.indices.contains(column) else { return [] }
    guard let key = Self.key(like: columns[column].name, in: error.rawLine) else { return [] }
    return [
      "the key \"\(key)\" differs from the column in case: use JSON 'auto ignorecase' or a "
        + "JSONPaths file"
    ]
  }

  private func documentHelp(_ error: LoadError) -> [String] {
    guard isJSON else { return [] }
    if error.reason.hasPrefix("Invalid JSONPath") { return [] }
    switch error.rawField.first {
    case UInt8(ascii: "["):
      return ["write the objects one after another, without a list around them"]
    case UInt8(ascii: ","), UInt8(ascii: "]"):
      return ["separate objects by white space only, without commas"]
    default: return []
    }
  }

  /// Remarks on a load that went well but looks odd.
  func remarks(on outcome: LoadOutcome) -> [String] {
    guard outcome.rowCount > 0, case .json(let paths) = copy.format else { return [] }
    guard paths == .automatic else { return [] }
    var remarks: [String] = []
    for index in outcome.neverPresent where columns.indices.contains(index) {
      let name = columns[index].name
      guard let key = Self.key(like: name, in: outcome.sample) else { continue }
      remarks.append(
        "column \"\(name)\" stayed empty: its key is written \"\(key)\", and JSON 'auto' matches "
          + "keys exactly; use 'auto ignorecase' or a JSONPaths file"
      )
    }
    return remarks
  }

  /// A key in the text that equals `name` but for the case of letters.
  private static func key(like name: String, in text: [UInt8]) -> String? {
    let wanted = KeyTable.folded(Array(name.utf8))
    guard !wanted.isEmpty, text.count >= wanted.count + 3 else { return nil }
    for start in 0..<text.count - wanted.count - 1 where text[start] == UInt8(ascii: "\"") {
      let end = start + 1 + wanted.count
      guard text[end] == UInt8(ascii: "\"") else { continue }
      let found = Array(text[start + 1..<end])
      guard found != Array(name.utf8), KeyTable.folded(found) == wanted else { continue }
      let rest = text[(end + 1)...].drop(while: \.isBlank)
      if rest.first == UInt8(ascii: ":") { return String(decoding: found, as: UTF8.self) }
    }
    return nil
  }
}
