package import Diagnostics

/// A project as it stands on disk, read for one target: files, configuration and declarations.
///
/// Nothing here is rendered except configuration; templates are compiled by `ProjectCompiler`.
package struct Project: Sendable {
  /// A text file of the project.
  package struct File: Sendable {
    package var buffer: BufferID
    /// Path from the project's root: `models/facts/songplays.sql`.
    package var path: String
    /// The resource folder it was found under: `models`.
    package var resourcePath: String
    /// File name without folders and extension: `songplays`.
    package var name: String
    /// Whether the file began with a byte order mark, which is no part of the text.
    package var hadByteOrderMark = false

    package init(buffer: BufferID, path: String, resourcePath: String, name: String) {
      self.buffer = buffer
      self.path = path
      self.resourcePath = resourcePath
      self.name = name
    }
  }

  /// Absolute path of the folder that holds the project file.
  package var root: String
  /// The project file's name: `project.yml` or `dbt_project.yml`.
  package var fileName = "project.yml"
  /// Whether the project is one of dbt's.
  package var isWrittenForDbt: Bool { fileName == "dbt_project.yml" }
  /// The project file's text.
  package var fileBuffer: BufferID?
  package var name: String
  package var version: String
  package var configuration: ProjectConfiguration
  package var target: TargetConfiguration
  /// Variables in force for the nodes of this project or package.
  package var vars: PlainDictionary
  /// Installed packages, by name; their files' paths count from the package's own root.
  package var packages: [Project] = []
  /// What stands before paths of this package's files when people read them:
  /// `dbt_packages/dbt_utils/`; empty for the project itself.
  package var displayFolder = ""
  package var modelFiles: [File] = []
  package var seedFiles: [File] = []
  package var testFiles: [File] = []
  /// Rows for unit tests: `.csv` and `.sql` below `fixtures` of the folders of tests.
  package var fixtureFiles: [File] = []
  package var macroFiles: [File] = []
  package var analysisFiles: [File] = []
  package var snapshotFiles: [File] = []
  package var functionFiles: [File] = []
  /// Markdown files, which may hold blocks of documentation.
  package var documentationFiles: [File] = []
  package var migrationFiles: [File] = []
  /// Declarations of properties (YAML) files, by resource type.
  package var properties = Properties()
  /// What `selectors.yml` defines.
  package var selectors: [NamedSelector] = []
  /// Columns of sources as they were read from a warehouse.
  package var sourceLock = SourceLock()

  package init(
    root: String,
    name: String,
    version: String,
    configuration: ProjectConfiguration,
    target: TargetConfiguration,
    vars: PlainDictionary
  ) {
    self.root = root
    self.name = name
    self.version = version
    self.configuration = configuration
    self.target = target
    self.vars = vars
  }

  /// The folders between a resource path and a file: `["staging"]` of `models/staging/a.yml`.
  package func resourceFolders(of path: String) -> [String] {
    resourcePath(of: path).split(separator: "/").dropLast().map(String.init)
  }

  /// A file's path below its resource folder: `staging/a.yml` of `models/staging/a.yml`.
  package func resourcePath(of path: String) -> String {
    let paths =
      configuration.modelPaths + configuration.seedPaths + configuration.testPaths
      + configuration.snapshotPaths + configuration.analysisPaths + configuration.macroPaths
      + configuration.functionPaths + (configuration.documentationPaths ?? [])
    let folder = paths.filter { path.hasPrefix($0 + "/") }.max { $0.count < $1.count }
    return folder.map { String(path.dropFirst($0.count + 1)) } ?? path
  }

  /// The project or the installed package of a name.
  package func package(named name: String) -> Project? {
    name == self.name ? self : packages.first { $0.name == name }
  }
}

