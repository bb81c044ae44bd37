import Diagnostics
import Glibc

extension Diagnostic {
  static func cannotRead(_ path: String, _ error: CInt) -> Diagnostic {
    Diagnostic(
      code: "cannot-read-file",
      "cannot read \(path): \(words(error))",
      file: path,
      help: error == EACCES ? ["check who may read it: ls -ld \"\(path)\""] : []
    )
  }

  static func notText(at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "not-utf8",
      "the file is not UTF-8 text",
      at: range,
      label: "the first byte that is no UTF-8",
      help: ["save it as UTF-8"]
    )
  }

  static func nulByte(at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "not-utf8",
      "the file holds a NUL byte, which is no text",
      at: range,
      help: ["take it out; a file that is full of them is UTF-16: save it as UTF-8"]
    )
  }

  static func misnamed(_ path: String) -> Diagnostic {
    Diagnostic(
      code: "file-name-encoding",
      "the name of the file is not UTF-8, so it is left out",
      file: path,
      help: ["give it a name of letters, digits and underscores"]
    )
  }

  static func cannotWrite(_ path: String, _ error: CInt) -> Diagnostic {
    Diagnostic(
      code: "cannot-write-file",
      "cannot write \(path): \(words(error))",
      file: path,
      help: writingHelp(error, path)
    )
  }

  static func cannotMakeFolder(_ path: String, _ error: CInt) -> Diagnostic {
    Diagnostic(
      code: "cannot-write-file",
      "cannot make the folder \(path): \(words(error))",
      file: path,
      help: writingHelp(error, path)
    )
  }

  static func cannotRemove(_ path: String, _ error: CInt) -> Diagnostic {
    Diagnostic(
      code: "cannot-remove-file",
      "cannot remove \(path): \(words(error))",
      file: path
    )
  }

  private static func writingHelp(_ error: CInt, _ path: String) -> [String] {
    switch error {
    case ENOSPC, EDQUOT: ["make room on the disk that holds \(FilePath.parent(of: path))"]
    case EACCES, EROFS, EPERM: ["check who may write to \(FilePath.parent(of: path))"]
    case ENOTDIR: ["something that is no folder has this name, or a name above it"]
    default: []
    }
  }

  /// The system's words for an error number.
  private static func words(_ error: CInt) -> String {
    guard let message = strerror(error) else { return "error \(error)" }
    let words = String(cString: message)
    return words.prefix(1).lowercased() + words.dropFirst()
  }
}
