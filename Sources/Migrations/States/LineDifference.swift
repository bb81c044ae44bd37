/// The lines in which two texts differ, with a little of what is around them.
struct LineDifference: Hashable, Sendable {
  /// Each with `- `, `+ ` or two blanks in front.
  var lines: [String]

  private static let context = 1
  private static let limit = 40

  init(from old: String, to new: String) {
    let before = Self.split(old)
    let after = Self.split(new)
    var all: [(mark: Character, text: Substring)] = []
    let start = zip(before, after).prefix { $0 == $1 }.count
    let shorter = min(before.count, after.count) - start
    var end = 0
    while end < shorter, before[before.count - 1 - end] == after[after.count - 1 - end] { end += 1 }
    for line in before[..<start] { all.append((" ", line)) }
    all += Self.changes(
      Array(before[start..<before.count - end]),
      Array(after[start..<after.count - end])
    )
    for line in before[(before.count - end)...] { all.append((" ", line)) }
    lines = Self.shortened(all)
  }

  private static func split(_ text: String) -> [Substring] {
    var lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
    if lines.last == "" { lines.removeLast() }
    return lines
  }

  /// The longest common subsequence, where the texts are small enough for its table.
  private static func changes(
    _ old: [Substring],
    _ new: [Substring]
  ) -> [(mark: Character, text: Substring)] {
    guard old.count * new.count <= 1_000_000 else {
      return old.map { ("-", $0) } + new.map { ("+", $0) }
    }
    let width = new.count + 1
    var lengths = [Int](repeating: 0, count: (old.count + 1) * width)
    for i in old.indices.reversed() {
      for j in new.indices.reversed() {
        lengths[i * width + j] =
          old[i] == new[j]
          ? lengths[(i + 1) * width + j + 1] + 1
          : max(lengths[(i + 1) * width + j], lengths[i * width + j + 1])
      }
    }
    var result: [(mark: Character, text: Substring)] = []
    var (i, j) = (0, 0)
    while i < old.count || j < new.count {
      if i < old.count, j < new.count, old[i] == new[j] {
        result.append((" ", old[i]))
        (i, j) = (i + 1, j + 1)
      } else if j == new.count
        || (i < old.count && lengths[(i + 1) * width + j] >= lengths[i * width + j + 1])
      {
        result.append(("-", old[i]))
        i += 1
      } else {
        result.append(("+", new[j]))
        j += 1
      }
    }
    return result
  }

  private static func shortened(_ all: [(mark: Character, text: Substring)]) -> [String] {
    let changed = all.indices.filter { all[$0].mark != " " }
    var shown: [String] = []
    var last = -1
    for index in all.indices
    where changed.contains(where: { abs($0 - index) <= context }) {
      if last >= 0, index > last + 1 { shown.append("  …") }
      shown.append("\(all[index].mark) \(all[index].text)")
      last = index
      if shown.count == limit {
        shown.append("  …")
        break
      }
    }
    return shown
  }
}
