import Diagnostics
import ProjectModel

extension Node.Column {
  /// The column as the manifest has it.
  var manifestValue: PlainDictionary {
    var entry: PlainDictionary = [
      "name": .string(name),
      "description": .string(description),
      "meta": .dictionary(meta),
      "data_type": dataType.map { .string($0) } ?? .null,
      "constraints": .list(
        (extra["constraints"]?.list ?? []).map { NodeEntry.constraint($0, ofColumn: true) }
      ),
      "quote": quote.map { .boolean($0) } ?? .null,
      "config": ["meta": .dictionary(meta), "tags": .list(tags.map { .string($0) })],
      "tags": .list(tags.map { .string($0) }),
      "granularity": extra["granularity"] ?? .null,
      "doc_blocks": .list(documentation.map { .string($0) }),
    ]
    // As in dbt, what a project says of a column beside that is kept for whoever reads it.
    for (key, value) in extra.pairs where entry[key] == nil && !Self.consumed.contains(key) {
      entry[key] = value
    }
    return entry
  }

  private static let consumed: Set<String> = ["docs", "tests", "data_tests"]
}
