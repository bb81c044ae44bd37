package import Diagnostics

/// A procedure as CALL sees it.
package struct CatalogProcedure: Hashable, Sendable {
  /// What CALL has to give: what goes in, in order.
  package var arguments: [SQLType]
  /// The same types as they are written.
  package var signature: String
  /// An argument has a default, which Redshift does not have, so that nobody knows what it takes.
  package var isLoose = false
  /// Where it is made.
  package var range: TextRange
}

extension SymbolicCatalog {
  mutating func addProcedure(_ routine: CreateRoutine, _ buffers: Buffers) {
    let given = routine.arguments.filter { $0.mode != .out }
    let procedure = CatalogProcedure(
      arguments: given.map { SQLType(declared: $0.type) },
      signature: routine.arguments.signature(in: buffers),
      isLoose: given.contains { $0.defaultValue != nil },
      range: routine.name.range
    )
    let key = key(of: routine.name.relation)
    procedures[key, default: []].removeAll { $0.signature == procedure.signature }
    procedures[key, default: []].append(procedure)
  }

  /// Takes away the procedures of a name, all of them where no types are written.
  @discardableResult
  mutating func removeProcedures(
    _ name: ObjectName,
    _ arguments: [RoutineArgument]?,
    _ buffers: Buffers
  ) -> [CatalogProcedure] {
    let key = key(of: name.relation)
    let signature = arguments.map { $0.signature(in: buffers) }
    let all = procedures[key] ?? []
    let gone = all.filter { signature == nil || $0.signature == signature }
    let rest = all.filter { !gone.contains($0) }
    procedures[key] = rest.isEmpty ? nil : rest
    return gone
  }

  mutating func renameProcedures(
    _ name: ObjectName,
    _ arguments: [RoutineArgument]?,
    to new: Identifier,
    _ buffers: Buffers
  ) {
    let moved = removeProcedures(name, arguments, buffers)
    guard !moved.isEmpty else { return }
    let key = Key(schema: key(of: name.relation).schema, identifier: new.text)
    procedures[key, default: []] += moved
    functions.insert(new.text.lowercased())
  }
}
