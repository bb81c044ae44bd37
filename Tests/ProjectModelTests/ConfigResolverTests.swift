import Diagnostics
import ProjectModel
import Testing

@Suite struct ConfigResolverTests {
  struct Row: Sendable {
    var what: String
    var tree: PlainDictionary
    var fqn = ["shop", "staging", "stg_a"]
    var patch: PlainDictionary = [:]
    var inFile: PlainDictionary = [:]
    var key: String
    var expected: PlainValue?
  }

  static let rows: [Row] = [
    Row(what: "default", tree: [:], key: "materialized", expected: "view"),
    Row(what: "root", tree: ["+materialized": "table"], key: "materialized", expected: "table"),
    Row(
      what: "deeper wins",
      tree: ["+materialized": "table", "shop": ["staging": ["+materialized": "copy"]]],
      key: "materialized",
      expected: "copy"
    ),
    Row(
      what: "node's own level wins",
      tree: ["shop": ["staging": ["+dist": "all", "stg_a": ["+dist": "even"]]]],
      key: "dist",
      expected: "even"
    ),
    Row(
      what: "other folders do not count",
      tree: ["shop": ["marts": ["+materialized": "copy"]]],
      key: "materialized",
      expected: "view"
    ),
    Row(
      what: "scalars need no plus",
      tree: ["shop": ["materialized": "table"]],
      key: "materialized",
      expected: "table"
    ),
    Row(
      what: "mappings need a plus",
      tree: ["shop": ["meta": ["a": 1]]],
      key: "meta",
      expected: [:]
    ),
    Row(
      what: "properties over tree",
      tree: ["+materialized": "table"],
      patch: ["materialized": "incremental"],
      key: "materialized",
      expected: "incremental"
    ),
    Row(
      what: "file over properties",
      tree: [:],
      patch: ["materialized": "incremental"],
      inFile: ["materialized": "ephemeral"],
      key: "materialized",
      expected: "ephemeral"
    ),
    Row(
      what: "tags add up",
      tree: ["+tags": "a", "shop": ["+tags": ["b", "a"]]],
      patch: ["tags": ["c"]],
      inFile: ["tags": "d"],
      key: "tags",
      expected: ["a", "b", "a", "c", "d"]
    ),
    Row(
      what: "meta merges",
      tree: ["+meta": ["a": 1, "b": 1]],
      patch: ["meta": ["b": 2]],
      key: "meta",
      expected: ["a": 1, "b": 2]
    ),
    Row(
      what: "hooks add up, both spellings, twice if written twice",
      tree: ["+pre-hook": "one"],
      inFile: ["pre_hook": ["one", "two"]],
      key: "pre-hook",
      expected: ["one", "one", "two"]
    ),
    Row(
      what: "persist_docs is replaced",
      tree: ["+persist_docs": ["relation": true]],
      inFile: ["persist_docs": ["columns": true]],
      key: "persist_docs",
      expected: ["columns": true]
    ),
    Row(
      what: "grants replace by privilege, and add with a plus",
      tree: ["+grants": ["select": ["a"], "insert": "x"]],
      patch: ["grants": ["+select": "b"]],
      inFile: ["grants": ["insert": ["y"]]],
      key: "grants",
      expected: ["select": ["a", "b"], "insert": ["y"]]
    ),
    Row(
      what: "space after plus",
      tree: ["+ materialized": "table"],
      key: "materialized",
      expected: "table"
    ),
    Row(
      what: "null is a value",
      tree: ["+schema": "x"],
      inFile: ["schema": nil],
      key: "schema",
      expected: .null
    ),
    Row(what: "unknown keys stay", tree: [:], inFile: ["mine": 1], key: "mine", expected: 1),
  ]

  @Test func mergesInDbtsOrder() {
    var differences: [String] = []
    for row in Self.rows {
      var configuration = ProjectConfiguration()
      configuration.configTrees[.model] = row.tree
      let config = ConfigResolver(configuration: configuration, packageName: "shop")
        .resolve(kind: .model, fqn: row.fqn, patch: row.patch, inFile: row.inFile)
      if config[row.key] != row.expected {
        differences.append("\(row.what): \(String(describing: config[row.key]))")
      }
    }
    #expect(differences.isEmpty, "\(differences.joined(separator: "\n"))")
  }

  @Test func kindsHaveTheirOwnDefaults() {
    let resolver = ConfigResolver(configuration: ProjectConfiguration(), packageName: "shop")
    let found = [Node.Kind.seed, .snapshot, .test].map { kind in
      resolver.resolve(kind: kind, fqn: ["shop"], patch: [:], inFile: [:])["materialized"]
    }
    #expect(found == ["seed", "snapshot", "test"])
  }
}
