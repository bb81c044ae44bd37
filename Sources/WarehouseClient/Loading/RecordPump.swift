import Glibc

/// Which files to read and how; everything that the parsing thread needs.
struct LoadPlan: Sendable {
  enum Format: Sendable {
    case json(paths: [[PathTree.Step]], ignoresCase: Bool, takesArrays: Bool)
    case separated(SeparatedLayout)
  }

  enum Encoding: Sendable {
    case utf8
    /// Nil: a byte order mark tells.
    case utf16(isBigEndian: Bool?)
  }

  var objects: [StorageObject]
  var columns: [TargetColumn]
  var format: Format
  var rules: ConversionRules
  var compression = FileCompression.none
  /// Brings the objects that are no files.
  var fetcher: ObjectFetcher?
  var encoding = Encoding.utf8
  var ignoredHeaderLines = 0
  /// The load fails at this many errors; nil for never.
  var errorLimit: Int? = 1

  /// Reads all files and puts rows into the queue until done, or until nobody wants them.
  func run(into queue: BlockQueue) {
    let converter = ValueConverter(columns: columns, rules: rules)
    switch format {
    case .json(let paths, let ignoresCase, let takesArrays):
      let tree = PathTree(paths: paths, ignoresCase: ignoresCase)
      let records = JSONRecords(tree: tree, converter: converter, takesArrays: takesArrays)
      var pump = RecordPump(plan: self, format: records, queue: queue)
      queue.finish(pump.run())
    case .separated(let layout):
      let records = SeparatedRecords(layout: layout, converter: converter)
      var pump = RecordPump(plan: self, format: records, queue: queue)
      queue.finish(pump.run())
    }
  }
}

/// Drives one format over all files of a load.
struct RecordPump<Format: RecordFormat & ~Copyable>: ~Copyable {
  private static var blockSize: Int { 1 << 20 }

  private let plan: LoadPlan
  private var format: Format
  private let queue: BlockQueue
  private var out = ByteWriter(capacity: 1 << 20 + 1 << 16)
  private var outcome = LoadOutcome()

  init(plan: LoadPlan, format: consuming Format, queue: BlockQueue) {
    self.plan = plan
    self.format = format
    self.queue = queue
  }

  mutating func run() -> LoadOutcome {
    do throws(SourceFailure) {
      for (index, object) in plan.objects.enumerated() {
        outcome.rowsBefore.append(outcome.rowCount)
        guard try read(object, source(index, object)) else { break }
        outcome.fileCount += 1
        outcome.byteCount += object.size
      }
    } catch {
      outcome.sourceFailure = error
    }
    if !outcome.hasFailed, out.count > 0 { _ = queue.put(out.takeBlock()) }
    outcome.neverPresent = format.neverPresent
    return outcome
  }

  /// Reads one file; false when the load is over.
  private mutating func read(
    _ object: StorageObject,
    _ source: any ByteSource
  ) throws(SourceFailure) -> Bool {
    var window = InputWindow(source)
    try window.refill()
    let compression = FileCompression(seenIn: window.bytes(0..<4))?.rawValue
    let mark = window.bytes(0..<3)
    if mark == [0xEF, 0xBB, 0xBF] { window.position = 3 }
    for _ in 0..<plan.ignoredHeaderLines { try skipLine(&window, from: window.position) }
    if outcome.sample.isEmpty {
      outcome.sample = window.bytes(window.position..<window.position + 65536)
    }
    while true {
      if window.position >= window.end {
        if window.isAtEnd { return true }
        try window.refill()
        continue
      }
      let rowStart = out.count
      do throws(RecordFailure) {
        let step = try format.next(
          UnsafePointer(window.base),
          from: window.position,
          to: window.end,
          isLast: window.isAtEnd,
          into: &out
        )
        switch step {
        case .row(let end):
          window.position = end
          outcome.rowCount += 1
          if out.count >= Self.blockSize {
            guard queue.put(out.takeBlock()) else { return false }
          }
          continue
        case .nothing(let end):
          window.position = end
          continue
        case .incomplete:
          out.truncate(to: rowStart)
          if window.end - window.position > SeparatedRecords.recordLimit + InputWindow.chunk {
            throw tooLong(window.position..<window.end)
          }
        }
      } catch {
        out.truncate(to: rowStart)
        guard try record(error, object, &window, compression) else { return false }
        continue
      }
      try window.refill()
    }
  }

