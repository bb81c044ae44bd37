import Diagnostics
import RedshiftSQL

/// What PostgreSQL would run and Redshift refuses.
///
/// The translation to PostgreSQL knows it, so that success on the laptop is no false comfort; here
/// it is told before anything runs, whatever the target.
struct Refusals {
  let buffers: Buffers

  /// What Redshift refuses in a statement.
  ///
  /// - Parameters:
  ///   - statement: a statement that the parser read.
  ///   - found: what is known to be wrong with it; nothing is said twice of one place.
  /// - Returns: an error for each thing.
  func findings(in statement: Statement, beside found: [Diagnostic]) -> [Diagnostic] {
    let errors = found.filter(\.isError).compactMap { $0.primary?.range }
    return PostgresTranslator.translate(statement, in: buffers).diagnostics.filter { diagnostic in
      guard diagnostic.code == "redshift-unsupported", let range = diagnostic.primary?.range else {
        return false
      }
      if errors.contains(where: { $0.overlaps(range) }) { return false }
      return !isPlainTableOfRecursiveList(range, statement)
    }
  }

  /// Whether the range is the name of a common table that stands behind WITH RECURSIVE and does
  /// not read itself, which needs no list of columns.
  private func isPlainTableOfRecursiveList(_ range: TextRange, _ statement: Statement) -> Bool {
    var isPlain = false
    SyntaxNode.statement(statement).walk { node in
      if case .query(let query) = node, let with = query.with {
        for table in with.tables where table.name.range == range {
          isPlain = !reads(table.query, table.name.text)
        }
      }
      return true
    }
    return isPlain
  }

  private func reads(_ query: Query, _ name: String) -> Bool {
    var found = false
    SyntaxNode.query(query).walk { node in
      if case .table(let table) = node, case .named(let read) = table.kind,
        read.parts.count == 1, read.last == name
      {
        found = true
      }
      return true
    }
    return found
  }
}

extension TextRange {
  fileprivate func overlaps(_ other: TextRange) -> Bool {
    buffer == other.buffer && bytes.overlaps(other.bytes)
  }
}
