/// One record that was not loaded, as STL_LOAD_ERRORS has it.
struct LoadError: Hashable, Sendable {
  /// The file on this machine.
  var path: String
  /// The object's address.
  var url: String
  /// The line that ends the record, from 1.
  var lineNumber: Int
  /// Where the field starts, from 1.
  var fieldLine: Int
  var fieldColumn: Int
  /// Index into the columns loaded.
  var column: Int?
  var position: Int
  var code: Int
  var reason: String
  var explanation: String?
  /// Both cut at 1024 bytes.
  var rawField: [UInt8]
  var rawLine: [UInt8]
  /// Where in the raw line the field starts, when it is in there.
  var fieldOffset: Int?
}

/// How a load ended as far as the files are concerned.
struct LoadOutcome: Sendable {
  var rowCount = 0
  var errorCount = 0
  /// Files that were read to their end, and their bytes as they are stored.
  var fileCount = 0
  var byteCount = 0
  /// The first ones; a load that skips many does not keep them all.
  var errors: [LoadError] = []
  /// Whether the limit of errors was reached.
  var hasTooManyErrors = false
  var sourceFailure: SourceFailure?
  /// Columns for which no record had a value.
  var neverPresent: [Int] = []
  /// The start of the first record, to look for keys that differ in case.
  var sample: [UInt8] = []
  /// How many rows had been sent when each file was begun.
  var rowsBefore: [Int] = []
  /// A compression that the file at fault seems to have.
  var seemingCompression: String?

  static let keptErrors = 1000

  var hasFailed: Bool { hasTooManyErrors || sourceFailure != nil }
}
