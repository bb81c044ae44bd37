import Diagnostics

/// The events of dbt, by their names: what `--warn-error-options` speaks of.
enum DbtEvents {
  /// What a diagnostic is for dbt; nothing where dbt has no such warning.
  ///
  /// - Parameters:
  ///   - code: the diagnostic's code.
  ///   - isRedshift: whether the target is a cluster: for PostgreSQL, dbt does not look at the keys of
  ///     files.
  /// - Returns: names of events, the first the likeliest.
  static func names(of code: String, isRedshift: Bool) -> [String] {
    switch code {
    case "unused-config": ["UnusedResourceConfigPath"]
    case "deprecated-model": ["DeprecatedModel"]
    case "deprecated-reference": ["DeprecatedReference"]
    case "upcoming-deprecation": ["UpcomingReferenceDeprecation"]
    case "missing-plus": ["UnusedResourceConfigPath", "MissingPlusPrefixDeprecation"]
    case "duplicate-key": ["DuplicateYAMLKeysDeprecation"]
    case "unknown-key", "suspect-config":
      isRedshift
        ? [
          "CustomKeyInObjectDeprecation", "CustomKeyInConfigDeprecation",
          "CustomTopLevelKeyDeprecation",
        ] : []
    case "former-key":
      ["ConfigSourcePathDeprecation", "ConfigDataPathDeprecation"]
    case "former-log-path": ["ConfigLogPathDeprecation"]
    case "former-target-path": ["ConfigTargetPathDeprecation"]
    case "loose-test-arguments": ["MissingArgumentsPropertyInGenericTestDeprecation"]
    case "arguments-without-flag": ["ArgumentsPropertyInGenericTestDeprecation"]
    case "moved-to-config": ["PropertyMovedToConfigDeprecation"]
    case "flags-in-profiles": ["ProjectFlagsMovedDeprecation"]
    case "former-warning-options": ["WEOIncludeExcludeDeprecation"]
    case "former-select-option": ["ModelParamUsageDeprecation"]
    case "unknown-engine-variable": ["EnvironmentVariableNamespaceDeprecation"]
    case "ignored-constraint": ["UnsupportedConstraintMaterialization"]
    case "former-variable": ["EnvironmentVariableRenamed"]
    case "freshness-output": ["CustomOutputPathInSourceFreshnessDeprecation"]
    case "freshness-without-hooks": ["SourceFreshnessProjectHooksNotRun"]
    case "source-override": isRedshift ? ["SourceOverrideDeprecation"] : []
    case "unused-override": ["UnusedTables"]
    case "package-reads-project": ["PackageNodeDependsOnRootProjectNode"]
    case "former-module": ["ModulesItertoolsUsageDeprecation"]
    case "loose-block": ["UnexpectedJinjaBlockDeprecation"]
    case "package-renamed": ["PackageRedirectDeprecation"]
    case "replaced-materialization": ["PackageMaterializationOverrideDeprecation"]
    case "former-time-spine": ["MFTimespineWithoutYamlConfigurationDeprecation"]
    case "same-name": ["DuplicateNameDistinctNodeTypesDeprecation"]
    case "former-metric-window": ["MFCumulativeTypeParamsDeprecation"]
    case "former-clean-target": ["PackageInstallPathDeprecation"]
    case "unbatched-microbatch-macro": ["MicrobatchMacroOutsideOfBatchesDeprecation"]
    case "microbatch-without-input": ["MicrobatchModelNoEventTimeInputs"]
    case "concurrent-batches": ["InvalidConcurrentBatchesConfig"]
    case "name-with-spaces": ["ResourceNamesWithSpacesDeprecation"]
    case "exposure-name": ["ExposureNameDeprecation"]
    case "former-freshness-macro": ["CollectFreshnessReturnSignature"]
    case "source-without-date": ["FreshnessConfigProblem"]
    case "macro-arguments": ["InvalidMacroAnnotation"]
    case "misplaced-properties": ["WrongResourceSchemaFile"]
    case "unused-properties": ["NoNodeForYamlKey", "MacroNotFoundForPatch"]
    case "unknown-ref", "unknown-source", "unknown-function-node": ["NodeNotFoundOrDisabled"]
    case "nothing-selected": ["NoNodesForSelectionCriteria"]
    case "nothing-to-do": ["NothingToDo"]
    case "nothing-listed": ["NoNodesSelected"]
    case "same-state": ["WarnStateTargetEqual"]
    case "warned-by-template": ["JinjaLogWarning"]
    case "contract-broken": ["UnversionedBreakingChange"]
    case "large-seed":
      ["SeedIncreased", "SeedExceedsLimitSamePath", "SeedExceedsLimitAndPathChanged"]
    case "test-failed": ["LogTestResult"]
    default: []
    }
  }

