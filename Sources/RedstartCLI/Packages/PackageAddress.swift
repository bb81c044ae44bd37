/// Where a package is fetched from, as it can be shown.
struct PackageAddress {
  /// The address without what opens it: `https://*****@github.com/…`.
  let shown: String
  /// What stands before the host, and the parts of it that are secret on their own.
  let login: [String]

  /// - Parameter url: an address of git's or curl's. Of `ssh` and files nothing is hidden: there is
  ///   only a name before the host.
  init(_ url: String) {
    guard let scheme = ["https://", "http://"].first(where: url.lowercased().hasPrefix) else {
      (shown, login) = (url, [])
      return
    }
    let rest = url.dropFirst(scheme.count)
    let host = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    // A password may hold the character itself.
    guard let end = host.lastIndex(of: "@") else {
      (shown, login) = (url, [])
      return
    }
    let words = String(host[..<end])
    let password = words.firstIndex(of: ":").map { String(words[words.index(after: $0)...]) }
    login = [words, password].compactMap { $0 }
    shown = scheme + Console.mask + String(rest[end...])
  }
}
