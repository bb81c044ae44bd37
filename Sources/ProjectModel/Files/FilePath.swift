/// Paths as text; nothing here looks at the disk.
package enum FilePath {
  /// `name` inside `folder`; an absolute `name` stands for itself.
  package static func joining(_ folder: String, _ name: String) -> String {
    if name.hasPrefix("/") || folder.isEmpty { return name }
    if name.isEmpty { return folder }
    return folder.hasSuffix("/") ? folder + name : folder + "/" + name
  }

  /// The folder that holds `path`: `.` for a bare name.
  package static func parent(of path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// The last part: `a/b.sql` → `b.sql`.
  package static func lastPart(of path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return path }
    return String(path[path.index(after: slash)...])
  }

  /// The last part without its extension: `a/b.sql` → `b`.
  package static func stem(of path: String) -> String {
    let name = lastPart(of: path)
    guard let dot = name.utf8.lastIndex(of: UInt8(ascii: ".")), dot > name.startIndex else {
      return name
    }
    return String(name[..<dot])
  }

  /// The extension without its dot, in lower case; empty when there is none.
  package static func fileExtension(of path: String) -> String {
    let name = lastPart(of: path)
    guard let dot = name.utf8.lastIndex(of: UInt8(ascii: ".")), dot > name.startIndex else {
      return ""
    }
    return name[name.index(after: dot)...].lowercased()
  }

  /// Without `.` parts, doubled and trailing slashes, and with `..` taken back where it can be.
  package static func normalized(_ path: String) -> String {
    if isNormal(path) { return path }
    var parts: [Substring] = []
    let isAbsolute = path.hasPrefix("/")
    for part in path.split(separator: "/") where part != "." {
      if part == "..", let last = parts.last, last != ".." {
        parts.removeLast()
      } else if part != ".." || !isAbsolute {
        parts.append(part)
      }
    }
    let joined = parts.joined(separator: "/")
    if isAbsolute { return "/" + joined }
    return joined.isEmpty ? "." : joined
  }

  /// Whether there is nothing to do: no empty part, and none that begins with a dot.
  private static func isNormal(_ path: String) -> Bool {
    var previous: UInt8?
    for byte in path.utf8 {
      if previous == nil || previous == UInt8(ascii: "/") {
        let isFirst = previous == nil
        if byte == UInt8(ascii: ".") || byte == UInt8(ascii: "/") && !isFirst { return false }
      }
      previous = byte
    }
    guard let previous else { return false }
    return previous != UInt8(ascii: "/") || path == "/"
  }

  /// `path` made absolute and normal, relative ones taken from `folder`.
  package static func absolute(_ path: String, from folder: String) -> String {
    normalized(joining(folder, path))
  }
}
