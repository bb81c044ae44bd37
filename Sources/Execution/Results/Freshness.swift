package import Diagnostics
package import ProjectCompiler
import ProjectModel

/// How old the data of a source was found to be.
package struct Freshness: Sendable {
  /// When its newest row was loaded.
  package var loadedAt: EventTime
  /// When the database was asked.
  package var askedAt: EventTime
  /// Seconds between the two.
  package var age: Double
  package var criteria: FreshnessCriteria
}

/// `target/sources.json` in dbt's schema, version 3.
package enum SourcesArtifact {
  /// The whole artifact.
  package static func value(
    _ report: RunReport,
    metadata: RunResultsArtifact.Metadata
  ) -> PlainValue {
    [
      "metadata": [
        "dbt_schema_version": "https://schemas.getdbt.com/dbt/sources/v3.json",
        "dbt_version": .string(Invocation.dbtVersion),
        "generated_at": .string(metadata.generatedAt.iso8601),
        "invocation_id": .string(metadata.invocationID),
        "invocation_started_at": .string(metadata.startedAt.iso8601),
        "env": .dictionary(metadata.environment),
      ],
      "results": .list(report.results.filter { $0.kind == .source }.map(value)),
      "elapsed_time": .double(report.elapsed),
    ]
  }

  private static func value(_ result: NodeResult) -> PlainValue {
    guard let freshness = result.freshness else {
      return [
        "unique_id": .string(result.id),
        "error": .string(result.diagnostics.first?.message ?? result.message ?? "it was not asked"),
        "status": "runtime error",
      ]
    }
    let status =
      switch result.status {
      case .warn: "warn"
      case .fail: "error"
      default: "pass"
      }
    return [
      "unique_id": .string(result.id),
      "max_loaded_at": .string(freshness.loadedAt.iso8601),
      "snapshotted_at": .string(freshness.askedAt.iso8601),
      "max_loaded_at_time_ago_in_s": .double(freshness.age),
      "status": .string(status),
      "criteria": freshness.criteria.plain,
      "adapter_response": ["_message": "SELECT 1", "code": "SELECT", "rows_affected": 1],
      "timing": [
        RunResultsArtifact.timing("compile", result.compile),
        RunResultsArtifact.timing("execute", result.execute),
      ],
      "thread_id": .string(result.thread.map { "Thread-\($0 + 1)" } ?? "MainThread"),
      "execution_time": .double(result.execute.seconds),
    ]
  }
}
