/// What is known of a function: how it may be called and what comes of it.
struct FunctionSignature: Sendable {
  enum Kind: Sendable {
    case scalar
    case aggregate
    /// Only with OVER.
    case window
  }

  /// What an argument may be.
  enum Parameter: Sendable {
    case any
    case number
    case text
    case moment
    case boolean
    /// A part of a date, as a word or a string: no value.
    case datePart
  }

  /// How the type of the result follows from those of the arguments.
  enum Result: Sendable {
    case type(SQLType)
    /// The type of the argument at this position.
    case argument(Int)
    /// What all arguments from this position on have in common.
    case common(from: Int)
    case sum
    case average
    /// NULLIF: the type of the first argument, where it has one.
    case nullIf
    /// MEDIAN: a decimal for whole numbers, which have halves between them.
    case median
    /// The results of DECODE.
    case decode
    /// The type of the first argument, if that is a number.
    case rounded
    /// SIGN: of a DECIMAL one digit.
    case sign
    /// A moment stays a timestamp with or without zone; a time of day stays one.
    case shifted
    /// DATE_TRUNC: TIMESTAMPTZ stays, all others become TIMESTAMP.
    case truncated
    /// TRUNC: a date for moments, otherwise as `rounded`.
    case trunc
  }

  var kind: Kind
  var parameters: [Parameter]
  /// How many of `parameters` must be given.
  var required: Int
  /// The last parameter may be given any number of times.
  var isVariadic: Bool
  var result: Result
  /// NULL comes out only where NULL goes in.
  var keepsNotNull: Bool
  /// NULL never comes out.
  var isNeverNull: Bool
  /// Runs on the leader node only: not with tables of the user's.
  var isLeaderOnly: Bool
  /// Belongs beside the leader node's own tables, and views on them.
  var asksCatalog: Bool

  var maximum: Int { isVariadic ? Int.max : parameters.count }

  func parameter(_ index: Int) -> Parameter? {
    if index < parameters.count { return parameters[index] }
    return isVariadic ? parameters.last : nil
  }
}
