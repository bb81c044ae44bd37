package import Diagnostics

/// One thing of a project that can be named, selected and depended on.
package struct Node: Sendable {
  package enum Kind: String, Hashable, Sendable, CaseIterable {
    case model
    case seed
    case source
    case test
    case snapshot
    case analysis
    case operation
    case exposure
    case unitTest = "unit_test"
    case migration
    case semanticModel = "semantic_model"
    case metric
    case savedQuery = "saved_query"
    /// A function of the user's that the database keeps and SQL calls.
    case function

    /// Whether it is of the semantic layer, which is read and written down, and never run.
    package var isSemantic: Bool { [.semanticModel, .metric, .savedQuery].contains(self) }
  }

  /// What a model or a function can be written in.
  package enum Language: String, Sendable {
    case sql
    case python
  }

  /// A column described in a properties file.
  package struct Column: Hashable, Sendable {
    package var name: String
    package var description = ""
    package var dataType: String?
    package var tags: [String] = []
    package var meta = PlainDictionary()
    package var quote: Bool?
    /// Other keys (`constraints`, `docs` …) as YAML had them.
    package var extra = PlainDictionary()
    package var range: TextRange?
    package var descriptionPlace: TextRange?
    /// unique_ids of the blocks of documentation that its description uses.
    package var documentation: [String] = []

    package init(name: String) {
      self.name = name
    }
  }

  /// What makes a test a generic one.
  package struct GenericTest: Hashable, Sendable {
    /// The test macro's name, as `not_null`.
    package var name: String
    package var namespace: String?
    /// Arguments as written, without `model` and `column_name`.
    package var arguments: PlainDictionary
    package var columnName: String?
    /// How many of the arguments come before the column's name.
    package var columnPlace = 0
    /// Whether the test is given the column's name in quotes.
    package var quotesColumn = false
    /// Tags of the column that it tests, and of its source; selections know them, its
    /// configuration does not.
    package var inheritedTags: [String] = []
    /// unique_id of the node that the test is attached to.
    package var attachedNode: String
    /// The same where the manifest has it: not of a source, nor of what is not there.
    package var manifestNode: String?
    /// How the test speaks of that node: `ref('users')`.
    package var modelCall = ""
    /// Where in the properties file it stands: `models.users` or `columns.user_id`.
    package var fileKey: String?

    package init(
      name: String,
      namespace: String? = nil,
      arguments: PlainDictionary,
      columnName: String?,
      attachedNode: String
    ) {
      self.name = name
      self.namespace = namespace
      self.arguments = arguments
      self.columnName = columnName
      self.attachedNode = attachedNode
    }
  }

  /// What a template asked `ref()` for.
  package struct Reference: Hashable, Sendable {
    package var name: String
    package var package: String?
    package var version: PlainValue?

    package init(name: String, package: String? = nil, version: PlainValue? = nil) {
      self.name = name
      self.package = package
      self.version = version
    }
  }

  /// `model.sparkify.songplays`.
  package var uniqueID: String
  package var kind: Kind
  package var name: String
  package var packageName: String
  /// Path below its resource folder: `facts/songplays.sql`.
  package var path: String
  /// Path from the project's root: `models/facts/songplays.sql`.
  package var originalFilePath: String
  /// Fully qualified name: `["sparkify", "facts", "songplays"]`.
  package var fqn: [String]
  /// What its file is written in.
  package var language = Language.sql
  /// The file's text; nil for nodes without one (sources).
  package var buffer: BufferID?
  /// Whether the file began with a byte order mark: checksums are of the whole file.
  package var hasByteOrderMark = false
  /// Where the node is declared, for diagnostics (a line of a properties file, or the file).
  package var declaration: TextRange?
  /// Merged configuration, by canonical key (`materialized`, `pre-hook`, `tags` …).
  package var config = PlainDictionary()
  /// What was configured, with the project file's templates as they stand there.
  package var unrenderedConfig = PlainDictionary()
  /// Where configs were written, in the file or in a properties file.
  package var configPlaces: [String: TextRange] = [:]
  package var tags: [String] = []
  package var meta = PlainDictionary()
  package var description = ""
  package var columns: [Column] = []
  /// What it calls `metric()` with.
  package var metricReferences: [[String]] = []
  /// The properties file that describes it: `models/schema.yml`.
  package var patchPath: String?
  /// The package whose properties file that is, where it is not the node's own.
  package var patchPackage: String?
  /// The name of its entry there.
  package var patch: TextRange?
  package var database: String?
  package var schema: String?
  /// The relation's name; the node's own unless `alias` or `identifier` is configured.
  package var alias: String?
  /// Source only: the name of the source that the table belongs to.
  package var sourceName: String?
  package var genericTest: GenericTest?
  /// Properties that only the manifest shows, as YAML had them.
  package var extra = PlainDictionary()
  /// Where its description stands.
  package var descriptionPlace: TextRange?
  /// Unit tests only: the entry with the places of its parts.
  package var written: YAMLNode?
  /// What the template asked `ref()` and `source()` for, in order.
  package var references: [Reference] = []
  package var sourceReferences: [[String]] = []
  /// What it asked `function()` for, with the package first where it was named.
  package var functionReferences: [[String]] = []
  /// Model only: which version this is, and which one a `ref` without version means.
  package var version: PlainValue?
  package var latestVersion: PlainValue?
  /// unique_ids of direct parents, in order of first mention.
  package var dependencies: [String] = []
  /// unique_ids of the blocks of documentation that its description uses.
  package var documentation: [String] = []
  /// Tests only: the group of what is tested.
  package var group: String?
  /// Tests only: whether what it tests is not there, so that it is kept in the manifest but never
  /// runs.
  package var isStranded = false
  /// unique_ids of macros used.
  package var macroDependencies: [String] = []

  /// Whether its configuration leaves it in the project.
  package var isEnabled: Bool { config["enabled"]?.boolean ?? true }

  /// Whether it is the query of a command line: `show --inline`.
  package var isInline: Bool { kind == .operation && originalFilePath == "inline" }

  /// Where it stands; the whole file, if nothing else is known.
  package var place: TextRange? {
    declaration ?? buffer.map { TextRange(buffer: $0, bytes: 0..<0) }
  }

  /// Where a config of it was written; the node's own place where the project file said it.
  package func place(of config: String) -> TextRange? { configPlaces[config] ?? place }

  /// Whether it is a test of others.
  package var isTest: Bool { kind == .test || kind == .unitTest }

  package init(
    uniqueID: String,
    kind: Kind,
    name: String,
    packageName: String,
    path: String,
    originalFilePath: String,
    fqn: [String]
  ) {
    self.uniqueID = uniqueID
    self.kind = kind
    self.name = name
    self.packageName = packageName
    self.path = path
    self.originalFilePath = originalFilePath
    self.fqn = fqn
  }
}
