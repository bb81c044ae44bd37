import Diagnostics
import Glibc
import ProjectModel
import RedshiftSQL

extension CommandSession {
  /// `redstart init [FOLDER]`.
  func initialize() throws -> ExitCode {
    if console.speaksDbt { return try initializeAsDbt() }
    let folder = FilePath.normalized(absolute(arguments.positional.first ?? "."))
    let base = String(folder.split(separator: "/").last ?? "project")
    let name = ProjectTemplate.name(from: base)
    for file in ["project.yml", "dbt_project.yml"] where FileSystem.exists("\(folder)/\(file)") {
      throw Diagnostic(
        code: "project-exists",
        "\(folder) already holds a project",
        file: "\(folder)/\(file)",
        help: ["choose another folder: redstart init FOLDER"]
      )
    }
    var written: [String] = []
    for (path, text) in ProjectTemplate.files(name: name) {
      let target = "\(folder)/\(path)"
      if FileSystem.exists(target) {
        note("kept     \(path) (it exists)")
        continue
      }
      try FileSystem.makeDirectories(FilePath.parent(of: target))
      try FileSystem.write(Array(text.utf8), to: target)
      written.append(path)
    }
    for path in written { note("\(style.paint("created", .success))  \(path)") }
    let given = arguments.positional.first ?? "."
    let isPlain = given.utf8.allSatisfy { byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x2F, 0x5F, 0x80...: true
      default: false
      }
    }
    let word = isPlain ? given : given.shellQuoted
    let place = given == "." ? "" : "cd \(word) && "
    note("\nnext: \(place)redstart migrate && redstart build")
    return .success
  }
}

/// The files of a new project.
enum ProjectTemplate {
  /// A project name made of a folder's: letters, digits and underscores.
  ///
  /// It is the name of the schema, too: not a reserved word, nor the schema of redstart's own tables.
  static func name(from folder: String) -> String {
    var name = ""
    for scalar in folder.lowercased().unicodeScalars {
      let isWord = ("a"..."z").contains(scalar) || ("0"..."9").contains(scalar)
      name.unicodeScalars.append(isWord ? scalar : "_")
    }
    while name.hasPrefix("_") { name.removeFirst() }
    if name.isEmpty { return "project" }
    if name.first?.isNumber == true || name.hasPrefix("pg_") { return "project_\(name)" }
    let isTaken = [ProjectConfiguration().metadataSchema, "information_schema"].contains(name)
    let needsQuotes = SQLQuoting.plainIdentifier(name) != name
    return isTaken || needsQuotes ? "\(name)_project" : name
  }

  static func files(name: String) -> [(path: String, text: String)] {
    [
      (
        "project.yml",
        """
        name: \(name)
        version: "1.0"
        target: local                      # the default; choose another with --target

        targets:
          local:
            type: local                    # a private PostgreSQL that redstart runs for you
            schema: \(name)
          redshift:
            type: redshift
            host: "{{ env_var('REDSHIFT_HOST') }}"
            database: dev
            user: "{{ env_var('REDSHIFT_USER') }}"
            password: "{{ env_var('REDSHIFT_PASSWORD') }}"
            schema: \(name)

        test-paths: [checks]

        migrations:
          path: migrations

        models:
          \(name):
            +materialized: table

        """
      ),
      (
        "migrations/V0001__create_orders.sql",
        """
        create schema if not exists {{ target.schema }};

        create table {{ target.schema }}.orders (
          order_id    integer        not null,
          customer    varchar(100)   not null,
          amount      decimal(12, 2) not null,
          ordered_at  timestamp      not null
        )
        diststyle even
        sortkey (ordered_at);

        insert into {{ target.schema }}.orders values
          (1, 'Ada', 12.50, '2026-01-05 10:00:00'),
          (2, 'Grace', 99.00, '2026-01-05 11:30:00'),
          (3, 'Ada', 7.25, '2026-01-06 09:15:00');

        """
      ),
      (
        "seeds/vat_rates.csv",
        """
        country,rate
        DE,0.19
        FR,0.20

        """
      ),
      (
        "models/sources.yml",
        """
        version: 2

        sources:
          - name: shop
            schema: "{{ target.schema }}"
            tables:
              - name: orders

        """
      ),
      (
        "models/customers.sql",
        """
        select
          customer,
          count(*) as orders,
          sum(amount) as revenue,
          max(ordered_at) as last_order_at
        from {{ source('shop', 'orders') }}
        group by customer

        """
      ),
      (
        "models/schema.yml",
        """
        version: 2

        models:
          - name: customers
            description: One row per customer.
            columns:
              - name: customer
                description: The customer's name.
                data_tests: [not_null, unique]

        """
      ),
      (
        "checks/revenue_is_positive.sql",
        """
        select * from {{ ref('customers') }} where revenue <= 0

        """
      ),
      (
        ".gitignore",
        """
        /target/
        /.redstart/

        """
      ),
    ]
  }
}
