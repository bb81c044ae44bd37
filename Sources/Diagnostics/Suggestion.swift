/// Finds the names a user may have meant.
package enum Suggestion {
  /// The candidates closest to `name`, best first; none when all are far off.
  package static func nearest(
    to name: String,
    among candidates: some Sequence<String>,
    limit: Int = 3
  ) -> [String] {
    let wanted = Array(name.lowercased().utf8)
    let bound = max(1, min(4, wanted.count / 3 + 1))
    var scored: [(distance: Int, name: String)] = []
    for candidate in Set(candidates) where candidate != name {
      let bytes = Array(candidate.lowercased().utf8)
      guard abs(bytes.count - wanted.count) <= bound else { continue }
      let distance = editDistance(wanted, bytes)
      // A word of which half is different is another word.
      let isNear = distance <= bound && 2 * distance < max(wanted.count, bytes.count)
      if isNear { scored.append((distance, candidate)) }
    }
    scored.sort { ($0.distance, $0.name) < ($1.distance, $1.name) }
    // A name that is clearly nearest stands alone.
    if let best = scored.first?.distance { scored.removeAll { $0.distance > best + 1 } }
    return scored.prefix(limit).map(\.name)
  }

  /// `did you mean "a" or "b"?`, or nil when nothing is near.
  package static func sentence(
    for name: String,
    among candidates: some Sequence<String>
  ) -> String? {
    let near = nearest(to: name, among: candidates).map { "\"\($0)\"" }
    guard let last = near.last else { return nil }
    if near.count == 1 { return "did you mean \(last)?" }
    return "did you mean \(near.dropLast().joined(separator: ", ")) or \(last)?"
  }

  /// Insertions, deletions, substitutions and swaps of neighbours that turn `a` into `b`.
  static func editDistance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    if a.isEmpty { return b.count }
    if b.isEmpty { return a.count }
    var beforePrevious = [Int](repeating: 0, count: b.count + 1)
    var previous = Array(0...b.count)
    var current = previous
    for i in 1...a.count {
      current[0] = i
      for j in 1...b.count {
        let cost = a[i - 1] == b[j - 1] ? 0 : 1
        var best = min(previous[j] + 1, current[j - 1] + 1, previous[j - 1] + cost)
        if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
          best = min(best, beforePrevious[j - 2] + 1)
        }
        current[j] = best
      }
      (beforePrevious, previous, current) = (previous, current, beforePrevious)
    }
    return previous[b.count]
  }
}
