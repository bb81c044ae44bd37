import Foundation
import TestSupport
import Testing

@testable import RedstartCLI

/// `dbt init`: the project, the questions, and profiles.yml.
@Suite struct DbtInitTests {
  private func harness(
    _ files: [String: String] = [:],
    answers: String = ""
  ) throws -> CommandLineHarness {
    let folder = try TemporaryFolder()
    try folder.write(files)
    return CommandLineHarness(
      folder,
      environment: ["HOME": "\(folder.path)/home"],
      speaksDbt: true,
      input: answers
    )
  }

  @Test func `answers become a project and a profile for the owner alone`() async throws {
    let harness = try harness(
      answers: "1x\nshop\n2\nlocalhost\n\nme\npa: ss#1\ndb\nsch\nmany\n3\n"
    )
    let outcome = await harness.run("init")
    #expect(outcome.code == 0, "\(outcome.output)")
    #expect(outcome.output.contains("1x is not a valid project name."))
    #expect(outcome.output.contains("port [5432]: "))
    #expect(outcome.output.contains("'many' is not a valid integer"))
    #expect(!outcome.output.contains("pa: ss#1"))
    #expect(
      try harness.folder.read("home/.dbt/profiles.yml") == """
        shop:
          target: dev
          outputs:
            dev:
              type: postgres
              host: localhost
              port: 5432
              user: me
              pass: "pa: ss#1"
              dbname: db
              schema: sch
              threads: 3

        """
    )
    let path = "\(harness.folder.path)/home/.dbt/profiles.yml"
    let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    #expect(mode == 0o600)
    let parsed = await harness.run("parse", "--project-dir", "shop")
    #expect(parsed.code == 0, "\(parsed.output)")
  }

  @Test func `what stands in profiles.yml stays`() async throws {
    let text = "# mine\nshop: {target: dev, outputs: {dev: {type: postgres}}}"
    let standing = try harness(["home/.dbt/profiles.yml": text], answers: "1\nh\n")
    #expect(await standing.run("init", "shop").output.contains("is left as it is"))
    #expect(try standing.folder.read("home/.dbt/profiles.yml") == text)
    let added = try harness(
      ["home/.dbt/profiles.yml": text],
      answers: "1\nh.example\n5440\nme\n2\nd\ns\n\n\n"
    )
    #expect(await added.run("init", "other").code == 0)
    let all = try added.folder.read("home/.dbt/profiles.yml")
    #expect(all.hasPrefix(text + "\nother:\n"))
    #expect(all.contains("      port: 5440\n") && all.contains("      method: iam\n"), "\(all)")
    #expect(!all.contains("query_group"))
  }

  @Test func `nobody is asked who does not want to be, or is not there`() async throws {
    for words in [
      ["init", "shop", "--skip-profile-setup"], ["init", "-s", "shop"], ["init", "shop"],
    ] {
      let harness = try harness()
      #expect(await harness.run(words).code == 0)
      #expect(try harness.folder.read("shop/dbt_project.yml").contains("profile: 'shop'"))
      #expect(!FileManager.default.fileExists(atPath: "\(harness.folder.path)/home/.dbt"))
    }
    let known = ["home/.dbt/profiles.yml": "mine: {target: dev, outputs: {dev: {type: postgres}}}"]
    let named = try harness(known)
    #expect(await named.run("init", "shop", "--profile", "mine").code == 0)
    #expect(try named.folder.read("shop/dbt_project.yml").contains("profile: 'mine'"))
    let wrong = await (try harness(known)).run("init", "shop", "--profile", "other")
    #expect(wrong.code == 2 && wrong.output.contains("Could not find profile named 'other'"))
  }

  @Test func `a project's own questions are asked in its folder`() async throws {
    let harness = try harness(
      [
        "dbt_project.yml": "name: shop\nprofile: mine\n",
        "profile_template.yml": """
        fixed: {type: postgres, host: db.example, target: test}
        prompts: {user: {hint: you}, _choose_way: {a: {_fixed_schema: x}, b: {_fixed_schema: y}}}
        """,
      ],
      answers: "me\n2\n"
    )
    #expect(await harness.run("init").code == 0)
    let text = try harness.folder.read("home/.dbt/profiles.yml")
    #expect(text.hasPrefix("mine:\n  target: test\n"), "\(text)")
    #expect(text.contains("    test:\n") && text.contains("      schema: \"y\"\n"), "\(text)")
    let refused = await harness.run("init", "--profile", "mine")
    #expect(refused.code == 2)
  }
}
