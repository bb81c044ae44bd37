/// A search that is under way at most once: all who need what it finds wait for the same one.
///
/// It belongs to an actor and runs in its isolation, so that nobody can come between the end of a
/// search and its owner's taking note of what was found, and begin another one.
package final class SharedSearch<Value: Sendable> {
  private let find: @Sendable () async throws(AWSError) -> Value
  private var search: Task<Result<Value, AWSError>, Never>?

  package init(_ find: @escaping @Sendable () async throws(AWSError) -> Value) {
    self.find = find
  }

  /// What the search that is under way finds, or else a new one.
  package func value(
    isolation: isolated (any Actor)? = #isolation
  ) async throws(AWSError) -> Value {
    let search =
      search
      ?? Task { [find] in
        do throws(AWSError) {
          return .success(try await find())
        } catch {
          return .failure(error)
        }
      }
    self.search = search
    let result = await search.value
    if self.search == search { self.search = nil }
    return try result.get()
  }
}
