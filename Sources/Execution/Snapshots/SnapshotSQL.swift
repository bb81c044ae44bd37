import ProjectCompiler
import RedshiftSQL

/// The statements of a snapshot, as Redshift understands them.
///
/// The rules are dbt's, so that a table which dbt has begun goes on. Unlike dbt, the query is run
/// once into a temporary table, so that all parts see the same rows.
struct SnapshotSQL {
  let definition: SnapshotDefinition
  let target: RelationName
  /// The query's rows, in a temporary table.
  let source: RelationName
  /// What is to be done, in a temporary table.
  let changes: RelationName

  private var settings: SnapshotSettings { definition.settings }
  private var names: SnapshotSettings.ColumnNames { settings.names }
  private var keepsDeletions: Bool { settings.hardDeletes == .newRecord }

  private static let changeType = "dbt_change_type"

  /// Whether the texts hold no SQL but redstart's own, which every server takes as it is.
  var isPlain: Bool { settings.validToCurrent == nil }

  private var keyNames: [String] {
    settings.uniqueKey.indices.map { "dbt_unique_key_\($0 + 1)" }
  }

  private var firstKey: SQLText { "\(identifier: keyNames.first ?? "dbt_unique_key_1")" }

  private var keys: SQLText {
    zip(settings.uniqueKey, keyNames).map { key, name -> SQLText in
      "\(verbatim: key) as \(identifier: name)"
    }.joined(separator: ", ")
  }

  /// Whether a version is the last of its row, or of `alias`'s row.
  private func isCurrent(_ alias: SQLText = "") -> SQLText {
    let column: SQLText = "\(alias)\(identifier: names.validTo)"
    guard let end = settings.validToCurrent else { return "\(column) is null" }
    return "(\(column) = \(verbatim: end) or \(column) is null)"
  }

  // MARK: Keys

  /// The number of rows of a relation that have no whole key.
  func withoutKey(in relation: RelationName) -> SQLText {
    let missing = keyNames.map { name -> SQLText in "\(identifier: name) is null" }
    return """
      select count(*)
      from (select \(keys) from \(relation)) as redstart_keys
      where \(missing.joined(separator: " or "))
      """
  }

  /// Keys that several rows of a relation have.
  func repeatedKeys(in relation: RelationName, onlyCurrent: Bool) -> SQLText {
    let condition: SQLText = onlyCurrent ? " where \(isCurrent())" : ""
    return """
      select \(identifiers: keyNames), count(*)
      from (select \(keys) from \(relation)\(condition)) as redstart_keys
      group by \(identifiers: keyNames)
      having count(*) > 1
      order by count(*) desc
      limit 3
      """
  }

  // MARK: Versions

  /// Changes with every run that writes: versions are only ever added or closed.
  var standing: SQLText {
    "select count(*), count(case when \(isCurrent()) then 1 end) from \(target)"
  }

  /// Works out what is to be done.
  ///
  /// Each part reads a list of its own, so that hashes are worked out for changed rows only.
  ///
  /// - Parameters:
  ///   - columns: the query's columns.
  ///   - stored: the table's.
  ///   - checked: columns to compare; nil when every row counts as changed.
  /// - Returns: the statement that makes the table of changes.
  func stage(columns: [String], stored: Set<String>, checked: [String]?) -> SQLText {
    let time: SQLText = "\(verbatim: definition.updatedAt)"
    let end: SQLText =
      settings.validToCurrent.map { "coalesce(nullif(\(time), \(time)), \(verbatim: $0))" }
      ?? "nullif(\(time), \(time))"
    let isRemoved = settings.hardDeletes != .ignore
    let sourceKeys: SQLText = """
      ,
      source_keys as (
        select \(keys)
        from \(source)
      )
      """
    var parts = [insertions(columns, checked), updates(columns, checked)]
    if isRemoved { parts.append(deletions(columns)) }
    if keepsDeletions { parts.append(deletionRecords(columns, stored)) }
    return """
      create temporary table \(changes) as (
      with snapshotted_data as (
        select *, \(keys)
        from \(target)
        where \(isCurrent())
      ),
      versions as (
        select *, \(keys),
          \(time) as \(identifier: names.updatedAt),
          \(time) as \(identifier: names.validFrom),
          \(end) as \(identifier: names.validTo),
          \(verbatim: definition.scdID) as \(identifier: names.scdID)
        from \(source)
      ),
      successors as (
        select *, \(keys),
          \(time) as \(identifier: names.updatedAt),
          \(time) as \(identifier: names.validFrom)
        from \(source)
      )\(isRemoved ? sourceKeys : "")
      \(parts.joined(separator: "\nunion all\n"))
      )
      """
  }

  private func list(_ columns: [String], of alias: SQLText) -> SQLText {
    columns.map { column -> SQLText in "\(alias).\(identifier: column)" }.joined(separator: ", ")
  }

  private func join(_ other: SQLText) -> SQLText {
    keyNames.map { name -> SQLText in
      "snapshotted_data.\(identifier: name) = \(other).\(identifier: name)"
    }.joined(separator: " and ")
  }

