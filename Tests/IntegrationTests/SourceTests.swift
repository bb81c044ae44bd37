import TestSupport
import Testing

/// The columns of sources, read from a warehouse.
@Suite struct SourceTests {
  @Test func columnsAreWrittenOnceAndTheSame() throws {
    let project = try ProgramHarness.project([
      "project.yml": """
      name: src
      version: "1.0"
      targets: { local: { type: local, schema: src } }
      on-run-start:
        - create schema if not exists raw
        - "create table if not exists raw.events (id bigint not null, kind varchar(20), price decimal(10,2), at timestamp, body super)"
      """,
      "models/one.sql": "select 1 as one\n",
      "models/sources.yml": """
      version: 2
      sources:
        - name: raw
          tables: [{ name: events }, { name: nothing }]
      """,
    ])
    defer { project.stopServer() }
    #expect(try project.run("run").code == 0)
    let first = try project.run("source", "sync")
    #expect(first.code == 0 && first.error.contains("warning[source-not-found]"))
    let text = try project.folder.read("sources.lock.yml")
    #expect(
      text.hasSuffix(
        """
        version: 1
        relations:
          "raw.events":
            - { name: "id", type: "bigint", nullable: false }
            - { name: "kind", type: "varchar(20)", nullable: true }
            - { name: "price", type: "decimal(10,2)", nullable: true }
            - { name: "at", type: "timestamp", nullable: true }
            - { name: "body", type: "super", nullable: true }

        """
      ),
      "\(text)"
    )
    let second = try project.run("source", "sync")
    #expect(second.error.contains("sources.lock.yml is up to date: 1 table"))
  }
}
