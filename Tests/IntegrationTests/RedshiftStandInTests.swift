import Foundation
import Glibc
import RedshiftSQL
import TestSupport
import Testing
import WarehouseClient

/// A stand-in that took what Redshift refuses would prove nothing of what is sent to it.
@Suite struct RedshiftStandInTests {
  private static func session(_ server: RedshiftStandIn) async throws -> any WarehouseSession {
    let settings = PostgresConnectionSettings(
      host: "127.0.0.1",
      port: server.port,
      database: "dev",
      user: "loader",
      password: RedshiftStandIn.password,
      sslMode: .disable,
      usesChannelBinding: false
    )
    return try await PostgresWarehouse(settings: settings, dialect: .redshift).connect()
  }

  @Test func refusesStatementsThatRedshiftRefuses() async throws {
    let server = try RedshiftStandIn()
    let session = try await Self.session(server)
    for sql in [
      "copy t from stdin", "select E'a'", "select pg_advisory_lock(1)", "select to_regclass('t')",
      "create index i on t (a)", "insert into t values (1) on conflict do nothing",
      "select array_agg(1)", "select * from pg_stat_activity", "begin; vacuum t; commit",
    ] {
      let error = await Self.error { () async throws(WarehouseError) in
        try await session.execute(sql)
      }
      #expect(error?.kind == .statement, "\(sql)")
      _ = try await session.execute("rollback")
    }
    let version = try await session.execute("select version()")
    #expect(version.rows.first?.first??.contains("Redshift 1.0") == true)
    for view in ["svv_table_info", "stl_load_errors", "sys_load_error_detail", "stv_sessions"] {
      _ = try await session.execute("select * from \(view)")
    }
    await session.close()
    try server.stop()
  }

  private static func error(
    _ call: () async throws(WarehouseError) -> StatementResult
  ) async -> WarehouseError? {
    do throws(WarehouseError) {
      _ = try await call()
      return nil
    } catch {
      return error
    }
  }

  @Test(arguments: [
    ("lock_timeout", "0", "unrecognized configuration parameter"),
    ("extra_float_digits", "3", "outside the valid range"),
    ("options", "-c standard_conforming_strings=on", "unrecognized configuration parameter"),
  ])
  func refusesParametersThatRedshiftRefuses(
    _ name: String,
    _ value: String,
    _ words: String
  ) throws {
    let server = try RedshiftStandIn()
    let answer = try Self.startUp(server.port, [("user", "loader"), (name, value)])
    #expect(answer.first == UInt8(ascii: "E"))
    #expect(String(decoding: answer, as: UTF8.self).contains(words))
    // What redstart sends is asked for a password.
    let usual = try Self.startUp(server.port, [("user", "loader"), ("client_encoding", "UTF8")])
    #expect(usual.first == UInt8(ascii: "R"))
    try server.stop()
  }

  /// Sends the first message of a client and gives the first answer.
  private static func startUp(
    _ port: Int,
    _ parameters: [(name: String, value: String)]
  ) throws -> [UInt8] {
    var body: [UInt8] = [0, 3, 0, 0]
    for (name, value) in parameters { body += Array(name.utf8) + [0] + Array(value.utf8) + [0] }
    body.append(0)
    let size = UInt32(body.count + 4)
    let message = (0..<4).map { UInt8(truncatingIfNeeded: size >> (24 - 8 * UInt32($0))) } + body
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(UInt16(port).bigEndian)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    let connected = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard connected == 0, send(descriptor, message, message.count, 0) == message.count else {
      throw POSIXError(.ECONNREFUSED)
    }
    var answer = [UInt8](repeating: 0, count: 4096)
    let count = recv(descriptor, &answer, answer.count, 0)
    return Array(answer.prefix(max(count, 0)))
  }
}
