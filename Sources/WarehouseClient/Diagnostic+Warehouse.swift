package import Diagnostics
import RedshiftSQL

// All wording of this module's diagnostics, save those of loading.

// MARK: Connecting

extension Diagnostic {
  /// What to say when a session could not be opened.
  ///
  /// - Parameters:
  ///   - error: What libpq or the server said.
  ///   - settings: How the connection was tried; the password is never shown.
  ///   - file: The configuration file that the settings are from.
  /// - Returns: A diagnostic without a range.
  package static func connection(
    _ error: WarehouseError,
    settings: PostgresConnectionSettings,
    file: String? = nil
  ) -> Diagnostic {
    if let cause = error.cause { return cause }
    var diagnostic = connectionProblem(error, settings)
    diagnostic.file = file
    if !diagnostic.notes.contains(error.message) { diagnostic.notes.append(error.message) }
    if let detail = error.detail { diagnostic.notes.append(detail) }
    if let hint = error.hint, !error.isAmbiguousMerge { diagnostic.notes.append(hint) }
    return diagnostic
  }

  private static func connectionProblem(
    _ error: WarehouseError,
    _ settings: PostgresConnectionSettings
  ) -> Diagnostic {
    let address = settings.address
    let message = error.message
    if message.contains("authentication method 13") || message.contains("authentication method 14")
    {
      return Diagnostic(
        code: "authentication-unsupported",
        "\(address) asks for a kind of authentication that libpq does not have",
        notes: ["Redshift does so for passwords stored with SHA-256, and for identity providers"],
        help: [
          "use temporary IAM credentials, or store the password with MD5: "
            + "ALTER USER \(settings.user) PASSWORD 'md5…'"
        ]
      )
    }
    if error.kind == .cancelled {
      return Diagnostic(code: "interrupted", "interrupted while connecting to \(address)")
    }
    switch error.sqlState {
    case "3D000":
      return Diagnostic(
        code: "unknown-database",
        "database \"\(settings.database)\" does not exist on \(address)",
        help: ["check `database` of the target, or create it"]
      )
    case "53300":
      return Diagnostic(
        code: "too-many-connections",
        "\(address) takes no more connections",
        help: ["use fewer `threads`, or close other clients"]
      )
    case "57P03":
      return Diagnostic(
        code: "server-unreachable",
        "\(address) is starting or stopping",
        help: ["try again in a moment"]
      )
    default: break
    }
    if error.kind == .authentication {
      return Diagnostic(
        code: "authentication-failed",
        "\(address) refuses user \"\(settings.user)\"",
        help: ["check `user` and `password` of the target"]
      )
    }
    if isAboutTLS(message) {
      return Diagnostic(
        code: "tls-failed",
        "no trusted connection to \(address)",
        notes: error.certificate.map { [certificateNote($0, settings)] } ?? [],
        help: error.certificate.map { certificateHelp($0) } ?? tlsHelp(message, settings)
      )
    }
    return Diagnostic(
      code: "server-unreachable",
      "cannot reach \(address)",
      help: ["check `host` and `port` of the target, and that the network lets you through"]
    )
  }

  private static func isAboutTLS(_ message: String) -> Bool {
    ["SSL", "certificate", "sslmode"].contains { message.contains($0) }
  }

  private static func certificateNote(
    _ finding: CertificateFinding,
    _ settings: PostgresConnectionSettings
  ) -> String {
    switch finding.reason {
    case .ended(let date): "the server's certificate ended on \(date)"
    case .notYetValid(let date): "the server's certificate is not valid before \(date)"
    case .signedByItself:
      "the server's certificate is signed by itself: \(finding.issuer)"
    case .unknownAuthority:
      "the server's certificate was signed by \(finding.issuer), whom "
        + "\(settings.sslRootCertificate ?? "the file of authorities") does not lead to"
    case .other(let words): "the server's certificate, by \(finding.issuer): \(words)"
    }
  }

