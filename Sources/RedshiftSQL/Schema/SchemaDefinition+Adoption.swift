/// What a catalogue says, put into the words of the statements that made it.
extension SchemaDefinition {
  /// Takes over a table of another definition: columns that are the same, and what a server of
  /// PostgreSQL keeps of no table: keys, distribution, order, encodings and owner.
  ///
  /// - Parameters:
  ///   - key: a table of both.
  ///   - other: what statements say.
  ///   - changed: columns that are not as they say.
  package mutating func adoptTable(
    _ key: Key,
    from other: SchemaDefinition,
    except changed: Set<String>
  ) {
    guard var table = tables[key], let known = other.tables[key] else { return }
    for index in table.columns.indices {
      let name = table.columns[index].name
      guard let column = known.column(name) else { continue }
      if changed.contains(name) {
        table.columns[index].encoding = column.encoding
      } else {
        table.columns[index] = column
      }
    }
    let names = Set(table.columns.map(\.name))
    for constraint in known.constraints
    where !table.constraints.contains(where: { $0.kind == constraint.kind })
      && names.isSuperset(of: constraint.kind.columns)
    {
      table.constraints.append(constraint)
    }
    if case .key(let column) = known.distribution, !names.contains(column) {
      table.distribution = .unknown
    } else {
      table.distribution = known.distribution
    }
    table.sortKey = known.sortKey.mapped { $0.filter(names.contains) }
    table.isBackedUp = known.isBackedUp
    table.encodesAutomatically = known.encodesAutomatically
    table.owner = table.owner ?? known.owner
    tables[key] = table
  }

  /// Gives a column another default.
  package mutating func setDefault(_ value: String?, of column: String, in key: Key) {
    tables[key]?.update(column) { $0.defaultValue = value }
  }

  /// Takes over a view of another definition.
  package mutating func adoptView(_ key: Key, from other: SchemaDefinition) {
    guard var view = other.views[key] else { return }
    view.owner = view.owner ?? views[key]?.owner
    views[key] = view
  }

  /// Forgets a view whose text is not to be had.
  package mutating func leaveOutView(_ key: Key) { views[key] = nil }

  /// Takes over a routine of another definition, with its grants.
  package mutating func adoptRoutine(_ signature: String, from other: SchemaDefinition) {
    guard var routine = other.routines[signature] else { return }
    routine.owner = routine.owner ?? routines[signature]?.owner
    routines[signature] = routine
    grants.adopt(other.grants) { $0.kind == routine.noun && $0.name == signature }
    let subject = Subject(kind: routine.noun, name: signature)
    if comments[subject] == nil { comments[subject] = other.comments[subject] }
  }

  /// Takes over the grants on relations and schemas that are there.
  ///
  /// - Parameters:
  ///   - other: what statements say.
  ///   - changed: objects whose grants are not as they say.
  package mutating func adoptGrants(
    from other: SchemaDefinition,
    except changed: Set<RelationName>
  ) {
    let (tables, views, schemas) = (tables, views, schemas)
    grants.adopt(other.grants) { object in
      guard let key = object.relation else {
        return object.kind == "schema" && schemas[object.name] != nil
          && !changed.contains(RelationName(identifier: object.name))
      }
      return (tables[key] != nil || views[key] != nil) && !changed.contains(key.relation)
    }
  }

  /// Forgets a routine whose text is not to be had, with what belongs to it.
  package mutating func leaveOutRoutine(_ signature: String) { forgetRoutine(signature) }

  /// Forgets statements that a server wrote and that are not Redshift's.
  package mutating func leaveOutUnseen() { unseen = [] }
}