  private func tooLong(_ record: Range<Int>) -> RecordFailure {
    RecordFailure(
      code: 1216,
      reason: "Input record exceeds the maximum of 4 MB",
      explanation: "the record does not end within 4 MB",
      field: record.lowerBound..<record.lowerBound,
      record: record,
      resumption: .afterLine(record.lowerBound)
    )
  }

  /// Notes an error and moves behind it; false when it is one too many.
  private mutating func record(
    _ failure: RecordFailure,
    _ object: StorageObject,
    _ window: inout InputWindow,
    _ compression: String?
  ) throws(SourceFailure) -> Bool {
    outcome.errorCount += 1
    if outcome.errors.count < LoadOutcome.keptErrors {
      outcome.errors.append(loadError(failure, object, window))
    }
    if outcome.errorCount == 1 { outcome.seemingCompression = compression }
    if let limit = plan.errorLimit, outcome.errorCount >= limit {
      outcome.hasTooManyErrors = true
      return false
    }
    switch failure.resumption {
    case .at(let offset): window.position = max(offset, window.position + 1)
    case .afterLine(let offset): try skipLine(&window, from: max(offset, window.position))
    }
    return true
  }

  private func loadError(
    _ failure: RecordFailure,
    _ object: StorageObject,
    _ window: borrowing InputWindow
  ) -> LoadError {
    let recordEnd = max(failure.record.upperBound, failure.record.lowerBound)
    let place = window.place(of: failure.field.lowerBound)
    var raw = failure.record
    if format.isLineOriented || raw.count < 2 {
      raw = window.line(around: failure.record.lowerBound)
    } else {
      // What follows a syntax error on its line belongs to the picture.
      let rest = window.line(around: max(recordEnd - 1, raw.lowerBound))
      raw = raw.lowerBound..<max(raw.upperBound, rest.upperBound)
    }
    // A field far inside of a long line is shown with what is around it.
    var shown = raw
    if failure.field.lowerBound - raw.lowerBound > 900 {
      let start = max(raw.lowerBound, failure.field.lowerBound - 400)
      shown = start..<raw.upperBound
    }
    let shownBytes = window.bytes(
      shown.lowerBound..<min(shown.upperBound, shown.lowerBound + 1024)
    )
    let fieldOffset = failure.field.lowerBound - shown.lowerBound
    return LoadError(
      path: object.path,
      url: object.url,
      lineNumber: window.place(of: max(recordEnd - 1, failure.record.lowerBound)).line,
      fieldLine: place.line,
      fieldColumn: place.column,
      column: failure.column,
      position: failure.position,
      code: failure.code,
      reason: failure.reason,
      explanation: failure.explanation,
      rawField: window.bytes(
        failure.field.lowerBound..<min(failure.field.upperBound, failure.field.lowerBound + 1024)
      ),
      rawLine: shownBytes,
      fieldOffset: (0...shownBytes.count).contains(fieldOffset) ? fieldOffset : nil
    )
  }

  /// Moves behind the next line break at or after `start`.
  private func skipLine(
    _ window: inout InputWindow,
    from start: Int
  ) throws(SourceFailure) {
    window.position = min(start, window.end)
    while true {
      let rest = window.end - window.position
      if let found = memchr(window.base + window.position, 10, rest) {
        window.position = UnsafeRawPointer(window.base).distance(to: UnsafeRawPointer(found)) + 1
        return
      }
      window.position = window.end
      if window.isAtEnd { return }
      try window.refill()
    }
  }

  private func source(
    _ index: Int,
    _ object: StorageObject
  ) throws(SourceFailure) -> any ByteSource {
    let stored: any ByteSource
    if object.version != nil, let fetcher = plan.fetcher {
      stored = fetcher.source(at: index)
    } else {
      stored = try FileSource(path: object.path)
    }
    let bytes = try plan.compression.source(stored)
    switch plan.encoding {
    case .utf8: return bytes
    case .utf16(let isBigEndian):
      return UTF16Source(bytes, path: object.path, isBigEndian: isBigEndian)
    }
  }
}
