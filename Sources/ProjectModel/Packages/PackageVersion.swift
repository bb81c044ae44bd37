/// A version of a package, as `1.2.3`, `1.2.3-rc1` or, as dbt reads it, `1.2.3rc1`.
package struct PackageVersion: Comparable, Sendable {
  package let text: String
  private let parts: [Int]
  private let prerelease: String

  package init?(_ text: String) {
    var rest = Substring(text)
    if rest.hasPrefix("v") { rest = rest.dropFirst() }
    let core = rest.prefix { $0 == "." || $0.isASCII && $0.isNumber }
    let numbers = core.split(separator: ".").map { Int($0) }
    guard !numbers.isEmpty, numbers.count <= 3, numbers.allSatisfy({ $0 != nil }) else {
      return nil
    }
    parts = numbers.compactMap { $0 } + Array(repeating: 0, count: 3 - numbers.count)
    var after = rest.dropFirst(core.count)
    if after.first == "-" { after = after.dropFirst() }
    guard after.first.map({ $0 == "+" || $0.isASCII && ($0.isLetter || $0.isNumber) }) ?? true
    else { return nil }
    prerelease = String(after.prefix { $0 != "+" })
    self.text = text
  }

  package var isPrerelease: Bool { !prerelease.isEmpty }

  package static func < (a: PackageVersion, b: PackageVersion) -> Bool {
    if a.parts != b.parts { return a.parts.lexicographicallyPrecedes(b.parts) }
    // A version comes after its own previews.
    if a.prerelease.isEmpty || b.prerelease.isEmpty {
      return !a.prerelease.isEmpty && b.prerelease.isEmpty
    }
    return a.prerelease < b.prerelease
  }

  package static func == (a: PackageVersion, b: PackageVersion) -> Bool {
    a.parts == b.parts && a.prerelease == b.prerelease
  }

  /// Whether this fits a condition: `>=1.0.0`, `<2.0.0`, `1.1.1`.
  package func fits(_ condition: String) -> Bool {
    let text = condition.filter { !$0.isWhitespace }
    for mark in [">=", "<=", ">", "<", "=="] where text.hasPrefix(mark) {
      guard let bound = PackageVersion(String(text.dropFirst(mark.count))) else { return false }
      switch mark {
      case ">=": return self >= bound
      case "<=": return self <= bound
      case ">": return self > bound
      case "<": return self < bound
      default: return self == bound
      }
    }
    let plain = text.hasPrefix("=") ? String(text.dropFirst()) : text
    return PackageVersion(plain).map { self == $0 } ?? false
  }
}
