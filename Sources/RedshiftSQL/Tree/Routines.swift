package import Diagnostics

/// `CREATE PROCEDURE`, `CREATE FUNCTION` and `CREATE EXTERNAL FUNCTION`.
package struct CreateRoutine: Sendable {
  package enum Kind: String, Hashable, Sendable {
    case procedure
    case function
    case externalFunction = "external function"
  }

  /// The source of a routine, which is text in the language of the routine.
  package struct Body: Sendable {
    /// With the quotes.
    package var range: TextRange
    /// What stands between the quotes; the text itself unless quotes are escaped in it.
    package var contents: TextRange
    package var isDollarQuoted: Bool
    /// What a body in PL/pgSQL says; nil for other languages, and where it cannot be read.
    package var block: ProcedureBlock?
    /// What is wrong with it.
    package var problems: [Diagnostic] = []
  }

  package var kind: Kind
  package var replaces: Bool
  package var name: ObjectName
  package var arguments: [RoutineArgument]
  package var result: DataType?
  /// VOLATILE, LANGUAGE, SECURITY, SET, LAMBDA and the others, in the order of the text.
  package var options: [StatementOption]
  package var body: Body?

  /// The language in lower case, for instance `plpgsql`.
  package var language: String? {
    for option in options where option.name == "language" {
      if case .word(let word) = option.value { return word }
    }
    return nil
  }

  package var isAtomic: Bool { !options.contains { $0.name == "nonatomic" } }
}

/// `PREPARE name [(types)] AS statement`.
package struct Prepare: Sendable {
  package var name: Identifier
  package var types: [DataType]
  package var statement: Statement
}

/// `EXECUTE name [(values)]`.
package struct ExecutePrepared: Sendable {
  package var name: Identifier
  package var arguments: [Expr]
}

/// `DEALLOCATE [PREPARE] name`.
package struct Deallocate: Sendable {
  /// Nil for ALL, which Redshift does not have.
  package var name: Identifier?
}

/// `DECLARE`, `FETCH` and `CLOSE`.
package struct CursorCommand: Sendable {
  package enum Action: Sendable {
    case declare(Query)
    /// `direction` in lower case with one blank between words; `forward` where only a count
    /// is written, empty where nothing is.
    case fetch(direction: String, count: Int?)
    case close
  }

  /// Nil for CLOSE ALL, which Redshift does not have.
  package var name: Identifier?
  package var action: Action
}
