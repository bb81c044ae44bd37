import Foundation
import TestSupport
import Testing

/// What comes from a database of the local warehouse is Redshift's SQL again.
@Suite(.scenarioServer) struct DumpBackTests {
  private func applied(_ files: [String: String]) throws -> Scenario {
    let scenario = try Scenario(files)
    let outcome = try scenario.migrate()
    #expect(outcome.code == 0, "\(outcome.error)")
    return scenario
  }

  @Test func whatMigrationsMadeIsToldInTheirWords() throws {
    let scenario = try applied(DefinitionDriftTests.files)
    let dump = try scenario.migrate("dump")
    let live = try scenario.migrate("dump", "--from-database")
    #expect(live.code == 0 && live.error.isEmpty, "\(live.error)")
    #expect(live.output == dump.output)
    // Keys, distribution and order are in no catalogue of PostgreSQL.
    for words in ["primary key", "distkey", "dateadd(", "nvl(", "in ('abc', 'abd')"] {
      #expect(live.output.contains(words), "\(words)\n\(live.output)")
    }
  }

  @Test func whatPeopleMadeIsTranslatedBack() throws {
    let scenario = try applied(DefinitionDriftTests.files)
    try scenario.psql(
      """
      create view mig.same as select code, count(*) as n from mig.orders
        where code not in ('a', 'b') and name like 'q%' group by code;
      create view mig.theirs as select id, name || '!' as loud from mig.orders
        where code in ('a', 'b') and name not in ('x', 'y') and name like 'q%' and name not ilike 'z%';
      create procedure mig.both(n int, inout total int) as $$ begin total := n; end $$ language plpgsql;
      create table mig.own (a int default 3, b varchar(10) default 'it''s', c timestamp default localtimestamp);
      alter table mig.orders add column more varchar(20) default upper('q');
      """
    )
    let live = try scenario.migrate("dump", "--from-database")
    #expect(live.code == 0, "\(live.error)")
    // PostgreSQL minds blanks at the end of texts where Redshift does not.
    #expect(live.error.contains("warning[dump-translated]: view mig.theirs"), "\(live.error)")
    for words in [
      "inout total", "in ('a', 'b')", "not in ('x', 'y')", "like 'q%'", "not ilike 'z%'", "sysdate",
    ] {
      #expect(live.output.contains(words), "\(words)\n\(live.output)")
    }
    for words in ["bpchar", "::text", "array[", " rs."] {
      #expect(!live.output.contains(words), "\(words)\n\(live.output)")
    }
    let again = try applied(["V1__all.sql": live.output])
    let second = try again.migrate("dump", "--from-database")
    #expect(second.output == live.output && second.error.isEmpty, "\(second.error)")
  }

  /// What a late-binding view was made from is kept, whether or not it can be had now.
  @Test func lateBindingViewsOfHooksAreToldInTheirOwnWords() throws {
    let scenario = try applied(DefinitionDriftTests.files)
    let views = [
      "create view mig.hooked (a, n) as select nvl(code, 'q'), count(*) from mig.orders group by 1 "
        + "with no schema binding",
      "create view mig.waits as select distinct nvl(code, 'q') as c, gone from mig.nothing "
        + "with no schema binding",
    ]
    let project = try scenario.project.folder.read("project.yml")
    let hooks = views.map { "  - \"\($0)\"\n" }.joined()
    try scenario.project.folder.write("project.yml", project + "\non-run-start:\n" + hooks)
    try scenario.project.folder.write("models/one.sql", "select 1 as x")
    let run = try scenario.project.run("run", "--no-check")
    #expect(run.code == 0, "\(run.output)\(run.error)")
    let live = try scenario.migrate("dump", "--from-database")
    #expect(live.code == 0, "\(live.error)")
    for words in ["mig.hooked (a, n)", "nvl(code, 'q')", "mig.waits", "from mig.nothing"] {
      #expect(live.output.contains(words), "\(words)\n\(live.output)")
    }
    for name in ["mig.waits", "mig.hooked"] {
      #expect(!live.error.contains(name), "\(live.error)")
    }
  }

  @Test func whatCannotBeGivenBackIsSaidAndLeftOut() throws {
    let scenario = try applied(DefinitionDriftTests.files)
    try scenario.psql(
      """
      create view mig.odd as select id, array[1, 2] as list from mig.orders;
      create view mig.inner as select id, rs.checked_bytes(name, 3) as short from mig.orders;
      create procedure mig.strange() as $$ begin perform pg_sleep(0); end $$ language plpgsql;
      """
    )
    let live = try scenario.migrate("dump", "--from-database")
    #expect(live.code == 1)
    #expect(live.error.contains("error[dump-not-given-back]: view mig.odd"), "\(live.error)")
    #expect(!live.output.contains("mig.odd") && !live.output.contains("mig.inner"))
    let again = try Scenario(["V1__all.sql": live.output])
    #expect(try again.migrate().code == 0)
  }

