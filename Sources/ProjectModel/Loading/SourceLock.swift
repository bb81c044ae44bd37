import Diagnostics

/// The columns of sources as they were read from a warehouse: `sources.lock.yml`.
///
/// `redstart source sync` writes the file, and people commit it, so that checks know the columns of
/// sources without a database.
package struct SourceLock: Sendable, Equatable {
  package static let fileName = "sources.lock.yml"
  private static let version = 1

  package struct Column: Hashable, Sendable {
    package var name: String
    /// As Redshift's SQL writes it: `varchar(20)`.
    package var type: String
    package var isNullable: Bool

    package init(name: String, type: String, isNullable: Bool) {
      self.name = name
      self.type = type
      self.isNullable = isNullable
    }
  }

  /// By `schema.table`, in lower case; columns in order.
  package var relations: [String: [Column]] = [:]

  package init() {}

  /// Reads the file's data; nil when it is not as it is written here.
  init?(_ plain: PlainValue) {
    guard let file = plain.dictionary, file["version"]?.integer == Self.version,
      let relations = file["relations"]?.dictionary
    else { return nil }
    for (name, value) in relations.pairs {
      guard let items = value.list else { return nil }
      var columns: [Column] = []
      for item in items {
        guard let entry = item.dictionary, let column = entry["name"]?.string,
          let type = entry["type"]?.string, let isNullable = entry["nullable"]?.boolean
        else { return nil }
        columns.append(Column(name: column, type: type, isNullable: isNullable))
      }
      self.relations[name] = columns
    }
  }

  /// The file's text: the same for the same columns.
  package var text: String {
    var lines = [
      "# Columns of sources, written by `redstart source sync`. Commit this file: checks read it.",
      "version: \(Self.version)",
      relations.isEmpty ? "relations: {}" : "relations:",
    ]
    for name in relations.keys.sorted() {
      let columns = relations[name] ?? []
      let key = PlainValue.string(name).jsonString
      lines.append(columns.isEmpty ? "  \(key): []" : "  \(key):")
      for column in columns {
        let name = PlainValue.string(column.name).jsonString
        let type = PlainValue.string(column.type).jsonString
        lines.append("    - { name: \(name), type: \(type), nullable: \(column.isNullable) }")
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }
}

extension SettingsReader {
  /// Reads the lock file beside the project file; empty when there is none.
  func sourceLock(root: String) -> SourceLock {
    let path = FilePath.joining(root, SourceLock.fileName)
    guard FileSystem.isFile(path), let document = document(path, name: SourceLock.fileName) else {
      return SourceLock()
    }
    guard let lock = SourceLock(document.plain) else {
      problems.add(.badSourceLock(at: document.range.firstLine(in: buffers)))
      return SourceLock()
    }
    return lock
  }
}
