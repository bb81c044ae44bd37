package import RedshiftSQL

/// The relations that a database holds, as read once before compiling for a run.
package struct ExistingRelations: Sendable {
  package enum Kind: String, Sendable {
    case table
    case view
    case materializedView = "materialized_view"
  }

  private var kinds: [String: Kind] = [:]

  package init() {}

  package subscript(name: RelationName) -> Kind? {
    get { kinds[Self.key(name)] }
    set { kinds[Self.key(name)] = newValue }
  }

  /// Redshift folds names to lower case, quoted ones included.
  private static func key(_ name: RelationName) -> String {
    "\(name.schema ?? "").\(name.identifier)".lowercased()
  }
}
