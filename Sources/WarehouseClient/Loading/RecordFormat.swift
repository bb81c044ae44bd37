/// What one step through the input gave.
enum RecordStep {
  /// A row was written; the next record starts at `end`.
  case row(end: Int)
  /// A row of nothing (a blank line, white space): go on at `end`.
  case nothing(end: Int)
  /// The record goes on behind the bytes at hand.
  case incomplete
}

/// A record that cannot be loaded, with offsets into the bytes at hand.
struct RecordFailure: Error {
  /// Where reading goes on.
  enum Resumption {
    case at(Int)
    /// Behind the next line break from here on.
    case afterLine(Int)
  }

  /// Redshift's error number and text.
  var code: Int
  var reason: String
  /// What the text leaves open.
  var explanation: String?
  /// Index of the column, when one is to blame.
  var column: Int?
  /// Position in the field, from 0.
  var position = 0
  var field: Range<Int>
  var record: Range<Int>
  var resumption: Resumption
}

/// A value that its column cannot take.
struct ConversionFailure: Error {
  var code: Int
  var reason: String
  var position = 0
  var explanation: String?

  init(_ code: Int, _ reason: String, position: Int = 0, explanation: String? = nil) {
    self.code = code
    self.reason = reason
    self.position = position
    self.explanation = explanation
  }
}

/// Reads records of one format and writes them as rows of COPY's text format.
protocol RecordFormat: ~Copyable {
  /// Whether raw records may be cut at line ends for messages.
  var isLineOriented: Bool { get }

  /// Columns that no record has had a value for.
  var neverPresent: [Int] { get }

  /// Reads the record that starts at `start`.
  ///
  /// The byte at `end` is 0, and fifteen more are readable. At `isLast`, `incomplete` is not a valid
  /// answer.
  mutating func next(
    _ base: UnsafePointer<UInt8>,
    from start: Int,
    to end: Int,
    isLast: Bool,
    into out: inout ByteWriter
  ) throws(RecordFailure) -> RecordStep
}
