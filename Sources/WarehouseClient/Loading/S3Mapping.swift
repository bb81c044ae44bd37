import Diagnostics
import Glibc

/// Where the objects of `s3://` prefixes are found on this machine.
package struct S3Mapping: Hashable, Sendable {
  /// Why an `s3://` location leads to no folder.
  enum Failure: Error, Hashable, Sendable {
    case notS3
    case unmapped
    case missingFolder(prefix: String, folder: String)
    case unreadable(path: String, reason: String)
  }

  private struct Entry: Hashable, Sendable {
    /// Without a trailing slash.
    var prefix: String
    var folder: String
  }

  private let entries: [Entry]

  /// A mapping of `s3://bucket/prefix` to folders.
  ///
  /// The longest prefix that covers a location wins; a prefix ends at a slash of the location or at
  /// its end, never in the middle of a name.
  package init(_ mapping: [(prefix: String, folder: String)]) {
    entries = mapping.map { Entry(prefix: Self.trimmed($0.prefix), folder: $0.folder) }
      .sorted { $0.prefix.utf8.count > $1.prefix.utf8.count }
  }

  var prefixes: [String] { entries.map(\.prefix) }

  private static func trimmed(_ prefix: String) -> String {
    var prefix = prefix[...]
    while prefix.hasSuffix("/"), !prefix.hasSuffix("://") { prefix = prefix.dropLast() }
    return String(prefix)
  }

  /// The objects whose address starts with `location`, as S3 lists them: sorted by key bytes.
  func objects(startingWith location: String) throws(Failure) -> [StorageObject] {
    guard location.hasPrefix("s3://") else { throw .notS3 }
    if let entry = entries.first(where: { Self.covers($0.prefix, location) }) {
      let root = try openRoot(entry)
      var key = String(location.dropFirst(entry.prefix.count))
      if key.hasPrefix("/") { key.removeFirst() }
      var found: [StorageObject] = []
      try walk(entry, root: root, startingWith: key, into: &found)
      return found.sorted { $0.url.utf8.lexicographicallyPrecedes($1.url.utf8) }
    }
    // `s3://bucket/da` is a prefix of everything in a mapped `s3://bucket/data`.
    let inner = entries.filter {
      $0.prefix.hasPrefix(location) && Self.bucket(of: $0.prefix) == Self.bucket(of: location)
    }
    guard !inner.isEmpty else { throw .unmapped }
    var found: [StorageObject] = []
    for entry in inner {
      try walk(entry, root: openRoot(entry), startingWith: "", into: &found)
    }
    return found.sorted { $0.url.utf8.lexicographicallyPrecedes($1.url.utf8) }
  }

  /// The one object with exactly this address; nil when there is none.
  func object(at location: String) throws(Failure) -> StorageObject? {
    guard location.hasPrefix("s3://") else { throw .notS3 }
    guard let entry = entries.first(where: { Self.covers($0.prefix, location) }) else {
      throw .unmapped
    }
    let root = try openRoot(entry)
    let key = String(location.dropFirst(entry.prefix.count + 1))
    let path = entry.folder + "/" + key
    guard Self.isPlain(key), let size = Self.fileSize(path), Self.isInside(path, root) else {
      return nil
    }
    return StorageObject(url: location, path: path, size: size)
  }

  /// The folder of the mapping that covers a location, and the key behind it; nothing has to exist.
  func place(of location: String) throws(Failure) -> (folder: String, prefix: String) {
    guard location.hasPrefix("s3://") else { throw .notS3 }
    guard let entry = entries.first(where: { Self.covers($0.prefix, location) }) else {
      throw .unmapped
    }
    var key = String(location.dropFirst(entry.prefix.count))
    if key.hasPrefix("/") { key.removeFirst() }
    guard
      key.split(separator: "/", omittingEmptySubsequences: false)
        .allSatisfy({ $0 != "." && $0 != ".." })
    else {
      let reason = "no folder can hold a name with the parts . or .."
      throw .unreadable(path: location, reason: reason)
    }
    return (entry.folder, key)
  }

  private static func bucket(of location: String) -> Substring {
    location.dropFirst("s3://".count).prefix { $0 != "/" }
  }

  private static func covers(_ prefix: String, _ location: String) -> Bool {
    guard location.hasPrefix(prefix) else { return false }
    let rest = location.utf8.dropFirst(prefix.utf8.count)
    return rest.isEmpty || rest.first == UInt8(ascii: "/") || prefix.hasSuffix("/")
  }

  /// A key without empty, `.` and `..` parts: the ones that a folder can hold.
  private static func isPlain(_ key: String) -> Bool {
    !key.isEmpty
      && key.split(separator: "/", omittingEmptySubsequences: false)
        .allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." }
  }

  private func openRoot(_ entry: Entry) throws(Failure) -> String {
    guard let root = Self.realPath(entry.folder), Self.isFolder(root) else {
      throw .missingFolder(prefix: entry.prefix, folder: entry.folder)
    }
    return root
  }

  private func walk(
    _ entry: Entry,
    root: String,
    startingWith key: String,
    into found: inout [StorageObject]
  ) throws(Failure) {
    // Only the folder that the key's last slash ends needs to be listed.
    var parts = key.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    let last = parts.popLast() ?? ""
    guard parts.isEmpty || Self.isPlain(parts.joined(separator: "/")) else { return }
    let start = parts.joined(separator: "/")
    var pending: [(folder: String, above: [String])] = [(start, [])]
    var isFirst = true
    while let (folder, above) = pending.popLast() {
      let path = folder.isEmpty ? entry.folder : entry.folder + "/" + folder
      // A link to a folder above would go round for ever.
      guard let real = Self.realPath(path), Self.isInside(path, root), Self.isFolder(real),
        !above.contains(real)
      else { continue }
      for (name, isText) in try Self.names(in: path) where !isFirst || name.hasPrefix(last) {
        guard isText else {
          let reason = "its name is not UTF-8, which the key of an object is"
          throw .unreadable(path: path + "/" + name, reason: reason)
        }
        let child = folder.isEmpty ? name : folder + "/" + name
        let childPath = entry.folder + "/" + child
        // What cannot be an object is told: data that is left out in silence is worse.
        guard Self.isThere(childPath) else { continue }
        guard let target = Self.realPath(childPath) else {
          throw .unreadable(path: childPath, reason: String(cString: strerror(errno)))
        }
        guard Self.isInside(target, root) else {
          throw .unreadable(path: childPath, reason: "it is a link out of \(entry.folder)")
        }
        if Self.isFolder(childPath) {
          pending.append((child, above + [real]))
        } else if let size = Self.fileSize(childPath) {
          found.append(StorageObject(url: entry.prefix + "/" + child, path: childPath, size: size))
        } else {
          throw .unreadable(path: childPath, reason: "it is neither a file nor a folder")
        }
      }
      isFirst = false
    }
  }

  private static func realPath(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  private static func isInside(_ path: String, _ root: String) -> Bool {
    guard let real = realPath(path) else { return false }
    return real == root || real.hasPrefix(root.hasSuffix("/") ? root : root + "/")
  }

  private static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// Whether the name is still there: files may go while a folder is read.
  private static func isThere(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0 || errno != ENOENT
  }

  /// The size of a regular file; nil for anything else.
  private static func fileSize(_ path: String) -> Int? {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    return Int(status.st_size)
  }

  /// The names in a folder, and whether each is UTF-8 as it stands.
  private static func names(in folder: String) throws(Failure) -> [(name: String, isText: Bool)] {
    guard let directory = opendir(folder) else {
      throw .unreadable(path: folder, reason: String(cString: strerror(errno)))
    }
    defer { closedir(directory) }
    var names: [(name: String, isText: Bool)] = []
    while let entry = readdir(directory) {
      let found = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) {
          (name: String(cString: $0), isText: String(validatingCString: $0) != nil)
        }
      }
      if found.name != "." && found.name != ".." { names.append(found) }
    }
    return names
  }
}
