import Diagnostics
import Foundation
import RedshiftSQL
import Synchronization
import Testing

@testable import WarehouseClient

/// Random expressions of numbers have the digits that Redshift's documentation gives them, and
/// tables made of them have the columns.
@Suite(.serialized, .sharedServer) struct DecimalOracleTests {
  @Test func numbersHaveTheDigitsOfRedshift() async throws {
    let session = try await SharedServer.open()
    let path = PostgresConnectionSettings.searchPathStatement(schema: "decimals")
    _ = try await session.execute("CREATE SCHEMA decimals; \(path)")
    _ = try await rows(of: DecimalGenerator.setUp, session)
    var (count, shown) = (0, 0)
    var problems: [String] = []
    var run = RandomRun(rounds: 600)
    while problems.count < 10, let seed = run.next() {
      var generator = DecimalGenerator(seed: seed)
      let term = generator.term()
      count += 1
      let wanted = DecimalGenerator.text(term.value, term.type)
      let sql = """
        begin; create table made as select \(term.sql) as v from n;
        select v::varchar, format_type(atttypid, atttypmod) from made, pg_attribute
        where attrelid = 'made'::regclass and attnum = 1
        """
      do {
        let stored = try await rows(of: sql, session)
        if stored.last != [wanted, term.type.name] {
          problems.append(
            "seed \(seed): \(term.sql)\n  stored \(stored), wanted \(wanted ?? "NULL") of \(term.type.name)"
          )
        }
        if !term.isLoose {
          shown += 1
          let plain = try await rows(of: "select (\(term.sql))::varchar from n", session)
          if plain.last != [wanted] {
            problems.append(
              "seed \(seed): \(term.sql)\n  shown \(plain), wanted \(wanted ?? "NULL")"
            )
          }
        }
      } catch let problem as Diagnostic {
        problems.append("seed \(seed): \(term.sql)\n  \(problem.message)")
      }
      _ = try await session.execute("ROLLBACK")
    }
    await session.close()
    print("decimals from seed \(RandomRun.firstSeed): \(count) stored, \(shown) shown")
    for problem in problems { print(problem + "\n") }
    #expect(problems.isEmpty, "printed above")
    #expect(shown > count / 3)
  }

  private func rows(of sql: String, _ session: PostgresConnection) async throws -> [[String?]] {
    let buffers = Buffers()
    let runner = StatementRunner(
      session: session,
      dialect: .postgres,
      buffers: buffers,
      loader: CopyLoader(storage: S3Mapping([]), metadataSchema: "redstart"),
      log: nil,
      report: nil
    )
    return try await runner.run(buffers.add(name: "decimal.sql", text: sql)).rows
  }
}
