import Diagnostics
import Foundation
import RedshiftSQL
import Testing

@testable import WarehouseClient

@Suite struct ObjectSourceTests {
  private func file(_ number: Int) -> [UInt8] { Array("{\"a\":\(number)}".utf8) }

  @Test func aLocationIsAStringPrefix() async throws {
    let fixture = try LoadFixture("a int4")
    defer { fixture.remove() }
    let names = [
      "data/cust", "data/cust.bak", "data/cust_2/part-0", "data/custfolder/x/y", "data/other",
      "data/.hidden", "zero",
    ]
    for (number, name) in names.enumerated() { try fixture.write(name, file(number)) }
    try fixture.write("data/cust_0", [])
    try FileManager.default.createSymbolicLink(
      atPath: fixture.root + "/data/custfolder/up",
      withDestinationPath: fixture.root + "/data"
    )
    let cases: [(String, String)] = [
      ("s3://bucket/data/cust", "0123"), ("s3://bucket/data/cust_2/", "2"),
      ("s3://bucket/data/custf", "3"), ("s3://bucket/data/.", "5"), ("s3://bucket/z", "6"),
      ("s3://bucket/data/../zero", ""), ("s3://bucket/nothing", ""), ("s3://buck", ""),
      ("s3://bucketful/data", ""), ("file.csv", ""),
    ]
    var wrong: [String] = []
    for (location, expected) in cases {
      let (rows, _, _) = await fixture.load(fixture.copy(.json(.automatic), from: location))
      let digits = rows.hasPrefix("error") ? "" : rows.filter(\.isNumber)
      // Files reached again through the link upwards come a second time, under another name.
      let isExpected =
        location.hasSuffix("custf") || location.hasSuffix("cust")
        ? digits.hasPrefix(expected) : digits == expected
      if !isExpected { wrong.append("\(location): \(rows)") }
    }
    #expect(wrong == [])
  }

  /// Data that is left out in silence would be worse than none.
  @Test(arguments: ["/usr/share", "/nowhere", "/dev/zero", "pipe", "bytes"])
  func whatIsNoObjectIsTold(kind: String) async throws {
    let fixture = try LoadFixture("a int4", files: ["data/one": file(1), "other/x": file(2)])
    defer { fixture.remove() }
    switch kind {
    case "pipe": #expect(mkfifo(fixture.root + "/data/pipe", 0o600) == 0)
    case "bytes":
      var path = Array((fixture.root + "/data/x").utf8CString)
      path[path.count - 1] = CChar(bitPattern: 0xFF)
      path.append(0)
      let file = open(path, O_CREAT | O_WRONLY, 0o600)
      #expect(file >= 0 && close(file) == 0)
    default:
      try FileManager.default.createSymbolicLink(
        atPath: fixture.root + "/data/link",
        withDestinationPath: kind
      )
    }
    let auto = CopyStatement.Format.json(.automatic)
    let error = await fixture.load(fixture.copy(auto, from: "s3://bucket/data")).diagnostic
    #expect(error?.code == "copy-unreadable-file")
    #expect(await fixture.load(fixture.copy(auto, from: "s3://bucket/data/o")).diagnostic == nil)
  }

