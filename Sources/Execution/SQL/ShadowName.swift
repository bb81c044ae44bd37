import RedshiftSQL

/// Names for relations that redstart makes on the way to another.
///
/// Whatever bears such a name is redstart's own and may be dropped: an interrupted run leaves
/// nothing else behind.
enum ShadowName {
  enum Role: String, CaseIterable {
    /// Built aside, to become the relation.
    case new = "__redstart_new"
    /// The relation before, until it is dropped.
    case old = "__redstart_old"
    /// The rows of this run, in a temporary table.
    case temporary = "__redstart_tmp"
    /// What a snapshot is about to do, in a temporary table.
    case changes = "__redstart_chg"
  }

  /// The names that dbt gives, in projects that are written for PostgreSQL: programs around such a
  /// project know them.
  private static func dbtSuffix(_ role: Role) -> String? {
    switch role {
    case .new: "__dbt_tmp"
    case .old: "__dbt_backup"
    case .temporary, .changes: nil
    }
  }

  /// The shorter of the two servers' limits (PostgreSQL 63 bytes, Redshift 127), so that the same
  /// SQL runs on both.
  static let longestName = 63

  static func of(
    _ relation: RelationName,
    _ role: Role,
    isPlainPostgres: Bool = false
  ) -> RelationName {
    var name = relation
    let suffix = isPlainPostgres ? dbtSuffix(role) : nil
    name.identifier = identifier(relation.identifier, suffix ?? role.rawValue)
    if role == .temporary || role == .changes {
      name.schema = nil
      name.database = nil
    }
    return name
  }

  /// Whether a name was made here.
  static func isShadow(_ identifier: String) -> Bool {
    Role.allCases.contains { role in
      identifier.hasSuffix(role.rawValue) || dbtSuffix(role).map(identifier.hasSuffix) == true
    }
  }

  private static func identifier(_ name: String, _ suffix: String) -> String {
    let whole = name + suffix
    guard whole.utf8.count > longestName else { return whole }
    // A hash keeps two long names with the same beginning apart (FNV-1a).
    var hash: UInt32 = 2_166_136_261
    for byte in name.utf8 { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
    let digits = String(hash, radix: 36)
    var kept = name
    while kept.utf8.count + 1 + digits.utf8.count + suffix.utf8.count > longestName {
      kept.removeLast()
    }
    return "\(kept)_\(digits)\(suffix)"
  }
}
