/// Python's rules for slices.
enum SliceBounds {
  static func indices(_ start: Int?, _ stop: Int?, _ step: Int, count: Int) -> [Int] {
    func clamp(_ bound: Int, _ low: Int, _ high: Int) -> Int {
      let position = bound < 0 ? bound + count : bound
      return min(max(position, low), high)
    }
    var result: [Int] = []
    if step > 0 {
      var index = start.map { clamp($0, 0, count) } ?? 0
      let end = stop.map { clamp($0, 0, count) } ?? count
      while index < end {
        result.append(index)
        let (next, overflows) = index.addingReportingOverflow(step)
        if overflows { break }
        index = next
      }
    } else {
      var index = start.map { clamp($0, -1, count - 1) } ?? count - 1
      let end = stop.map { clamp($0, -1, count - 1) } ?? -1
      while index > end {
        result.append(index)
        let (next, overflows) = index.addingReportingOverflow(step)
        if overflows { break }
        index = next
      }
    }
    return result
  }
}
