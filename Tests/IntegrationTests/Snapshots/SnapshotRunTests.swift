import Foundation
import TestSupport
import Testing

/// Snapshots on a real server: nothing that goes wrong loses or doubles a version.
@Suite(.scenarioServer) struct SnapshotRunTests {
  static let orders = """
    {% snapshot orders_history %}
    {{ config(strategy='timestamp', unique_key='id', updated_at='changed_at') }}
    select * from {{ source('shop', 'orders') }}
    {% endsnapshot %}

    """

  static let source = """
    version: 2
    sources:
      - name: shop
        schema: mig
        tables: [{ name: orders }]

    """

  static let table = """
    create schema mig;
    create table mig.orders (id int, state varchar(10), changed_at timestamp);
    insert into mig.orders values (1, 'new', '2024-01-01'), (2, 'new', '2024-01-01');
    """

  /// A project with one snapshot that has run once.
  static func begun(
    _ files: [String: String] = ["snapshots/orders.sql": orders],
    table: String = table
  ) throws -> Scenario {
    let scenario = try Scenario([:])
    try scenario.project.folder.write(["snapshots/sources.yml": source].merging(files) { $1 })
    try scenario.psql(table)
    let outcome = try scenario.project.run("snapshot")
    try #require(outcome.code == 0, "\(outcome.error)")
    return scenario
  }

  static let history = """
    select id, state, dbt_valid_from::date, dbt_valid_to::date from mig.orders_history \
    order by id, dbt_valid_from
    """

  static let before = "1|new|2024-01-01|\n2|new|2024-01-01|"
  static let after = "1|new|2024-01-01|2024-02-01\n1|paid|2024-02-01|\n2|new|2024-01-01|"
  static let change = "update mig.orders set state = 'paid', changed_at = '2024-02-01' where id = 1"

  // MARK: Interruption

  @Test func aRunKilledBetweenClosingAndAddingChangesNothing() throws {
    let scenario = try Self.begun()
    try scenario.psql(Self.change)
    // The insert waits for a lock, when old versions are closed already.
    try scenario.psql(
      """
      create function mig.wait() returns trigger language plpgsql as
        $$ begin perform pg_advisory_xact_lock(7); return new; end $$;
      create trigger wait before insert on mig.orders_history
        for each row execute function mig.wait();
      """
    )
    let holder = try scenario.session("select pg_advisory_lock(7); select pg_sleep(60)")
    defer { holder.end() }
    let locks = "select count(*) from pg_locks where locktype = 'advisory' and objid = 7 and "
    try scenario.wait(locks + "granted", for: "1")
    let process = try scenario.project.start(["snapshot"])
    try scenario.wait(locks + "not granted", for: "1")
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    #expect(try scenario.psql(Self.history) == Self.before)
    holder.end()
    let waiting = "select count(*) from pg_locks where locktype = 'advisory' and objid = 7"
    try scenario.wait(waiting, for: "0")
    try scenario.wait(
      "select count(*) from pg_stat_activity where datname = current_database()",
      for: "1"
    )
    #expect(try scenario.psql(Self.history) == Self.before)
    try scenario.psql("drop trigger wait on mig.orders_history")
    let again = try scenario.project.run("snapshot")
    #expect(again.code == 0, "\(again.error)")
    #expect(try scenario.psql(Self.history) == Self.after)
  }

  @Test func runsOfTwoProjectsAtOnceAddEachVersionOnce() throws {
    let scenario = try Self.begun()
    let other = try ProgramHarness.project([
      "project.yml": try scenario.project.folder.read("project.yml")
        .replacingOccurrences(of: "name: mig", with: "name: other"),
      "snapshots/orders.sql": Self.orders.replacingOccurrences(
        of: "strategy=",
        with: "target_schema='mig', strategy="
      ),
      "snapshots/sources.yml": Self.source,
    ])
    try scenario.psql(Self.change)
    // Both work out the same change, and wait to write it.
    let holder = try scenario.session(
      "begin; lock table mig.orders_history in share row exclusive mode; select pg_sleep(60)"
    )
    defer { holder.end() }
    let locks = """
      select count(*) from pg_locks where relation = to_regclass('mig.orders_history') \
      and mode = 'ShareRowExclusiveLock' and
      """
    try scenario.wait("\(locks) granted", for: "1")
    let processes = [try scenario.project.start(["snapshot"]), try other.start(["snapshot"])]
    try scenario.wait("\(locks) not granted", for: "2")
    holder.end()
    for process in processes {
      process.waitUntilExit()
      #expect(process.terminationStatus == 0)
    }
    #expect(try scenario.psql(Self.history) == Self.after)
  }