/// The project file's settings, defaults filled in.
package struct ProjectConfiguration: Sendable {
  package var modelPaths = ["models"]
  package var seedPaths = ["seeds"]
  package var testPaths = ["tests"]
  package var macroPaths = ["macros"]
  /// `docs-paths`: where blocks of documentation are; nil where any of the other folders has them.
  package var documentationPaths: [String]?
  package var analysisPaths = ["analyses"]
  package var snapshotPaths = ["snapshots"]
  package var functionPaths = ["functions"]
  package var migrationsPaths = ["migrations"]
  package var targetPath = "target"
  /// Where `deps` puts packages, and where they are looked for.
  package var packagesPath = "dbt_packages"
  package var cleanTargets: [String] = []
  /// `models:`, `seeds:`, `tests:`/`data_tests:`, `snapshots:`, `sources:` … trees as written.
  package var configTrees: [Node.Kind: PlainDictionary] = [:]
  /// The same with templates as they stand in the file.
  package var unrenderedTrees: [Node.Kind: PlainDictionary] = [:]
  /// SQL templates run once before and after `run`, `build`, `seed`.
  package var onRunStart: [String] = []
  package var onRunEnd: [String] = []
  package var quoting = PlainDictionary()
  package var flags = PlainDictionary()
  /// `dispatch:` entries as written.
  package var dispatch: [PlainDictionary] = []
  /// `query-comment:` as written; nil when it is not set, null when it is switched off.
  package var queryComment: PlainValue?
  /// Schema that migrations run in when they name none; nil for the target's.
  package var migrationsSchema: String?
  /// How runs keep each other out: `session` or `lease`; nil for what the server does best.
  package var migrationsLock: String?
  /// How long a migration waits for a lock on a table, as `5s`; nil for as long as it takes.
  package var migrationsLockTimeout: String?
  /// How often a migration that waited in vain is tried again.
  package var migrationsLockRetries: Int?
  /// Whether migrations are refused of which anything dangerous is known.
  package var migrationsAreStrict = false
  /// Keys that dbt knows and redstart does not use yet, as written.
  package var extra = PlainDictionary()
  /// Schema for redstart's own tables.
  package var metadataSchema = "redstart"
  /// `checks:`, how serious each kind of finding is.
  package var checks: [Check] = []
  /// `cluster:`, the cluster that `redstart cluster` makes.
  package var cluster: ClusterConfiguration?

  package init() {}

  /// The first folder of migrations, where new ones are written.
  package var migrationsPath: String { migrationsPaths.first ?? "migrations" }

  /// What becomes of a kind of finding.
  package enum CheckLevel: String, CaseIterable, Sendable {
    case off
    case warning
    case error
  }

  /// One line under `checks:`.
  package struct Check: Sendable {
    package var code: String
    package var level: CheckLevel
    package var range: TextRange
  }
}

/// The connection chosen for this run, rendered.
package struct TargetConfiguration: Sendable {
  package enum Kind: String, Sendable, CaseIterable {
    case local
    case postgres
    case redshift
  }

  /// An `s3://` prefix and the local folder that stands for it.
  package struct StorageMapping: Hashable, Sendable {
    package var prefix: String
    /// Absolute path.
    package var folder: String

    package init(prefix: String, folder: String) {
      self.prefix = prefix
      self.folder = folder
    }
  }

  package var name: String
  package var kind: Kind
  /// Whether the project's SQL is PostgreSQL's own, as in a dbt project with a profile of that
  /// type; otherwise it is Redshift's, and is translated where the server is not Redshift.
  package var speaksPostgres = false
  /// The profile's name in a dbt project, else the project's.
  package var profileName: String
  package var host: String?
  package var port: Int?
  package var database: String
  package var user: String?
  /// Secret: appears in no output.
  package var password: String?
  package var schema: String
  /// Schema for redstart's own tables, where it is not the project's.
  package var metadataSchema: String?
  package var threads: Int
  /// libpq's sslmode; nil for the default of the kind.
  package var sslMode: String?
  package var sslRootCertificate: String?
  /// Seconds.
  package var connectTimeout: Int?
  /// Seconds of silence after which the connection is tested; nil for the default.
  package var keepaliveIdle: Int?
  package var storage: [StorageMapping] = []
  /// Every other key, rendered, for the templates' `target` (no secrets).
  package var extra = PlainDictionary()
  /// Other keys whose values are secret, as `secret_access_key`; they appear in no output.
  package var secrets = PlainDictionary()

  package init(
    name: String,
    kind: Kind,
    profileName: String,
    database: String,
    schema: String,
    threads: Int
  ) {
    self.name = name
    self.kind = kind
    self.profileName = profileName
    self.database = database
    self.schema = schema
    self.threads = threads
  }
}

