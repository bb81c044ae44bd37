import Diagnostics
import ProjectModel
import Testing

@Suite struct SelectionTests {
  /// src.raw → stg_a → mid → top;  seed → stg_b → mid;  tests on stg_a, mid and between stg_b/mid.
  static let graph: Graph = {
    func node(
      _ kind: Node.Kind,
      _ name: String,
      _ folders: [String] = [],
      parents: [String] = [],
      tags: [String] = [],
      config: PlainDictionary = [:]
    ) -> Node {
      let path = (folders + [name]).joined(separator: "/") + (kind == .seed ? ".csv" : ".sql")
      var node = Node(
        uniqueID: name,
        kind: kind,
        name: name,
        packageName: "shop",
        path: path,
        originalFilePath: (kind == .seed ? "seeds/" : "models/") + path,
        fqn: ["shop"] + folders + [name]
      )
      node.dependencies = parents
      node.tags = tags
      node.config = config
      return node
    }
    var raw = node(.source, "raw")
    raw.sourceName = "src"
    raw.originalFilePath = "models/staging/sources.yml"
    var notNull = node(.test, "not_null_stg_a", parents: ["stg_a"], config: ["severity": "WARN"])
    notNull.genericTest = Node.GenericTest(
      name: "not_null",
      arguments: [:],
      columnName: "id",
      attachedNode: "stg_a"
    )
    var relation = node(.test, "relationships_mid", parents: ["mid", "stg_b"])
    relation.genericTest = Node.GenericTest(
      name: "relationships",
      arguments: [:],
      columnName: "id",
      attachedNode: "mid"
    )
    return Graph(nodes: [
      raw, notNull, relation,
      node(.seed, "numbers"),
      node(.model, "stg_a", ["staging"], parents: ["raw"], tags: ["nightly"]),
      node(.model, "stg_b", ["staging"], parents: ["numbers"], config: ["materialized": "view"]),
      node(
        .model,
        "mid",
        ["marts"],
        parents: ["stg_a", "stg_b"],
        tags: ["nightly", "core"],
        config: [
          "materialized": "table", "meta": ["owner": "ana", "tier": 1], "sort": ["a", "b"],
        ]
      ),
      node(.model, "top", ["marts", "deep"], parents: ["mid"], config: ["enabled": true]),
      node(.test, "singular_top", parents: ["top"]),
    ])
  }()

  struct Row: Sendable {
    var select: [String]
    var exclude: [String] = []
    var indirect = IndirectSelection.eager
    var kinds: Set<Node.Kind>? = [.model, .seed, .source]
    var expected: String

    init(
      _ select: String...,
      exclude: [String] = [],
      indirect: IndirectSelection = .eager,
      kinds: Set<Node.Kind>? = [.model, .seed, .source],
      is expected: String
    ) {
      self.select = select
      self.exclude = exclude
      self.indirect = indirect
      self.kinds = kinds
      self.expected = expected
    }
  }

  static let rows: [Row] = [
    Row(is: "mid numbers raw stg_a stg_b top"),
    Row("mid", is: "mid"),
    Row("mid top", is: "mid top"),
    Row("mid", "top", is: "mid top"),
    Row("+mid", is: "mid numbers raw stg_a stg_b"),
    Row("1+top", is: "mid top"),
    Row("2+top", is: "mid stg_a stg_b top"),
    Row("stg_a+", is: "mid stg_a top"),
    Row("stg_a+1", is: "mid stg_a"),
    Row("+mid+", is: "mid numbers raw stg_a stg_b top"),
    Row("1+mid+1", is: "mid stg_a stg_b top"),
    Row("@stg_a", is: "mid numbers raw stg_a stg_b top"),
    Row("staging", is: "stg_a stg_b"),
    Row("shop.staging", is: "stg_a stg_b"),
    Row("shop.staging.stg_a", is: "stg_a"),
    Row("marts.*", is: "mid top"),
    Row("stg_*", is: "stg_a stg_b"),
    Row("stg_[!a]", is: "stg_b"),
    Row("*", is: "mid numbers stg_a stg_b top"),
    Row("models/marts", is: "mid top"),
    Row("models/marts/", is: "mid top"),
    Row("./models/marts/mid.sql", is: "mid"),
    Row("path:models/*/m*.sql", is: "mid"),
    Row("path:models/**/top.sql", is: "top"),
    Row("path:models/staging", is: "raw stg_a stg_b"),
    Row("mid.sql", is: "mid"),
    Row("numbers.csv", is: "numbers"),
    Row("file:mid", is: "mid"),
    Row("tag:nightly", is: "mid stg_a"),
    Row("tag:night*,tag:core", is: "mid"),
    Row("tag:nightly,staging top", is: "stg_a top"),
    Row("config.materialized:table", is: "mid"),
    Row("config.meta.owner:ana", is: "mid"),
    Row("config.meta:tier", is: "mid"),
    Row("config.meta.tier:1", is: "mid"),
    Row("config.sort:b", is: "mid"),
    Row("config.enabled:True", is: "top"),
    Row("source:src", is: "raw"),
    Row("source:src.raw+1", is: "raw stg_a"),
    Row("source:shop.src.r*", is: "raw"),
    Row("source:other", is: ""),
    Row("resource_type:seed", is: "numbers"),
    Row("package:shop,marts", is: "mid top"),
    Row("package:this,marts", is: "mid top"),
    Row("fqn:shop.marts.deep.top", is: "top"),
    Row("+top", exclude: ["staging"], is: "mid numbers raw top"),
    Row(exclude: ["+mid"], is: "top"),
    Row("top", exclude: ["top"], is: ""),
    Row("test_name:not_null", kinds: nil, is: "not_null_stg_a"),
    Row("test_type:singular", kinds: nil, is: "singular_top"),
    Row("test_type:generic", kinds: nil, is: "not_null_stg_a relationships_mid"),
    Row("config.severity:warn", kinds: nil, is: "not_null_stg_a"),
    Row("stg_b", kinds: nil, is: "relationships_mid stg_b"),
    Row("stg_b", indirect: .cautious, kinds: nil, is: "stg_b"),
    Row("stg_b mid", indirect: .cautious, kinds: nil, is: "mid relationships_mid stg_b"),
    Row("mid", indirect: .buildable, kinds: nil, is: "mid relationships_mid"),
    Row("stg_b", indirect: .buildable, kinds: nil, is: "stg_b"),
    Row("stg_a", indirect: .empty, kinds: nil, is: "stg_a"),
    Row("stg_a", exclude: ["test_type:data"], kinds: nil, is: "stg_a"),
    Row("stg_b mid", exclude: ["mid"], kinds: nil, is: "stg_b"),
    Row("stg_a", kinds: [.test], is: "not_null_stg_a"),
  ]

