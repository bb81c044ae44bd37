import CMalloc

/// What the process does with memory that is no longer used.
package enum ProcessMemory {
  /// Keeps freed memory for what comes next, where the C library would give large pieces back.
  ///
  /// Texts of a megabyte come and go here, and each would be made of hundreds of fresh pages. To be
  /// called once, at the start of a program.
  package static func keep() {
    mallopt(M_MMAP_THRESHOLD, 32 << 20)
    mallopt(M_TRIM_THRESHOLD, 128 << 20)
  }

  /// The bytes that are allocated and not freed.
  package static var used: Int {
    let info = mallinfo2()
    return Int(info.uordblks) + Int(info.hblkhd)
  }

  /// Keeps a value until the process ends, which gives back all memory at once.
  ///
  /// Taking a large project apart node by node takes longer than writing what was found out.
  package static func keepToTheEnd<Value>(_ value: Value) {
    _ = Unmanaged.passRetained(Kept(value))
  }
}

private final class Kept<Value> {
  private let value: Value

  init(_ value: Value) { self.value = value }
}
