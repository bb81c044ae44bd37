package import Diagnostics

/// One option of a statement whose options are words with values, as `connection limit 5`.
package struct StatementOption: Sendable {
  package indirect enum Value: Sendable {
    case none
    case text(CopyStatement.Literal)
    case number(Int)
    /// A word such as UNLIMITED, in lower case.
    case word(String)
    case names([ObjectName])
    case list([StatementOption])
    case value(Expr)
  }

  package var range: TextRange
  /// The words of the option in lower case, one blank between them.
  package var name: String
  package var value: Value
}

/// A kind of object that CREATE, ALTER and DROP treat alike.
package enum ObjectKind: String, Hashable, Sendable, CaseIterable {
  case database
  case datashare
  case function
  case group
  case identityProvider = "identity provider"
  case library
  case maskingPolicy = "masking policy"
  case materializedView = "materialized view"
  case model
  case procedure
  case role
  case rowSecurityPolicy = "rls policy"
  case externalSchema = "external schema"
  case user
}

/// A procedure or a function with the types that tell it from others of its name.
package struct RoutineSignature: Sendable {
  package var range: TextRange
  package var name: ObjectName
  /// Nil where no parentheses are written.
  package var arguments: [RoutineArgument]?
}

/// One argument of a procedure or a function.
package struct RoutineArgument: Sendable {
  package enum Mode: String, Hashable, Sendable {
    case `in`
    case out
    /// INOUT.
    case both = "inout"
  }

  package var range: TextRange
  package var name: Identifier?
  package var mode: Mode?
  package var type: DataType
  /// A default, which Redshift does not have.
  package var defaultValue: Expr?
}
