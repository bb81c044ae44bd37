// swift-tools-version: 6.2
import PackageDescription

/// Settings of every Swift target: warnings are errors, and imports stay out of module faces.
let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

func library(
  _ name: String,
  _ dependencies: [Target.Dependency] = [],
  resources: [Resource] = []
) -> Target {
  .target(name: name, dependencies: dependencies, resources: resources, swiftSettings: settings)
}

/// A test target; `data` names folders of fixtures, which the tests find beside their own files.
func tests(
  _ name: String,
  _ dependencies: [Target.Dependency],
  data: [String] = []
) -> Target {
  .testTarget(name: name, dependencies: dependencies, exclude: data, swiftSettings: settings)
}

func cLibrary(_ name: String, pkgConfig: String?, debianPackage: String) -> Target {
  .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([debianPackage])])
}

let package = Package(
  name: "redstart",
  products: [.executable(name: "redstart", targets: ["RedstartCLI"])],
  targets: [
    cLibrary("CLibPQ", pkgConfig: "libpq", debianPackage: "libpq-dev"),
    cLibrary("CLibCurl", pkgConfig: "libcurl", debianPackage: "libcurl4-openssl-dev"),
    cLibrary("CLibYAML", pkgConfig: "yaml-0.1", debianPackage: "libyaml-dev"),
    cLibrary("CLibCrypto", pkgConfig: "libcrypto", debianPackage: "libssl-dev"),
    cLibrary("CLibSSL", pkgConfig: "libssl", debianPackage: "libssl-dev"),
    cLibrary("CZlib", pkgConfig: "zlib", debianPackage: "zlib1g-dev"),
    cLibrary("CZstandard", pkgConfig: "libzstd", debianPackage: "libzstd-dev"),
    cLibrary("CBZip2", pkgConfig: nil, debianPackage: "libbz2-dev"),
    .systemLibrary(name: "CMalloc"),

    library("Diagnostics", ["CMalloc"]),
    library("Templating", ["Diagnostics"]),
    library("RedshiftSQL", ["Diagnostics"]),
    library("ProjectModel", ["Diagnostics", "Templating", "CLibYAML", "CLibCrypto"]),
    library(
      "ProjectCompiler",
      ["Diagnostics", "ProjectModel", "Templating", "RedshiftSQL"],
      resources: [.embedInCode("Builtins")]
    ),
    library(
      "WarehouseClient",
      ["Diagnostics", "RedshiftSQL", "CLibPQ", "CLibSSL", "CZlib", "CZstandard", "CBZip2"],
      resources: [
        .embedInCode("Local/redshift_shims.sql"), .embedInCode("Local/Shims"),
      ]
    ),
    library("AWSClient", ["Diagnostics", "CLibCurl", "CLibCrypto", "CZlib"]),
    library("ClusterLifecycle", ["Diagnostics", "ProjectModel", "AWSClient"]),
    library("S3Storage", ["Diagnostics", "AWSClient", "WarehouseClient"]),
    library(
      "RedshiftAccess",
      ["Diagnostics", "RedshiftSQL", "WarehouseClient", "AWSClient"]
    ),
    library(
      "Migrations",
      ["Diagnostics", "ProjectModel", "ProjectCompiler", "WarehouseClient", "RedshiftSQL"]
    ),
    library(
      "Execution",
      ["Diagnostics", "ProjectModel", "ProjectCompiler", "WarehouseClient", "RedshiftSQL"]
    ),
    library(
      "Documentation",
      ["Diagnostics", "ProjectModel", "ProjectCompiler", "RedshiftSQL"],
      resources: [.embedInCode("Assets/style.css"), .embedInCode("Assets/page.js")]
    ),
    .executableTarget(
      name: "RedstartCLI",
      dependencies: [
        "Diagnostics", "Templating", "RedshiftSQL", "ProjectModel", "ProjectCompiler",
        "WarehouseClient", "Migrations", "Execution", "AWSClient", "ClusterLifecycle", "S3Storage",
        "RedshiftAccess",
        "Documentation", "CLibCurl",
      ],
      resources: [.embedInCode("Explanations/diagnostics.md")],
      swiftSettings: settings
    ),

    // Measures the SQL compiler, for scripts/bench_sql.py; no part of the product.
    .executableTarget(
      name: "sql-benchmark",
      dependencies: ["Diagnostics", "RedshiftSQL"],
      path: "Sources/SQLBenchmark",
      swiftSettings: settings
    ),

    // Measures the template renderer, for scripts/bench_templates.py; no part of the product.
    .executableTarget(
      name: "template-benchmark",
      dependencies: ["Diagnostics", "Templating"],
      path: "Sources/TemplateBenchmark",
      swiftSettings: settings
    ),

    // Speaks to clients as Redshift does; for tests, no part of the product.
    .executableTarget(
      name: "redshift-stand-in",
      dependencies: [
        "Diagnostics", "RedshiftSQL", "ProjectModel", "WarehouseClient", "AWSClient", "S3Storage",
        "CLibSSL",
      ],
      path: "Tests/RedshiftStandIn",
      swiftSettings: settings
    ),

    .target(
      name: "TestSupport",
      dependencies: ["Diagnostics"],
      path: "Tests/TestSupport",
      exclude: ["Models/shapes.json"],
      swiftSettings: settings
    ),
    tests("DiagnosticsTests", ["Diagnostics", "TestSupport"], data: ["Golden"]),
    tests(
      "TemplatingTests",
      ["Diagnostics", "Templating", "ProjectModel", "TestSupport"],
      data: ["Oracle"]
    ),
    tests(
      "RedshiftSQLTests",
      ["Diagnostics", "RedshiftSQL", "TestSupport"],
      data: ["Fixtures", "Golden", "Oracle"]
    ),
    tests(
      "ProjectModelTests",
      ["Diagnostics", "ProjectModel", "TestSupport"],
      data: ["Fixtures"]
    ),
    tests(
      "ProjectCompilerTests",
      ["Diagnostics", "ProjectModel", "ProjectCompiler", "RedshiftSQL", "TestSupport"]
    ),
    tests(
      "WarehouseClientTests",
      ["Diagnostics", "WarehouseClient", "RedshiftSQL", "TestSupport"],
      data: ["Rules/Fixtures"]
    ),
    tests(
      "AWSClientTests",
      ["Diagnostics", "AWSClient", "TestSupport"],
      data: ["Fixtures", "Oracle"]
    ),
    tests(
      "ClusterLifecycleTests",
      ["Diagnostics", "ClusterLifecycle", "ProjectModel", "TestSupport"]
    ),
    tests(
      "RedshiftAccessTests",
      [
        "Diagnostics", "RedshiftAccess", "WarehouseClient", "RedshiftSQL", "AWSClient",
        "TestSupport",
      ]
    ),
    tests(
      "MigrationsTests",
      [
        "Diagnostics", "Migrations", "ProjectCompiler", "WarehouseClient", "RedshiftSQL",
        "TestSupport",
      ]
    ),
    tests(
      "ExecutionTests",
      [
        "Diagnostics", "Execution", "ProjectModel", "ProjectCompiler", "WarehouseClient",
        "RedshiftSQL", "TestSupport",
      ],
      data: ["Fixtures"]
    ),
    tests(
      "RedstartCLITests",
      [
        "RedstartCLI", "Diagnostics", "ProjectModel", "ProjectCompiler", "WarehouseClient",
        "Migrations", "Execution", "AWSClient", "TestSupport",
      ],
      data: ["Fixtures", "Golden"]
    ),
    tests(
      "S3StorageTests",
      ["Diagnostics", "AWSClient", "S3Storage", "WarehouseClient", "TestSupport"]
    ),
    tests("DocumentationTests", ["Diagnostics", "Documentation", "TestSupport"]),
    tests(
      "IntegrationTests",
      [
        "RedstartCLI", "Diagnostics", "ProjectModel", "RedshiftSQL", "WarehouseClient",
        "AWSClient", "TestSupport",
      ],
      data: ["Snapshots/Oracle"]
    ),
  ]
)