  /// Whether an event is one that `Deprecations` stands for.
  static func isDeprecation(_ name: String) -> Bool {
    name.hasSuffix("Deprecation") || otherDeprecations.contains(name)
  }

  /// The deprecation that a warning is for dbt, with dbt's code of it; nil where it is none.
  static func deprecation(of warning: Diagnostic) -> (name: String, code: String)? {
    let events = names(of: warning.code, isRedshift: true)
    if warning.code == "missing-plus" { return ("MissingPlusPrefixDeprecation", "D037") }
    guard events.allSatisfy(isDeprecation), let first = events.first else { return nil }
    let name =
      switch warning.code {
      case "former-key" where warning.message.hasPrefix("\"data-paths\""):
        "ConfigDataPathDeprecation"
      case "suspect-config": "CustomKeyInConfigDeprecation"
      default: first
      }
    return deprecationCodes[name].map { (name, $0) }
  }

  /// dbt's codes of its other warnings.
  static let warningCodes: [String: String] = [
    "SeedIncreased": "I052", "SeedExceedsLimitSamePath": "I053",
    "SeedExceedsLimitAndPathChanged": "I054",
    "UnusedResourceConfigPath": "I051", "UnusedTables": "I056", "WrongResourceSchemaFile": "I057",
    "NoNodeForYamlKey": "I058", "MacroNotFoundForPatch": "I059", "NodeNotFoundOrDisabled": "I060",
    "DeprecatedModel": "I065", "UpcomingReferenceDeprecation": "I066",
    "DeprecatedReference": "I067",
    "UnsupportedConstraintMaterialization": "I068", "UnversionedBreakingChange": "I071",
    "WarnStateTargetEqual": "I072", "FreshnessConfigProblem": "I073",
    "MicrobatchModelNoEventTimeInputs": "I074",
    "InvalidConcurrentBatchesConfig": "I075", "InvalidMacroAnnotation": "I076",
    "PackageNodeDependsOnRootProjectNode": "I077",
  ]

  /// dbt's codes of its deprecations.
  private static let deprecationCodes: [String: String] = [
    "CollectFreshnessReturnSignature": "D012", "PackageRedirectDeprecation": "D001",
    "PackageInstallPathDeprecation": "D002",
    "PackageMaterializationOverrideDeprecation": "D016",
    "MFTimespineWithoutYamlConfigurationDeprecation": "D018",
    "UnexpectedJinjaBlockDeprecation": "D023", "ModulesItertoolsUsageDeprecation": "D034",
    "ConfigSourcePathDeprecation": "D003", "ConfigDataPathDeprecation": "D004",
    "ConfigLogPathDeprecation": "D010", "ConfigTargetPathDeprecation": "D011",
    "CustomKeyInConfigDeprecation": "D026",
    "ExposureNameDeprecation": "D007", "ProjectFlagsMovedDeprecation": "D013",
    "ResourceNamesWithSpacesDeprecation": "D015", "SourceFreshnessProjectHooksNotRun": "D017",
    "MFCumulativeTypeParamsDeprecation": "D019",
    "MissingPlusPrefixDeprecation": "D037",
    "MicrobatchMacroOutsideOfBatchesDeprecation": "D020", "DuplicateYAMLKeysDeprecation": "D024",
    "CustomKeyInObjectDeprecation": "D027",
    "CustomOutputPathInSourceFreshnessDeprecation": "D029",
    "PropertyMovedToConfigDeprecation": "D030", "WEOIncludeExcludeDeprecation": "D031",
    "ModelParamUsageDeprecation": "D032", "SourceOverrideDeprecation": "D035",
    "EnvironmentVariableNamespaceDeprecation": "D036", "EnvironmentVariableRenamed": "D009",
    "ArgumentsPropertyInGenericTestDeprecation": "D038",
    "MissingArgumentsPropertyInGenericTestDeprecation": "D039",
    "DuplicateNameDistinctNodeTypesDeprecation": "D040",
  ]

