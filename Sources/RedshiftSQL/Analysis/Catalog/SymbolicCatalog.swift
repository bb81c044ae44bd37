package import Diagnostics

/// The relations that exist at one moment, worked out from text alone.
///
/// Migrations' statements are applied in order; seeds, sources and models are added as they become
/// known. Names are compared as Redshift stores them: in lower case, the database left out.
package struct SymbolicCatalog: Sendable {
  /// A relation's name as it is compared.
  package struct Key: Hashable, Sendable {
    package var schema: String
    package var identifier: String

    package init(schema: String, identifier: String) {
      self.schema = schema.lowercased()
      self.identifier = identifier.lowercased()
    }
  }

  /// A relation that a statement took away.
  package struct Removal: Hashable, Sendable {
    package var newName: RelationName?
    package var range: TextRange
  }

  package private(set) var relations: [Key: CatalogRelation] = [:]
  /// Relations that were there once, with what took them away.
  package private(set) var removals: [Key: Removal] = [:]
  /// Functions and procedures made by statements, by their last name.
  package var functions: Set<String> = []
  /// Procedures made by statements, by name; several of one name take other types.
  package var procedures: [Key: [CatalogProcedure]] = [:]
  /// Whether all procedures of the schemas that statements have created are known.
  package var knowsProcedures = false
  /// Names of procedures of which it is not known what they are now.
  package var uncheckedProcedures: Set<String> = []
  /// Functions that statements have made and dropped, with what dropped them.
  package private(set) var droppedFunctions: [Key: TextRange] = [:]
  /// The argument types of the functions that statements have made.
  private var functionSignatures: [Key: Set<String>] = [:]
  /// How many arguments they take.
  package private(set) var functionArities: [Key: Set<Int>] = [:]
  /// What the functions return for which it is known.
  package private(set) var functionTypes: [String: SQLType] = [:]
  /// The schema of names that have none.
  package var defaultSchema: String
  /// Schemas whose relations are all known: a name that is not among them is an error.
  package var closedSchemas: Set<String> = []
  /// Schemas that statements have created.
  package private(set) var schemas: Set<String> = []
  /// Those of them that show what another catalog or database has.
  private var externalSchemas: Set<String> = []
  /// Whether temporary tables are followed, which names without a schema mean before others.
  package var followsSession = false
  /// Their names, in lower case.
  private var temporaryNames: Set<String> = []
  /// The schema that temporary tables are kept in.
  package static let temporarySchema = "pg_temp"

  package init(defaultSchema: String = "public") {
    self.defaultSchema = defaultSchema.lowercased()
  }

  package func key(of name: RelationName) -> Key {
    var schema = name.schema ?? defaultSchema
    if name.schema == nil, !temporaryNames.isEmpty,
      temporaryNames.contains(name.identifier.lowercased())
    {
      schema = Self.temporarySchema
    }
    return Key(schema: schema, identifier: name.identifier)
  }

  /// Forgets temporary tables, which end with their session.
  package mutating func endSession() {
    for name in temporaryNames {
      let key = Key(schema: Self.temporarySchema, identifier: name)
      relations[key] = nil
      removals[key] = nil
    }
    temporaryNames = []
  }

  /// Schemas in which there is only what statements have made.
  package var ownSchemas: Set<String> { schemas.subtracting(externalSchemas) }

  package subscript(name: RelationName) -> CatalogRelation? {
    relations[key(of: name)]
  }

  package func removal(of name: RelationName) -> Removal? {
    removals[key(of: name)]
  }

  /// Adds a relation, or replaces the one of the same name.
  package mutating func add(_ relation: CatalogRelation) {
    let name = relation.name
    let key = Key(schema: name.schema ?? defaultSchema, identifier: name.identifier)
    if relation.isTemporary { temporaryNames.insert(key.identifier) }
    relations[key] = relation
    removals[key] = nil
  }

  /// Takes what a database has for the truth, whatever statements say of it.
  ///
  /// - Parameters:
  ///   - columns: the columns of relations, in order.
  ///   - functions: functions of users, by their last name.
  package mutating func adopt(columns: [Key: [String]], functions: Set<String>) {
    doubtColumns()
    for (key, names) in columns {
      var relation =
        relations[key]
        ?? CatalogRelation(
          name: RelationName(schema: key.schema, identifier: key.identifier),
          kind: .table,
          columns: []
        )
      relation.columns = names.map { relation.column($0) ?? CatalogColumn(name: $0) }
      relation.isComplete = true
      add(relation)
    }
    self.functions.formUnion(functions)
    for key in droppedFunctions.keys where functions.contains(key.identifier) {
      restoreFunction(key)
    }
  }

  /// Takes relations for such as may have columns of which nothing is known.
  package mutating func doubtColumns() {
    for key in relations.keys where relations[key]?.isTemporary == false {
      relations[key]?.isComplete = false
    }
  }

  /// Changes a relation in place; nothing happens where there is none.
  mutating func update(_ name: RelationName, _ change: (inout CatalogRelation) -> Void) {
    let key = key(of: name)
    guard var relation = relations[key] else { return }
    change(&relation)
    relations[key] = relation
  }

  mutating func remove(_ name: RelationName, _ removal: Removal) {
    let key = key(of: name)
    relations[key] = nil
    removals[key] = removal
    if key.schema == Self.temporarySchema { temporaryNames.remove(key.identifier) }
  }

  /// Takes a relation for one of which nothing is known.
  mutating func forget(_ name: RelationName) {
    let key = key(of: name)
    relations[key] = nil
    removals[key] = nil
  }

  /// Takes away the bound views that read a relation, or a column of it, and those that read them.
  mutating func removeReaders(of key: Key, column: String? = nil, _ removal: Removal) {
    for reader in allReaders(of: key, column: column) {
      relations[reader] = nil
      removals[reader] = removal
    }
  }

  /// The bound views that read a relation itself, or a column of it.
  package func readers(of key: Key, column: String? = nil) -> [Key] {
    relations.compactMap { reader, relation in
      guard reader != key, let columns = relation.reads[key] else { return nil }
      return column.map(columns.contains) ?? true ? reader : nil
    }
  }

  /// The same, and the bound views that read those: what goes when it is dropped with CASCADE.
  package func allReaders(of key: Key, column: String? = nil) -> Set<Key> {
    var found: Set<Key> = []
    var waiting = readers(of: key, column: column)
    while let reader = waiting.popLast() {
      if found.insert(reader).inserted { waiting += readers(of: reader) }
    }
    found.remove(key)
    return found
  }

  /// Whether a bound view reads a late-binding one, directly or through others.
  ///
  /// Locally it comes and goes with that view.
  package func standsOnLateView(_ key: Key) -> Bool {
    var seen: Set<Key> = [key]
    var waiting = [key]
    while let next = waiting.popLast() {
      for read in relations[next].map({ Array($0.reads.keys) }) ?? [] {
        if relations[read]?.bindsLate == true { return true }
        if seen.insert(read).inserted { waiting.append(read) }
      }
    }
    return false
  }

  /// Bound views go on to read a relation, or a column of it, under its new name.
  mutating func renameRead(_ old: Key, to new: Key) {
    let isMeant = names(old)
    for reader in relations.keys {
      guard let columns = relations[reader]?.reads.removeValue(forKey: old) else { continue }
      relations[reader]?.reads[new] = columns
      relations[reader]?.lineage?.renameRead(isMeant, to: new)
    }
  }

  mutating func renameRead(_ key: Key, column: String, to new: String) {
    let isMeant = names(key)
    for reader in relations.keys where relations[reader]?.reads[key]?.remove(column) != nil {
      relations[reader]?.reads[key]?.insert(new)
      relations[reader]?.lineage?.renameRead(isMeant, column: column, to: new)
    }
  }

  /// Whether a name means a relation, here and now.
  private func names(_ key: Key) -> (RelationName) -> Bool {
    let schema = defaultSchema
    return { name in
      Key(schema: name.schema ?? schema, identifier: name.identifier) == key
    }
  }

  /// Follows the making of a function or a procedure.
  mutating func addRoutine(_ routine: CreateRoutine, _ buffers: Buffers) {
    let key = key(of: routine.name.relation)
    if routine.kind == .function {
      functionSignatures[key, default: []].insert(routine.arguments.signature(in: buffers))
      functionArities[key, default: []].insert(routine.arguments.count)
      droppedFunctions[key] = nil
    }
    addFunction(
      routine.name.last,
      returning: routine.result.map { SQLType(cast: $0) } ?? .unknown
    )
  }

  /// Follows the dropping of a function, of all of its name where no types are written.
  mutating func removeFunctions(
    _ name: ObjectName,
    _ arguments: [RoutineArgument]?,
    _ buffers: Buffers
  ) {
    let key = key(of: name.relation)
    // Whatever is not made by a statement may still be there with other arguments.
    guard var signatures = functionSignatures[key] else { return }
    if let arguments {
      signatures.remove(arguments.signature(in: buffers))
    } else {
      signatures = []
    }
    guard signatures.isEmpty else {
      functionSignatures[key] = signatures
      return
    }
    forgetFunction(key, at: name.range)
  }

  private mutating func forgetFunction(_ key: Key, at range: TextRange) {
    functionSignatures[key] = nil
    functionArities[key] = nil
    droppedFunctions[key] = range
    if !functionSignatures.keys.contains(where: { $0.identifier == key.identifier }) {
      functions.remove(key.identifier)
      functionTypes[key.identifier] = nil
    }
  }

  /// The functions that statements have made in a schema.
  package func functions(of schema: String) -> [Key] {
    functionSignatures.keys.filter { $0.schema == schema.lowercased() }
  }

  /// Takes a dropped function for one that may be there.
  package mutating func restoreFunction(_ key: Key) {
    guard droppedFunctions.removeValue(forKey: key) != nil else { return }
    functions.insert(key.identifier)
  }

  mutating func addFunction(_ name: String, returning type: SQLType) {
    let name = name.lowercased()
    functions.insert(name)
    // Functions of one name and other arguments may return other things.
    functionTypes[name] = functionTypes[name].map { $0 == type ? type : .unknown } ?? type
  }

  mutating func addSchema(_ name: String, isExternal: Bool = false) {
    schemas.insert(name.lowercased())
    if isExternal { externalSchemas.insert(name.lowercased()) }
  }

  mutating func removeSchema(_ name: String, at range: TextRange) {
    let schema = name.lowercased()
    schemas.remove(schema)
    externalSchemas.remove(schema)
    for key in procedures.keys where key.schema == schema { procedures[key] = nil }
    for key in functionSignatures.keys where key.schema == schema { forgetFunction(key, at: range) }
    for key in relations.keys where key.schema == schema {
      relations[key] = nil
      removals[key] = Removal(newName: nil, range: range)
    }
  }

  mutating func renameSchema(_ name: String, to new: String, at range: TextRange) {
    let old = name.lowercased()
    schemas.remove(old)
    schemas.insert(new.lowercased())
    if externalSchemas.remove(old) != nil { externalSchemas.insert(new.lowercased()) }
    var renamed: [(old: Key, new: Key)] = []
    for (key, relation) in relations where key.schema == old {
      var moved = relation
      moved.name.schema = new
      relations[key] = nil
      removals[key] = Removal(newName: moved.name, range: range)
      add(moved)
      renamed.append((key, self.key(of: moved.name)))
    }
    for (key, overloads) in procedures where key.schema == old {
      procedures[key] = nil
      procedures[Key(schema: new, identifier: key.identifier)] = overloads
    }
    // Views of the schema itself have to stand under their new names for this.
    for (old, new) in renamed { renameRead(old, to: new) }
    for (key, signatures) in functionSignatures where key.schema == old {
      functionSignatures[key] = nil
      functionSignatures[Key(schema: new, identifier: key.identifier)] = signatures
      functionArities[Key(schema: new, identifier: key.identifier)] = functionArities[key]
      functionArities[key] = nil
      droppedFunctions[key] = range
    }
  }
}
