import Diagnostics
import ProjectCompiler
import ProjectModel
import RedshiftSQL

// What can be wrong with a snapshot while it runs. None of it changes the table.
extension Diagnostic {
  static func snapshotTargetKind(
    _ relation: RelationName,
    _ kind: ExistingRelations.Kind,
    _ node: Node
  ) -> Diagnostic {
    Diagnostic(
      code: "not-a-snapshot-table",
      "\(relation.description) is a \(kind.keyword.string), so snapshot \(node.name) cannot keep"
        + " its history there",
      at: node.place,
      file: node.originalFilePath,
      help: ["give the snapshot another `alias` or `schema`, or drop the \(kind.keyword.string)"]
    )
  }

  static func notASnapshotTable(
    _ relation: RelationName,
    missing: [String],
    isDeletedName: String,
    _ node: Node
  ) -> Diagnostic {
    let names = missing.map { "\"\($0)\"" }.joined(separator: ", ")
    var help = [
      "if it is not a snapshot's table, give the snapshot another `alias` or `schema`",
      "if its columns have other names, say so in `snapshot_meta_column_names`",
    ]
    if missing == [isDeletedName] {
      help = [
        "hard_deletes: new_record needs it: add it with "
          + "alter table \(relation.description) add column \(isDeletedName) varchar(5) "
          + "default 'False'"
      ]
    }
    return Diagnostic(
      code: "not-a-snapshot-table",
      "\(relation.description) has no column \(names), which snapshot \(node.name) needs",
      at: node.place,
      file: node.originalFilePath,
      // dbt's sentence, which programs look for.
      notes: ["Snapshot target is missing configured columns: \(missing.joined(separator: ", "))"],
      help: help
    )
  }

  static func snapshotColumnsTaken(_ names: [String], _ node: Node) -> Diagnostic {
    let list = names.map { "\"\($0)\"" }.joined(separator: ", ")
    return Diagnostic(
      code: "snapshot-column-taken",
      "snapshot \(node.name) adds \(list), and its query gives the same",
      at: node.place,
      file: node.originalFilePath,
      help: ["leave it out of the query, or rename the added one in `snapshot_meta_column_names`"]
    )
  }

  static func snapshotWithoutKey(
    _ settings: SnapshotSettings,
    count: String,
    _ node: Node
  ) -> Diagnostic {
    let key = settings.uniqueKey.joined(separator: ", ")
    return Diagnostic(
      code: "snapshot-null-key",
      "the query of snapshot \(node.name) gives \(count) row\(count == "1" ? "" : "s") in which"
        + " \(key) is NULL",
      at: node.place,
      file: node.originalFilePath,
      notes: ["such a row is never found again, so that each run would add it anew"],
      help: ["filter these rows out, or put a value in the place of NULL"]
    )
  }

  static func snapshotWithoutTime(
    _ definition: SnapshotDefinition,
    count: String,
    _ node: Node
  ) -> Diagnostic {
    Diagnostic(
      code: "snapshot-null-time",
      "\(count) changed row\(count == "1" ? "" : "s") of snapshot \(node.name) "
        + "\(count == "1" ? "has" : "have") no time: \(definition.updatedAt) is NULL",
      at: node.place,
      file: node.originalFilePath,
      notes: ["the version before could not be given an end", "nothing was changed"],
      help: ["put a time in the place of NULL, or leave out `updated_at` with strategy \"check\""]
    )
  }

  static func snapshotRepeatedKeys(
    _ settings: SnapshotSettings,
    _ rows: [[String?]],
    _ node: Node
  ) -> Diagnostic {
    let key = settings.uniqueKey.joined(separator: ", ")
    return Diagnostic(
      code: "snapshot-duplicate-keys",
      "the query of snapshot \(node.name) gives several rows for one \(key)",
      at: node.place,
      file: node.originalFilePath,
      notes: examples(settings, rows),
      help: ["make `unique_key` longer, or keep one row with QUALIFY row_number() OVER (…) = 1"]
    )
  }

  static func snapshotRepeatedVersions(
    _ settings: SnapshotSettings,
    _ rows: [[String?]],
    _ relation: RelationName,
    _ node: Node
  ) -> Diagnostic {
    let key = settings.uniqueKey.joined(separator: ", ")
    return Diagnostic(
      code: "snapshot-duplicate-keys",
      "\(relation.description) has several current versions for one \(key)",
      at: node.place,
      file: node.originalFilePath,
      notes: examples(settings, rows) + ["nothing was changed"],
      help: [
        "give all but one of them an end: update \(relation.description) set "
          + "\(settings.names.validTo) = … where \(settings.names.scdID) in (…)"
      ]
    )
  }

  private static func examples(_ settings: SnapshotSettings, _ rows: [[String?]]) -> [String] {
    rows.map { row in
      let values = zip(settings.uniqueKey, row).map { "\($0) = \($1 ?? "null")" }
      return "\(values.joined(separator: ", ")): \((row.last ?? nil) ?? "several") rows"
    }
  }

  static func snapshotBusy(_ relation: RelationName, _ node: Node) -> Diagnostic {
    Diagnostic(
      code: "snapshot-busy",
      "\(relation.description) changed each time its changes were worked out",
      at: node.place,
      file: node.originalFilePath,
      notes: ["nothing was changed"],
      help: ["something else writes to it; run snapshot \(node.name) again when that is over"]
    )
  }
}
