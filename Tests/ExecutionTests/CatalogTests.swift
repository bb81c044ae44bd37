import RedshiftSQL
import Testing

@testable import Execution

@Suite struct CatalogTests {
  @Test func lateBindingViewsAndHealthFindTheirTables() async throws {
    let warehouse = FakeWarehouse(answers: [
      .rows(
        "from pg_catalog.pg_class",
        [
          ["mart", "orders", "r", "loader", "1", "id", "integer", nil, nil],
          ["mart", "orders", "r", "loader", "2", "total", "numeric(12,2)", nil, nil],
          ["mart", "users", "r", "loader", "1", "id", "integer", nil, nil],
        ]
      ),
      .rows(
        "pg_get_late_binding_view_cols",
        [
          ["mart", "late", "1", "id", "integer"], ["mart", "late", "2", "name", "text"],
          // What has columns in the catalogue already is no such view.
          ["mart", "users", "1", "id", "integer"], ["other", "late", "1", "x", "date"],
        ]
      ),
      .rows(
        "from svv_table_info",
        [
          [
            "mart", "users", "EVEN", nil, "Y", "256", "7", "10", nil, nil, "0.00", nil, nil,
          ],
          [
            "mart", "gone", "EVEN", nil, "Y", "256", "9", "10", nil, nil, "0.00", nil, nil,
          ],
        ]
      ),
    ])
    let contents = try await CatalogContents.read(
      schemas: ["mart", "other"],
      on: try await warehouse.connect(),
      dialect: .redshift
    )
    let found = contents.tables.map { table in
      "\(table.schema).\(table.name) \(table.kind) "
        + table.columns.map { "\($0.position)\($0.name)" }.joined(separator: ",")
        + (table.health.map { " \($0.megabytes) MB" } ?? "")
    }
    #expect(
      found == [
        "mart.orders BASE TABLE 1id,2total", "mart.users BASE TABLE 1id 7 MB",
        "mart.late LATE BINDING VIEW 1id,2name", "other.late LATE BINDING VIEW 1x",
      ]
    )
  }
}
