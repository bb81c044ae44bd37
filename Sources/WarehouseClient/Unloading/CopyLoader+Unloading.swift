package import Diagnostics
import Glibc
package import RedshiftSQL

extension CopyLoader: Unloading {
  package func unload(
    _ query: String,
    by unload: Unload,
    session: any WarehouseSession
  ) async throws(Diagnostic) -> StatementResult {
    if let (option, range) = unload.unsupportedOption {
      throw .unloadUnsupported(option, at: range)
    }
    let destination = unload.destination
    let (folder, prefix) = try place(of: destination)
    try clear(unload)
    do {
      let columns = try await session.execute("SELECT * FROM (\(query)) AS q LIMIT 0").columns
      let format = UnloadFormat(unload: unload, columns: columns)
      let writer = UnloadWriter(format: format, folder: folder, prefix: prefix)
      _ = try await session.copyOut("COPY (\(query)) TO STDOUT") { row in try writer.add(row) }
      let files = try writer.finish()
      if unload.writesManifest {
        try writeManifest(files, folder: folder, prefix: prefix, destination)
      }
      return try await finished(writer.rows, session)
    } catch let error as WarehouseError {
      throw .database(error, at: destination.range)
    } catch let error as SystemFailure {
      throw .unloadFailed(error, at: destination.range)
    } catch {
      throw .database(
        WarehouseError(kind: .connectionLost, message: "\(error)"),
        at: destination.range
      )
    }
  }

  private func place(
    of destination: CopyStatement.Literal
  ) throws(Diagnostic) -> (folder: String, prefix: String) {
    do throws(S3Mapping.Failure) {
      return try storage.place(of: destination.value)
    } catch {
      throw .copySource(error, location: destination, mapped: storage.prefixes)
    }
  }

  /// Files in the way are an error, unless they may be written over or are to be removed.
  private func clear(_ unload: Unload) throws(Diagnostic) {
    let destination = unload.destination
    guard !unload.allowsOverwriting,
      let present = try? storage.objects(startingWith: destination.value), !present.isEmpty
    else { return }
    guard unload.cleansPath else { throw .unloadExists(present[0].path, at: destination.range) }
    for object in present {
      guard unlink(object.path) == 0 else {
        throw .unloadFailed(SystemFailure("remove", object.path), at: destination.range)
      }
    }
  }

  private func writeManifest(
    _ files: [UnloadWriter.Finished],
    folder: String,
    prefix: String,
    _ destination: CopyStatement.Literal
  ) throws(SystemFailure) {
    let root = String(destination.value.dropLast(prefix.count))
    let entries = files.map { file in
      "    {\"url\":\"\(root)\(file.key)\", \"meta\": { \"content_length\": \(file.size) }}"
    }
    let text = "{\n  \"entries\": [\n\(entries.joined(separator: ",\n"))\n  ]\n}\n"
    let manifest = try UnloadFile(path: "\(folder)/\(prefix)manifest", isCompressed: false)
    try manifest.append(Array(text.utf8))
    try manifest.finish()
  }

  private func finished(
    _ rows: Int,
    _ session: any WarehouseSession
  ) async throws(WarehouseError) -> StatementResult {
    _ = try await session.execute(PostgresShims.remembering("last_unload_count", rows))
    var result = StatementResult()
    result.tag = "UNLOAD"
    result.rowCount = rows
    result.notices = ["INFO: UNLOAD completed, \(rows) record(s) unloaded successfully."]
    return result
  }
}

extension Unload {
  /// The first option that only Redshift can fulfil.
  fileprivate var unsupportedOption: (name: String, range: TextRange)? {
    let names: Set<String> = [
      "PARQUET", "FIXEDWIDTH", "BZIP2", "ZSTD", "ENCRYPTED", "KMS_KEY_ID", "MASTER_SYMMETRIC_KEY",
    ]
    return optionRanges.filter { names.contains($0.key) }
      .min { $0.value.bytes.lowerBound < $1.value.bytes.lowerBound }
      .map { ($0.key, $0.value) }
  }
}