  private static func certificateHelp(_ finding: CertificateFinding) -> [String] {
    switch finding.reason {
    case .ended, .notYetValid:
      ["the server needs a new certificate, unless the clock of this machine is wrong"]
    case .signedByItself, .unknownAuthority:
      [
        "name the file with the certificate of that authority as `sslrootcert` of the target, if "
          + "you trust it",
        "Amazon's own authorities are in the system's store: who else answers under this name?",
      ]
    case .other: ["name the file of the certificate authority with `sslrootcert`"]
    }
  }

  private static func tlsHelp(
    _ message: String,
    _ settings: PostgresConnectionSettings
  ) -> [String] {
    if message.contains("does not support SSL") {
      return [
        "a cluster always encrypts: is there a tunnel or pooler under this address?",
        "set `sslmode: prefer` if the network between you and the server is trusted",
      ]
    }
    if message.contains("does not match host name") {
      return [
        "use a name that is in the certificate as `host`",
        "or set `sslmode: verify-ca`, with which whoever has a certificate of that authority can "
          + "pass for the server",
      ]
    }
    if message.contains("root certificate file") {
      return ["install ca-certificates, or name a file of certificates with `sslrootcert`"]
    }
    return ["name the file of the certificate authority with `sslrootcert`"]
  }
}

// MARK: Statements

extension Diagnostic {
  /// What a server said about a statement, pointing at the user's text.
  ///
  /// - Parameters:
  ///   - error: The server's error.
  ///   - range: Where in the statement, or the statement.
  /// - Returns: A diagnostic in the server's words, with a code that its SQLSTATE decides.
  package static func database(_ error: WarehouseError, at range: TextRange?) -> Diagnostic {
    if var cause = error.cause {
      if let range, cause.labels.isEmpty { cause.labels = [Diagnostic.Label(range)] }
      return cause
    }
    var diagnostic = Diagnostic(
      code: code(of: error),
      error.words,
      at: range,
      label: ""
    )
    if error.isAmbiguousMerge {
      diagnostic.message = "MERGE finds several rows of its source for one row of the target"
      diagnostic.notes.append(
        "texts that differ in blanks at their end are equal, as 'A' and 'A ': the source may have "
          + "both"
      )
      diagnostic.help.append(
        "leave one row for each key: row_number() over (partition by KEY order by …) = 1, with "
          + "rtrim(KEY) where blanks differ"
      )
      diagnostic.notes.append("the server says: \(error.message)")
    }
    if let detail = error.detail { diagnostic.notes += detailNotes(detail) }
    if let context = error.context { diagnostic.notes.append(context) }
    if let state = error.sqlState { diagnostic.notes.append("SQLSTATE \(state)") }
    if let hint = error.hint, !error.isAmbiguousMerge { diagnostic.help.append(hint) }
    diagnostic.help += error.redshiftHelp
    switch error.kind {
    case .connectionLost:
      diagnostic.notes.append("whether the statement took effect is not known")
    case .unreachable, .authentication, .cancelled, .statement: break
    }
    return diagnostic
  }

  private static func code(of error: WarehouseError) -> String {
    switch error.kind {
    case .connectionLost: return "connection-lost"
    case .cancelled: return "statement-cancelled"
    case .unreachable: return "server-unreachable"
    case .authentication: return "authentication-failed"
    // Redshift has XX000 for these, so only the words tell.
    case .statement where error.isConcurrencyConflict && error.sqlState != "40P01":
      return "serialization-conflict"
    case .statement where error.isAmbiguousMerge: return "merge-ambiguous"
    case .statement: return error.sqlState.flatMap { codes[$0] } ?? "database-error"
    }
  }

  /// The SQLSTATEs that have a page of their own.
  private static let codes: [String: String] = [
    "42P01": "unknown-relation",
    "42703": "unknown-column",
    "42702": "ambiguous-column",
    "42883": "unknown-function",
    "42704": "unknown-object",
    "3F000": "unknown-schema",
    "42601": "sql-rejected",
    "42P07": "duplicate-relation",
    "42710": "duplicate-object",
    "42701": "duplicate-column",
    "42P06": "duplicate-schema",
    "42804": "type-mismatch",
    "42846": "type-mismatch",
    "23502": "null-value",
    "23505": "duplicate-key",
    "23503": "missing-reference",
    "23514": "check-failed",
    "22001": "value-too-long",
    "22003": "number-out-of-range",
    "22007": "invalid-value",
    "22008": "invalid-value",
    "22P02": "invalid-value",
    "22012": "division-by-zero",
    "42501": "permission-denied",
    "2BP01": "dependent-objects",
    "40001": "serialization-conflict",
    "40P01": "deadlock",
    "55P03": "lock-not-available",
    "53100": "disk-full",
    "53200": "out-of-memory",
    "25P02": "transaction-failed",
  ]

