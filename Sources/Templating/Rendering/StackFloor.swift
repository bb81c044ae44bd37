import Glibc

/// How far down the stack of a thread may be used.
struct StackFloor {
  private let address: UInt

  /// The stack of a thread, which stays what it is at the start of the process.
  private static let size: UInt = {
    var limit = rlimit()
    let isKnown = getrlimit(__rlimit_resource_t(RLIMIT_STACK.rawValue), &limit) == 0
    // Threads get this much stack; without a limit, 2 MB is what the C library gives.
    return isKnown && limit.rlim_cur < 64 << 20 ? UInt(limit.rlim_cur) : 2 << 20
  }()

  /// Half a thread's stack below the place where rendering starts.
  init() {
    address = Self.here - Self.size / 2
  }

  /// Whether the stack has grown down to the floor.
  var isReached: Bool { Self.here < address }

  private static var here: UInt {
    var marker: UInt8 = 0
    return withUnsafeMutablePointer(to: &marker) { UInt(bitPattern: $0) }
  }
}
