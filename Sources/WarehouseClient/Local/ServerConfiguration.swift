import Glibc

/// The server's settings, given on its command line at every start.
enum ServerConfiguration {
  /// The arguments of `postgres`.
  ///
  /// The data can be made again from the project, and what must not harm it is the death of a
  /// process, not of the machine. So nothing waits for the disk (`fsync` is off: what a process
  /// has written, the kernel keeps), but commits are written before they are acknowledged
  /// (`synchronous_commit` stays on) and pages are logged whole (`full_page_writes` stays on: a
  /// signal can stop a write half-way). After a power failure `redstart local reset` may be due.
  static func arguments(socketFolder: String) -> [String] {
    let settings: [(name: String, value: String)] = [
      ("listen_addresses", ""),
      ("unix_socket_directories", socketFolder),
      ("unix_socket_permissions", "0700"),
      ("port", "5432"),
      ("fsync", "off"),
      // Loads into tables of the same transaction go past the log.
      ("wal_level", "minimal"),
      ("max_wal_senders", "0"),
      ("max_wal_size", "2GB"),
      ("checkpoint_timeout", "30min"),
      ("work_mem", "32MB"),
      ("maintenance_work_mem", "128MB"),
      // Compiling costs more than it gains on queries of this size.
      ("jit", "off"),
      // Nobody but one project's commands and their user is here: see the shims.
      ("redstart.private", "on"),
      // A transaction over a thousand models.
      ("max_locks_per_transaction", "256"),
      // The statement of a redstart that was killed ends soon, and gives its locks back.
      ("client_connection_check_interval", "500ms"),
      ("dynamic_shared_memory_type", sharedMemoryType),
      ("timezone", "UTC"),
      ("datestyle", "ISO, MDY"),
      ("extra_float_digits", "0"),
      ("log_timezone", "UTC"),
      // Users' mistakes are told to users; their SQL has no business in a log.
      ("log_min_messages", "fatal"),
      ("log_min_error_statement", "panic"),
      ("log_checkpoints", "off"),
    ]
    return settings.flatMap { ["-c", "\($0.name)=\($0.value)"] }
  }

  /// Containers often have a /dev/shm too small for a parallel hash join.
  private static var sharedMemoryType: String {
    var status = statvfs()
    let needed: UInt = 512 << 20
    guard statvfs("/dev/shm", &status) == 0,
      UInt(status.f_bavail) * UInt(status.f_frsize) >= needed, access("/dev/shm", W_OK) == 0
    else { return "mmap" }
    return "posix"
  }
}
