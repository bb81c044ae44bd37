import Diagnostics

/// Patterns of files that are no part of a project, as `.dbtignore` has them.
///
/// They are git's, from the folder of the project on; the last pattern that fits a path decides.
struct IgnorePatterns {
  static let fileName = ".dbtignore"

  private var patterns: [Pattern] = []

  /// One line of the file.
  private struct Pattern {
    /// Takes back what a pattern before it left out.
    var isNegated = false
    /// Fits folders alone, and with them what they hold.
    var isOfFolders = false
    /// Parts between slashes; `**` stands for any number of folders.
    var parts: [[Character]] = []
  }

  /// - Parameter text: the file's.
  init(_ text: String) {
    patterns = text.split(whereSeparator: \.isNewline).compactMap(Self.pattern)
  }

  /// The patterns of a project's folder; none where it has no such file.
  static func read(in root: String) throws(Diagnostic) -> IgnorePatterns {
    let path = FilePath.joining(root, fileName)
    guard FileSystem.isFile(path) else { return IgnorePatterns("") }
    return IgnorePatterns(String(decoding: try FileSystem.read(path), as: UTF8.self))
  }

  /// Whether a file is left out.
  ///
  /// - Parameter path: from the project's folder.
  /// - Returns: true where the last pattern that fits it is no exception.
  func match(_ path: String) -> Bool {
    guard !patterns.isEmpty else { return false }
    let folders = path.split(separator: "/").map(Array.init)
    return patterns.last { Self.fits($0, folders) }.map { !$0.isNegated } ?? false
  }

  private static func pattern(_ line: Substring) -> Pattern? {
    var text = line
    // A blank at the end counts only behind a backslash.
    while text.last?.isWhitespace == true, !text.dropLast().hasSuffix("\\") { text.removeLast() }
    guard let first = text.first, first != "#" else { return nil }
    var pattern = Pattern()
    if first == "!" {
      pattern.isNegated = true
      text.removeFirst()
    }
    if text.last == "/" {
      pattern.isOfFolders = true
      text.removeLast()
    }
    let isAnchored = text.contains("/")
    pattern.parts = text.split(separator: "/").map(Array.init)
    guard !pattern.parts.isEmpty else { return nil }
    if !isAnchored { pattern.parts.insert(["*", "*"], at: 0) }
    return pattern
  }

  private static func fits(_ pattern: Pattern, _ folders: [[Character]]) -> Bool {
    fits(pattern.parts[...], folders[...], pattern)
  }

  /// Whether parts of a pattern fit a path from its start on: what they leave of it is inside of a
  /// folder that they fit.
  private static func fits(
    _ parts: ArraySlice<[Character]>,
    _ folders: ArraySlice<[Character]>,
    _ pattern: Pattern
  ) -> Bool {
    guard let part = parts.first else { return !pattern.isOfFolders || !folders.isEmpty }
    if part == ["*", "*"] {
      // Several in a row are one.
      let rest = parts.drop { $0 == ["*", "*"] }
      // At the end it fits what is inside, and not the folder before it.
      if rest.isEmpty { return !folders.isEmpty }
      return folders.indices.contains { fits(rest, folders[$0...], pattern) }
    }
    guard let folder = folders.first, fits(part, folder) else { return false }
    return fits(parts.dropFirst(), folders.dropFirst(), pattern)
  }

  /// Whether a part with its wildcards fits a name.
  ///
  /// Where something does not fit, the last `*` takes one character more: none before it has to be
  /// tried again.
  private static func fits(_ part: [Character], _ name: [Character]) -> Bool {
    var (place, position) = (0, 0)
    var star: (place: Int, position: Int)?
    while position < name.count || place < part.count {
      if place < part.count, part[place] == "*" {
        star = (place, position)
        place += 1
      } else if position < name.count, let next = step(part, place, name[position]) {
        place = next
        position += 1
      } else if let last = star, last.position < name.count {
        star = (last.place, last.position + 1)
        place = last.place + 1
        position = last.position + 1
      } else {
        return false
      }
    }
    return true
  }

  /// The place in a part behind what fits a character; nil where that does not fit.
  private static func step(_ part: [Character], _ place: Int, _ character: Character) -> Int? {
    guard place < part.count else { return nil }
    switch part[place] {
    case "?": return place + 1
    case "[":
      if let end = part.indices.dropFirst(place + 2).first(where: { part[$0] == "]" }) {
        return holds(part[(place + 1)..<end], character) ? end + 1 : nil
      }
    case "\\" where place + 1 < part.count:
      return part[place + 1] == character ? place + 2 : nil
    default: break
    }
    return part[place] == character ? place + 1 : nil
  }

  /// Whether `[a-z_]`, without its brackets, holds a character.
  private static func holds(_ set: ArraySlice<Character>, _ character: Character) -> Bool {
    var rest = set
    let isNegated = rest.first == "!" || rest.first == "^"
    if isNegated { rest.removeFirst() }
    var isHeld = false
    while let start = rest.popFirst() {
      if rest.count > 1, rest.first == "-", let end = rest.dropFirst().first {
        rest.removeFirst(2)
        isHeld = isHeld || (start <= end && (start...end).contains(character))
      } else {
        isHeld = isHeld || start == character
      }
    }
    return isHeld != isNegated
  }
}
