import Foundation
import RedshiftSQL
import TestSupport
import Testing

@testable import RedstartCLI

/// Keys that stand in SQL come out nowhere.
@Suite struct SecretTests {
  private static let key = "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY"

  private static func harness(_ copy: String) throws -> CommandLineHarness {
    try CommandLineHarness([
      "project.yml": ProjectErrorTests.projectFile,
      "models/raw.sql": "{{ config(materialized='copy') }}\n" + copy,
      "models/more.sql": "select 1 as id -- \(key)\n",
    ])
  }

  @Test(arguments: [
    "copy {{ this }} from 's3://b/p' access_key_id 'AKIAEXAMPLE' secret_access_key '\(key)' csv",
    """
    copy {{ this }} from 's3://b/p' credentials as
    'aws_access_key_id=AKIAEXAMPLE;aws_secret_access_key=\(key)' csv
    """,
    // The excerpt of an error would show it.
    "copy {{ this }} from 's3://b/p' credentials 'aws_secret_access_key=\(key)' nonsense",
  ])
  func keysOfCopyStayOut(copy: String) async throws {
    let harness = try Self.harness(copy)
    let outcomes = [
      await harness.run("compile"), await harness.run("compile", "-q", "-s", "raw"),
      await harness.run("check"),
    ]
    if outcomes[0].code == 0 {
      #expect(try harness.folder.read("target/compiled/shop/models/raw.sql").contains("*****"))
    }
    for outcome in outcomes {
      #expect(!(outcome.output + outcome.error).contains(Self.key))
    }
    let target = URL(fileURLWithPath: harness.folder.path).appendingPathComponent("target")
    let files = FileManager.default.enumerator(at: target, includingPropertiesForKeys: nil)
    for case let file as URL in files?.allObjects ?? [] where !file.hasDirectoryPath {
      let text = String(decoding: try Data(contentsOf: file), as: UTF8.self)
      #expect(!text.contains(Self.key), "\(file.lastPathComponent)")
    }
  }

  /// The secret by which a cluster is known to an identity provider; the rest of the JSON is none.
  @Test(arguments: [
    (#"{"issuer":"https://idp.example","client_id":"app-17","client_secret":"\#(key)"}"#, true),
    (
      #" {"audience": ["a"], "more": [{"Client_Secret" : "\#(key)"}], "client_id": "app-17"}"#, true
    ),
    // What cannot be read is a secret as a whole.
    (#"{"client_id":"app-17","client_secret":"\#(key)""#, false),
  ])
  func secretsOfIdentityProvidersStayOut(text: String, isJSON: Bool) async throws {
    let sql =
      "create identity provider aad type azure namespace 'aad' parameters '\(text)' nonsense"
    let harness = try CommandLineHarness([
      "project.yml": ProjectErrorTests.projectFile, "migrations/V1__provider.sql": sql + ";\n",
    ])
    let outcome = await harness.run("check")
    #expect(outcome.code != 0)
    #expect((outcome.output + outcome.error).contains("*****"))
    #expect(!(outcome.output + outcome.error).contains(Self.key))
    #expect(
      SQLSecrets.findings(in: Array(sql.utf8)).flatMap(\.values) == [isJSON ? Self.key : text]
    )
  }

  /// Keys in procedures and in texts for EXECUTE, and keys that a plan would print.
  @Test(arguments: [
    "create procedure p() as $$ begin copy t from 's3://b/p' access_key_id 'AKIAEXAMPLE' "
      + "secret_access_key '\(key)' csv; end; $$ language plpgsql nonsense",
    "create procedure p() as $x$ begin execute 'copy t from ''s3://b/p'' access_key_id ''AKIA'' "
      + "secret_access_key ''\(key)'' csv'; end; $x$ language plpgsql nonsense",
  ])
  func keysInProceduresStayOut(sql: String) async throws {
    let harness = try CommandLineHarness([
      "project.yml": ProjectErrorTests.projectFile, "migrations/V1__load.sql": sql + ";\n",
    ])
    let outcome = await harness.run("check")
    #expect(outcome.code != 0)
    #expect(!(outcome.output + outcome.error).contains(Self.key))
    #expect(SQLSecrets.findings(in: Array(sql.utf8)).flatMap(\.values).contains(Self.key))
  }

  /// Keys that SQL which is put together goes on with.
  @Test(arguments: [
    "execute 'create user u password ' || quote_literal('\(key)')",
    "execute 'create user u password ''' || '\(key)' || ''' createdb'",
    "execute 'copy t credentials ''aws_access_key_id=' || id || ';aws_secret_access_key=' || '\(key)'",
    "password := '\(key)'",
  ])
  func keysThatAreJoinedToTextAreFound(sql: String) {
    for text in [sql, "create procedure p() as $$ begin \(sql); end $$ language plpgsql"] {
      #expect(SQLSecrets.findings(in: Array(text.utf8)).flatMap(\.values) == [Self.key], "\(text)")
    }
  }

  @Test(arguments: [
    "select password || 'plainly' from t", "select 'the password ', 'plainly'",
    "select f('password', 'plainly')", "select 1 where password = 'plainly'",
    "select 'no password' || f('plainly')",
  ])
  func whatOnlyStandsBesideTheWordIsNone(sql: String) {
    #expect(SQLSecrets.findings(in: Array(sql.utf8)).isEmpty, "\(sql)")
  }

  /// Quoting within quoting has an end.
  @Test func deeplyQuotedTextIsLookedIntoToADepth() {
    var text = "password '\(Self.key)'"
    for tag in 0..<5000 { text = "$t\(tag)$ \(text) $t\(tag)$" }
    #expect(SQLSecrets.findings(in: Array(text.utf8)).isEmpty)
  }

  @Test func rolesAreNoSecrets() async throws {
    let harness = try Self.harness(
      "copy {{ this }} from 's3://b/p' credentials 'aws_iam_role=arn:aws:iam::1:role/load' csv"
    )
    let outcome = await harness.run("compile", "-q", "-s", "raw")
    #expect(outcome.output.contains("aws_iam_role=arn:aws:iam::1:role/load"))
  }
}