  @Test func fullRefreshKeepsTheHistory() throws {
    let scenario = try Self.begun()
    try scenario.psql(Self.change)
    let outcome = try scenario.project.run("build", "--full-refresh")
    #expect(outcome.code == 0, "\(outcome.error)")
    #expect(try scenario.psql(Self.history) == Self.after)
    try scenario.psql("alter table mig.orders_history rename to kept")
    try scenario.psql("create view mig.orders_history as select * from mig.kept")
    let refused = try scenario.project.run("build", "--full-refresh")
    #expect(refused.code == 1 && refused.error.contains("error[not-a-snapshot-table]"))
    #expect(try scenario.psql(Self.history) == Self.after)
  }

  // MARK: Bad rows

  @Test(arguments: [
    ("insert into mig.orders values (2, 'x', '2024-03-01')", "snapshot-duplicate-keys"),
    ("insert into mig.orders values (null, 'x', '2024-03-01')", "snapshot-null-key"),
    (
      "insert into mig.orders_history select * from mig.orders_history where id = 1",
      "snapshot-duplicate-keys"
    ),
    ("alter table mig.orders add column dbt_valid_to int", "snapshot-column-taken"),
    (
      "alter table mig.orders_history drop column dbt_scd_id cascade",
      "not-a-snapshot-table"
    ),
  ])
  func badRowsAreToldAndNothingIsWritten(_ change: String, _ code: String) throws {
    let scenario = try Self.begun()
    try scenario.psql(Self.change)
    try scenario.psql(change)
    let before = try scenario.psql(Self.history)
    let outcome = try scenario.project.run("snapshot")
    #expect(outcome.code == 1 && outcome.error.contains("error[\(code)]"), "\(outcome.error)")
    #expect(try scenario.psql(Self.history) == before)
  }

  @Test func duplicateKeysInTheFirstRunLeaveNoTable() throws {
    let scenario = try Scenario([:])
    try scenario.project.folder.write([
      "snapshots/sources.yml": Self.source, "snapshots/orders.sql": Self.orders,
    ])
    try scenario.psql(Self.table + "insert into mig.orders values (2, 'x', '2024-03-01');")
    let outcome = try scenario.project.run("snapshot")
    #expect(outcome.code == 1 && outcome.error.contains("id = 2: 2 rows"), "\(outcome.error)")
    #expect(try scenario.psql("select to_regclass('mig.orders_history')") == "")
  }

  @Test func aChangeWithoutATimeIsRefused() throws {
    let scenario = try Self.begun([
      "snapshots/orders.sql": """
      {% snapshot orders_history %}
      {{ config(strategy='check', unique_key='id', check_cols=['state'], updated_at='changed_at') }}
      select * from {{ source('shop', 'orders') }}
      {% endsnapshot %}
      """
    ])
    try scenario.psql("update mig.orders set state = 'paid', changed_at = null where id = 1")
    let outcome = try scenario.project.run("snapshot")
    #expect(outcome.code == 1 && outcome.error.contains("error[snapshot-null-time]"))
    #expect(try scenario.psql(Self.history) == Self.before)
  }

  @Test func aRowThatBeganWithoutATimeGetsItsLaterVersions() throws {
    let scenario = try Self.begun(
      table: Self.table + "insert into mig.orders values (3, 'new', null);"
    )
    try scenario.psql(
      "update mig.orders set state = 'paid', changed_at = '2024-02-01' where id = 3"
    )
    let taken = try scenario.project.run("snapshot")
    #expect(taken.code == 0, "\(taken.error)")
    let versions = Self.before + "\n3|paid|2024-02-01|\n3|new||2024-02-01"
    #expect(try scenario.psql(Self.history) == versions)
    // A time that is gone again ends nothing, and is told of.
    try scenario.psql("update mig.orders set state = 'lost', changed_at = null where id = 3")
    let untimed = try scenario.project.run("snapshot")
    #expect(untimed.code == 0 && untimed.error.contains("1 row"), "\(untimed.error)")
    #expect(untimed.error.contains("changed_at is NULL"), "\(untimed.error)")
    #expect(try scenario.psql(Self.history) == versions)
  }

  // MARK: Columns

