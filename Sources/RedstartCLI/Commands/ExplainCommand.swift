import Diagnostics

extension CommandSession {
  /// `redstart explain CODE`.
  func explain() throws -> ExitCode {
    let sections = Explanation.all
    guard let code = arguments.positional.first else {
      console.output(sections.map(\.code).joined(separator: "\n") + "\n")
      return .success
    }
    guard let section = sections.first(where: { $0.code == code }) else {
      throw Diagnostic(
        code: "usage",
        "no error or warning has the code \"\(code)\"",
        help: [
          Suggestion.sentence(for: code, among: sections.map(\.code))
            ?? "`redstart explain` lists all codes"
        ]
      )
    }
    console.output("\(section.code)\n\n\(section.text)\n")
    return .success
  }
}

/// The explanation of one diagnostic code, from docs/diagnostics.md.
struct Explanation {
  var code: String
  var text: String

  /// Every section of the page, in order.
  static var all: [Explanation] {
    let page = String(decoding: PackageResources.diagnostics_md, as: UTF8.self)
    var sections: [Explanation] = []
    for line in page.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("### ") {
        sections.append(Explanation(code: String(line.dropFirst(4)), text: ""))
      } else if line.hasPrefix("## ") {
        sections.append(Explanation(code: "", text: ""))
      } else if !sections.isEmpty {
        sections[sections.count - 1].text += line + "\n"
      }
    }
    return sections.filter { !$0.code.isEmpty }.map { section in
      var section = section
      while section.text.hasPrefix("\n") { section.text.removeFirst() }
      while section.text.hasSuffix("\n") { section.text.removeLast() }
      return section
    }
  }
}
