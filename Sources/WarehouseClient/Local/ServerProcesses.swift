import Glibc

/// Finds the processes that work on a cluster: those of PostgreSQL whose current folder it is.
enum ServerProcesses {
  /// The live postmaster that the cluster's process file names.
  static func postmaster(of placement: LocalServerPlacement) -> pid_t? {
    let text = SystemCalls.tail(placement.processFile)
    guard let line = text.split(separator: "\n").first, let process = pid_t(line),
      works(process, in: placement.data)
    else { return nil }
    return process
  }

  /// Whether the postmaster says that it takes connections.
  static func isReady(_ placement: LocalServerPlacement) -> Bool {
    SystemCalls.tail(placement.processFile).split(separator: "\n").last?.hasPrefix("ready") == true
  }

  /// Every live process in the cluster's folder, or in one of its name that was removed.
  static func all(of placement: LocalServerPlacement) -> [pid_t] {
    SystemCalls.names(in: "/proc").compactMap { pid_t($0) }.filter { process in
      works(process, in: placement.clusterFolder)
    }
  }

  /// Takes note of the end of a child, so that it does not stay as a zombie.
  static func reap(_ process: pid_t) {
    var status: Int32 = 0
    // Not our child when another command started it; then init takes care.
    waitpid(process, &status, WNOHANG)
  }

  private static func works(_ process: pid_t, in folder: String) -> Bool {
    guard let current = link("/proc/\(process)/cwd"), let program = link("/proc/\(process)/exe"),
      current == folder || current.hasPrefix(folder + "/") || current == folder + " (deleted)"
    else { return false }
    let name = program.split(separator: "/").last ?? ""
    return name.hasPrefix("postgres") || name.hasPrefix("initdb")
  }

  private static func link(_ path: String) -> String? {
    var bytes = [UInt8](repeating: 0, count: 8192)
    let count = bytes.withUnsafeMutableBytes { buffer in
      buffer.baseAddress.map { readlink(path, $0.assumingMemoryBound(to: CChar.self), 8192) } ?? 0
    }
    guard count > 0 else { return nil }
    return String(decoding: bytes.prefix(count), as: UTF8.self)
  }
}

/// A moment after which waiting is given up.
struct Deadline {
  private let end: ContinuousClock.Instant

  init(seconds: Int) {
    end = ContinuousClock.now + .seconds(seconds)
  }

  var isPast: Bool { ContinuousClock.now >= end }
}