  @Test func viewsOfModelsAreToldInTheWordsOfTheModels() throws {
    let scenario = try Scenario(
      ["V1__t.sql": "create schema mig; create table mig.t (x int, at timestamp);"],
      files: [
        "models/recent.sql": """
        {{ config(materialized='view') }}
        select x, dateadd(day, 1, at) as due from mig.t where x in (1, 2) and at > getdate()
        """
      ]
    )
    #expect(try scenario.migrate().code == 0)
    let built = try scenario.project.run("run")
    #expect(built.code == 0, "\(built.error)")
    let live = try scenario.migrate("dump", "--from-database")
    #expect(live.code == 0, "\(live.error)")
    #expect(live.output.contains("dateadd(day, 1, at)"), "\(live.output)")
    #expect(try scenario.migrate("diff").code == 0)
  }

  @Test func whatBelongsToRoutinesAndDefaultPrivilegesAreKept() throws {
    let scenario = try applied(DefinitionDriftTests.files)
    try scenario.psql(
      """
      grant execute on procedure mig.load(int, varchar) to pg_monitor;
      alter default privileges in schema mig grant select on tables to pg_monitor;
      """
    )
    let live = try scenario.migrate("dump", "--from-database")
    for line in [
      "comment on procedure mig.load(integer, varchar) is 'fills';",
      "grant execute on procedure mig.load(integer, varchar) to pg_monitor;",
      "alter default privileges",
    ] {
      #expect(live.output.contains(line), "\(line)\n\(live.output)")
    }
  }

  @Test func aViewOnAWidenedColumnIsSound() throws {
    let scenario = try applied([
      "V1__t.sql": """
      create schema mig;
      create table mig.t (name varchar(10), code varchar(5));
      create view mig.v as select name, code || 'x' as c from mig.t;
      create view mig.w as select name from mig.v;
      """,
      "V2__wider.sql": "alter table mig.t alter column name type varchar(50);",
      "V3__copy.sql": "create table mig.copied as select name from mig.w;",
    ])
    let dump = try scenario.migrate("dump")
    #expect(dump.code == 0 && dump.error.isEmpty, "\(dump.error)")
    #expect(dump.output.contains("create table mig.copied (\n  name varchar(50)"), "\(dump.output)")
    #expect(try scenario.migrate("diff").code == 0)
    let squash = try scenario.migrate("squash", "--to", "2", "--dry-run")
    #expect(squash.code == 0, "\(squash.error)")
  }

  @Test func secretsAreLeftOutAndTheRestCanRun() throws {
    let files = [
      "V1__users.sql": """
      create user app password 'Open5esame' valid until '2030-01-01';
      create user other password disable;
      create schema mig;
      """,
      "V2__t.sql": "alter user other password 'An0therOne'; create table mig.t (x int);",
    ]
    let scenario = try Scenario(files)
    for command in [["dump"], ["dump", "-o", "all.sql"], ["squash", "--to", "2"]] {
      let outcome = try scenario.project.run(["migrate"] + command)
      #expect(outcome.code == 0, "\(outcome.error)")
      var text = outcome.output
      for file in ["all.sql", "migrations/V2__squashed.sql"] {
        let path = scenario.project.folder.path + "/" + file
        guard FileManager.default.fileExists(atPath: path) else { continue }
        text += try String(contentsOfFile: path, encoding: .utf8)
      }
      for secret in ["Open5esame", "An0therOne", "***"] {
        #expect(!(text + outcome.error).contains(secret), "\(command)")
      }
      #expect(text.contains("create user app password disable valid until '2030-01-01'"), "\(text)")
      #expect(outcome.error.contains("warning[dump-secret]: the password of user app is left out"))
    }
    #expect(try scenario.migrate().code == 0)
  }

  @Test func keysInProceduresAreLeftOut() throws {
    let scenario = try Scenario([
      "V1__p.sql": """
      create procedure mig.fill() as $$
      begin
        copy mig.t from 's3://b/k' access_key_id 'AKIAX' secret_access_key 'sEcrEt1' csv;
      end;
      $$ language plpgsql;
      """
    ])
    let dump = try scenario.migrate("dump")
    #expect(dump.code == 0)
    #expect(dump.output.contains("access_key_id 'withheld' secret_access_key 'withheld' csv"))
    #expect(dump.error.contains("a secret of procedure mig.fill()"), "\(dump.error)")
    #expect(dump.error.contains("\"withheld\" stands in its place"), "\(dump.error)")
  }

