import Diagnostics

/// Criteria and how they combine: what `--select` and `--exclude`, or a definition of
/// `selectors.yml`, come to.
indirect enum SelectionTree: Sendable {
  enum Operation: Sendable {
    case union
    case intersection
    /// The first without all others.
    case difference
  }

  case criterion(SelectionCriterion, indirect: IndirectSelection)
  /// Tests may join a group once the whole of it is known.
  case group(Operation, [SelectionTree], indirect: IndirectSelection)

  /// The tree of a command line: what is selected without what is excluded.
  ///
  /// - Parameters:
  ///   - select: values of `--select`.
  ///   - exclude: values of `--exclude`.
  ///   - indirect: which tests join.
  /// - Returns: the trees of what is selected and of what is excluded; nil where nothing is written.
  /// - Throws: what `SelectionCriterion` throws.
  static func commandLine(
    select: [String],
    exclude: [String],
    indirect: IndirectSelection
  ) throws(Diagnostic) -> (included: SelectionTree?, excluded: SelectionTree?) {
    (try union(select, indirect), try union(exclude, indirect))
  }

  /// Unions of intersections; nil when nothing is written.
  private static func union(
    _ values: [String],
    _ indirect: IndirectSelection
  ) throws(Diagnostic) -> SelectionTree? {
    var parts: [SelectionTree] = []
    for value in values {
      for group in value.split(whereSeparator: \.isWhitespace) {
        var criteria: [SelectionTree] = []
        for criterion in group.split(separator: ",", omittingEmptySubsequences: false) {
          guard !criterion.isEmpty else {
            throw .invalidSelector(String(group), reason: "a criterion is missing beside a comma")
          }
          let parsed = try SelectionCriterion(String(criterion))
          criteria.append(.criterion(parsed, indirect: indirect))
        }
        parts.append(.group(.intersection, criteria, indirect: indirect))
      }
    }
    return parts.isEmpty ? nil : .group(.union, parts, indirect: indirect)
  }
}
