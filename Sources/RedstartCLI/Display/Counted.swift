/// Numbers of things, in words.
enum Counted {
  /// `1 migration`, `2 migrations`.
  static func text(_ count: Int, _ noun: String) -> String {
    "\(count) \(noun)\(count == 1 ? "" : "s")"
  }
}
