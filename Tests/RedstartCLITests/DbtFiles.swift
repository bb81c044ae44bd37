/// A project of dbt's without models, and its connection, which nobody opens.
enum DbtFiles {
  static let project = [
    "dbt_project.yml": "name: test\nprofile: test\nversion: '1.0'\n",
    "profiles.yml": """
    test:
      outputs:
        default: {type: postgres, host: localhost, user: u, password: p, dbname: d, schema: s, port: 1}
    """,
  ]
}