  private func isChanged(_ checked: [String]?) -> SQLText {
    var condition: SQLText
    switch definition.change {
    case .newer:
      // dbt compares alone, and never takes another version of a row that began without a time.
      let old: SQLText = "snapshotted_data.\(identifier: names.validFrom)"
      let new: SQLText = "source_data.\(identifier: names.updatedAt)"
      condition = """
        \(old) < \(new) or (\(old) is null and \(new) is not null)
        """
    case .expression(let text): condition = "(\(verbatim: text))"
    case .checked:
      let differences = checked?.map { column -> SQLText in
        let old: SQLText = "snapshotted_data.\(identifier: column)"
        let new: SQLText = "source_data.\(identifier: column)"
        return """
          \(old) <> \(new) or (\(old) is null and \(new) is not null) \
          or (\(old) is not null and \(new) is null)
          """
      }
      condition = differences.map { "(\($0.joined(separator: "\n    or ")))" } ?? "true"
    }
    if keepsDeletions {
      condition += " or snapshotted_data.\(identifier: names.isDeleted) = 'True'"
    }
    return condition
  }

  private func insertions(_ columns: [String], _ checked: [String]?) -> SQLText {
    let added = [names.updatedAt, names.validFrom, names.validTo, names.scdID]
    let mark: SQLText = keepsDeletions ? ", 'False' as \(identifier: names.isDeleted)" : ""
    return """
      select 'insert' as \(identifier: Self.changeType), \(list(columns, of: "source_data")),
        \(list(added, of: "source_data"))\(mark)
      from versions as source_data
      left join snapshotted_data on \(join("source_data"))
      where snapshotted_data.\(firstKey) is null
        or (snapshotted_data.\(firstKey) is not null and (\(isChanged(checked))))
      """
  }

  private func updates(_ columns: [String], _ checked: [String]?) -> SQLText {
    let added = [names.updatedAt, names.validFrom, names.updatedAt]
    return """
      select 'update', \(list(columns, of: "source_data")),
        \(list(added, of: "source_data")), \(old)
      from successors as source_data
      join snapshotted_data on \(join("source_data"))
      where (\(isChanged(checked)))
      """
  }

  /// What identifies the version that is closed.
  private var old: SQLText {
    let mark: SQLText = keepsDeletions ? ", snapshotted_data.\(identifier: names.isDeleted)" : ""
    return "snapshotted_data.\(identifier: names.scdID)\(mark)"
  }

  private func deletions(_ columns: [String]) -> SQLText {
    let nothing = columns.map { _ -> SQLText in "null" }.joined(separator: ", ")
    let now: SQLText = "\(verbatim: definition.now)"
    return """
      select 'delete', \(nothing), \(now), \(now), \(now), \(old)
      \(removed)
      """
  }

  /// The current versions whose rows are gone.
  private var removed: SQLText {
    let text: SQLText = """
      from snapshotted_data
      left join source_keys on \(join("source_keys"))
      where source_keys.\(firstKey) is null
      """
    guard keepsDeletions else { return text }
    // A deletion that is recorded already is neither closed nor recorded again.
    let end = settings.validToCurrent
    let isOpen: SQLText =
      end.map { "= \(verbatim: $0)" } ?? "is null"
    return text
      + """

        and not (
          snapshotted_data.\(identifier: names.isDeleted) = 'True'
          and snapshotted_data.\(identifier: names.validTo) \(isOpen)
        )
      """
  }

  private func deletionRecords(_ columns: [String], _ stored: Set<String>) -> SQLText {
    let values = columns.map { column -> SQLText in
      stored.contains(column) ? "snapshotted_data.\(identifier: column)" : "null"
    }.joined(separator: ", ")
    let now: SQLText = "\(verbatim: definition.now)"
    return """
      select 'insert', \(values), \(now), \(now),
        snapshotted_data.\(identifier: names.validTo), \(verbatim: definition.deletionID), 'True'
      \(removed)
      """
  }

  /// The number of the query's rows that have no time; nil where none is compared.
  var withoutTime: SQLText? {
    guard case .newer = definition.change else { return nil }
    return "select count(*) from \(source) where \(verbatim: definition.updatedAt) is null"
  }

  // MARK: Writing

  /// The number of versions that would get a successor, and yet no end.
  var endless: SQLText {
    """
    select count(*)
    from \(changes)
    where \(identifier: Self.changeType) = 'update' and \(identifier: names.validTo) is null
    """
  }

  /// Ends the versions that have a successor, or whose row is gone.
  var close: SQLText {
    """
    update \(target)
    set \(identifier: names.validTo) = \(changes).\(identifier: names.validTo)
    from \(changes)
    where \(changes).\(identifier: names.scdID) = \(target).\(identifier: names.scdID)
      and \(changes).\(identifier: Self.changeType) in ('update', 'delete')
      and \(isCurrent("\(target)."))
    """
  }

  /// Adds the new versions.
  func insert(_ columns: [String]) -> SQLText {
    """
    insert into \(target) (\(identifiers: columns))
    select \(identifiers: columns)
    from \(changes)
    where \(identifier: Self.changeType) = 'insert'
    """
  }

  /// The columns that are written, of those that were staged.
  func written(_ staged: [RelationColumn]) -> [RelationColumn] {
    staged.filter { $0.name != Self.changeType }
  }
}
