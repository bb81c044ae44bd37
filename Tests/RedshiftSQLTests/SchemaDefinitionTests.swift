import Diagnostics
import Foundation
import RedshiftSQL
import Testing

/// What statements leave behind, as the statements that make it anew.
@Suite struct SchemaDefinitionTests {
  private static let body = "as $$\nbegin\n  return;\nend;\n$$ language plpgsql;"

  /// The definition of a text, after a proof that its SQL comes to the same again.
  private func definition(_ text: String) throws -> SchemaDefinition {
    let buffers = Buffers()
    func follow(_ text: String) -> SchemaDefinition {
      let parsed = SQLParser.parse(buffers.add(name: "t.sql", text: text), in: buffers)
      #expect(parsed.diagnostics.map(\.message) == [], "\(text)")
      return SchemaDefinition(parsed.statements, defaultSchema: "s", buffers: buffers)
    }
    let definition = follow(text)
    let again = follow(String(decoding: definition.sql(in: buffers), as: UTF8.self))
    #expect(again.statements == definition.statements)
    return definition
  }

  @Test func aRoutineIsMadeUnderItsName() throws {
    let made = try definition(
      """
      create procedure procedures(a int) \(Self.body)
      create or replace function f(varchar(5)) returns int stable as $$ select 1 $$ language sql;
      """
    )
    #expect(
      made.statements.map { $0.split(separator: " ").prefix(6).joined(separator: " ") } == [
        "create or replace function s.f (", "create procedure s.procedures ( a int",
      ]
    )
  }

  /// Lengths, synonyms and OUT arguments tell no routine from another.
  @Test func aRoutineIsFoundByEverySpellingOfItsTypes() throws {
    let made = """
      create procedure p(a int4, b character varying(20), c numeric(10, 2), out d int) \(Self.body)
      create procedure p(a bigint) \(Self.body)
      grant execute on procedure p(integer, varchar, decimal) to public;
      comment on procedure s.p(int, varchar(max), decimal(3)) is 'text';
      alter procedure p(integer, varchar(1), numeric) owner to boss;
      """
    let definition = try definition(made)
    #expect(definition.unseen.isEmpty)
    #expect(
      definition.statements.suffix(3) == [
        "alter procedure s.p(integer, varchar, decimal) owner to boss",
        "comment on procedure s.p(integer, varchar, decimal) is 'text'",
        "grant execute on procedure s.p(integer, varchar, decimal) to public",
      ]
    )
    let one = try self.definition(made + "drop procedure p(int, varchar(2), decimal(4, 1));")
    #expect(one.statements.count == 1)
    #expect(try self.definition(made + "drop procedure p;").statements == [])
  }

  @Test func aRoutineTakesWhatBelongsToItToItsNewName() throws {
    let made = """
      create procedure p(a int) \(Self.body)
      grant execute on procedure p(int) to public;
      comment on procedure p(int) is 'text';
      alter procedure p(int) owner to boss;
      """
    for name in ["p(integer)", "s.p"] {
      let renamed = try definition(made + "alter procedure \(name) rename to q;")
      #expect(renamed.unseen.isEmpty)
      #expect(renamed.statements.first?.hasPrefix("create procedure s.q ( a int )") == true)
      #expect(
        renamed.statements.dropFirst() == [
          "alter procedure s.q(integer) owner to boss",
          "comment on procedure s.q(integer) is 'text'",
          "grant execute on procedure s.q(integer) to public",
        ]
      )
      let gone = try definition(
        made + "alter procedure \(name) rename to q; drop procedure q(int);"
      )
      #expect(gone.statements == [])
    }
    // Of one that is not known, it cannot be told what it is now.
    #expect(try definition("alter procedure other(int) rename to q;").unseen.count == 1)
    #expect(try definition("alter procedure other(int) owner to boss;").unseen.count == 1)
  }

  @Test func whatASchemaTakesWithItIsGrantedToNobody() throws {
    let gone = try definition(
      """
      create schema x; create procedure x.p(a int) \(Self.body)
      grant execute on procedure x.p(int) to public; comment on procedure x.p(int) is 'text';
      drop schema x cascade;
      """
    )
    #expect(gone.statements == [])
  }

  @Test(arguments: [
    (
      "create external view e.v as select a from e.t;",
      ["create external view e.v as select a from e.t"]
    ),
    // A view that stands for a table follows it.
    (
      """
      create table s.t (a int); create external view e.v as select a from s.t;
      alter table s.t rename to u;
      """,
      ["create table s.u (\n  a integer\n)", "create external view e.v as select a from s.u"]
    ),
    (
      """
      create external view e.v as select a from e.t; alter external view e.v as select b from e.t;
      create external view e.w as select a from e.t; drop external view if exists e.w;
      """,
      [
        "create external view e.v as select a from e.t",
        "alter external view e.v as select b from e.t",
      ]
    ),
    (
      "create external view e.v if not exists as select a from e.t; "
        + "create external view if not exists e.v as select b from e.t;",
      ["create external view e.v if not exists as select a from e.t"]
    ),
    ("drop external view e.v;", ["drop external view e.v"]),
    (
      "create template t for copy as csv; alter template t set delimiter to '|';",
      ["create template t for copy as csv", "alter template t set delimiter to '|'"]
    ),
    ("create template t for copy csv; alter template t rename to u; drop template u;", []),
    (
      "alter system set data_catalog_auto_mount = true; alter system set metadata_security = on; "
        + "alter system set data_catalog_auto_mount = false;",
      [
        "alter system set metadata_security = on",
        "alter system set data_catalog_auto_mount = false",
      ]
    ),
  ])
  func whatIsNoTableIsKeptAsItStands(text: String, expected: [String]) throws {
    let statements = try definition(text).statements.map {
      $0.replacingOccurrences(of: " . ", with: ".")
    }
    #expect(statements == expected)
  }
}
