package import Diagnostics

/// One object of a bucket, or the file that stands for it.
package struct StorageObject: Hashable, Sendable {
  /// `s3://bucket/key`.
  package var url: String
  /// Where it is, for messages: a file of this machine, or the address.
  package var path: String
  package var size: Int
  /// Which version of a stored object is meant; nil for a file.
  package var version: String?

  /// An object; without a version, the file at `path`.
  package init(url: String, path: String, size: Int, version: String? = nil) {
    self.url = url
    self.path = path
    self.size = size
    self.version = version
  }
}

/// Where the objects of `s3://` locations are when no folder stands for them.
///
/// Locations are `s3://bucket/key`; a region is that of the statement, nil where it names none.
/// Diagnostics that are thrown need no place: the loader points at the statement's text.
package protocol ObjectStore: Sendable {
  /// The objects whose address starts with a location, in order of the keys' bytes.
  func objects(
    startingWith location: String,
    region: String?
  ) async throws(Diagnostic) -> [StorageObject]

  /// The one object with exactly this address; nil when there is none.
  func object(at location: String, region: String?) async throws(Diagnostic) -> StorageObject?

  /// Begins to read an object.
  func open(
    _ object: StorageObject,
    region: String?
  ) async throws(Diagnostic) -> any ObjectStream

  /// Writes a file of this machine as an object.
  func write(
    file path: String,
    size: Int,
    to location: String,
    region: String?
  ) async throws(Diagnostic)

  /// Deletes objects.
  func remove(_ objects: [StorageObject], region: String?) async throws(Diagnostic)
}

/// An object's bytes as they come; nothing is fetched that nobody asks for.
package protocol ObjectStream: Sendable {
  /// The next bytes; nil after the last, when all of them are proved to be right.
  func next() async throws(Diagnostic) -> [UInt8]?
}
