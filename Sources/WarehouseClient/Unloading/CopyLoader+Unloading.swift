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
    let source = source(unload.region)
    if let (folder, prefix) = try source.folder(of: destination) {
      try await clear(unload, source)
      return try await write(query, unload, folder, prefix, session, then: nil)
    }
    let prefix = try Self.key(of: destination)
    try await clear(unload, source)
    let spool = try SpoolFolder(at: destination.range)
    defer { spool.remove() }
    var unload = unload
    // What one request of S3 takes.
    let limit = 5 << 30
    unload.maximumFileSize = min(unload.maximumFileSize ?? limit, limit)
    return try await write(query, unload, spool.path, prefix, session) {
      [region = unload.region?.value, store] (files) async throws(Diagnostic) in
      let root = String(destination.value.dropLast(prefix.count))
      guard let store else { return }
      do throws(Diagnostic) {
        try await Self.upload(files, from: spool.path, to: root, store, region)
      } catch {
        throw source.placed(error, destination)
      }
    }
  }

  /// Writes the files of an UNLOAD into a folder, and hands them to whoever moves them on.
  private func write(
    _ query: String,
    _ unload: Unload,
    _ folder: String,
    _ prefix: String,
    _ session: any WarehouseSession,
    then move: (([UnloadWriter.Finished]) async throws(Diagnostic) -> Void)?
  ) async throws(Diagnostic) -> StatementResult {
    let destination = unload.destination
    do {
      let columns = try await session.execute("SELECT * FROM (\(query)) AS q LIMIT 0").columns
      let format = UnloadFormat(unload: unload, columns: columns)
      let writer = UnloadWriter(format: format, folder: folder, prefix: prefix)
      _ = try await session.copyOut("COPY (\(query)) TO STDOUT") { row in try writer.add(row) }
      var files = try writer.finish()
      if unload.writesManifest {
        files.append(try writeManifest(files, folder: folder, prefix: prefix, destination))
      }
      try await move?(files)
      return try await finished(writer.rows, session)
    } catch let error as Diagnostic {
      throw error
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

  /// The beginning of the keys below a bucket, which files of the same names stand in for.
  private static func key(of destination: CopyStatement.Literal) throws(Diagnostic) -> String {
    let rest = destination.value.dropFirst("s3://".count)
    let key = String(rest.drop { $0 != "/" }.dropFirst())
    let parts = key.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.allSatisfy({ $0 != "." && $0 != ".." }), !key.hasPrefix("/") else {
      throw .unloadName(destination)
    }
    return key
  }

  /// Sends files to the store, a few at a time.
  private static func upload(
    _ files: [UnloadWriter.Finished],
    from folder: String,
    to root: String,
    _ store: any ObjectStore,
    _ region: String?
  ) async throws(Diagnostic) {
    let problem = await withTaskGroup(of: Diagnostic?.self) { group in
      var rest = files[...]
      var problem: Diagnostic?
      func start() {
        guard problem == nil, let file = rest.popFirst() else { return }
        group.addTask {
          do throws(Diagnostic) {
            try await store.write(
              file: "\(folder)/\(file.key)",
              size: file.size,
              to: root + file.key,
              region: region
            )
            return nil
          } catch {
            return error
          }
        }
      }
      for _ in 0..<4 { start() }
      while let result = await group.next() {
        if let result, problem == nil {
          problem = result
          group.cancelAll()
        }
        start()
      }
      return problem
    }
    if let problem { throw problem }
  }

  /// Objects in the way are an error, unless they may be written over or are to be removed.
  private func clear(_ unload: Unload, _ source: ObjectSource) async throws(Diagnostic) {
    let destination = unload.destination
    guard !unload.allowsOverwriting else { return }
    let present: [StorageObject]
    do throws(Diagnostic) {
      present = try await source.objects(startingWith: destination)
    } catch {
      // A folder that is not there yet is made.
      guard error.code == "copy-missing-folder" else { throw error }
      return
    }
    guard let first = present.first else { return }
    guard unload.cleansPath else { throw .unloadExists(first.path, at: destination.range) }
    for object in present where object.version == nil {
      guard unlink(object.path) == 0 else {
        throw .unloadFailed(SystemFailure("remove", object.path), at: destination.range)
      }
    }
    guard let store = source.store else { return }
    let stored = present.filter { $0.version != nil }
    guard !stored.isEmpty else { return }
    do throws(Diagnostic) {
      try await store.remove(stored, region: unload.region?.value)
    } catch {
      throw source.placed(error, destination)
    }
  }

  private func writeManifest(
    _ files: [UnloadWriter.Finished],
    folder: String,
    prefix: String,
    _ destination: CopyStatement.Literal
  ) throws(SystemFailure) -> UnloadWriter.Finished {
    let root = String(destination.value.dropLast(prefix.count))
    let entries = files.map { file in
      "    {\"url\":\"\(root)\(file.key)\", \"meta\": { \"content_length\": \(file.size) }}"
    }
    let text = "{\n  \"entries\": [\n\(entries.joined(separator: ",\n"))\n  ]\n}\n"
    let key = "\(prefix)manifest"
    try UnloadWriter.makeFolders(above: "\(folder)/\(key)")
    let manifest = try UnloadFile(path: "\(folder)/\(key)", isCompressed: false)
    try manifest.append(Array(text.utf8))
    try manifest.finish()
    return UnloadWriter.Finished(key: key, size: manifest.storedSize, rows: 0)
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
