import Synchronization

/// The world as the client sees it: injected, so that tests decide about time and chance.
package struct AWSSurroundings: Sendable {
  package var environment: [String: String]
  package var now: @Sendable () -> Timestamp
  package var sleep: @Sendable (_ seconds: Double) async throws -> Void
  /// A number from 0 to 1.
  package var random: @Sendable () -> Double
  /// Who knows the codes of second factors; nil when nobody can be asked.
  package var secondFactor: SecondFactor?

  /// The real world, with an environment.
  package init(environment: [String: String], secondFactor: SecondFactor? = nil) {
    self.environment = environment
    self.secondFactor = secondFactor
    now = { Timestamp.now() }
    sleep = { seconds in try await Task.sleep(for: .seconds(seconds)) }
    random = { Double.random(in: 0...1) }
  }
}
