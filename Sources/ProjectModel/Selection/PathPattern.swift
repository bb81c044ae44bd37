/// A path with wildcards, matched part by part: `*` stays inside a folder name, `**` crosses them.
struct PathPattern {
  private let parts: [Substring]

  init(_ pattern: String) {
    parts = FilePath.normalized(pattern).split(separator: "/")
  }

  /// Whether the pattern names `path` itself or a folder that it is in.
  func covers(_ path: String) -> Bool {
    let pieces = path.split(separator: "/")
    // The project's own folder, `.`, covers everything.
    if parts == ["."] { return true }
    return (1...max(1, pieces.count)).contains { matches(Array(pieces.prefix($0))) }
  }

  /// Whether the pattern names exactly `path`.
  func matches(_ path: String) -> Bool { matches(path.split(separator: "/")) }

  private func matches(_ pieces: [Substring]) -> Bool {
    // reachable[n]: the parts so far can match the first n pieces.
    var reachable = [Bool](repeating: false, count: pieces.count + 1)
    reachable[0] = true
    for part in parts {
      var next = [Bool](repeating: false, count: pieces.count + 1)
      if part == "**" {
        var isOpen = false
        for index in 0...pieces.count {
          isOpen = isOpen || reachable[index]
          next[index] = isOpen
        }
      } else {
        let wildcard = Wildcard(part)
        for index in 0..<pieces.count where reachable[index] {
          next[index + 1] = wildcard.matches(pieces[index])
        }
      }
      reachable = next
    }
    return reachable[pieces.count]
  }
}
