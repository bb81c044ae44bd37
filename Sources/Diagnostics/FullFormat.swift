/// Writes a diagnostic with its excerpt, carets, notes and help.
struct FullFormat {
  let buffers: Buffers
  let style: TextStyle

  /// Longest excerpt line shown, in columns; longer ones are cut around the label.
  private let excerptWidth = 140

  func render(_ diagnostic: Diagnostic) -> String {
    let role = diagnostic.severity.role
    let head = style.paint("\(diagnostic.severity.rawValue)[\(diagnostic.code)]", role)
    var lines = ["\(head): \(style.paint(printable(diagnostic.message), .emphasis))"]
    let excerpts = diagnostic.labels.enumerated().map { index, label in
      excerpt(of: label, isPrimary: index == 0, role: role)
    }
    let width = max(2, excerpts.map { String($0.position.line).count }.max() ?? 2)
    var file: String?
    for excerpt in excerpts {
      if excerpt.file != file {
        let place = "\(excerpt.file):\(excerpt.position.line):\(excerpt.position.column)"
        let arrow = file == nil ? "-->" : ":::"
        lines.append("\(pad("", width))\(style.paint(arrow, .faint)) \(place)")
        file = excerpt.file
      }
      let number = pad(String(excerpt.position.line), width)
      lines.append("\(style.paint("\(number) |", .faint)) \(excerpt.text)".trimmingEnd())
      lines.append(
        "\(style.paint("\(pad("", width)) |", .faint)) \(excerpt.underline)".trimmingEnd()
      )
    }
    if diagnostic.labels.isEmpty, let file = diagnostic.file {
      lines.append("\(pad("", width))\(style.paint("-->", .faint)) \(file)")
    }
    var notes = withShortenedCalls(diagnostic)
    if let primary = diagnostic.primary {
      let calls = buffers.origin(of: primary.range).frames.map { frame in
        let call = buffers.origin(of: frame.callSite).range
        let position = buffers.position(of: call)
        let name = buffers.name(of: call.buffer)
        return "in \(frame.name), called from \(name):\(position.line):\(position.column)"
      }
      notes += shortened(calls)
    }
    for (word, texts) in [("note", notes), ("help", diagnostic.help)] {
      for text in texts {
        let margin = pad("", width) + " "
        let body = printable(text).split(separator: "\n", omittingEmptySubsequences: false)
        let joined = body.joined(separator: "\n\(margin)  ")
        lines.append(
          "\(margin)\(style.paint("=", .faint)) \(style.paint(word, .emphasis)): \(joined)"
        )
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// A diagnostic's own notes; of those that tell where macros were called, the first and the last.
  private func withShortenedCalls(_ diagnostic: Diagnostic) -> [String] {
    guard !diagnostic.callSites.isEmpty else { return diagnostic.notes }
    func isCall(_ note: String) -> Bool { note.hasPrefix("in ") && note.contains(", called from ") }
    let calls = diagnostic.notes.filter(isCall)
    return diagnostic.notes.filter { !isCall($0) } + shortened(calls)
  }

  /// The first ones and the last, where macros that call each other have left hundreds.
  private func shortened(_ notes: [String]) -> [String] {
    let kept = 3
    guard notes.count > 4 * kept else { return notes }
    return notes.prefix(kept) + ["… \(notes.count - kept - 1) more"] + notes.suffix(1)
  }

  private struct Excerpt {
    var file: String
    var position: Position
    var text: String
    var underline: String
  }

  private func excerpt(
    of label: Diagnostic.Label,
    isPrimary: Bool,
    role: TextStyle.Role
  ) -> Excerpt {
    let range = buffers.origin(of: label.range).range
    let bytes = buffers.bytes(of: range.buffer)
    let start = placed(min(range.bytes.lowerBound, bytes.count), in: bytes)
    let (first, last) = vicinity(of: start, in: bytes)
    let lineStart = bytes[first..<start].lastIndex(where: endsLine).map { $0 + 1 } ?? first
    let lineEnd = bytes[start..<last].firstIndex(where: endsLine) ?? last
    let end = max(start, min(range.bytes.upperBound, lineEnd))
    let hidden = buffers.hidden(in: range.buffer)
    var before = cells(bytes[lineStart..<start], hiding: hidden)
    var marked = cells(bytes[start..<end], hiding: hidden)
    var after = cells(bytes[end..<lineEnd], hiding: hidden)
    if before.count + marked.count + after.count > excerptWidth {
      if before.count > 50 { before = ["…"] + before.suffix(49) }
      if marked.count > 80 { marked = marked.prefix(79) + ["…"] }
      let room = max(0, excerptWidth - before.count - marked.count)
      if after.count > room { after = after.prefix(max(0, room - 1)) + ["…"] }
    }
    let mark = isPrimary ? "^" : "-"
    let carets = String(repeating: mark, count: max(1, marked.reduce(0) { $0 + width(of: $1) }))
    let indent = String(repeating: " ", count: before.reduce(0) { $0 + width(of: $1) })
    let words = label.message.isEmpty ? "" : " " + printable(label.message)
    return Excerpt(
      file: buffers.name(of: range.buffer),
      position: buffers.position(of: range),
      text: (before + marked + after).joined(),
      underline: indent + style.paint(carets + words, isPrimary ? role : .note)
    )
  }

  private func endsLine(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
  }

  /// A place between CR and LF is the end of the line before them.
  private func placed(_ place: Int, in bytes: [UInt8]) -> Int {
    guard place > 0, place < bytes.count, bytes[place] == UInt8(ascii: "\n"),
      bytes[place - 1] == UInt8(ascii: "\r")
    else { return place }
    return place - 1
  }

  /// The bytes around a place that can be of interest: far more than an excerpt shows, and few in
  /// comparison with a line of generated SQL.
  private func vicinity(of place: Int, in bytes: [UInt8]) -> (first: Int, last: Int) {
    let reach = 1024
    var first = max(0, place - reach)
    var last = min(bytes.count, place + reach)
    // No character is cut in two.
    while first > 0, first < place, bytes[first] & 0xC0 == 0x80 { first += 1 }
    while last < bytes.count, last > place, bytes[last] & 0xC0 == 0x80 { last -= 1 }
    return (first, last)
  }

  /// The same with five stars for each part that is hidden, whatever its length.
  private func cells(_ bytes: ArraySlice<UInt8>, hiding hidden: [Range<Int>]) -> [String] {
    var cells: [String] = []
    var start = bytes.startIndex
    for range in hidden.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      let part = range.clamped(to: start..<bytes.endIndex)
      guard !part.isEmpty else { continue }
      cells += self.cells(bytes[start..<part.lowerBound])
      cells += repeatElement("*", count: 5)
      start = part.upperBound
    }
    return cells + self.cells(bytes[start...])
  }

  /// Characters as they are shown: tabs widened, what would upset a terminal replaced.
  private func cells(_ bytes: ArraySlice<UInt8>) -> [String] {
    String(decoding: bytes, as: UTF8.self).map { character in
      if character == "\t" { return "    " }
      return isControl(character) ? "\u{FFFD}" : String(character)
    }
  }

  private func printable(_ text: String) -> String {
    text.map { character in
      if character == "\n" || character == "\r\n" { return "\n" }
      if character == "\t" { return "  " }
      return isControl(character) ? "\u{FFFD}" : String(character)
    }.joined()
  }

  private func isControl(_ character: Character) -> Bool {
    guard let scalar = character.unicodeScalars.first else { return false }
    return scalar.value < 32 || scalar.value == 127 || (0x80..<0xA0).contains(scalar.value)
  }

  /// Terminal columns of one cell; East Asian wide characters and emoji take two.
  private func width(of cell: String) -> Int {
    guard cell.unicodeScalars.count == 1 || cell.count == 1,
      let scalar = cell.unicodeScalars.first
    else { return cell.count }
    switch scalar.value {
    case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
      0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
      return 2
    default: return 1
    }
  }

  private func pad(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }
}

extension String {
  fileprivate func trimmingEnd() -> String {
    var text = self
    while text.last == " " { text.removeLast() }
    return text
  }
}