  /// Redshift frames what it knows in dashes and fields; those that help are taken out.
  private static func detailNotes(_ detail: String) -> [String] {
    guard detail.contains("-----") else { return [detail] }
    let wanted = ["code:", "context:", "query:"]
    let notes = detail.split(separator: "\n").compactMap { line in
      let text = line.drop { $0 == " " }
      return wanted.contains { text.hasPrefix($0) } ? withoutTrailingWhitespace(String(text)) : nil
    }
    return notes.isEmpty ? [detail] : notes
  }

  static func copyUnavailable(at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "copy-unavailable",
      "COPY from S3 cannot run on this connection",
      at: range,
      help: ["load the table by a model of materialization `copy`"]
    )
  }
}

extension WarehouseError {
  /// Whether MERGE met two rows of its source for one of its target; in PostgreSQL's words, and in
  /// Redshift's.
  fileprivate var isAmbiguousMerge: Bool {
    message.hasPrefix("MERGE command cannot affect row a second time")
      || message.contains("Found multiple matches to update the same tuple")
  }
}

// MARK: UNLOAD

extension Diagnostic {
  static func unloadUnavailable(at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "unload-unavailable",
      "UNLOAD to S3 cannot run on this connection",
      at: range,
      help: ["run it on a target of type local or postgres, or on Redshift itself"]
    )
  }

  static func unloadUnsupported(_ what: String, at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "local-unsupported",
      "UNLOAD with \(what) cannot run on the local warehouse",
      at: range,
      help: ["CSV, JSON and delimited text, plain or with GZIP, run on both"]
    )
  }

  static func unloadWithoutQuery(at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "sql-syntax",
      "syntax error: UNLOAD takes one query",
      at: range,
      help: ["write UNLOAD ('SELECT …') TO 's3://bucket/prefix'"]
    )
  }

  static func unloadLimit(at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "redshift-unsupported",
      "Redshift does not have LIMIT in the outermost query of UNLOAD",
      at: range,
      help: ["put the query with LIMIT into a subquery"]
    )
  }

  static func unloadExists(_ path: String, at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "unload-exists",
      "there are files already where UNLOAD would write",
      at: range,
      label: "\(path) is one of them",
      help: ["add ALLOWOVERWRITE or CLEANPATH, or choose another prefix"]
    )
  }

  static func unloadName(_ destination: CopyStatement.Literal) -> Diagnostic {
    Diagnostic(
      code: "unload-invalid-value",
      "UNLOAD cannot write to \"\(destination.value)\" from this machine",
      at: destination.range,
      label: "a part of the name is empty, . or ..",
      help: ["name the objects without such parts"]
    )
  }

  static func unloadFailed(_ failure: SystemFailure, at range: TextRange) -> Diagnostic {
    Diagnostic(
      code: "unload-failed",
      "UNLOAD could not \(failure.action) \(failure.path)",
      at: range,
      notes: [failure.reason]
    )
  }
}

// MARK: The local server

extension Diagnostic {
  static func postgresNotInstalled(program: String = "postgres") -> Diagnostic {
    Diagnostic(
      code: "postgresql-not-installed",
      "the local warehouse needs PostgreSQL, and no \(program) program was found",
      notes: ["looked for /usr/lib/postgresql/*/bin and in the folders of PATH"],
      help: ["on Debian and Ubuntu: apt-get install postgresql"]
    )
  }

