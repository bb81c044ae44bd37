package import RedshiftSQL

/// The relations that a database holds, as read once before compiling for a run.
package struct ExistingRelations: Sendable {
  package enum Kind: String, Sendable {
    case table
    case view
    case materializedView = "materialized_view"
  }

  private var kinds: [String: Kind] = [:]
  /// Functions of users; nil where nobody has asked for them.
  private var functions: Set<String>?

  package init() {}

  package subscript(name: RelationName) -> Kind? {
    get { kinds[Self.key(name)] }
    set { kinds[Self.key(name)] = newValue }
  }

  /// Whether a function stands; nil where nobody has asked.
  package func holds(function name: RelationName) -> Bool? {
    functions.map { $0.contains(Self.key(name)) }
  }

  /// Takes notice of all functions of the project's schemas.
  package mutating func note(functions names: [RelationName]) {
    functions = (functions ?? []).union(names.map(Self.key))
  }

  /// Redshift folds names to lower case, quoted ones included.
  private static func key(_ name: RelationName) -> String {
    "\(name.schema ?? "").\(name.identifier)".lowercased()
  }
}
