import TestSupport
import Testing

@testable import RedstartCLI

/// What differs between two states of a project.
@Suite struct DiffTests {
  @Test func differencesAreAsRecorded() async throws {
    let old = try CommandLineHarness(LineageTests.files)
    #expect(await old.run("compile").code == 0)
    var files = LineageTests.files
    files["models/orders.sql"] =
      "with o as (select id, amount * 3 as amount, customer, day from shop.raw_orders where day > '2021-01-01')\n-- layout does not matter\nselect  *  from O\n"
    files["models/new.sql"] = "select total from {{ ref('totals') }}\n"
    files["models/totals.sql"] = """
      select part.country, sum(orders.amount) as total
      from {{ ref('orders') }} as orders
      left join {{ ref('part') }} as part on part.name = orders.customer
      group by part.country
      """
    files["migrations/V2__more.sql"] =
      "alter table shop.raw_orders alter column amount type bigint;\n"
    let new = try CommandLineHarness(files)
    try new.folder.write("state/lineage.json", try old.folder.read("target/lineage.json"))
    try new.folder.write("bad/lineage.json", "{\"version\": 1,")
    try new.folder.write("other/lineage.json", "{\"version\": 99}")
    let text = await new.transcript([
      ["diff", "--state", "state"], ["diff", "--state", "state", "--output", "json"],
      ["diff", "--state", "bad"], ["diff", "--state", "other"], ["diff", "--state", "none"],
      ["diff"],
    ])
    #expect(Golden.problem(text, file: "commands/diff.txt") == nil)
    let same = await old.run("diff", "--state", "target")
    #expect(same.code == 0 && same.output == "nothing differs\n")
  }
}
