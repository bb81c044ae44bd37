import Diagnostics
import ProjectCompiler
import Synchronization
import WarehouseClient

/// What can be worked out of a file before its turn, from its text alone.
struct PreparedMigration: Sendable {
  let checksums: MigrationChecksum.OfFile
  /// All that the file's one transaction sends of the user's; nil where it has other segments, or
  /// where a statement needs to know what is there when its turn comes.
  let steps: [PreparedStatement]?
  /// Whether its one transaction begins with a round trip of its own, for what is there.
  let asksFirst: Bool
  /// What translation has to say of the steps.
  let notes: [Diagnostic]

  /// - Parameters:
  ///   - script: the file.
  ///   - database: what it is applied to.
  ///   - session: how its statements would be sent.
  ///   - columns: what the files before it make of the columns that are there; it follows.
  init(
    _ script: MigrationScript,
    _ database: MigrationDatabase,
    _ session: any WarehouseSession,
    after columns: inout FollowedColumns
  ) {
    checksums = MigrationChecksum.OfFile(script.text, in: database.buffers)
    let callbacks = database.settings.callbacks
    let all =
      callbacks[.beforeEach].flatMap(\.statements) + script.statements
      + callbacks[.afterEach].flatMap(\.statements)
    let segments = MigrationSegment.segments(of: script.statements)
    guard segments.count == 1, segments.first?.mode == .transaction else {
      columns.follow(all, in: database.buffers)
      (steps, notes, asksFirst) = (nil, [], false)
      return
    }
    let collected = Mutex<[Diagnostic]>([])
    let runner = database.runner(
      session,
      report: { note in collected.withLock { $0.append(note) } }
    )
    do throws(Diagnostic) {
      let prepared = try runner.prepareAlone(all, following: &columns)
      steps = prepared.allSatisfy(\.isReady) ? prepared : nil
    } catch {
      // It is told when the file's turn comes.
      steps = nil
    }
    asksFirst = steps == nil
    notes = collected.withLock { $0 }
  }
}

/// Works out files ahead of their turn, while the server is busy with those before them.
struct MigrationForecast {
  static let batch = 16

  private let database: MigrationDatabase
  private let session: any WarehouseSession
  private var rest: ArraySlice<MigrationScript>
  private var ready: ArraySlice<PreparedMigration> = []
  private var coming: Task<Work, Never>?
  /// What the files that are worked out make of the columns that are there.
  private var columns = FollowedColumns()

  private struct Work: Sendable {
    var migrations: [PreparedMigration]
    var columns: FollowedColumns
  }

  init(
    _ scripts: [MigrationScript],
    _ database: MigrationDatabase,
    _ session: any WarehouseSession
  ) {
    self.database = database
    self.session = session
    rest = scripts[...]
    begin()
  }

  /// The next file, in order; nil behind the last one.
  mutating func next() async -> PreparedMigration? {
    if ready.isEmpty {
      if let work = await coming?.value { (ready, columns) = (work.migrations[...], work.columns) }
      begin()
    }
    return ready.popFirst()
  }

  private mutating func begin() {
    let scripts = rest.prefix(Self.batch)
    rest = rest.dropFirst(Self.batch)
    guard !scripts.isEmpty else {
      coming = nil
      return
    }
    let (database, session, known) = (database, session, columns)
    // Whoever works on them has them alone.
    columns = FollowedColumns()
    coming = Task {
      var columns = known
      let migrations = scripts.map {
        PreparedMigration($0, database, session, after: &columns)
      }
      return Work(migrations: migrations, columns: columns)
    }
  }
}