  @Test func keysThatAProcedurePutsTogetherDoNotStopASquash() throws {
    let scenario = try Scenario([
      "V1__p.sql": """
      create schema mig;
      create procedure mig.fill() as $$
      begin
        execute 'create user u password ' || quote_literal('Open5esame');
        execute 'create user v password ''' || 'An0therOne' || '''';
      end;
      $$ language plpgsql;
      """,
      "V2__t.sql": "create table mig.t (x int);",
    ])
    let squash = try scenario.migrate("squash", "--to", "2")
    #expect(squash.code == 0, "\(squash.error)")
    let path = scenario.project.folder.path + "/migrations/V2__squashed.sql"
    let text = try String(contentsOfFile: path, encoding: .utf8)
    for secret in ["Open5esame", "An0therOne"] {
      #expect(!(text + squash.output + squash.error).contains(secret))
    }
    #expect(text.contains("quote_literal('withheld')"), "\(text)")
    #expect(squash.error.contains("a secret of procedure mig.fill()"), "\(squash.error)")
  }

  @Test func whatRedshiftDoesNotHaveIsSaid() throws {
    let scenario = try applied(["V1__a.sql": "create schema mig;"])
    try scenario.psql(
      """
      create table mig.own (
        a int check (a > 0), tags text[], u uuid, j json, n numeric, label text default 'x',
        at timestamptz default now(), utc timestamp default (now() at time zone 'utc'),
        short varchar(5) check (octet_length(short) <= 5), g int generated always as (a * 2) stored,
        e timestamp(3)
      );
      create unique index own_label on mig.own (lower(label));
      create function mig.touched() returns trigger language plpgsql as
        $$ begin return new; end $$;
      create trigger touch before insert on mig.own for each row execute function mig.touched();
      """
    )
    let live = try scenario.migrate("dump", "--from-database")
    #expect(live.code == 1, "\(live.error)")
    for words in [
      "tags super", "u varchar(36)", "j super", "n decimal(38, 10)",
      "label varchar(65535) default 'x'", "timestamptz default sysdate",
      "utc timestamp default sysdate", "e timestamp",
    ] {
      #expect(live.output.contains(words), "\(words)\n\(live.output)")
    }
    for words in [
      "warning[dump-type]: mig.own.tags is text[]", "warning[dump-left-out]: mig.own has",
      "constraint own_a_check: CHECK ((a > 0))", "unique index own_label", "trigger touch",
      "column g is generated: (a * 2)", "error[dump-not-given-back]: function mig.touched()",
      "warning[dump-translated]: the default of mig.own.at",
    ] {
      #expect(live.error.contains(words), "\(words)\n\(live.error)")
    }
    // How the local warehouse keeps lengths in bytes is nothing to tell.
    #expect(!live.error.contains("octet_length"), "\(live.error)")
    for words in ["now()", "text[]", "touched"] {
      #expect(!live.output.contains(words), "\(words)\n\(live.output)")
    }
    let again = try applied(["V1__all.sql": live.output])
    let second = try again.migrate("dump", "--from-database")
    #expect(second.output == live.output && second.error.isEmpty, "\(second.error)")
  }

  /// Of types that somebody made it is known what is under them.
  @Test func enumsDomainsAndSerialsAreToldInRedshiftsTypes() throws {
    let scenario = try applied(["V1__a.sql": "create schema mig;"])
    try scenario.psql(
      """
      create type mig.mood as enum ('sad', 'overjoyed');
      create domain mig.price as numeric(10, 2) check (value > 0);
      create domain mig.key as uuid;
      create table mig.own (
        id serial, big bigserial primary key, mood mig.mood default 'sad', p mig.price, k mig.key
      );
      create index on mig.own (id, big);
      """
    )
    let live = try scenario.migrate("dump", "--from-database")
    #expect(live.code == 0, "\(live.error)")
    for words in [
      "id integer generated by default as identity(1, 1)",
      "big bigint generated by default as identity(1, 1)", "mood varchar(9) default 'sad'",
      "p decimal(10, 2)", "k varchar(36)",
    ] {
      #expect(live.output.contains(words), "\(words)\n\(live.output)")
    }
    for words in [
      "mig.own.mood is mig.mood", "mig.own.k is mig.key", "mig.own.id takes its values",
    ] {
      #expect(live.error.contains(words), "\(words)\n\(live.error)")
    }
    let again = try applied(["V1__all.sql": live.output])
    let second = try again.migrate("dump", "--from-database")
    #expect(second.output == live.output && second.error.isEmpty, "\(second.error)")
  }
}