  @Test func theLongestPrefixWins() throws {
    let fixture = try LoadFixture("a int4", files: ["outer/x": file(1), "inner/x": file(2)])
    defer { fixture.remove() }
    let mapping = S3Mapping([
      (prefix: "s3://b", folder: fixture.root + "/outer"),
      (prefix: "s3://b/deep/", folder: fixture.root + "/inner"),
    ])
    #expect(
      try mapping.objects(startingWith: "s3://b/deep/x").map(\.path).first?.hasSuffix("inner/x")
        == true
    )
    #expect(try mapping.objects(startingWith: "s3://b/x").map(\.url) == ["s3://b/x"])
    #expect(try mapping.objects(startingWith: "s3://b/deeper").isEmpty)
  }

  @Test func failuresSayWhatToDo() async throws {
    let fixture = try LoadFixture("a int4", files: ["in": file(1), "m": Array("{}".utf8)])
    defer { fixture.remove() }
    let auto = CopyStatement.Format.json(.automatic)
    var manifest = fixture.copy(auto, from: "s3://bucket/m")
    manifest.isManifest = true
    var lzop = fixture.copy(auto)
    lzop.compression = .lzop
    var gzip = fixture.copy(auto)
    gzip.compression = .gzip
    var columns = fixture.copy(auto)
    columns.columns = ["b"]
    let cases: [(CopyStatement, String)] = [
      (fixture.copy(auto, from: "s3://other/x"), "copy-unmapped-source"),
      (fixture.copy(auto, from: "s3://bucket/none"), "copy-no-objects"),
      (fixture.copy(auto, from: "emr://x"), "copy-source"),
      (manifest, "copy-manifest"), (lzop, "copy-unsupported-locally"),
      (fixture.copy(.parquet), "copy-unsupported-locally"), (gzip, "copy-damaged-file"),
      (columns, "copy-columns"),
    ]
    for (copy, code) in cases {
      let diagnostic = await fixture.load(copy).diagnostic
      #expect(diagnostic?.code == code)
    }
    let unknown = await fixture.load(fixture.copy(auto), session: FakeLoadSession([])).diagnostic
    #expect(unknown?.code == "copy-unknown-table")
  }

  @Test func manifestsNameObjects() async throws {
    let entries = """
      {"entries": [{"url": "s3://bucket/b"}, {"url": "s3://bucket/a", "mandatory": true},
        {"url": "s3://bucket/none"}, {"url": "s3://bucket/b"}]}
      """
    let fixture = try LoadFixture(
      "a int4",
      files: ["a": file(1), "b": file(2), "m": Array(entries.utf8)]
    )
    defer { fixture.remove() }
    var copy = fixture.copy(.json(.automatic), from: "s3://bucket/m")
    copy.isManifest = true
    #expect(await fixture.load(copy).rows == "2\n1\n2\n")
    let strict = entries.replacingOccurrences(of: "none\"", with: "none\", \"mandatory\": true")
    try fixture.write("m", Array(strict.utf8))
    #expect(await fixture.load(copy).diagnostic?.code == "copy-missing-entry")
  }

  /// `{"a":1}` and `{"a":2}`, each a gzip member of its own.
  private static let members: [UInt8] = Array(
    Data(
      base64Encoded: "H4sIAAAAAAACA6tWSlSyMqzlAgBGo+h0CAAAAB+LCAAAAAAAAgOrVkpUsjKqBQBs/zZ9BwAAAA=="
    ) ?? Data()
  )

  @Test func everyGzipMemberIsRead() async throws {
    let got = try await LoadFixture.rows(of: Self.members, "a int4") { $0.compression = .gzip }
    #expect(got == "1\n2\n")
    let cut = try await LoadFixture.rows(of: Array(Self.members.dropLast(6)), "a int4") {
      $0.compression = .gzip
    }
    #expect(cut.contains("it ends too early"))
    let fixture = try LoadFixture("a int4", files: ["in": Self.members])
    defer { fixture.remove() }
    let plain = await fixture.load(fixture.copy(.json(.automatic))).diagnostic
    #expect(plain?.help.first?.contains("add GZIP") == true)
  }

  @Test func blocksStaySmallHoweverLargeTheInput() async throws {
    let fixture = try LoadFixture("a int4,b varchar 99")
    defer { fixture.remove() }
    let line = Array("{\"a\":123456,\"b\":\"some text that is copied\"}\n".utf8)
    let part = Array(repeatElement(line, count: 20_000).joined())
    let handle = fixture.root + "/in"
    try fixture.write("in", [])
    let writer = try #require(FileHandle(forWritingAtPath: handle))
    for _ in 0..<60 { try writer.write(contentsOf: Data(part)) }
    try writer.close()
    let session = FakeLoadSession(fixture.catalog, keepsRows: false)
    let result = await fixture.load(fixture.copy(.json(.automatic)), session: session).result
    #expect(result?.rowCount == 1_200_000)
    #expect(session.largestBlock < 2 << 20)
  }

  @Test func aRefusalByTheServerNamesTheFile() async throws {
    // Large enough that the parser waits for room when the server gives up.
    let record = "{\"a\":\"" + String(repeating: "2", count: 90) + "\"}\n"
    let large = Array(String(repeating: record, count: 80_000).utf8)
    let fixture = try LoadFixture("a varchar 99", files: ["in1": file(1), "in2": large])
    defer { fixture.remove() }
    var refusal = WarehouseError(kind: .statement, message: "value violates a check")
    refusal.context = "COPY t, line 2: \"2\""
    let session = FakeLoadSession(fixture.catalog, refusal: refusal)
    let diagnostic = await fixture.load(fixture.copy(.json(.automatic)), session: session)
      .diagnostic
    #expect(diagnostic?.code == "load-refused")
    #expect(diagnostic?.file == fixture.root + "/in2, row 1")
  }

  @Test func statementsFollowTheOptions() async throws {
    let fixture = try LoadFixture("id int8 identity,a int4,b varchar 9", files: ["in": file(1)])
    defer { fixture.remove() }
    var copy = fixture.copy(.json(.automatic))
    copy.columns = ["a"]
    copy.updatesStatistics = true
    let session = FakeLoadSession(fixture.catalog)
    let loaded = await fixture.load(copy, session: session)
    #expect(loaded.result?.tag == "COPY 1")
    #expect(
      session.statements.suffix(2) == [
        "COPY \"t\" (\"a\") FROM STDIN WITH (ENCODING 'UTF8')", "ANALYZE \"t\"",
      ]
    )
    copy.noLoad = true
    let trial = FakeLoadSession(fixture.catalog)
    #expect(await fixture.load(copy, session: trial).result?.rowCount == 0)
    #expect(trial.statements.count == 1)
    copy.columns = ["id", "a"]
    #expect(await fixture.load(copy).diagnostic?.code == "copy-columns")
    copy.explicitIdentifiers = true
    #expect(await fixture.load(copy).diagnostic == nil)
  }
}
