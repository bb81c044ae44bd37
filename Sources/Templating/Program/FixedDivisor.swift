/// A divisor that is known beforehand: remainders of small numbers come of two multiplications, which
/// are several times as fast as a division.
///
/// D. Lemire, O. Kaser, N. Kurz, "Faster remainder by direct computation", 2019.
struct FixedDivisor {
  private let divisor: UInt32
  /// 2 to the power of 64 through the divisor, rounded up; 0 for 1.
  private let factor: UInt64

  /// Nil for what is not positive or large.
  init?(_ divisor: Int) {
    guard divisor > 0, let small = UInt32(exactly: divisor) else { return nil }
    self.divisor = small
    factor = UInt64.max / UInt64(small) &+ 1
  }

  /// The remainder of a number; nil for what is negative or large.
  @inline(__always)
  func remainder(of number: Int) -> Int? {
    guard let number = UInt32(exactly: number) else { return nil }
    let fraction = factor &* UInt64(number)
    return Int(truncatingIfNeeded: fraction.multipliedFullWidth(by: UInt64(divisor)).high)
  }
}