  @Test func columnsComeGoAndGrow() throws {
    let scenario = try Self.begun()
    try scenario.psql(
      """
      alter table mig.orders alter column state type varchar(40);
      alter table mig.orders add column city varchar(9);
      update mig.orders set state = 'a state of forty letters', city = 'Ulm', changed_at =
        '2024-02-01' where id = 1;
      """
    )
    let first = try scenario.project.run("snapshot")
    #expect(first.code == 0, "\(first.error)")
    try scenario.psql(
      """
      alter table mig.orders drop column state;
      update mig.orders set city = 'Bonn', changed_at = '2024-03-01' where id = 2;
      """
    )
    let second = try scenario.project.run("snapshot")
    #expect(second.code == 0, "\(second.error)")
    let rows = try scenario.psql(
      "select id, state, city from mig.orders_history order by id, dbt_valid_from"
    )
    #expect(rows == "1|new|\n1|a state of forty letters|Ulm\n2|new|\n2||Bonn")
  }

  // MARK: The project's own macros

  @Test func macrosOfTheProjectTakeTheirPlace() throws {
    let scenario = try Self.begun(
      [
        "macros/snapshots.sql": """
        {% macro default__snapshot_hash_arguments(args) %}{{ args | join(" || '+' || ") }}{% endmacro %}
        {% macro snapshot_get_time() %}cast('2024-06-01' as timestamp){% endmacro %}
        {% macro snapshot_by_state_strategy(node, snapshotted_rel, current_rel, config, target_exists) %}
          {{ return({
            'unique_key': 'id',
            'updated_at': snapshot_get_time(),
            'row_changed': snapshotted_rel ~ '.state <> ' ~ current_rel ~ '.state',
            'scd_id': snapshot_hash_arguments(['id::varchar', 'state']),
            'invalidate_hard_deletes': true
          }) }}
        {% endmacro %}
        """,
        "snapshots/orders.sql": """
        {% snapshot orders_history %}
        {{ config(strategy='by_state', unique_key='ignored') }}
        select * from {{ source('shop', 'orders') }}
        {% endsnapshot %}
        """,
      ]
    )
    try scenario.psql("update mig.orders set state = 'paid'; delete from mig.orders where id = 2")
    let outcome = try scenario.project.run("snapshot")
    #expect(outcome.code == 0, "\(outcome.error)")
    let rows = try scenario.psql(
      """
      select id, dbt_scd_id, dbt_updated_at::date, dbt_valid_to::date from mig.orders_history \
      order by 1, 2
      """
    )
    #expect(
      rows == """
        1|1+new|2024-06-01|2024-06-01
        1|1+paid|2024-06-01|
        2|2+new|2024-06-01|2024-06-01
        """
    )
    let unknown = Self.orders.replacingOccurrences(of: "'timestamp'", with: "'by_stat'")
    try scenario.project.folder.write("snapshots/orders.sql", unknown)
    let refused = try scenario.project.run("snapshot")
    #expect(refused.code == 2 && refused.error.contains("error[snapshot-strategy]"))
    #expect(refused.error.contains("did you mean \"by_state\"?"), "\(refused.error)")
  }

  // MARK: In the graph

  @Test func buildRunsThemInTheirPlace() throws {
    let scenario = try Self.begun([
      "snapshots/orders.sql": Self.orders.replacingOccurrences(
        of: "{{ source('shop', 'orders') }}",
        with: "{{ ref('recent') }}"
      ),
      "models/recent.sql": """
      {{ config(materialized='ephemeral') }}
      select * from {{ source('shop', 'orders') }} where changed_at > '2020-01-01'
      """,
      "models/current.sql":
        "select id, state from {{ ref('orders_history') }} where dbt_valid_to is null\n",
      "snapshots/tests.yml": """
      snapshots:
        - name: orders_history
          columns:
            - name: dbt_scd_id
              data_tests: [unique, not_null]
      """,
    ])
    try scenario.psql(Self.change)
    let outcome = try scenario.project.run("build", "--threads", "1")
    #expect(outcome.code == 0, "\(outcome.error)")
    #expect(outcome.error.contains("snapshot     mig.orders_history"), "\(outcome.error)")
    #expect(try scenario.psql("select * from mig.current order by 1") == "1|paid\n2|new")
    struct Results: Decodable {
      struct Result: Decodable {
        var unique_id: String
        var status: String
        var message: String?
        var relation_name: String?
      }
      var results: [Result]
    }
    let json = try scenario.project.folder.read("target/run_results.json")
    let results = try JSONDecoder().decode(Results.self, from: Data(json.utf8)).results
    let names = results.map { $0.unique_id.split(separator: ".").prefix(3).joined(separator: ".") }
    #expect(
      names == [
        "snapshot.mig.orders_history", "test.mig.not_null_orders_history_dbt_scd_id",
        "test.mig.unique_orders_history_dbt_scd_id", "model.mig.current",
      ]
    )
    #expect(results.first?.message == "INSERT 0 1" && results.first?.status == "success")
    #expect(results.first?.relation_name?.hasSuffix("\"mig\".\"orders_history\"") == true)
    // A broken history keeps what reads it from being built.
    try scenario.psql("insert into mig.orders values (null, 'x', '2024-03-01')")
    let failed = try scenario.project.run("build", "--fail-fast")
    #expect(failed.code == 1 && failed.error.contains("PASS=0 WARN=0 ERROR=1 SKIP=3"))
  }

  @Test func aMigrationThatBreaksASnapshotIsRefused() throws {
    let scenario = try Scenario(["V1__orders.sql": Self.table])
    try scenario.project.folder.write([
      "snapshots/sources.yml": Self.source, "snapshots/orders.sql": Self.orders,
    ])
    #expect(try scenario.migrate().code == 0)
    try scenario.write("V2__drop.sql", "alter table mig.orders drop column changed_at;")
    let outcome = try scenario.migrate()
    #expect(outcome.code != 0 && outcome.error.contains("error[migration-breaks-models]"))
    #expect(outcome.error.contains("orders_history: "), "\(outcome.error)")
  }

  @Test func aTableOfAMigrationTakesTheHistory() throws {
    let scenario = try Scenario([
      // The run before the migration makes the schema.
      "V1__orders.sql": Self.table.replacingOccurrences(
        of: "schema mig",
        with: "schema if not exists mig"
      )
        + """
        create table mig.orders_history (id int, state varchar(10), changed_at timestamp,
          dbt_scd_id varchar(32), dbt_updated_at timestamp, dbt_valid_from timestamp,
          dbt_valid_to timestamp) distkey (id);
        """
    ])
    try scenario.project.folder.write([
      "snapshots/sources.yml": Self.source, "snapshots/orders.sql": Self.orders,
    ])
    let early = try scenario.project.run("snapshot")
    #expect(early.code == 1 && early.error.contains("error[table-not-migrated]"), "\(early.error)")
    #expect(try scenario.migrate().code == 0)
    for change in ["select 1", Self.change] {
      try scenario.psql(change)
      let outcome = try scenario.project.run("snapshot")
      #expect(outcome.code == 0, "\(outcome.error)")
    }
    #expect(try scenario.psql(Self.history) == Self.after)
    try scenario.psql("alter table mig.orders add column city varchar(9)")
    let refused = try scenario.project.run("snapshot")
    #expect(refused.code == 1 && refused.error.contains("error[column-mismatch]"))
  }

  // MARK: PostgreSQL

  /// Seeds of a profile of PostgreSQL have texts of any length, as dbt's have.
  @Test func seedsOnPostgresAreCompared() throws {
    let scenario = try Scenario([:])
    let project = try ProgramHarness.project([
      "dbt_project.yml": "name: shop\nversion: '1.0'\nprofile: shop\n",
      "profiles.yml": """
      shop:
        target: dev
        outputs:
          dev: { type: postgres, host: "\(scenario.socket)", port: 5432, user: redstart, \
      password: "-", dbname: \(scenario.database), schema: hist, sslmode: disable }
      """,
      "seeds/people.csv": "id,name,city\n1,Ann,Ulm\n2,Bob,\n3,Cid,Bonn\n4,Dan,Kiel\n",
      "snapshots/people.yml": """
      snapshots:
        - name: people_all
          relation: ref('people')
          config: { strategy: check, unique_key: id, check_cols: all, hard_deletes: new_record }
        - name: people_some
          relation: ref('people')
          config: { strategy: check, unique_key: name, check_cols: [city] }

      """,
    ])
    func build(_ rows: String? = nil) throws {
      if let rows { try project.folder.write("seeds/people.csv", "id,name,city\n" + rows) }
      let outcome = try project.run("build", "--profiles-dir", ".")
      #expect(outcome.code == 0, "\(outcome.error)")
    }
    try build()
    let types = """
      select table_name, string_agg(data_type, ' ' order by ordinal_position) \
      from information_schema.columns where column_name in ('id', 'name', 'city') \
      and table_schema = 'hist' group by 1 order by 1
      """
    let texts = ["people", "people_all", "people_some"].map { $0 + "|integer text text" }
      .joined(separator: "\n")
    #expect(try scenario.psql(types) == texts)
    // Nothing has changed; a history may have been begun with shorter texts.
    try scenario.psql("alter table hist.people_some alter column city type varchar(4)")
    try build()
    let long = String(repeating: "x", count: 300)
    try build("1,Ann,\n2,Bob,\(long)\n3,Cid,bonn\n4,Dan,Kiel\n5,Eve,Rom\n")
    #expect(try scenario.psql(types) == texts)
    try build("1,Ann,\n2,Bob,\(long)\n3,Cid,bonn\n5,Eve,Rom\n")
    let order = "order by id, dbt_valid_from, dbt_valid_to nulls last"
    #expect(
      try scenario.psql(
        """
        select id, name, left(city, 4), length(city), dbt_is_deleted, dbt_valid_to is null \
        from hist.people_all \(order)
        """
      ) == """
        1|Ann|Ulm|3|False|f
        1|Ann|||False|t
        2|Bob|||False|f
        2|Bob|xxxx|300|False|t
        3|Cid|Bonn|4|False|f
        3|Cid|bonn|4|False|t
        4|Dan|Kiel|4|False|f
        4|Dan|Kiel|4|True|t
        5|Eve|Rom|3|False|t
        """
    )
    #expect(
      try scenario.psql(
        "select id, left(city, 4), dbt_valid_to is null from hist.people_some \(order)"
      ) == """
        1|Ulm|f
        1||t
        2||f
        2|xxxx|t
        3|Bonn|f
        3|bonn|t
        4|Kiel|t
        5|Rom|t
        """
    )
  }

  // MARK: Redshift

  @Test func theyRunOnRedshift() throws {
    let server = try RedshiftStandIn()
    let project = try ProgramHarness.project([
      "project.yml": """
      name: mig
      target: redshift
      targets:
        redshift:
          \(server.target)
          schema: mig
          threads: 2
      """,
      "migrations/V1__orders.sql": Self.table,
      "snapshots/sources.yml": Self.source + """
        snapshots:
          - name: records
            relation: source('shop', 'orders')
            config:
              strategy: check
              unique_key: [id, state]
              check_cols: all
              hard_deletes: new_record
              dbt_valid_to_current: "cast('9999-12-31' as timestamp)"
        """,
      "snapshots/orders.sql": Self.orders.replacingOccurrences(
        of: "strategy=",
        with: "hard_deletes='invalidate', dist='id', strategy="
      ),
    ])
    func run(_ words: String...) throws {
      let outcome = try project.run(words)
      #expect(outcome.code == 0, "\(words): \(outcome.error)")
    }
    func rows(_ query: String) throws -> String {
      try project.run("show", "-q", "--output", "csv", "--limit", "-1", "--inline", query).output
    }
    try run("migrate")
    try run("snapshot")
    try project.folder.write(
      "migrations/V2__changes.sql",
      """
      update mig.orders set state = 'paid', changed_at = '2024-02-01' where id = 1;
      delete from mig.orders where id = 2;
      insert into mig.orders values (3, 'new', '2024-02-02');
      """
    )
    try run("migrate")
    // A transaction that lost against another is done again, whole.
    try server.fail("conflict", at: "insert into \"mig\".\"orders_history\"")
    try run("snapshot")
    #expect(try server.hasFailedAsAsked)
    try project.folder.write(
      "migrations/V3__column.sql",
      """
      alter table mig.orders add column city varchar(9);
      update mig.orders set city = 'Ulm', changed_at = '2024-03-01' where id = 3;
      """
    )
    try run("migrate")
    try run("snapshot")
    let history = try rows(
      """
      select id, state, city, cast(dbt_valid_from as date) as begins,
        case when dbt_valid_to > '2025-01-01' then 'gone' else cast(dbt_valid_to as varchar(10)) end
          as ends
      from {{ ref('orders_history') }} order by id, dbt_valid_from
      """
    )
    #expect(
      history == """
        id,state,city,begins,ends
        1,new,,2024-01-01,2024-02-01
        1,paid,,2024-02-01,
        2,new,,2024-01-01,gone
        3,new,,2024-02-02,2024-03-01
        3,new,Ulm,2024-03-01,

        """
    )
    let records = try rows(
      """
      select id, state, city, dbt_is_deleted, dbt_valid_to > '9000-01-01' as is_current
      from {{ ref('records') }} order by id, state, is_current, dbt_is_deleted, city
      """
    )
    #expect(
      records == """
        id,state,city,dbt_is_deleted,is_current
        1,new,,False,f
        1,new,,True,t
        1,paid,,False,f
        1,paid,,False,t
        2,new,,False,f
        2,new,,True,t
        3,new,,False,f
        3,new,Ulm,False,t

        """
    )
    let locks = try server.statements.filter { $0.lowercased().hasPrefix("lock table \"mig\"") }
    #expect(locks.allSatisfy { !$0.contains("share row exclusive") } && locks.count >= 4)
    try server.stop()
  }
}
