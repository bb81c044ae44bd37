import Foundation

/// How long random tests go on, and where they begin.
///
/// By itself a run tries a fixed number of statements, so that it says the same on every machine:
/// one that stops by the clock finds on a fast machine what it never reached on a slow one.
struct RandomRun {
  static let firstSeed = UInt64(max(0, number("REDSTART_FUZZ_SEED") ?? 1))

  private let rounds: UInt64
  private let end: ContinuousClock.Instant?
  private(set) var seed = Self.firstSeed

  /// - Parameter rounds: how many seeds are tried, unless a time is wished for.
  init(rounds: UInt64) {
    self.rounds = rounds
    end = Self.number("REDSTART_FUZZ_SECONDS").map { ContinuousClock.now + .seconds($0) }
  }

  /// The next seed; none at the end of the run.
  mutating func next() -> UInt64? {
    if let end {
      guard ContinuousClock.now < end else { return nil }
    } else {
      guard seed - Self.firstSeed < rounds else { return nil }
    }
    defer { seed += 1 }
    return seed
  }

  private static func number(_ name: String) -> Int? {
    ProcessInfo.processInfo.environment[name].flatMap { Int($0) }
  }
}