/// What properties files declare.
package struct Properties: Sendable {
  /// `models:`, `seeds:`, `snapshots:` entries by resource kind and name.
  package var patches: [Node.Kind: [String: Patch]] = [:]
  package var sources: [SourceTable] = []
  /// The entries that these sources were read from.
  package var writtenSources: [WrittenSource] = []
  /// Entries that change sources of other packages: those with `overrides`.
  package var overridingSources: [WrittenSource] = []
  /// Entries of other sections (`macros`, `exposures`, `groups` …), by section, as written.
  package var others: [String: [Entry]] = [:]

  package init() {}

  /// An entry as it was written.
  package struct Entry: Sendable {
    package var value: PlainDictionary
    /// Path of the properties file from the project's root.
    package var file: String
    package var range: TextRange
    /// What it was read from, with the places of its parts.
    package var node: YAMLNode

    package var name: String { value["name"]?.string ?? "" }

    package init(value: PlainDictionary, file: String, range: TextRange, node: YAMLNode) {
      self.value = value
      self.file = file
      self.range = range
      self.node = node
    }
  }

  /// Description of a model, seed or snapshot.
  package struct Patch: Sendable {
    package var name: String
    /// Path of the properties file from the project's root.
    package var file: String
    package var range: TextRange
    package var description = ""
    /// `config:` as written, with top-level `tags`, `meta`, `docs`, `access`, `group`, `contract`
    /// moved into it where dbt accepts them there.
    package var config = PlainDictionary()
    /// The same with its templates as they are written.
    package var unrenderedConfig = PlainDictionary()
    package var columns: [Node.Column] = []
    package var tests: [TestDeclaration] = []
    package var extra = PlainDictionary()
    /// What a model's `versions:` say, in their order.
    package var versions: [Version] = []
    /// Where each of the configs stands.
    package var configPlaces: [String: TextRange] = [:]
    /// The entry as it was written, with the places of its parts.
    package var node: YAMLNode?
    /// Snapshots only: what is snapshotted, where no SQL says it.
    package var relation: Relation?

    /// `relation: ref('orders')`.
    package struct Relation: Sendable {
      /// The call as written.
      package var call: String
      package var range: TextRange

      package init(call: String, range: TextRange) {
        self.call = call
        self.range = range
      }
    }

    /// What a version of a model says of its own.
    package struct Version: Sendable {
      package var columns: [Node.Column]
      /// The tests of the whole model; nil where it says nothing of them.
      package var tests: [TestDeclaration]?
      package var columnTests: [TestDeclaration]
    }

    package init(name: String, file: String, range: TextRange) {
      self.name = name
      self.file = file
      self.range = range
    }
  }

  /// An entry of `sources:`.
  package struct WrittenSource: Sendable {
    package var node: YAMLNode
    /// Path of the properties file from the project's root.
    package var file: String
  }

  /// One table of a source.
  package struct SourceTable: Sendable {
    package var sourceName: String
    package var name: String
    package var file: String
    package var range: TextRange
    package var description = ""
    package var descriptionPlace: TextRange?
    package var sourceDescription = ""
    package var sourceDescriptionPlace: TextRange?
    package var database: String?
    /// Defaults to the source's name.
    package var schema: String
    /// Defaults to the table's name.
    package var identifier: String
    package var config = PlainDictionary()
    package var columns: [Node.Column] = []
    package var tests: [TestDeclaration] = []
    package var meta = PlainDictionary()
    package var extra = PlainDictionary()

    package init(
      sourceName: String,
      name: String,
      file: String,
      range: TextRange,
      schema: String,
      identifier: String
    ) {
      self.sourceName = sourceName
      self.name = name
      self.file = file
      self.range = range
      self.schema = schema
      self.identifier = identifier
    }
  }

  /// `- not_null`, `- accepted_values: {…}` under a model or a column.
  package struct TestDeclaration: Sendable {
    /// The test macro, as `unique`.
    package var test: String
    package var namespace: String?
    /// `name:` when the author gave one.
    package var customName: String?
    package var columnName: String?
    /// Whether the test is given the column's name in quotes.
    package var quotesColumn = false
    /// Arguments, with `arguments:` flattened in; strings may hold templates.
    package var arguments = PlainDictionary()
    package var config = PlainDictionary()
    package var description = ""
    package var range: TextRange
    package var file: String
    /// The section of the file that it stands in, as `models`; nil for what describes sources.
    package var section: String?
    /// Tags of the column, and of a source's table and of the source.
    package var inheritedTags: [String] = []
    /// The keys that stand beside the test's name instead of under `arguments` or `config`.
    package var looseArguments: [String] = []
    package var looseConfigs: [String] = []
    /// Whether it has `arguments`.
    package var hasArguments = false

    package init(test: String, columnName: String?, range: TextRange, file: String) {
      self.test = test
      self.columnName = columnName
      self.range = range
      self.file = file
    }
  }
}
