package import Diagnostics

/// What becomes of views when that changes which they read.
extension SchemaDefinition {
  /// A view whose text does not say any more what the view is.
  package struct OutdatedView: Sendable {
    package var name: RelationName
    package var range: TextRange?
    /// Why, in words.
    package var reason: String
  }

  /// Views that would not be the same if their text ran now, since what they read has changed.
  ///
  /// `select *` means the columns of the day on which it ran; a column that got another name goes
  /// on under its old name in the views that read it.
  package func outdatedViews(in buffers: Buffers) -> [OutdatedView] {
    let text = statements.map { $0 + ";\n" }.joined(separator: "\n")
    let parsed = SQLParser.parse(buffers.add(name: "the dump", text: text), in: buffers)
    var again = SchemaDefinition(defaultSchema: catalog.defaultSchema)
    var found: [OutdatedView] = []
    for statement in parsed.statements {
      if case .createView(let view) = statement.kind, view.withoutBinding == nil,
        let made = catalog[view.name]
      {
        again.catalog.closedSchemas = again.catalog.ownSchemas
        let analysis = SQLAnalyzer(catalog: again.catalog, buffers: buffers).analyze(statement)
        let problem = analysis.diagnostics.first {
          ["unknown-column", "unknown-relation", "ambiguous-column"].contains($0.code)
        }
        let names = made.columns.map(\.name)
        let types = made.columns.map(\.type)
        again.apply(statement, buffers)
        let now = again.catalog[view.name]?.columns ?? []
        let reads = again.catalog[view.name]?.reads ?? [:]
        let reason: String? =
          if let problem {
            problem.message
          } else if now.map(\.name) != names {
            "it would have the columns \(now.map(\.name).joined(separator: ", ")) now, "
              + "not \(names.joined(separator: ", "))"
          } else if now.map(\.type) != types {
            "its columns would have other types now"
          } else if reads != made.reads {
            "it would read \(Self.list(reads)) now, not \(Self.list(made.reads))"
          } else {
            nil
          }
        if let reason {
          found.append(OutdatedView(name: view.name, range: made.range, reason: reason))
        }
      } else {
        again.apply(statement, buffers)
      }
    }
    return found
  }

  private static func list(_ reads: [Key: Set<String>]) -> String {
    let columns = reads.sorted { $0.key < $1.key }.flatMap { key, columns in
      columns.sorted().map { "\(key.identifier).\($0)" }
    }
    return columns.isEmpty ? "no column" : columns.joined(separator: ", ")
  }

  /// Gives views that read a column its new type: they are made anew when it changes.
  mutating func refreshViews(reading key: Key, _ column: String, _ buffers: Buffers) {
    var changed: Set<Key> = [key]
    for view in orderedViews(views.keys) where views[view]?.isLate == false {
      guard let relation = catalog.relations[view], let text = creation(ofView: view) else {
        continue
      }
      let isReader = relation.reads.contains { read, columns in
        changed.contains(read) && (read != key || columns.contains(column))
      }
      guard isReader else { continue }
      changed.insert(view)
      remadeViews.insert(view)
      let parsed = SQLParser.parse(buffers.add(name: "a view", text: text), in: buffers)
      guard let statement = parsed.statements.first else { continue }
      var again = catalog
      again.apply(statement, buffers: buffers)
      let columns = again.relations[view]?.columns ?? []
      guard columns.map(\.name) == relation.columns.map(\.name) else { continue }
      catalog.update(view.relation) { relation in
        for (index, column) in columns.enumerated() { relation.columns[index].type = column.type }
      }
    }
  }
}
