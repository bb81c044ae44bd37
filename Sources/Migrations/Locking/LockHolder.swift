/// Who holds the lock, as far as the server tells.
package struct LockHolder: Hashable, Sendable {
  /// `alice@build-7, process 4711`.
  package var description: String
  /// UTC, `2026-11-24 03:38:00`; nil when it is not known.
  package var since: String?
  /// The server's number of the holder's session.
  package var backend: String?

  /// What another runner shows; a server keeps 63 bytes of it.
  static func applicationName(_ origin: Origin, process: Int, since moment: String) -> String {
    let text = "\(prefix)\(moment.prefix(19)) \(origin.userName)@\(origin.hostName) \(process)"
    var bytes = Array(text.utf8.prefix(63))
    while let last = bytes.last, last & 0xC0 == 0x80 { bytes.removeLast() }
    if let last = bytes.last, last >= 0xC0 { bytes.removeLast() }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Reads what `applicationName` wrote.
  init(applicationName: String, backend: String?) {
    self.backend = backend
    guard applicationName.hasPrefix(Self.prefix) else {
      description = applicationName.isEmpty ? "another session" : applicationName
      return
    }
    let rest = applicationName.dropFirst(Self.prefix.count)
    since = String(rest.prefix(19))
    let words = rest.dropFirst(20).split(separator: " ")
    description =
      words.count == 2 ? "\(words[0]), process \(words[1])" : String(rest.dropFirst(20))
  }

  init(description: String, since: String?, backend: String?) {
    self.description = description
    self.since = since
    self.backend = backend
  }

  private static let prefix = "redstart "
}
