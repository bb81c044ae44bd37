package import Diagnostics

/// `SHOW TABLES FROM SCHEMA …`, `SHOW TABLE t`, `DESC DATASHARE d` and the others that list
/// objects or tell how they are made.
package struct ShowObjects: Sendable {
  /// DESC rather than SHOW.
  package var describes: Bool
  /// What is shown in lower case, as `tables` or `external table`.
  package var kind: String
  /// The object itself, or the one behind FROM, ON or IN.
  package var object: RoutineSignature?
  /// The words between the kind and the object in lower case, as `from schema`.
  package var relation: String
  package var pattern: CopyStatement.Literal?
  package var limit: Int?
  /// FOR user and other endings.
  package var options: [StatementOption]
}

/// `SET SESSION AUTHORIZATION` and `SET SESSION CHARACTERISTICS`.
package enum SessionCommand: Sendable {
  /// Nil for DEFAULT.
  case authorization(Identifier?)
  /// The modes behind AS TRANSACTION.
  case characteristics(TextRange)
}

/// `CANCEL process ['message']`.
package struct Cancel: Sendable {
  package var process: Expr
  package var message: CopyStatement.Literal?
}

/// `USE database`.
package struct Use: Sendable {
  package var database: Identifier
}

/// `COPY JOB RUN|LIST|SHOW|ALTER|DROP`; COPY … JOB CREATE is a part of COPY.
package struct CopyJob: Sendable {
  package enum Action: String, Hashable, Sendable {
    case run
    case list
    case show
    case alter
    case drop
  }

  package var action: Action
  package var name: ObjectName?
  /// AUTO ON or AUTO OFF of ALTER.
  package var isAutomatic: Bool?
}
