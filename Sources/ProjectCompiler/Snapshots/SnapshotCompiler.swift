import Diagnostics
import ProjectModel
import RedshiftSQL
import Templating

/// Works out a snapshot's strategy, by redstart's macros or those with which a project replaces
/// them.
struct SnapshotCompiler {
  let node: Node
  let context: NodeContext
  let macros: MacroTable
  let buffers: Buffers
  /// Whether the table is there, for strategies of the project.
  let targetExists: Bool

  /// The snapshot's strategy as SQL.
  ///
  /// - Throws: `snapshot-config`, `snapshot-strategy`, or any error of a macro.
  func define() throws(Diagnostic) -> SnapshotDefinition {
    var settings = try SnapshotSettings(node)
    let now = try text("snapshot_get_time()")
    var updatedAt = settings.updatedAt ?? now
    let change: SnapshotDefinition.Change
    let scdID: String
    if isBuiltin("timestamp", settings) {
      change = .newer
      scdID = try hash(settings.uniqueKey + [updatedAt])
    } else if isBuiltin("check", settings), let columns = settings.checkedColumns {
      change = .checked(columns)
      scdID = try hash(settings.uniqueKey + [updatedAt])
    } else {
      let strategy = try custom(settings)
      updatedAt = strategy.updatedAt
      scdID = strategy.scdID
      change = .expression(strategy.rowChanged)
      settings.uniqueKey = strategy.uniqueKey
      settings.hardDeletes = strategy.hardDeletes ?? settings.hardDeletes
    }
    return SnapshotDefinition(
      settings: settings,
      updatedAt: updatedAt,
      scdID: scdID,
      change: change,
      now: now,
      deletionID: try hash([settings.names.scdID, now])
    )
  }

  /// What the table holds after the first run, as a query: the snapshot's own columns beside those
  /// of its SQL.
  ///
  /// What redstart writes points at the snapshot's name, where its configuration is not far.
  func firstVersion(_ definition: SnapshotDefinition, of sql: BufferID) -> BufferID {
    let settings = definition.settings
    let time = definition.updatedAt
    // What is wrong with an expression is said of the snapshot by its name.
    let alias = SQLQuoting.identifier(node.name)
    var columns = [
      (definition.scdID, settings.names.scdID), (time, settings.names.updatedAt),
      (time, settings.names.validFrom),
      (
        "coalesce(nullif(\(time), \(time)), \(settings.validToCurrent ?? "null"))",
        settings.names.validTo
      ),
    ]
    if settings.hardDeletes == .newRecord { columns.append(("'False'", settings.names.isDeleted)) }
    var text = MappedText()
    text.append(generated: "select\n  \(alias).*".utf8, origin: node.declaration)
    for (expression, name) in columns {
      let item = ",\n  \(expression) as \(SQLQuoting.identifier(name))"
      text.append(generated: item.utf8, origin: node.declaration)
    }
    text.append(generated: "\nfrom (\n".utf8, origin: node.declaration)
    let bytes = buffers.bytes(of: sql)
    let end =
      bytes.contains(UInt8(ascii: ";")) ? SQLLexer.endWithoutSemicolon(of: bytes) : bytes.count
    text.append(copying: bytes, range: TextRange(buffer: sql, bytes: 0..<end))
    text.append(generated: "\n) as \(alias)".utf8, origin: node.declaration)
    return buffers.add(generated: "\(node.originalFilePath) (snapshot \(node.name))", text)
  }

  // MARK: Strategies

  private func isBuiltin(_ name: String, _ settings: SnapshotSettings) -> Bool {
    guard settings.strategy == name || settings.strategy == "dbt.\(name)" else { return false }
    let macro = "snapshot_\(name)_strategy"
    return macros.custom(macro, from: node.packageName) == nil
  }

  private struct Custom {
    var uniqueKey: [String]
    var updatedAt: String
    var scdID: String
    var rowChanged: String
    var hardDeletes: SnapshotSettings.HardDeletes?
  }

  /// The strategy that a macro `snapshot_NAME_strategy` of the project gives.
  private func custom(_ settings: SnapshotSettings) throws(Diagnostic) -> Custom {
    // `tools.newest` is that of the package tools, and of no other.
    let parts = settings.strategy.split(separator: ".", maxSplits: 1).map(String.init)
    let package = parts.count > 1 ? parts[0] : nil
    let macro = "snapshot_\(parts.last ?? "")_strategy"
    let found =
      package.map { macros.lookup(macro, in: $0) } ?? macros.lookup(macro, from: node.packageName)
    guard found != nil else {
      throw .unknownStrategy(settings.strategy, known: knownStrategies, node)
    }
    let call =
      "\(package.map { "\($0)." } ?? "")\(macro)(model, 'snapshotted_data', 'source_data', model['config'], __target_exists)"
    context.captured.readsDatabase = true
    context.extra["__target_exists"] = .boolean(targetExists)
    guard case .dictionary(let strategy)? = try evaluate(call).plain else {
      throw .strategyResult(macro, "must return a mapping", node)
    }
    func part(_ key: String) throws(Diagnostic) -> String {
      guard let text = strategy[key]?.string, !text.isEmpty else {
        throw .strategyResult(macro, "must give `\(key)` as text", node)
      }
      return text
    }
    let keys = strategy["unique_key"].map { $0.list ?? [$0] }?.compactMap(\.string) ?? []
    guard !keys.isEmpty else {
      throw .strategyResult(macro, "must give `unique_key` as a name or a list of names", node)
    }
    var deletes = strategy["hard_deletes"]?.string.flatMap(SnapshotSettings.HardDeletes.init)
    if deletes == nil, strategy["invalidate_hard_deletes"]?.flag == true { deletes = .invalidate }
    return Custom(
      uniqueKey: keys,
      updatedAt: try part("updated_at"),
      scdID: try part("scd_id"),
      rowChanged: try part("row_changed"),
      hardDeletes: deletes
    )
  }

  private var knownStrategies: [String] {
    let own = macros.names(from: node.packageName).filter {
      $0.hasPrefix("snapshot_") && $0.hasSuffix("_strategy")
    }
    .map { String($0.dropFirst("snapshot_".count).dropLast("_strategy".count)) }
    return Set(["timestamp", "check"] + own).sorted()
  }

  // MARK: Macros

  private func hash(_ arguments: [String]) throws(Diagnostic) -> String {
    context.extra["__arguments"] = .list(arguments.map { .text($0) })
    return try text("snapshot_hash_arguments(__arguments)")
  }

  private func text(_ call: String) throws(Diagnostic) -> String {
    var text = MappedText()
    text.append(generated: try evaluate(call).rendered.utf8, origin: nil)
    return text.trimmed().string
  }

  private func evaluate(_ call: String) throws(Diagnostic) -> Value {
    var code = MappedText()
    code.append(generated: "{{ \(call) }}".utf8, origin: node.declaration)
    let buffer = buffers.add(generated: "\(node.originalFilePath) (strategy)", code)
    let template = try Template(parsing: buffer, in: buffers)
    return try Renderer(context: context, buffers: buffers, undefined: .standard)
      .evaluate(template)
  }
}
