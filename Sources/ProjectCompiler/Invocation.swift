package import Diagnostics

/// What is known about the command that compiles: everything a template may see of the world.
///
/// Compilation is a pure function of the project's files and this value.
package struct Invocation: Sendable {
  /// The version of dbt whose language and artifacts these are.
  package static let dbtVersion = "1.11.16"

  /// A UUID for this command.
  package var identifier: String
  /// UTC, ISO 8601 with a Z: `2026-11-24T03:38:00.000000Z`.
  package var startedAt: String
  /// The name of the command, as `run`.
  package var command: String
  package var isFullRefresh: Bool
  /// Whether the rows that fail tests are kept where a test does not say: `--store-failures`.
  package var storesFailures: Bool { arguments["store_failures"]?.boolean == true }
  /// Whether models are built from no rows: `--empty`.
  package var isEmpty: Bool { arguments["empty"]?.boolean == true }
  /// Whether `print()` prints: not with `--no-print`.
  package var prints: Bool { arguments["print"]?.boolean != false }
  /// What becomes of `exceptions.warn()`.
  package enum TemplateWarnings: Sendable {
    case told
    /// An error of the node, as `--warn-error` wants it.
    case raised
    case dropped
  }

  package var templateWarnings = TemplateWarnings.told
  package var environment: [String: String]
  /// The stretch of time that references are narrowed to: `--sample`.
  package var sample: EventTimeWindow?
  /// Options as given, for `flags`, `invocation_args_dict` and the artifacts.
  package var arguments: PlainDictionary
  /// The program's version.
  package var version: String

  /// What metadata of artifacts carries along: `DBT_ENV_CUSTOM_ENV_NAME` as `NAME`.
  package var metadataEnvironment: PlainDictionary { Self.metadata(of: environment) }

  /// The variables of an environment that are meant for artifacts and events.
  ///
  /// - Parameter environment: variables by name.
  /// - Returns: values by what is left of the names.
  package static func metadata(of environment: [String: String]) -> PlainDictionary {
    let prefix = "DBT_ENV_CUSTOM_ENV_"
    return PlainDictionary(
      environment.filter { $0.key.hasPrefix(prefix) }.sorted { $0.key < $1.key }
        .map { (String($0.key.dropFirst(prefix.count)), .string($0.value)) }
    )
  }

  package init(
    identifier: String,
    startedAt: String,
    command: String,
    isFullRefresh: Bool = false,
    environment: [String: String] = [:],
    arguments: PlainDictionary = PlainDictionary(),
    version: String
  ) {
    self.identifier = identifier
    self.startedAt = startedAt
    self.command = command
    self.isFullRefresh = isFullRefresh
    self.environment = environment
    self.arguments = arguments
    self.version = version
  }
}
