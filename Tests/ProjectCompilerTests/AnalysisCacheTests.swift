import Diagnostics
import ProjectModel
import TestSupport
import Testing

@testable import ProjectCompiler

/// What is found out once is not found out again, and never out of date.
@Suite struct AnalysisCacheTests {
  static let files = [
    "project.yml": """
    name: shop
    version: "1.0"
    target: local
    targets:
      local: { type: local, schema: shop }
    models: { shop: { +materialized: table } }
    """,
    "migrations/V1__create.sql":
      "create schema shop;\ncreate table shop.raw (id integer, amount integer, day date);\n",
    "seeds/units.csv": "unit,factor\nkg,1\n",
    "models/orders.sql": "select id, amount / id as ratio from shop.raw\n",
    "models/totals.sql": "select sum(ratio) as total from {{ ref('orders') }}\n",
    "models/weights.sql": "select unit, factor from {{ ref('units') }}\n",
    "models/loaded.sql":
      "{{ config(materialized='incremental') }}\nselect day from shop.raw\n{% if is_incremental() %}where day > (select max(day) from {{ this }}){% endif %}\n",
    "models/schema.yml":
      "version: 2\nmodels:\n  - name: orders\n    columns: [{ name: id, data_tests: [not_null] }]\n",
  ]

  struct Run {
    var analysis: ProjectAnalysis
    var text: String
    var cache: AnalysisCache
  }

  static func analyze(_ folder: TemporaryFolder, _ cache: AnalysisCache) throws -> Run {
    let buffers = Buffers()
    let options = ProjectOptions(projectDirectory: folder.path)
    let project = try ProjectLoader.load(options, into: buffers).project
    let invocation = Invocation(
      identifier: "x",
      startedAt: "2026-01-01T00:00:00Z",
      command: "check",
      version: "1"
    )
    let parsed = try ProjectParser(project: project, buffers: buffers, invocation: invocation)
      .parse()
    let compilation = Compiler(parsed, cache: cache).compile(Set(parsed.graph.nodes.keys))
    let analysis = ProjectAnalyzer(parsed, buffers: buffers, cache: cache).analyze(compilation)
    let text = DiagnosticFormat.full.render(analysis.diagnostics, from: buffers)
    let lineage = LineageArtifact(
      ProjectLineage(parsed, analysis, buffers: buffers),
      projectName: "shop"
    )
    return Run(
      analysis: analysis,
      text: text + lineage.plain.jsonString,
      cache: AnalysisCache(reading: analysis.cache?.bytes(version: "1") ?? [], version: "1")
    )
  }

  @Test func nothingChangedNothingIsAnalysed() throws {
    let folder = try TemporaryFolder()
    try folder.write(Self.files)
    let first = try Self.analyze(folder, AnalysisCache())
    #expect(first.analysis.reusedCount == 0 && first.analysis.cache?.isChanged == true)
    #expect(first.text.contains("warning[integer-division]"))
    let second = try Self.analyze(folder, first.cache)
    #expect(second.analysis.reusedCount == 6 && second.analysis.cache?.isChanged == false)
    #expect(second.text == first.text)
  }

  @Test(arguments: [
    // A file, its new text, and how many of six nodes stay as they are.
    ("models/orders.sql", "select id, amount / id as ratio from shop.raw -- same\n", 5),
    ("models/orders.sql", "select id, cast(amount as decimal) / id as ratio from shop.raw\n", 3),
    ("seeds/units.csv", "unit,factor\nkg,2\n", 5),
    ("seeds/units.csv", "unit,factor,more\nkg,2,3\n", 4),
    (
      "migrations/V2__x.sql", "alter table shop.raw alter column amount type bigint;\n", 2
    ),
    ("migrations/V2__x.sql", "create table shop.other (id integer);\n", 6),
    ("models/weights.sql", "select unit, factr from {{ ref('units') }}\n", 5),
  ])
  func whatChangedIsAnalysedAnew(_ row: (String, String, Int)) throws {
    let folder = try TemporaryFolder()
    try folder.write(Self.files)
    let first = try Self.analyze(folder, AnalysisCache())
    try folder.write(row.0, row.1)
    let second = try Self.analyze(folder, first.cache)
    #expect(second.analysis.reusedCount == row.2)
    #expect(try second.text == Self.analyze(folder, AnalysisCache()).text)
  }

  @Test func damagedFilesAreAsGoodAsNone() throws {
    let folder = try TemporaryFolder()
    try folder.write(Self.files)
    let bytes = try Self.analyze(folder, AnalysisCache()).analysis.cache?.bytes(version: "1") ?? []
    #expect(AnalysisCache(reading: bytes, version: "1").entries.count == 6)
    #expect(AnalysisCache(reading: bytes, version: "2").entries.isEmpty)
    for position in stride(from: 0, to: bytes.count, by: 7) {
      var damaged = bytes
      damaged[position] ^= 0x55
      #expect(AnalysisCache(reading: damaged, version: "1").entries.isEmpty)
      let cut = Array(bytes[..<position])
      #expect(AnalysisCache(reading: cut, version: "1").entries.isEmpty)
    }
  }
}
