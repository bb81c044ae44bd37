import Foundation
import TestSupport
import Testing

/// `--defer` and `clone`, with what dbt 1.11 does on the same project.
@Suite(.scenarioServer) struct DeferTests {
  /// The project, built in `prod` and with its artifacts kept.
  private func built(environment: [String: String] = [:]) throws -> DbtProject {
    let shop = try DbtProject.shop(environment: environment)
    try shop.succeed("build", "--target", "prod")
    try shop.keepState(as: "prodstate")
    return shop
  }

  private func totals(_ schema: String, _ shop: DbtProject) -> String {
    """
    select customer, sum(amount) as total from "\(shop.scenario.database)"."\(schema)"."orders" \
    group by 1
    """
  }

  @Test func `what is not in the target is read from the state`() throws {
    let shop = try built()
    let path = "models/marts/totals.sql"
    try shop.succeed("run", "-s", "totals", "--defer", "--state", "prodstate")
    #expect(try shop.compiled(path) == totals("prod", shop))
    #expect(try shop.sql("select * from dev.totals order by 1") == "ann|15\nbob|20")
    // What the same run builds is there when it is read.
    try shop.succeed("run", "-s", "orders", "totals", "--defer", "--state", "prodstate")
    #expect(try shop.compiled(path) == totals("dev", shop))
    #expect(
      try shop.compiled("models/orders.sql")
        == "select id, customer, amount from \"\(shop.scenario.database)\".\"prod\".\"raw_orders\""
    )
    // And what is in the target is preferred, unless the state is.
    try shop.succeed("run", "-s", "totals", "--defer", "--state", "prodstate")
    #expect(try shop.compiled(path) == totals("dev", shop))
    try shop.succeed(
      "run",
      "-s",
      "totals",
      "--defer",
      "--defer-state",
      "prodstate",
      "--favor-state"
    )
    #expect(try shop.compiled(path) == totals("prod", shop))
    try shop.succeed("compile", "-s", "large_count", "--defer", "--state", "prodstate")
    #expect(try shop.compiled("models/marts/large_count.sql").contains("\"dev\".\"orders\""))
  }

  @Test func `tests and queries are deferred too`() throws {
    let shop = try built()
    let test = "models/schema.yml/relationships_orders_customer__customer__ref_totals_.sql"
    try shop.succeed("test", "-s", "orders", "--defer", "--state", "prodstate")
    #expect(try shop.compiled(test).contains("\"prod\".\"orders\""))
    try shop.succeed("run", "-s", "orders", "--defer", "--state", "prodstate")
    try shop.succeed("test", "-s", "orders", "--defer", "--state", "prodstate")
    #expect(try shop.compiled(test).contains("\"dev\".\"orders\""))
    #expect(try shop.compiled(test).contains("\"prod\".\"totals\""))
    try shop.succeed("test", "-s", "orders", "--defer", "--state", "prodstate", "--favor-state")
    #expect(try shop.compiled(test).contains("\"prod\".\"orders\""))
    let shown = try shop.succeed(
      "show",
      "-q",
      "--output",
      "csv",
      "--defer",
      "--state",
      "prodstate",
      "--inline",
      "select * from {{ ref('cents') }} order by 1"
    )
    #expect(shown.output == "id,cents\n1,1000\n2,2000\n3,500\n")
    let inline = try shop.succeed(
      "compile",
      "-q",
      "--inline",
      "{{ ref('cents') }}",
      "--defer",
      "--state",
      "prodstate"
    )
    #expect(inline.output.hasSuffix("\"prod\".\"cents\"\n"), "\(inline.output)")
  }

  @Test func `the environment says it as well as the command line`() throws {
    let shop = try built()
    let project = ProgramHarness(
      shop.project.folder,
      environment: ["DBT_STATE": "prodstate", "DBT_DEFER": "true"]
    )
    let deferred = try project.run("run", "-s", "totals", "--profiles-dir", ".")
    #expect(deferred.code == 0, "\(deferred.error)")
    #expect(try shop.compiled("models/marts/totals.sql") == totals("prod", shop))
    let own = try project.run("run", "-s", "totals", "--no-defer", "--profiles-dir", ".")
    #expect(own.code == 1, "there is no dev.orders: \(own.error)")
    #expect(try shop.compiled("models/marts/totals.sql") == totals("dev", shop))
    let changed = try project.run("ls", "-q", "-s", "state:modified.body", "--profiles-dir", ".")
    #expect(changed.code == 0 && changed.output == "", "\(changed.error)")
  }

  @Test func `deferring needs a state`() throws {
    let shop = try DbtProject.shop()
    for words in [["--defer"], ["--defer", "--state", "nosuch"]] {
      let outcome = try shop.project.run(["run"] + words + ["--profiles-dir", "."])
      #expect(outcome.code == 2 && outcome.error.contains("error[state-not-found]"))
    }
  }

  @Test func `clones are views of the state's relations`() throws {
    let shop = try built()
    let relations = """
      select c.relname, c.relkind from pg_class c join pg_namespace n on n.oid = c.relnamespace \
      where n.nspname = 'dev' order by 1
      """
    try shop.succeed("clone", "--state", "prodstate")
    #expect(
      try shop.sql(relations)
        == "cents|v\nlarge_count|v\norders|v\norders_history|v\nraw_orders|v\ntotals|v"
    )
    // How it is laid out differs from one version of PostgreSQL to the next.
    let definition = try shop.sql("select pg_get_viewdef('dev.totals'::regclass)")
    #expect(definition.contains("FROM prod.totals;"), "\(definition)")
    #expect(try Set(shop.results("run_results.json", "status").values) == ["success"])
    #expect(try Set(shop.results("run_results.json", "message").values) == ["CREATE VIEW"])
    let again = try shop.succeed("clone", "--state", "prodstate")
    let database = shop.scenario.database
    #expect(
      again.error.contains("Relation \"\(database)\".\"dev\".\"cents\" already exists"),
      "\(again.error)"
    )
    #expect(try Set(shop.results("run_results.json", "message").values) == ["No-op"])
  }

  @Test func `what clones stand on is made anew, and they with it`() throws {
    let shop = try built()
    try shop.succeed("clone", "--state", "prodstate")
    // The clones are views on prod's relations, which this run replaces.
    try shop.succeed("build", "--target", "prod")
    #expect(try shop.sql("select count(*) from dev.raw_orders") == "3")
  }

  @Test func `nothing is cloned from its own place`() throws {
    let shop = try built()
    let there = try shop.succeed("clone", "--state", "prodstate", "--target", "prod")
    #expect(there.error.contains("already exists"))
    _ = try shop.sql("drop table prod.totals cascade")
    let gone = try shop.run("clone", "--state", "prodstate", "--target", "prod", "-s", "totals")
    #expect(gone.code == 2 && gone.error.contains("error[unknown-relation]"), "\(gone.error)")
  }

  @Test func `a clone replaces what stands only when it is told to`() throws {
    let shop = try built()
    let kind = "select relkind from pg_class where oid = 'dev.raw_orders'::regclass"
    try shop.succeed("seed")
    try shop.succeed("clone", "--state", "prodstate", "-s", "raw_orders")
    #expect(try shop.sql(kind) == "r")
    try shop.succeed("clone", "--state", "prodstate", "-s", "raw_orders", "--full-refresh")
    #expect(try shop.sql(kind) == "v")
    #expect(try shop.sql("select count(*) from dev.raw_orders") == "3")
    try shop.project.folder.write("models/fresh.sql", "select 1 as id")
    let fresh = try shop.succeed("clone", "--state", "prodstate", "-s", "fresh")
    #expect(fresh.error.contains("No relation found in state manifest for model.shop.fresh"))
    let without = try shop.run("clone")
    #expect(without.code == 2 && without.error.contains("error[state-not-found]"))
  }
}
