import Foundation
import TestSupport
import Testing

@testable import Documentation

@Suite struct DocumentationTests {
  @Test(arguments: [
    ("plain <b> & \"quoted\"", "<p>plain &lt;b&gt; &amp; &quot;quoted&quot;</p>"),
    ("two\nlines\n\nand more", "<p>two lines</p>\n<p>and more</p>"),
    ("- a\n- b `c<d`", "<ul><li>a</li><li>b <code>c&lt;d</code></li></ul>"),
    ("**bold** and *slanted*, 2 * 3", "<p><strong>bold</strong> and <em>slanted</em>, 2 * 3</p>"),
    ("# Title\ntext", "<p class=\"heading\">Title</p>\n<p>text</p>"),
    ("```\n<x>\n```", "<pre><code>&lt;x&gt;</code></pre>"),
    (
      "[site](https://example.com/?a=1&b=2)",
      "<p><a href=\"https://example.com/?a=1&amp;b=2\" rel=\"noopener\">site</a></p>"
    ),
    ("[bad](javascript:alert(1))", "<p>[bad](javascript:alert(1))</p>"),
    ("an ` alone, ** too, [ and ](", "<p>an ` alone, ** too, [ and ](</p>"),
    ("", ""),
  ])
  func descriptionsBecomeSafeHTML(text: String, expected: String) {
    #expect(DescriptionText.html(text).text == expected)
  }

  @Test func pagesHaveNamesThatEveryFileSystemTakes() {
    #expect(DocumentationSite.fileName("model.shop.orders_1") == "model.shop.orders_1.html")
    let strange = DocumentationSite.fileName("model.shop.../Ä")
    #expect(strange == "model.shop...=2f=c3=84.html")
  }

  @Test func aPictureHasEveryBoxAndLine() {
    let boxes = ["a", "b", "c", "d"].map {
      LineagePicture.Box(id: $0, label: "\($0)<", kind: "model", address: "\($0).html")
    }
    let parents = ["b": ["a"], "c": ["a", "elsewhere"], "d": ["b", "c"]]
    let picture = LineagePicture(boxes, parents: { parents[$0] ?? [] }).svg.text
    #expect(picture.components(separatedBy: "<path").count == 5)
    #expect(picture.components(separatedBy: "<rect").count == 5)
    #expect(picture.contains("a&lt;") && !picture.contains("a<\"") && picture.contains("c.html"))
    #expect(LineagePicture([], parents: { _ in [] }).svg.text.isEmpty)
  }

  @Test func aCycleIsDrawnAsWell() {
    let boxes = ["a", "b"].map { LineagePicture.Box(id: $0, label: $0, kind: "model") }
    let parents = ["a": ["b"], "b": ["a"]]
    #expect(LineagePicture(boxes, parents: { parents[$0] ?? [] }).svg.text.contains("<path"))
  }

  // MARK: - The server

  private func withServer(_ body: (StaticServer, TemporaryFolder) throws -> Void) throws {
    let folder = try TemporaryFolder(named: "site")
    try folder.write(["index.html": "<p>hello", "docs/a b.html": "x", "../secret": "no"])
    try body(try StaticServer(folder: folder.path, port: 0), folder)
  }

  private func get(_ server: StaticServer, _ target: String, host: String? = nil) -> String {
    let host = host ?? "127.0.0.1:\(server.port)"
    let answer = server.answer(to: "GET \(target) HTTP/1.1\r\nHost: \(host)\r\n\r\n")
    return String(decoding: answer, as: UTF8.self)
  }

  @Test func filesBelowTheFolderAreServed() throws {
    try withServer { server, _ in
      let home = get(server, "/")
      #expect(home.hasPrefix("HTTP/1.1 200 OK\r\n") && home.hasSuffix("\r\n\r\n<p>hello"))
      #expect(home.contains("Content-Type: text/html"))
      #expect(get(server, "/docs/a%20b.html?x=1").hasPrefix("HTTP/1.1 200"))
      let head = server.answer(
        to: "HEAD / HTTP/1.1\r\nhost: localhost:\(server.port)\r\n\r\n"
      )
      #expect(String(decoding: head, as: UTF8.self).hasSuffix("close\r\n\r\n"))
    }
  }

  @Test(arguments: [
    "/../secret", "/%2e%2e/secret", "/docs/../../secret", "/missing", "/docs", "/%00", "/%zz",
    "/link", "relative",
  ])
  func nothingElseIs(target: String) throws {
    try withServer { server, folder in
      try FileManager.default.createSymbolicLink(
        atPath: folder.path + "/link",
        withDestinationPath: folder.path + "/../secret"
      )
      #expect(get(server, target).hasPrefix("HTTP/1.1 404"))
    }
  }

  @Test func othersAreRefused() throws {
    try withServer { server, _ in
      #expect(get(server, "/", host: "evil.example").hasPrefix("HTTP/1.1 403"))
      for head in ["POST / HTTP/1.1", "GET /", "", "GET / HTTP/1.1"] {
        let answer = server.answer(to: head + "\r\nHost: 127.0.0.1:\(server.port)\r\n\r\n")
        let status = String(decoding: answer.prefix(12), as: UTF8.self)
        #expect(status == (head == "GET / HTTP/1.1" ? "HTTP/1.1 200" : status))
        if head != "GET / HTTP/1.1" { #expect(["HTTP/1.1 400", "HTTP/1.1 405"].contains(status)) }
      }
      #expect(throws: StaticServer.Failure.self) {
        try StaticServer(folder: "/does/not/exist", port: 0)
      }
    }
  }
}
