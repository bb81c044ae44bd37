import Foundation

/// One rule of Redshift's SQL, with what it makes of some statements.
///
/// The files hold data only:
/// ```
/// ## what the rule says
/// select 1, null;
/// =>
/// 1 | NULL
/// ```
/// Everything between the title and `=>` runs as one text; what follows are the rows of the last
/// result. A line `ERROR words` wants a failure with these words, `NOTE words` a notice with them.
/// A title that starts with `## alone:` wants no transaction around it.
struct Rule: Sendable {
  var file: String
  var title: String
  var sql: String
  var rows: [String] = []
  var notes: [String] = []
  var error: String?
  var isAlone: Bool { title.hasPrefix("alone:") }

  var description: String { "\(file): \(title)" }

  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Fixtures")

  /// The statements before the first rule of a file, and its rules.
  static func read(_ name: String) throws -> (setup: String, rules: [Rule]) {
    let url = folder.appendingPathComponent(name)
    let text = try String(contentsOf: url, encoding: .utf8)
    var setup = ""
    var rules: [Rule] = []
    var isResult = false
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("## ") {
        rules.append(Rule(file: name, title: String(line.dropFirst(3)), sql: ""))
        isResult = false
        continue
      }
      guard !rules.isEmpty else {
        setup += line + "\n"
        continue
      }
      let last = rules.count - 1
      if line == "=>" {
        isResult = true
      } else if !isResult {
        rules[last].sql += line + "\n"
      } else if line.hasPrefix("ERROR ") {
        rules[last].error = String(line.dropFirst(6))
      } else if line.hasPrefix("NOTE ") {
        rules[last].notes.append(String(line.dropFirst(5)))
      } else if !line.isEmpty {
        rules[last].rows.append(String(line))
      }
    }
    return (setup, rules)
  }

  static var files: [String] {
    let names = try? FileManager.default.contentsOfDirectory(atPath: folder.path)
    return (names ?? []).filter { $0.hasSuffix(".sql") }.sorted()
  }
}
