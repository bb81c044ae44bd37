package import Diagnostics
import Glibc

extension FileSystem {
  /// A file found by `files(below:skipping:)`.
  package struct FoundFile: Hashable, Sendable {
    /// Path from the folder that was searched, with `/` between the parts.
    package var path: String
    /// Whether the name in the folder is no UTF-8.
    ///
    /// `path` shows it as well as text can, and opens nothing. It may be a folder.
    package var isMisnamed = false
  }

  /// Every ordinary file below a folder, sorted by path, links followed, loops cut.
  ///
  /// - Parameters:
  ///   - folder: where to start; one that does not exist holds nothing.
  ///   - skipping: whether to leave out a file or a whole folder, by its path from `folder`;
  ///     hidden names are always left out.
  /// - Returns: paths relative to `folder`.
  /// - Throws: `cannot-read-file` when a folder cannot be listed.
  package static func files(
    below folder: String,
    skipping: (_ path: String) -> Bool = { _ in false }
  ) throws(Diagnostic) -> [FoundFile] {
    guard exists(folder) else { return [] }
    var found: [FoundFile] = []
    var pending: [(path: String, above: [DirectoryIdentity])] = [("", [])]
    while let (relative, above) = pending.popLast() {
      let directory = relative.isEmpty ? folder : FilePath.joining(folder, relative)
      guard let identity = DirectoryIdentity(of: directory) else {
        throw .cannotRead(directory, errno)
      }
      // A link back to a folder above would be walked for ever.
      if above.contains(identity) || above.count > 200 { continue }
      for entry in try entries(in: directory) where entry.name.utf8.first != UInt8(ascii: ".") {
        let name = entry.name
        let path = relative.isEmpty ? name : relative + "/" + name
        if skipping(path) { continue }
        let full = FilePath.joining(folder, path)
        switch entry.type ?? type(of: full) {
        case S_IFDIR: pending.append((path, above + [identity]))
        case S_IFREG: found.append(FoundFile(path: path))
        default:
          if type(of: full) == nil, name.contains("\u{FFFD}"), !exists(full) {
            found.append(FoundFile(path: path, isMisnamed: true))
          }
        }
      }
    }
    return found.sorted { precedes($0.path, $1.path) }
  }

  /// The order of bytes.
  private static func precedes(_ first: String, _ second: String) -> Bool {
    let order =
      first.utf8.withContiguousStorageIfAvailable { first in
        second.utf8.withContiguousStorageIfAvailable { second -> Bool in
          guard let left = first.baseAddress, let right = second.baseAddress else {
            return first.count < second.count
          }
          let order = memcmp(left, right, min(first.count, second.count))
          return order == 0 ? first.count < second.count : order < 0
        } ?? nil
      } ?? nil
    return order ?? first.utf8.lexicographicallyPrecedes(second.utf8)
  }

  /// The names in a folder, sorted, without `.` and `..`.
  package static func names(in folder: String) throws(Diagnostic) -> [String] {
    try entries(in: folder).map(\.name).sorted()
  }

  private static func entries(in folder: String) throws(Diagnostic) -> [Entry] {
    guard let stream = opendir(folder) else { throw .cannotRead(folder, errno) }
    defer { closedir(stream) }
    return entries(of: stream)
  }

  /// Removes a file, or a folder with all that is in it; links are removed, never followed.
  ///
  /// Nothing there is no error.
  package static func removeTree(_ path: String) throws(Diagnostic) {
    let failure = remove(name: path, in: AT_FDCWD, depth: 0)
    if let failure, failure != ENOENT { throw .cannotRemove(path, failure) }
  }

  private static func remove(name: String, in parent: CInt, depth: Int) -> CInt? {
    if unlinkat(parent, name, 0) == 0 { return nil }
    // Linux says EISDIR for a folder, POSIX EPERM.
    let refusal = errno
    guard refusal == EISDIR || refusal == EPERM else { return refusal }
    guard depth < 256 else { return ELOOP }
    let folder = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard folder >= 0 else { return errno == ENOTDIR ? refusal : errno }
    guard let stream = fdopendir(folder) else {
      let failure = errno
      close(folder)
      return failure
    }
    for child in entries(of: stream) {
      if let failure = remove(name: child.name, in: folder, depth: depth + 1), failure != ENOENT {
        closedir(stream)
        return failure
      }
    }
    closedir(stream)
    return unlinkat(parent, name, AT_REMOVEDIR) == 0 ? nil : errno
  }

  /// What a folder says of something in it.
  private struct Entry {
    var name: String
    /// As `S_IFREG`; nil where only a closer look tells: links, file systems that do not say it, and
    /// names that may be no text.
    var type: mode_t?
  }

  private static func entries(of stream: OpaquePointer) -> [Entry] {
    var entries: [Entry] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
        tuple.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name == "." || name == ".." { continue }
      var type: mode_t?
      if name.utf8.allSatisfy({ $0 < 0x80 }) {
        switch Int(entry.pointee.d_type) {
        case Int(DT_REG): type = S_IFREG
        case Int(DT_DIR): type = S_IFDIR
        default: break
        }
      }
      entries.append(Entry(name: name, type: type))
    }
    return entries
  }
}

/// Which folder it is, whatever path led there.
private struct DirectoryIdentity: Hashable {
  var device: UInt
  var number: UInt

  init?(of path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    device = UInt(status.st_dev)
    number = UInt(status.st_ino)
  }
}
