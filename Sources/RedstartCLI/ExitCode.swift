/// What the process tells its caller.
struct ExitCode: Equatable, Sendable {
  let rawValue: Int32

  static let success = ExitCode(rawValue: 0)
  /// Something that ran failed.
  static let failure = ExitCode(rawValue: 1)
  /// Usage, configuration or compilation.
  static let usage = ExitCode(rawValue: 2)
  static let interrupted = ExitCode(rawValue: 130)
}
