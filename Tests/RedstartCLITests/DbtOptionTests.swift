import Diagnostics
import TestSupport
import Testing

@testable import RedstartCLI

/// Options of dbt that its commands take, whether they mean something here or not.
@Suite struct DbtOptionTests {
  @Test(arguments: [
    "build --no-fail-fast --no-empty --show -r x.json --use-fast-test-edges",
    "parse --threads 4 --defer --favor-state --state old -x --indirect-selection cautious",
    "run-operation m --threads 2 --no-quiet --macro-debugging --sqlparse {}",
    "docs generate -s a --exclude b --selector c --threads 2 --static --compile --defer",
    "docs serve --host 0.0.0.0 --no-browser --port 0",
    "deps --add-package a/b@1.0.0 --source hub --lock --no-show-resource-report",
    "compile --output json --no-introspect", "show --inline-direct x -f --no-introspect",
    "snapshot --empty", "debug --config-dir", "init shop --skip-profile-setup --profile x -t dev",
    "init shop -s",
    "source snapshot-freshness -o x.json", "clean --no-clean-project-files-only --fail-fast",
    "--fail-fast --defer ls --output-keys name alias",
  ])
  func `command lines of dbt are understood`(line: String) throws {
    let words = line.split(separator: " ").map(String.init)
    _ = try Arguments.parse(words)
  }

  @Test func `what is said last counts, whatever the environment says`() throws {
    var arguments = try Arguments.parse(["build", "--fail-fast", "--no-fail-fast"])
    try arguments.complete(from: ["DBT_FAIL_FAST": "1", "DBT_ENGINE_TARGET": "ci"])
    #expect(!arguments.has("fail-fast"))
    #expect(arguments.value("target") == "ci")
    var other = try Arguments.parse(["build", "--no-write-json", "--write-json"])
    try other.complete(from: ["DBT_WRITE_JSON": "false", "DBT_PRINT": "0"])
    #expect(!other.ofDbt.contains("no-write-json") && other.ofDbt.contains("no-print"))
  }

  @Test func `artifacts and printed lines can be switched off`() async throws {
    let harness = try CommandLineHarness([
      "dbt_project.yml": "name: shop\nprofile: none\n",
      "models/a.sql": "{{ print('seen') }} select 1 as id",
    ])
    let quiet = await harness.run("compile", "--no-write-json", "--no-print")
    #expect(quiet.code == 0 && !(quiet.output + quiet.error).contains("seen"), "\(quiet.error)")
    #expect(!harness.folder.exists("target/manifest.json"))
    let told = await harness.run("compile")
    #expect((told.output + told.error).contains("seen"))
    #expect(harness.folder.exists("target/manifest.json"))
  }

  @Test func `compiled SQL is printed as JSON`() async throws {
    let harness = try CommandLineHarness([
      "dbt_project.yml": "name: shop\nprofile: none\n", "models/a.sql": "select 1 as \"id\"",
    ])
    let outcome = await harness.run("compile", "-q", "-s", "a", "--output", "json")
    #expect(
      outcome.output == "{\n  \"node\": \"a\",\n  \"compiled\": \"select 1 as \\\"id\\\"\"\n}\n"
    )
  }

  @Test func `a package is written into packages.yml`() async throws {
    let harness = try CommandLineHarness([
      "dbt_project.yml": "name: shop\nprofile: none\n",
      "inner/dbt_project.yml": "name: inner\n",
      "packages.yml": "packages:\n  - local: gone\n  - local: inner\n",
    ])
    let outcome = await harness.run("deps", "--add-package", "inner", "--source", "local")
    #expect(outcome.code != 0, "the other package is still wanted")
    #expect(
      try harness.folder.read("packages.yml")
        == "packages:\n  - local: \"gone\"\n  - local: \"inner\"\n"
    )
    let wrong = await harness.run("deps", "--add-package", "dbt_utils")
    #expect(wrong.code == 2 && wrong.error.contains("needs a package and its version"))
    let address = "git@example.com:team/package.git"
    let bare = await harness.run("deps", "--add-package", address, "--source", "git")
    #expect(bare.code == 2 && bare.error.contains("needs a package and its version"))
  }

  @Test func `what is no list of packages is left as it is`() async throws {
    let list = "- package: a/b\n  version: 1.0.0\n"
    let harness = try CommandLineHarness([
      "dbt_project.yml": "name: shop\nprofile: none\n", "packages.yml": list,
    ])
    let outcome = await harness.run("deps", "--add-package", "inner", "--source", "local")
    #expect(outcome.code == 2 && outcome.error.contains("error[invalid-value]"), "\(outcome.error)")
    #expect(try harness.folder.read("packages.yml") == list)
  }

  @Test func `a package is written where the others are`() async throws {
    let harness = try CommandLineHarness([
      "dbt_project.yml": "name: shop\nprofile: none\n",
      "inner/dbt_project.yml": "name: inner\n",
      "dependencies.yml": "packages: []\n",
    ])
    let outcome = await harness.run("deps", "--add-package", "inner", "--source", "local")
    #expect(outcome.code == 0, "\(outcome.error)")
    #expect(try harness.folder.read("dependencies.yml") == "packages:\n  - local: \"inner\"\n")
    #expect(!harness.folder.exists("packages.yml"))
    #expect((outcome.output + outcome.error).contains("to dependencies.yml"), "\(outcome.error)")
  }

  @Test func `pages are served to this machine alone`() async throws {
    let harness = try CommandLineHarness(["dbt_project.yml": "name: shop\nprofile: none\n"])
    let outcome = await harness.run("docs", "serve", "--host", "0.0.0.0", "--port", "0")
    #expect(outcome.code == 2 && outcome.error.contains("127.0.0.1 alone"), "\(outcome.error)")
  }

  @Test func `what only dbt's commands take is refused elsewhere`() async throws {
    let harness = try CommandLineHarness(["dbt_project.yml": "name: shop\nprofile: none\n"])
    let outcome = await harness.run("migrate", "--fail-fast")
    #expect(outcome.code == 2 && outcome.error.contains("--fail-fast"), "\(outcome.error)")
  }
}
