import AWSClient
import Diagnostics
import WarehouseClient

extension CommandSession {
  /// `redstart s3 ls|head PREFIX`.
  func s3() async throws -> ExitCode {
    guard let subcommand = arguments.subcommand else {
      console.error(HelpText.page(for: command))
      return .usage
    }
    guard let text = arguments.positional.first else {
      throw Diagnostic(
        code: "usage",
        "`redstart s3 \(subcommand)` needs an address",
        help: ["write redstart s3 \(subcommand) s3://BUCKET/PREFIX"]
      )
    }
    guard let location = S3Location(text) else {
      throw Diagnostic(
        code: "usage",
        "\"\(text)\" is no address in S3",
        help: ["write it as s3://BUCKET/PREFIX"]
      )
    }
    let format = arguments.value("output") ?? "text"
    guard command.outputs.contains(format) else {
      throw Diagnostic.optionValue("--output", format, allowed: command.outputs)
    }
    let limit = subcommand == "head" ? try headLimit() : nil
    do throws(AWSError) {
      let client = try await awsClient()
      if let limit {
        try await showHead(location, client, limit)
      } else {
        try await list(location, client, asJSON: format == "json")
      }
      return .success
    } catch {
      switch error {
      case .cancelled: throw CancellationError()
      case .problem(let diagnostic) where !diagnostic.code.hasPrefix("object-"): throw diagnostic
      default:
        report([error.diagnostic])
        return .failure
      }
    }
  }

  // MARK: ls

  private func list(
    _ location: S3Location,
    _ client: AWSClient,
    asJSON: Bool
  ) async throws(AWSError) {
    var count = 0
    var size = 0
    var folders = 0
    let delimiter = arguments.has("recursive") ? nil : "/"
    try await client.s3.forEachPage(location, delimiter: delimiter) { page in
      var lines: [String] = []
      for prefix in page.prefixes {
        let url = S3Location(bucket: location.bucket, key: prefix).url
        lines.append(asJSON ? Self.json(folder: url) : Self.row("", "", url))
      }
      for object in page.objects {
        let url = S3Location(bucket: location.bucket, key: object.key).url
        lines.append(asJSON ? Self.json(object, url) : Self.row(object, url))
        size += object.size
      }
      count += page.objects.count
      folders += page.prefixes.count
      if !lines.isEmpty { console.output(lines.joined(separator: "\n") + "\n") }
    }
    guard !asJSON else { return }
    if count + folders == 0 {
      note("nothing begins with \(location.url)")
    } else {
      let objects = "\(count) \(count == 1 ? "object" : "objects"), \(ByteSize(size).text)"
      note(folders == 0 ? objects : "\(objects), \(folders) \(folders == 1 ? "folder" : "folders")")
    }
  }

  private static func row(_ object: S3Object, _ url: String) -> String {
    row(object.modified?.iso8601 ?? "", ByteSize(object.size).text, url)
  }

  private static func row(_ time: String, _ size: String, _ url: String) -> String {
    let left = time + String(repeating: " ", count: max(0, 20 - time.count))
    let right = String(repeating: " ", count: max(0, 10 - size.count)) + size
    return "\(left) \(right)  \(url)"
  }

  private static func json(_ object: S3Object, _ url: String) -> String {
    let value: PlainValue = [
      "url": .string(url),
      "size": .integer(object.size),
      "modified": object.modified.map { .string($0.iso8601) } ?? .null,
      "etag": .string(object.entityTag),
      "storage_class": object.storageClass.map { .string($0) } ?? .null,
    ]
    return value.jsonString
  }

  private static func json(folder url: String) -> String {
    let value: PlainValue = ["folder": .string(url)]
    return value.jsonString
  }

  // MARK: head

  private func headLimit() throws(Diagnostic) -> TextHead.Limit {
    func number(_ name: String) throws(Diagnostic) -> Int? {
      guard let text = arguments.value(name) else { return nil }
      guard let number = Int(text), (1...100_000_000).contains(number) else {
        throw Diagnostic(
          code: "usage",
          "--\(name) must be a number from 1 to 100000000, not \"\(text)\""
        )
      }
      return number
    }
    if let bytes = try number("bytes") { return .bytes(bytes) }
    return .lines(try number("lines") ?? 10)
  }

  private func showHead(
    _ location: S3Location,
    _ client: AWSClient,
    _ limit: TextHead.Limit
  ) async throws(AWSError) {
    guard let object = try await firstObject(location, client) else {
      throw .problem(
        Diagnostic(
          code: "object-not-found",
          "no object begins with \(location.url)",
          help: ["`redstart s3 ls s3://\(location.bucket)/` shows what there is"]
        )
      )
    }
    let found = S3Location(bucket: location.bucket, key: object.key)
    if object.key != location.key { note(found.url) }
    let reader = client.s3.reader(found, entityTag: object.entityTag)
    var head = TextHead(limit)
    var bytes: [UInt8] = []
    var wanted = 1
    var isWhole = false
    // What is compressed is read again from its start with more of it: an object's beginning is
    // small, and one step is enough for most.
    while !isWhole, !head.isFull {
      while !isWhole, bytes.count < wanted {
        guard let chunk = try await reader.next() else {
          isWhole = true
          break
        }
        bytes += chunk
      }
      wanted = bytes.count * 4
      head = TextHead(limit)
      do throws(ObjectBeginning.Damage) {
        try ObjectBeginning(bytes, isWhole: isWhole).read { piece in
          head.add(piece)
          return !head.isFull
        }
      } catch {
        throw .problem(
          Diagnostic(
            code: "object-damaged",
            "\(found.url) is damaged \(error.compression): \(error.reason)"
          )
        )
      }
    }
    if head.isBinary, case .lines = limit {
      throw .problem(
        Diagnostic(
          code: "object-not-text",
          "\(found.url) is not text",
          help: ["--bytes N shows its first bytes as they are"]
        )
      )
    }
    console.output(head.text)
  }

  private func firstObject(
    _ location: S3Location,
    _ client: AWSClient
  ) async throws(AWSError) -> S3Object? {
    // Objects that stand for folders are empty and come before what is in them.
    let page = try await client.s3.page(location, limit: 100)
    return page.objects.first { $0.size > 0 } ?? page.objects.first
  }
}
