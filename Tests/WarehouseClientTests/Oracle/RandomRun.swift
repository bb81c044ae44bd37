import Foundation

/// How long random tests go on, and where they begin.
enum RandomRun {
  static let seconds = number("REDSTART_FUZZ_SECONDS") ?? 5
  /// Without a wish for longer the same statements are tried everywhere, however fast the machine.
  static let rounds: UInt64 = number("REDSTART_FUZZ_SECONDS") == nil ? 1500 : .max / 2
  static let firstSeed = UInt64(max(0, number("REDSTART_FUZZ_SEED") ?? 1))

  private static func number(_ name: String) -> Int? {
    ProcessInfo.processInfo.environment[name].flatMap { Int($0) }
  }
}
