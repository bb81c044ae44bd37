extension Diagnostic {
  /// Whether an error among others is about the same place.
  package func isTold(by others: [Diagnostic]) -> Bool {
    guard let range = primary?.range else { return false }
    return others.contains { other in
      guard other.isError, let place = other.primary?.range else { return false }
      return place.buffer == range.buffer && place.bytes.overlaps(range.bytes)
    }
  }
}
