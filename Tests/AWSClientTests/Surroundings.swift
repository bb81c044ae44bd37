import Diagnostics
import Foundation
import Synchronization
import TestSupport

@testable import AWSClient

/// What tests share: keys that open nothing, a client for a stand-in, and fixtures.
enum Surroundings {
  static let key = "AKIDEXAMPLE"
  static let secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"

  static func environment(
    _ server: HTTPStandIn? = nil,
    _ extra: [String: String] = [:]
  ) -> [String: String] {
    var environment = [
      "AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": secret, "AWS_REGION": "us-west-2",
      "AWS_EC2_METADATA_DISABLED": "true", "HOME": "/nonexistent", "PATH": "/usr/bin:/bin",
    ]
    if let server { environment["AWS_ENDPOINT_URL"] = server.address }
    for (name, value) in extra { environment[name] = value.isEmpty ? nil : value }
    return environment
  }

  /// A client that never sleeps for real.
  static func client(
    _ server: HTTPStandIn? = nil,
    _ extra: [String: String] = [:],
    options: AWSOptions = AWSOptions(),
    pauses: Pauses = Pauses(),
    now: (@Sendable () -> Timestamp)? = nil,
    secondFactor: SecondFactor? = nil
  ) throws -> AWSClient {
    var surroundings = AWSSurroundings(
      environment: environment(server, extra),
      secondFactor: secondFactor
    )
    surroundings.sleep = { pauses.add($0) }
    surroundings.random = { 0.5 }
    if let now { surroundings.now = now }
    return try AWSClient(options, surroundings: surroundings)
  }

  static func fixture(_ name: String, beside file: String = #filePath) throws -> String {
    let folder = URL(fileURLWithPath: file).deletingLastPathComponent()
    return try String(
      contentsOf: folder.appendingPathComponent("Fixtures/\(name)"),
      encoding: .utf8
    )
  }

  static func json(_ text: String) throws -> PlainValue { try PlainValue(json: Array(text.utf8)) }
}

/// The pauses that a client asked for.
final class Pauses: Sendable {
  private let all = Mutex<[Double]>([])

  func add(_ seconds: Double) { all.withLock { $0.append(seconds) } }
  var seconds: [Double] { all.withLock { $0 } }
}

/// A value that a stand-in changes between requests.
final class Counter: Sendable {
  private let value = Mutex(0)

  func next() -> Int {
    value.withLock {
      $0 += 1
      return $0
    }
  }
}

/// The error of a call that should fail.
func failure<Value>(_ call: () async throws(AWSError) -> Value) async -> AWSError? {
  do throws(AWSError) {
    _ = try await call()
    return nil
  } catch {
    return error
  }
}
