import Diagnostics
import ProjectModel

// `dbt init`: a project of dbt's shape, and the questions for its connection.
extension CommandSession {
  /// Where nobody answers, the project is made all the same.
  func initializeAsDbt() throws -> ExitCode {
    let start = absolute(arguments.value("project-dir") ?? ".")
    let skips = arguments.ofDbt.contains("skip-profile-setup")
    let wanted = arguments.value("profile")
    if arguments.positional.isEmpty, let standing = try standingProject(start) {
      guard wanted == nil else {
        throw Diagnostic(
          code: "usage",
          "Can not init existing project with specified profile, edit dbt_project.yml instead"
        )
      }
      if !skips {
        let template = FilePath.joining(standing.folder, "profile_template.yml")
        try ProfileSetup(session: self, profile: standing.profile).perform(
          template: FileSystem.isFile(template)
            ? String(decoding: try FileSystem.read(template), as: UTF8.self) : nil
        )
      }
      return .success
    }
    guard let name = projectName() else {
      throw Diagnostic(code: "usage", "a project needs a name: dbt init NAME")
    }
    let folder = FilePath.absolute(name, from: start)
    if FileSystem.exists(folder) {
      note("A project called \(name) already exists here.")
      return .success
    }
    if let wanted, try !ProfileSetup(session: self, profile: wanted).exists() {
      throw Diagnostic(code: "unknown-profile", "Could not find profile named '\(wanted)'")
    }
    for (path, text) in DbtStarter.files(name: name, profile: wanted ?? name) {
      let file = FilePath.joining(folder, path)
      try FileSystem.makeDirectories(FilePath.parent(of: file))
      try FileSystem.write(Array(text.utf8), to: file, isFlushed: false)
    }
    note("\nYour new dbt project \"\(name)\" was created!\n")
    if wanted == nil, !skips {
      try ProfileSetup(session: self, profile: name).perform(template: nil)
    }
    return .success
  }

  /// The project that the folder, or one above it, holds, with the profile that it names.
  private func standingProject(_ start: String) throws -> (folder: String, profile: String)? {
    var folder = start
    while true {
      for name in ProjectLoader.fileNames {
        let file = FilePath.joining(folder, name)
        guard FileSystem.isFile(file) else { continue }
        let buffer = buffers.add(name: name, bytes: try FileSystem.read(file))
        let root = try YAML.document(buffer, in: buffers).root
        let profile = root["profile"]?.scalar?.text ?? root["name"]?.scalar?.text
        return profile.map { (folder, $0) }
      }
      guard folder != "/", arguments.value("project-dir") == nil else { return nil }
      folder = FilePath.parent(of: folder)
    }
  }

  /// The name that was given, or is asked for until it is one; nil where nobody answers.
  private func projectName() -> String? {
    var name = arguments.positional.first
    while true {
      if let name {
        if DbtStarter.isName(name) { return name }
        console.output("\(name) is not a valid project name.\n")
      }
      console.output("Enter a name for your project (letters, digits, underscore): ")
      guard let answer = console.readLine(isHidden: false) else { return nil }
      name = answer
    }
  }
}

/// The files of a new project of dbt's.
enum DbtStarter {
  /// Letters, digits and underscores, no digit first; `dbt` is taken.
  static func isName(_ name: String) -> Bool {
    guard let first = name.first, first.isLetter || first == "_" else { return false }
    return name != "dbt" && name.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" }
  }

  static func files(name: String, profile: String) -> [(path: String, text: String)] {
    let folders = ["analyses", "macros", "seeds", "snapshots", "tests"]
    return [
      (
        "dbt_project.yml",
        """
        name: '\(name)'
        version: '1.0.0'

        # Which connection of profiles.yml is used.
        profile: '\(profile)'

        model-paths: ["models"]
        analysis-paths: ["analyses"]
        test-paths: ["tests"]
        seed-paths: ["seeds"]
        macro-paths: ["macros"]
        snapshot-paths: ["snapshots"]

        clean-targets: ["target", "dbt_packages"]

        models:
          \(name):
            example:
              +materialized: view

        """
      ),
      (
        "models/example/first_model.sql",
        """
        {{ config(materialized='table') }}

        select 1 as id
        union all
        select 2 as id

        """
      ),
      (
        "models/example/second_model.sql",
        """
        select id from {{ ref('first_model') }} where id = 1

        """
      ),
      (
        "models/example/schema.yml",
        """
        version: 2

        models:
          - name: first_model
            description: Two rows to begin with.
            columns:
              - name: id
                description: The key of the table.
                data_tests: [unique, not_null]
          - name: second_model
            description: One of them.
            columns:
              - name: id
                data_tests: [unique, not_null]

        """
      ),
      (
        "README.md",
        """
        # \(name)

            dbt build

        builds the models of this project and tests them.

        """
      ),
      (".gitignore", "target/\ndbt_packages/\nlogs/\n"),
    ] + folders.map { ("\($0)/.gitkeep", "") }
  }
}
