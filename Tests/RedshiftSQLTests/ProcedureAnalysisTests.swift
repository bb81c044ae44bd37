import Diagnostics
import RedshiftSQL
import TestSupport
import Testing

/// What names mean in the source of procedures.
@Suite struct ProcedureAnalysisTests {
  /// The findings at their places, as the words that they point at.
  private func findings(_ marked: String) throws -> (found: [String], wanted: [String]) {
    let buffers = Buffers()
    let catalog = try AnalysisTests.catalog(buffers)
    let text = MarkedText(marked)
    let parsed = SQLParser.parse(buffers.add(name: "p.sql", text: text.text), in: buffers)
    #expect(parsed.diagnostics.isEmpty)
    let statement = try #require(parsed.statements.first)
    guard case .createRoutine(let routine) = statement.kind else {
      throw MissingRoutine()
    }
    #expect(routine.body?.problems.isEmpty == true)
    let found = SQLAnalyzer(catalog: catalog, buffers: buffers)
      .findings(inSourceOf: routine, named: routine.name.relation)
    return (found.map { "\($0.primary?.range.bytes ?? 0..<0)" }, text.ranges.map { "\($0)" })
  }

  private struct MissingRoutine: Error {}

  @Test(arguments: [
    // What PL/pgSQL has by itself.
    """
    create procedure s.p(a int) as $$
    begin
      update s.users set level = 'x' where user_id = a;
      if not found then raise info 'nobody'; end if;
      insert into s.old (id) select a where found;
    exception when others then
      raise info 'error % with %', sqlerrm, sqlstate;
      insert into s.songs (song_id, title, artist_id) values ('x', sqlerrm, SQLSTATE);
      begin
        null;
      exception when others then
        raise exception '%', upper(sqlerrm);
      end;
      if sqlstate = '42P01' then raise info '%', sqlerrm; end if;
    end; $$ language plpgsql
    """,
    // Loops, records, cursors with parameters.
    """
    create procedure s.p(a int, inout b int, out c varchar(10), refs inout refcursor) as $$
    declare
      r record;
      row s.users%rowtype;
      names s.users.name%type := 'x';
      total constant int := 3;
      list cursor (lowest int, highest int) for
        select user_id, name from s.users where user_id between lowest and highest and b > total;
      other alias for $1;
      i int := 9;
    begin
      for i in 1..total loop b := b + i; end loop;
      for i in reverse 10..1 by 2 loop insert into s.old (id) values (i); end loop;
      for r in select user_id, name from s.users loop
        update s.users set name = r.name where user_id = r.user_id and names is not null;
      end loop;
      open list(1, a);
      fetch list into r;
      close list;
      for r in execute 'select 1 as x' loop raise info '%', r.x; end loop;
      select u.user_id, u.name into row from s.users u where u.user_id = other or u.user_id = $1;
      c := row.name;
      select into b, c user_id, name from s.users limit 1;
      execute 'select $1' into b using a, other;
      get diagnostics b := row_count;
      open refs for select name from s.users where user_id = a;
    end; $$ language plpgsql
    """,
    // Labels and the procedure's name qualify.
    """
    create procedure s.p(user_id int) as $$
    <<outer_block>>
    declare
      a int := 1;
      r record;
    begin
      <<inner_block>>
      declare
        a int := 2;
      begin
        insert into s.old (id) select outer_block.a + inner_block.a + p.user_id;
        select * into r from s.users u where u.user_id = p.user_id;
        insert into s.old (id) values (outer_block.r.user_id);
      end;
      <<numbers>>
      for i in 1..3 loop
        exit numbers when numbers.i > outer_block.a;
        insert into s.old (id) values (numbers.i);
      end loop numbers;
    end; $$ language plpgsql
    """,
    // Variables that somebody declares under such names.
    """
    create procedure s.p() as $$
    declare
      found int := 1;
      sqlerrm varchar(10);
    begin
      insert into s.old (id) values (found);
    exception when others then
      insert into s.songs (song_id, title, artist_id) values ('x', sqlerrm, sqlstate);
    end; $$ language plpgsql
    """,
  ])
  func variablesAreNoUnknownColumns(source: String) throws {
    #expect(try findings(source).found == [])
  }

  @Test(arguments: [
    "insert into s.old (id) select «nothing» where found;",
    // Only handlers know them.
    "insert into s.songs (song_id, title, artist_id) values ('x', «sqlerrm», «sqlstate»);",
    "<<here>> declare x int; begin insert into s.old (id) values (here.«y»); end;",
    "insert into s.old (id) values (p.«b»);",
    "insert into s.old (id) values («there».x);",
    "insert into s.old (id) select user_id from s.users where «nme» = sum;",
    "«b» := 1; a := 2; sum := a;",
    "select 1, 2 into sum, «totl»; select into «x» 1;",
    "for «r» in select name from s.users loop null; end loop;",
    "for i in 1..3 loop i := 2; end loop; «j» := 1;",
    "open «c»; fetch «c» into sum, «y»; close «c»;",
    "execute 'select 1' into «x»; get diagnostics «n» := row_count;",
    "«exit»; loop exit; end loop; while true loop continue; end loop; «continue»;",
    "<<l>> loop exit l; exit «m»; end loop; <<b>> begin exit b; end;",
    "return «1»; return;",
    "«raise info '% of %', a»; raise info '100%% of %', a; raise exception 'no';",
    """
    declare x «intger»; y varchar(10) := 'a'; z int := «'none'»; r s.users%rowtype;
    begin r.name := y; end;
    """,
    """
    begin null; exception when others then raise info '%', sqlerrm; end;
    insert into s.old (id) select 1 where «sqlstate» = '1';
    """,
  ])
  func slipsAreFound(statement: String) throws {
    let (found, wanted) = try findings(
      "create procedure s.p(a int) as $$ declare sum int; begin \(statement) end; $$ language plpgsql"
    )
    #expect(found == wanted)
  }
}
