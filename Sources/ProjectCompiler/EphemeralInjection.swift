import Diagnostics
import RedshiftSQL

/// Puts ephemeral models into the SQL that reads them, as common table expressions.
enum EphemeralInjection {
  /// What stands before a model's name where it is a common table expression.
  static let prefix = "__dbt__cte__"

  /// Adds a `with` clause, or extends the one there is, parents first.
  ///
  /// The added text stays on the line of the first keyword, so line numbers in the database's
  /// messages keep making sense.
  static func inject(
    _ models: [(name: String, text: MappedText)],
    into sql: MappedText,
    buffers: Buffers
  ) -> MappedText {
    guard !models.isEmpty else { return sql }
    let tokens = SQLLexer.significantTokens(of: sql.bytes)
    let hasWith = tokens.first.map { word(sql, $0.range) == "with" } ?? false
    let isRecursive = hasWith && tokens.count > 1 && word(sql, tokens[1].range) == "recursive"
    var result = MappedText()
    let cut: Int
    if hasWith {
      let stop = tokens[isRecursive ? 1 : 0].stop
      cut = sql.bytes[stop...].firstIndex { !$0.isBlank } ?? sql.bytes.count
      result.append(sql.slice(0..<cut))
      result.append(generated: (cut == stop ? "  " : " ").utf8, origin: nil)
    } else {
      // In front of everything, comments included, as dbt has it.
      cut = 0
      result.append(generated: "with ".utf8, origin: nil)
    }
    for (index, model) in models.enumerated() {
      if index > 0 { result.append(generated: ",  ".utf8, origin: nil) }
      result.append(generated: "\(prefix)\(model.name) as (\n".utf8, origin: nil)
      let bytes = model.text.bytes
      let end =
        bytes.contains(UInt8(ascii: ";")) ? SQLLexer.endWithoutSemicolon(of: bytes) : bytes.count
      result.append(end == bytes.count ? model.text : model.text.slice(0..<end))
      result.append(generated: "\n)".utf8, origin: nil)
    }
    result.append(generated: (hasWith ? ", " : " ").utf8, origin: nil)
    result.append(sql.slice(cut..<sql.bytes.count))
    return result
  }

  private static func word(_ sql: MappedText, _ range: Range<Int>) -> String {
    String(decoding: sql.bytes[range], as: UTF8.self).lowercased()
  }
}
