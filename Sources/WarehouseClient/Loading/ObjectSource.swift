import Diagnostics
import RedshiftSQL

/// The objects that one statement speaks of: in mapped folders, or else in the store.
struct ObjectSource: Sendable {
  let folders: S3Mapping
  let store: (any ObjectStore)?
  /// The statement's REGION.
  let region: CopyStatement.Literal?

  /// The objects whose address starts with a location.
  func objects(
    startingWith location: CopyStatement.Literal
  ) async throws(Diagnostic) -> [StorageObject] {
    do throws(S3Mapping.Failure) {
      return try folders.objects(startingWith: location.value)
    } catch {
      guard error == .unmapped, let store else { throw refusal(error, location) }
      do throws(Diagnostic) {
        return try await store.objects(startingWith: location.value, region: region?.value)
      } catch {
        throw placed(error, location)
      }
    }
  }

  /// The object with exactly this address; nil when there is none.
  func object(at location: CopyStatement.Literal) async throws(Diagnostic) -> StorageObject? {
    do throws(S3Mapping.Failure) {
      return try folders.object(at: location.value)
    } catch {
      guard error == .unmapped, let store else { throw refusal(error, location) }
      do throws(Diagnostic) {
        return try await store.object(at: location.value, region: region?.value)
      } catch {
        throw placed(error, location)
      }
    }
  }

  /// A small object whole.
  func contents(
    of object: StorageObject,
    limit: Int,
    named location: CopyStatement.Literal
  ) async throws(Diagnostic) -> [UInt8] {
    guard object.version != nil, let store else {
      do throws(SourceFailure) {
        return try FileSource.contents(of: object.path, limit: limit)
      } catch {
        throw .copyDamagedFile(error, at: location.range)
      }
    }
    guard object.size <= limit else {
      let reason = "larger than \(limit) bytes"
      throw .copyUnreadable(object.path, reason, at: location.range)
    }
    do throws(Diagnostic) {
      let stream = try await store.open(object, region: region?.value)
      var bytes: [UInt8] = []
      while let chunk = try await stream.next() { bytes += chunk }
      return bytes
    } catch {
      throw placed(error, location)
    }
  }

  /// Where an UNLOAD writes; nil for the store.
  func folder(
    of location: CopyStatement.Literal
  ) throws(Diagnostic) -> (folder: String, prefix: String)? {
    do throws(S3Mapping.Failure) {
      return try folders.place(of: location.value)
    } catch {
      guard error == .unmapped, store != nil else { throw refusal(error, location) }
      return nil
    }
  }

  func placed(_ problem: Diagnostic, _ location: CopyStatement.Literal) -> Diagnostic {
    .copyStore(problem, location: location, region: region)
  }

  private func refusal(
    _ failure: S3Mapping.Failure,
    _ location: CopyStatement.Literal
  ) -> Diagnostic {
    .copySource(failure, location: location, mapped: folders.prefixes)
  }
}
