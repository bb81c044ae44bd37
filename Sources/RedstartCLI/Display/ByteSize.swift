/// A number of bytes as people read it.
struct ByteSize {
  let bytes: Int

  init(_ bytes: Int) {
    self.bytes = bytes
  }

  /// `512 B`, `1.5 KiB`, `23.0 MiB`.
  var text: String {
    if bytes < 1024 { return "\(bytes) B" }
    let units = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]
    var unit = 0
    // In tenths of a unit, rounded down, so that nothing looks larger than it is.
    var value = bytes
    while value >= 1024 * 1024, unit < units.count - 1 {
      value /= 1024
      unit += 1
    }
    let tenths = value * 10 / 1024
    return "\(tenths / 10).\(tenths % 10) \(units[unit])"
  }
}
