/// Where a package is fetched from, as it can be shown.
struct PackageAddress {
  /// The address without what opens it: `https://*****@github.com/…`.
  let shown: String
  /// What stands before the host, and the parts of it that are secret on their own.
  let login: [String]

  /// - Parameter url: an address of git's or curl's. What is no `scheme://` has only a name before
  ///   the host: nothing of it is hidden.
  init(_ url: String) {
    guard let mark = url.firstRange(of: "://") else {
      (shown, login) = (url, [])
      return
    }
    let scheme = url[..<mark.upperBound]
    let rest = url[mark.upperBound...]
    let host = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    // A password may hold the character itself.
    guard let end = host.lastIndex(of: "@") else {
      (shown, login) = (url, [])
      return
    }
    let words = String(host[..<end])
    let password = words.firstIndex(of: ":").map { String(words[words.index(after: $0)...]) }
    // `git@` of ssh opens nothing, and a name alone is a word like others: a token is long.
    guard password != nil || scheme.lowercased().hasPrefix("http") else {
      (shown, login) = (url, [])
      return
    }
    login = password.map { [words, $0] } ?? (words.utf8.count < 16 ? [] : [words])
    shown = String(scheme) + Console.mask + String(rest[end...])
  }
}