  static func code(ofDeprecation name: String) -> String? { deprecationCodes[name] }

  /// Whether redstart finds this for reasons of its own: it is no deprecation to it.
  static func isOwnFinding(_ code: String) -> Bool {
    [
      "unknown-key", "suspect-config", "duplicate-key", "former-key", "name-with-spaces",
      "exposure-name", "missing-plus",
    ].contains(code)
  }

  /// Whether dbt only logs a warning, without asking whether it is an error.
  static func isUnhandled(_ name: String) -> Bool {
    ["MicrobatchModelNoEventTimeInputs", "WarnStateTargetEqual"].contains(name)
  }

  /// The word for all deprecations.
  static let deprecations = "Deprecations"

  private static let otherDeprecations: Set<String> = [
    "AdapterDeprecationWarning", "BehaviorChangeEvent", "CollectFreshnessReturnSignature",
    "DeprecationsSummary", "EnvironmentVariableRenamed", "GetMetaKeyWarning",
    "MetricAttributesRenamed", "SourceFreshnessProjectHooksNotRun",
  ]

  /// Every name that dbt 1.11 knows, whether redstart has such an event or not.
  static let all: Set<String> = Set(
    """
    AdapterDeprecationWarning AdapterEventDebug AdapterEventError AdapterEventInfo
    AdapterEventWarning AdapterImportError AdapterRegistered
    ArgumentsPropertyInGenericTestDeprecation ArtifactUploadError ArtifactUploadSkipped
    ArtifactUploadSuccess ArtifactWritten BehaviorChangeEvent BuildingCatalog CacheAction
    CacheDumpGraph CacheMiss CannotGenerateDocs CatalogGenerationError CatalogWritten
    CatchableExceptionOnRun CheckCleanPath CheckNodeTestFailure CodeExecution CodeExecutionStatus
    ColTypeChange CollectFreshnessReturnSignature CommandCompleted CompileComplete CompiledNode
    ConcurrencyLine ConfigDataPathDeprecation ConfigFolderDirectory ConfigLogPathDeprecation
    ConfigSourcePathDeprecation ConfigTargetPathDeprecation ConfirmCleanPath ConnectionClosed
    ConnectionClosedInCleanup ConnectionLeftOpen ConnectionLeftOpenInCleanup ConnectionReused
    ConnectionUsed ConstraintNotEnforced ConstraintNotSupported CustomKeyInConfigDeprecation
    CustomKeyInObjectDeprecation CustomOutputPathInSourceFreshnessDeprecation
    CustomTopLevelKeyDeprecation DatabaseErrorRunningHook DebugCmdOut DebugCmdResult DefaultSelector
    DeprecatedModel DeprecatedReference DeprecationsSummary DepsAddPackage DepsCreatingLocalSymlink
    DepsFoundDuplicatePackage DepsInstallInfo DepsListSubdirectory DepsLockUpdating
    DepsNoPackagesFound DepsNotifyUpdatesAvailable DepsScrubbedPackageName DepsSetDownloadDirectory
    DepsStartPackageInstall DepsSymlinkNotAvailable DepsUnpinned DepsUpToDate DepsUpdateAvailable
    DisableTracking DuplicateNameDistinctNodeTypesDeprecation DuplicateYAMLKeysDeprecation
    EndOfRunSummary EndRunResult EnsureGitInstalled EnvironmentVariableNamespaceDeprecation
    EnvironmentVariableRenamed ExposureNameDeprecation FinishedCleanPaths FinishedRunningStats
    FlushEvents FlushEventsFailure Formatting FoundStats FreshnessCheckComplete
    FreshnessConfigProblem GenericExceptionOnRun GenericJSONSchemaValidationDeprecation
    GetMetaKeyWarning GitNothingToDo GitProgressCheckedOutAt GitProgressCheckoutRevision
    GitProgressPullingNewDependency GitProgressUpdatedCheckoutRange
    GitProgressUpdatingExistingDependency GitSparseCheckoutSubdirectory HooksRunning
    InputFileDiffError InternalDeprecation InternalErrorOnRun InvalidConcurrentBatchesConfig
    InvalidDisabledTargetInTestNode InvalidMacroAnnotation InvalidOptionYAML
    InvalidProfileTemplateYAML InvalidValueForField JinjaLogDebug JinjaLogInfo JinjaLogWarning
    ListCmdOut ListRelations LogBatchResult LogCancelLine LogDbtProfileError LogDbtProjectError
    LogDebugStackTrace LogFreshnessResult LogFunctionResult LogHookEndLine LogHookStartLine
    LogModelResult LogNodeNoOpResult LogNodeResult LogSeedResult LogSkipBecauseError
    LogSnapshotResult LogStartBatch LogStartLine LogTestResult MFCumulativeTypeParamsDeprecation
    MFTimespineWithoutYamlConfigurationDeprecation MacroNotFoundForPatch MainEncounteredError
    MainKeyboardInterrupt MainReportArgs MainReportVersion MainStackTrace MainTrackingUserState
    MarkSkippedChildren MetricAttributesRenamed MicrobatchExecutionDebug
    MicrobatchMacroOutsideOfBatchesDeprecation MicrobatchModelNoEventTimeInputs
    MissingArgumentsPropertyInGenericTestDeprecation MissingPlusPrefixDeprecation
    MissingProfileTarget ModelParamUsageDeprecation ModulesItertoolsUsageDeprecation NewConnection
    NewConnectionOpening NoNodeForYamlKey NoNodesForSelectionCriteria NoNodesSelected
    NoSampleProfileFound NodeCompiling NodeConnectionReleaseError NodeExecuting NodeFinished
    NodeNotFoundOrDisabled NodeStart Note NothingToDo OpenCommand PackageInstallPathDeprecation
    PackageMaterializationOverrideDeprecation PackageNodeDependsOnRootProjectNode
    PackageRedirectDeprecation ParseInlineNodeError ParsePerfInfoPath ParsedFileLoadFailed
    PartialParsingEnabled PartialParsingError PartialParsingErrorProcessingFile PartialParsingFile
    PartialParsingNotEnabled PartialParsingSkipParsing PluginLoadError PrintEvent
    ProfileWrittenWithProjectTemplateYAML ProfileWrittenWithSample
    ProfileWrittenWithTargetTemplateYAML ProjectCreated ProjectFlagsMovedDeprecation
    ProjectNameAlreadyExists PropertyMovedToConfigDeprecation ProtectedCleanPath
    QueryCancelationUnsupported RecordReplayIssue RecordRetryException
    RegistryIndexProgressGETRequest RegistryIndexProgressGETResponse RegistryProgressGETRequest
    RegistryProgressGETResponse RegistryResponseExtraNestedKeys RegistryResponseMissingNestedKeys
    RegistryResponseMissingTopKeys RegistryResponseUnexpectedType ResourceNamesWithSpacesDeprecation
    ResourceReport RetryExternalCall Rollback RollbackFailed RunResultError RunResultErrorNoMessage
    RunResultFailure RunResultWarning RunResultWarningMessage RunningOperationCaughtError
    RunningOperationUncaughtError SQLCommit SQLCompiledPath SQLQuery SQLQueryStatus
    SQLRunnerException SchemaCreation SchemaDrop SeedExceedsLimitAndPathChanged
    SeedExceedsLimitChecksumChanged SeedExceedsLimitSamePath SeedHeader SeedIncreased
    SelectorReportInvalidSelector SemanticValidationFailure SendEventFailure SendingEvent
    SettingUpProfile ShowNode SkippingDetails SnapshotTimestampWarning
    SourceFreshnessProjectHooksNotRun SourceOverrideDeprecation SpacesInResourceNameDeprecation
    StarterProjectPath StateCheckVarsHash StatsLine SystemCouldNotWrite SystemExecutingCmd
    SystemReportReturnCode SystemStdErr SystemStdOut TestsConfigDeprecation TimingInfoCollected
    TrackingInitializeFailure TypeCodeNotFound UnableToPartialParse UnexpectedJinjaBlockDeprecation
    UnpinnedRefNewVersionAvailable UnsupportedConstraintMaterialization UnusedResourceConfigPath
    UnusedTables UnversionedBreakingChange UpcomingReferenceDeprecation ValidationWarning
    WEOIncludeExcludeDeprecation WarnStateTargetEqual WriteCatalogFailure WritingInjectedSQLForNode
    WrongResourceSchemaFile
    """.split(whereSeparator: \.isWhitespace).map(String.init) + [deprecations]
  )
}
