/// How diagnostics are written out.
package enum DiagnosticFormat: String, CaseIterable, Sendable {
  /// With excerpt, caret, notes and help.
  case full
  /// One line each: `file:line:column: severity[code] message`.
  case concise
  /// One JSON object a line.
  case json
  /// Workflow commands that GitHub shows on the changed lines.
  case github

  /// Writes diagnostics, each ending in a newline.
  package func render(
    _ diagnostics: [Diagnostic],
    from buffers: Buffers,
    style: TextStyle = .plain
  ) -> String {
    switch self {
    case .full:
      let format = FullFormat(buffers: buffers, style: style)
      return diagnostics.map { format.render($0) }.joined(separator: "\n")
    case .concise: return diagnostics.map { concise($0, buffers) + "\n" }.joined()
    case .json: return diagnostics.map { $0.plain(from: buffers).jsonString + "\n" }.joined()
    case .github: return diagnostics.map { github($0, buffers) + "\n" }.joined()
    }
  }

  private func concise(_ diagnostic: Diagnostic, _ buffers: Buffers) -> String {
    let place = diagnostic.place(in: buffers).map { "\($0): " } ?? ""
    return "\(place)\(diagnostic.severity.rawValue)[\(diagnostic.code)] \(diagnostic.message)"
  }

  private func github(_ diagnostic: Diagnostic, _ buffers: Buffers) -> String {
    let command = diagnostic.severity == .note ? "notice" : diagnostic.severity.rawValue
    var properties = "title=\(diagnostic.code)"
    if let primary = diagnostic.primary {
      let origin = buffers.origin(of: primary.range).range
      let position = buffers.position(of: origin)
      let file = escapeProperty(buffers.name(of: origin.buffer))
      properties = "file=\(file),line=\(position.line),col=\(position.column),\(properties)"
    } else if let file = diagnostic.file {
      properties = "file=\(escapeProperty(file)),\(properties)"
    }
    return "::\(command) \(properties)::\(escapeData(diagnostic.message))"
  }

  private func escapeData(_ text: String) -> String {
    var result = ""
    for character in text {
      switch character {
      case "%": result += "%25"
      case "\n": result += "%0A"
      case "\r": result += "%0D"
      default: result.append(character)
      }
    }
    return result
  }

  private func escapeProperty(_ text: String) -> String {
    escapeData(text).split(separator: ":", omittingEmptySubsequences: false)
      .joined(separator: "%3A").split(separator: ",", omittingEmptySubsequences: false)
      .joined(separator: "%2C")
  }
}

extension Diagnostic {
  /// `file:line:column` of the primary label in what the user typed, or the file alone.
  package func place(in buffers: Buffers) -> String? {
    guard let primary else { return file }
    let origin = buffers.origin(of: primary.range).range
    let position = buffers.position(of: origin)
    return "\(buffers.name(of: origin.buffer)):\(position.line):\(position.column)"
  }

  /// This diagnostic as data, positions worked out.
  package func plain(from buffers: Buffers) -> PlainValue {
    let labels = labels.map { label -> PlainValue in
      let origin = buffers.origin(of: label.range).range
      let start = buffers.position(of: origin)
      let end = buffers.position(
        of: TextRange(
          buffer: origin.buffer,
          bytes: origin.bytes.upperBound..<origin.bytes.upperBound
        )
      )
      return [
        "file": .string(buffers.name(of: origin.buffer)),
        "line": .integer(start.line),
        "column": .integer(start.column),
        "end_line": .integer(end.line),
        "end_column": .integer(end.column),
        "message": .string(label.message),
      ]
    }
    return [
      "severity": .string(severity.rawValue),
      "code": .string(code),
      "message": .string(message),
      "file": file.map { .string($0) } ?? .null,
      "labels": .list(labels),
      "notes": .list(notes.map { .string($0) }),
      "help": .list(help.map { .string($0) }),
    ]
  }
}
