import Diagnostics
import ProjectModel
import TestSupport
import Testing

@testable import RedstartCLI

@Suite struct RedshiftSetupTests {
  @Test(arguments: ["mart,public", "mart, public", " mart , public ", "mart\t,\n  public"])
  func aSearchPathMayBeWrittenWithBlanks(_ path: String) throws {
    let harness = try CommandLineHarness([
      "project.yml": """
      name: shop
      target: redshift
      targets:
        redshift:
          { type: redshift, host: h, user: u, password: p, dbname: d, schema: s }
      """
    ])
    let arguments = try Arguments.parse(["run"])
    let session = CommandSession(
      arguments: arguments,
      command: try #require(arguments.command),
      console: Console(
        environment: [:],
        workingDirectory: harness.folder.path,
        isInteractive: false,
        style: .plain,
        width: 100,
        output: { _ in },
        error: { _ in }
      )
    )
    var target = try session.loadProject().target
    target.extra["search_path"] = .string(path)
    #expect(session.redshiftSetup(target).last == #"SET search_path TO "mart", "public""#)
  }
}
