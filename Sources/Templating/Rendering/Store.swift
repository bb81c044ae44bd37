import Glibc

/// Memory for plain elements, which grows in place where the system can do that.
struct Store<Element: BitwiseCopyable> {
  private(set) var base: UnsafeMutablePointer<Element>
  /// Behind the last element.
  var next: UnsafeMutablePointer<Element>
  private var limit: UnsafeMutablePointer<Element>

  init(capacity: Int) {
    base = Self.resized(nil, capacity)
    next = base
    limit = base + capacity
  }

  func free() { Glibc.free(base) }

  /// The memory, without what is behind the last element: it belongs to the caller from now on.
  func shrunk() -> UnsafeMutablePointer<Element> { Self.resized(base, max(1, count)) }

  @inline(__always)
  var count: Int { next - base }

  /// Whether there is room for some more elements.
  @inline(__always)
  func hasRoom(_ added: Int) -> Bool { next + added <= limit }

  /// Makes room for some more elements.
  @inline(__always)
  mutating func reserve(_ added: Int) {
    if next + added > limit { grow(by: added) }
  }

  @inline(never)
  private mutating func grow(by added: Int) {
    let count = count
    // What was written is copied when it moves: twice as often if only doubled.
    let capacity = max((limit - base) * 4, count + added)
    base = Self.resized(base, capacity)
    next = base + count
    limit = base + capacity
  }

  private static func resized(
    _ old: UnsafeMutablePointer<Element>?,
    _ capacity: Int
  ) -> UnsafeMutablePointer<Element> {
    guard let memory = realloc(old, capacity * MemoryLayout<Element>.stride) else {
      fatalError("out of memory")
    }
    return memory.bindMemory(to: Element.self, capacity: capacity)
  }
}
