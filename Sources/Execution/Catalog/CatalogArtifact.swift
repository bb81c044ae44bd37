package import Diagnostics
import ProjectCompiler
package import ProjectModel

/// Writes `catalog.json` in dbt's schema, version 1.
package struct CatalogArtifact {
  private let contents: CatalogContents
  private let graph: Graph
  private let database: String

  /// - Parameters:
  ///   - contents: what the database holds.
  ///   - graph: the nodes whose relations are looked for in it.
  ///   - database: the connection's database.
  package init(_ contents: CatalogContents, graph: Graph, database: String) {
    self.contents = contents
    self.graph = graph
    self.database = database
  }

  /// The tables of nodes, by unique_id.
  package var tables: [String: CatalogContents.Table] {
    var byName: [String: CatalogContents.Table] = [:]
    for table in contents.tables {
      byName[Self.key(table.schema, table.name)] = table
    }
    var found: [String: CatalogContents.Table] = [:]
    for (id, node) in graph.nodes {
      guard [.model, .seed, .snapshot, .source].contains(node.kind), let schema = node.schema
      else { continue }
      found[id] = byName[Self.key(schema, node.alias ?? node.name)]
    }
    return found
  }

  private static func key(_ schema: String, _ name: String) -> String {
    "\(schema.lowercased())\u{0}\(name.lowercased())"
  }

  /// The artifact as data.
  ///
  /// - Parameters:
  ///   - generatedAt: the moment, in ISO 8601.
  ///   - invocationID: names the run.
  ///   - startedAt: when it began, in ISO 8601.
  ///   - environment: what metadata carries along.
  /// - Returns: nodes and sources with their columns, in a stable order.
  package func plain(
    generatedAt: String,
    invocationID: String,
    startedAt: String,
    environment: PlainDictionary = PlainDictionary()
  ) -> PlainValue {
    var nodes = PlainDictionary()
    var sources = PlainDictionary()
    let tables = tables
    for id in tables.keys.sorted() {
      guard let table = tables[id], let node = graph.nodes[id] else { continue }
      if node.kind == .source {
        sources[id] = entry(table, id)
      } else {
        nodes[id] = entry(table, id)
      }
    }
    return [
      "metadata": [
        "dbt_schema_version": "https://schemas.getdbt.com/dbt/catalog/v1.json",
        "dbt_version": .string(Invocation.dbtVersion),
        "generated_at": .string(generatedAt),
        "invocation_id": .string(invocationID),
        "invocation_started_at": .string(startedAt),
        "env": .dictionary(environment),
      ],
      "nodes": .dictionary(nodes),
      "sources": .dictionary(sources),
      "errors": nil,
    ]
  }

  private func entry(_ table: CatalogContents.Table, _ id: String) -> PlainValue {
    var columns = PlainDictionary()
    for column in table.columns {
      columns[column.name] = [
        "type": .string(column.type),
        "index": .integer(column.position),
        "name": .string(column.name),
        "comment": .optional(column.comment),
      ]
    }
    return [
      "metadata": [
        "type": .string(table.kind),
        "schema": .string(table.schema),
        "name": .string(table.name),
        "database": .string(database),
        "comment": .optional(table.comment),
        "owner": .optional(table.owner),
      ],
      "columns": .dictionary(columns),
      "stats": .dictionary(
        table.statistics.isEmpty ? statistics(table.health) : statistics(told: table.statistics)
      ),
      "unique_id": .string(id),
    ]
  }

  /// `stats:size:label`, `stats:size:value` and their kin, one entry for each.
  private func statistics(told: PlainDictionary) -> PlainDictionary {
    var all = PlainDictionary()
    for (key, value) in told.pairs {
      let parts = key.split(separator: ":").map(String.init)
      guard parts.count == 3 else { continue }
      var entry = all[parts[1]]?.dictionary ?? ["id": .string(parts[1])]
      entry[parts[2]] = value
      all[parts[1]] = .dictionary(entry)
    }
    let shown = all.pairs.contains { $0.value.dictionary?["include"]?.boolean == true }
    all["has_stats"] = [
      "id": "has_stats", "label": "Has Stats?", "value": .boolean(shown), "include": false,
      "description": "Indicates whether there are statistics for this table",
    ]
    return all
  }

  private func statistics(_ health: TableHealth?) -> PlainDictionary {
    var all = PlainDictionary()
    func add(_ id: String, _ label: String, _ value: PlainValue, _ description: String) {
      all[id] = [
        "id": .string(id), "label": .string(label), "value": value,
        "include": true, "description": .string(description),
      ]
    }
    if let health {
      add("diststyle", "Dist Style", .string(health.distribution), "How rows are distributed")
      add("sortkey1", "Sort Key 1", .optional(health.sortKey), "The first column of the sort key")
      add("size", "Approximate Size", .integer(health.megabytes * 1_000_000), "In bytes")
      add("rows", "Approximate Row Count", .double(health.rows), "Rows, deleted ones included")
      add("unsorted", "Unsorted %", health.unsorted.map { .double($0) } ?? .null, "Rows not sorted")
      add("stats_off", "Stats Off", .double(health.staleStatistics), "How stale statistics are")
      add(
        "skew_rows",
        "Skew Rows",
        health.skew.map { .double($0) } ?? .null,
        "Fullest to emptiest slice"
      )
    }
    all["has_stats"] = [
      "id": "has_stats", "label": "Has Stats?", "value": .boolean(health != nil), "include": false,
      "description": "Indicates whether there are statistics for this table",
    ]
    return all
  }
}
