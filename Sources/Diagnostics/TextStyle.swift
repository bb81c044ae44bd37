/// Colour for a terminal, or none.
package enum TextStyle: Sendable {
  case plain
  case ansi

  package enum Role: Sendable {
    case error
    case warning
    case note
    case success
    case emphasis
    case faint
  }

  package func paint(_ text: String, _ role: Role) -> String {
    guard self == .ansi else { return text }
    let code =
      switch role {
      case .error: "1;31"
      case .warning: "1;33"
      case .note: "1;36"
      case .success: "32"
      case .emphasis: "1"
      case .faint: "2"
      }
    return "\u{1B}[\(code)m\(text)\u{1B}[0m"
  }
}

extension Diagnostic.Severity {
  package var role: TextStyle.Role {
    switch self {
    case .error: .error
    case .warning: .warning
    case .note: .note
    }
  }
}