  @Test func selectsAsDbtDoes() throws {
    var differences: [String] = []
    for row in Self.rows {
      let selection = Selection(
        select: row.select,
        exclude: row.exclude,
        resourceTypes: row.kinds,
        indirect: row.indirect,
        projectName: "shop"
      )
      let found = try selection.nodes(in: Self.graph).sorted().joined(separator: " ")
      if found != row.expected {
        differences.append("\(row.select) − \(row.exclude): \(found), expected \(row.expected)")
      }
    }
    #expect(differences.isEmpty, "\(differences.joined(separator: "\n"))")
  }

  @Test func explainsSelectorsItCannotUse() {
    let rows: [(String, code: String, words: String)] = [
      ("tagg:x", "unknown-selector-method", "did you mean \"tag\"?"),
      ("state:modified", "selector-needs-state", "--state DIR"),
      ("result:error", "selector-needs-state", "--state DIR"),
      ("resource_type:modell", "invalid-selector", "did you mean \"model\"?"),
      ("test_type:foo", "invalid-selector", "values: generic"),
      ("@mid+", "invalid-selector", "already includes"),
      ("+", "invalid-selector", "nothing is named"),
      ("tag:", "invalid-selector", "nothing is named"),
      ("a,,b", "invalid-selector", "beside a comma"),
      ("config:x", "invalid-selector", "needs a key"),
      ("99999999999999999999+mid", "invalid-selector", "too large"),
    ]
    var differences: [String] = []
    for row in rows {
      do {
        _ = try Selection(select: [row.0], exclude: [], resourceTypes: nil).nodes(in: Self.graph)
        differences.append("\(row.0): no error")
      } catch {
        let text = ([error.message] + error.notes + error.help).joined(separator: " ")
        if error.code != row.code || !text.contains(row.words) {
          differences.append("\(row.0): \(error.code) \(text)")
        }
      }
    }
    #expect(differences.isEmpty, "\(differences.joined(separator: "\n"))")
  }

  @Test func namesCriteriaThatMatchNothing() throws {
    let selection = Selection(
      select: ["mid nothing tag:none,mid"],
      exclude: ["gone"],
      resourceTypes: nil
    )
    let outcome = try selection.resolve(in: Self.graph)
    #expect(outcome.unmatched == ["nothing", "tag:none", "gone"])
    #expect(outcome.warnings.map(\.code) == Array(repeating: "nothing-selected", count: 3))
  }

  @Test(arguments: [
    ("stg_x", "did you mean \"stg_a\" or \"stg_b\"?"),
    ("test_name:not_nul", "did you mean \"not_null\"?"),
    ("tag:entirely_else", "\"redstart ls\" lists what there is"),
  ])
  func showsTheNearestNames(selector: String, help: String) throws {
    let selection = Selection(select: [selector], exclude: [], resourceTypes: nil)
    let outcome = try selection.resolve(in: Self.graph)
    #expect(outcome.warnings.map(\.help) == [[help]])
  }

  @Test func wildcardsMatchAsFnmatch() {
    let rows: [(String, String, Bool)] = [
      ("a*c", "abbc", true), ("a*c", "abbd", false), ("*", "", true), ("?", "é", true),
      ("[a-c]x", "bx", true), ("[!a-c]x", "bx", false), ("[]]", "]", true), ("[a", "[a", true),
      ("a**b*", "aXb", true), ("*a*a*a*b", String(repeating: "a", count: 200), false),
    ]
    let wrong = rows.filter { Wildcard($0.0).matches($0.1) != $0.2 }
    #expect(wrong.isEmpty, "\(wrong)")
  }
}