  static func localServerVersion(cluster: String, installed: [String]) -> Diagnostic {
    Diagnostic(
      code: "local-server-version",
      "the local warehouse was made by PostgreSQL \(cluster), which is not installed any more",
      notes: ["installed: PostgreSQL \(installed.joined(separator: ", "))"],
      help: [
        "`redstart local reset` deletes the data, which `redstart migrate` and `redstart build` "
          + "make again",
        "or install PostgreSQL \(cluster): apt-get install postgresql-\(cluster)",
      ]
    )
  }

  static func localServerAccount() -> Diagnostic {
    Diagnostic(
      code: "local-server-account",
      "the local warehouse cannot run as root, and there is no other account for it",
      notes: ["needed: an account `postgres` or `nobody`, and the program setpriv or chroot"],
      help: ["run redstart as an ordinary user"]
    )
  }

  static func localServerFolder(_ failure: SystemFailure) -> Diagnostic {
    Diagnostic(
      code: "local-server-folder",
      "the local warehouse could not \(failure.action) \(failure.path): \(failure.reason)",
      help: ["check the folder's owner and mode"]
    )
  }

  static func localServerDiskFull(folder: String) -> Diagnostic {
    Diagnostic(
      code: "disk-full",
      "the disk of the local warehouse is full",
      notes: ["its folder is \(folder)"],
      help: ["make room on that disk; `redstart local reset` deletes the local warehouse"]
    )
  }

  static func localServerSocketFolder(_ path: String) -> Diagnostic {
    Diagnostic(
      code: "local-server-socket-folder",
      "the socket folder \(path) is not redstart's own",
      notes: ["it must belong to the server's account and be closed to others (mode 0700)"],
      help: ["find out who made it, and remove it"]
    )
  }

  static func localServerStartFailed(log: String, lines: [String]) -> Diagnostic {
    Diagnostic(
      code: "local-server-start-failed",
      "the local warehouse's server does not start",
      notes: lines + ["the whole log is \(log)"],
      help: ["if its files are damaged, `redstart local reset` makes new ones"]
    )
  }

  static func localServerRefused(_ error: WarehouseError, folder: String) -> Diagnostic {
    var diagnostic = Diagnostic(
      code: "local-server-refused",
      "the local warehouse's server refuses to work: \(error.message)",
      notes: ["its folder is \(folder)"],
      help: ["if its files are damaged, `redstart local reset` makes new ones"]
    )
    if let detail = error.detail { diagnostic.notes.insert(detail, at: 0) }
    return diagnostic
  }

  static func localServerShims(_ error: WarehouseError) -> Diagnostic {
    Diagnostic(
      code: "local-server-shims",
      "Redshift's functions could not be installed: \(error.message)",
      notes: [error.detail, error.context].compactMap { $0 },
      help: ["`redstart local reset` makes a new warehouse with this version's functions"]
    )
  }

  static func localServerSilent(socketFolder: String) -> Diagnostic {
    Diagnostic(
      code: "local-server-silent",
      "the local warehouse's server runs but does not answer in \(socketFolder)",
      notes: ["other redstart commands use it, so it was not restarted"],
      help: ["wait for them to end, and try again"]
    )
  }

  static func localServerForeignProcess(folder: String) -> Diagnostic {
    Diagnostic(
      code: "local-server-elsewhere",
      "the files of the local warehouse are in use by a server that cannot be reached from here",
      notes: ["its folder is \(folder)", "the server may run in another container"],
      help: ["stop it there: `redstart local stop`"]
    )
  }

  static func localServerInUse(folder: String) -> Diagnostic {
    Diagnostic(
      code: "local-server-in-use",
      "another redstart command uses the local warehouse",
      notes: ["its folder is \(folder)"],
      help: ["wait for it to end, and try again"]
    )
  }

  static func localServerBusy(folder: String) -> Diagnostic {
    Diagnostic(
      code: "local-server-busy",
      "another redstart command has been starting or stopping the local warehouse for too long",
      notes: ["its folder is \(folder)"],
      help: ["see whether that command hangs, and end it"]
    )
  }

  static func localServerInterrupted() -> Diagnostic {
    Diagnostic(code: "interrupted", "interrupted while the local warehouse was being started")
  }
}
