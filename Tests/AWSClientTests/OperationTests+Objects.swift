@testable import AWSClient

extension OperationTests {
  private static func lake(_ key: String) -> S3Location { S3Location(bucket: "lake", key: key) }

  static let objectCases: [String: Case] = [
    "ListObjectsV2": Case(
      perform: { (client) async throws(AWSError) in
        let page = try await client.s3.page(
          lake("a b/ü+"),
          delimiter: "/",
          mark: "m=1",
          limit: 7
        )
        let object = page.objects[1]
        return [
          object.key, "\(object.size)", object.entityTag, object.modified?.iso8601,
          object.storageClass, page.prefixes.joined(separator: " "), page.next,
        ]
      },
      expected: [
        "Contents.2.Key", "7", "Contents.2.ETag", moment, "STANDARD",
        "CommonPrefixes.1.Prefix CommonPrefixes.2.Prefix", nil,
      ]
    ),
    "GetObject": Case(
      perform: { (client) async throws(AWSError) in
        let (head, body) = try await client.s3.get(
          lake("a b/./../ü+&?"),
          from: 5,
          through: 9,
          entityTag: "tag"
        )
        var text = ""
        do throws(TransportFailure) {
          text = String(decoding: try await body.collect(), as: UTF8.self)
        } catch {
          text = "\(error)"
        }
        return [head.entityTag, head.modified?.iso8601, text]
      },
      expected: ["ETag", moment, "bytes"]
    ),
    "HeadObject": Case(
      perform: { (client) async throws(AWSError) in
        let head = try await client.s3.head(lake("a//b"))
        return [head.entityTag, head.modified?.iso8601]
      },
      expected: ["ETag", moment]
    ),
    "DeleteObject": Case(
      perform: { (client) async throws(AWSError) in
        try await client.s3.delete(lake("a b"))
        return []
      },
      expected: []
    ),
    "DeleteObjects": Case(
      perform: { (client) async throws(AWSError) in
        try await client.s3.delete(bucket: "lake", keys: ["a&b", "c<d"])
          .map { "\($0.key) \($0.code)" }
      },
      expected: ["Errors.1.Key Errors.1.Code", "Errors.2.Key Errors.2.Code"]
    ),
    "PutObject": Case(
      perform: { (client) async throws(AWSError) in
        [
          try await client.s3.put(
            lake("dir/file.csv"),
            Array("1,2\n".utf8),
            contentType: "text/csv"
          )
        ]
      },
      expected: ["ETag"]
    ),
    "CreateMultipartUpload": Case(
      perform: { (client) async throws(AWSError) in
        [try await client.s3.beginParts(lake("a b/ü+"))]
      },
      expected: ["UploadId"]
    ),
    "UploadPart": Case(
      perform: { (client) async throws(AWSError) in
        let part = try await client.s3.put(lake("a b/ü+"), "u/+=1", 2, Array("1,2\n".utf8))
        return ["\(part.number)", part.entityTag, part.checksum]
      },
      expected: ["2", "ETag", "VSFCMw=="]
    ),
    "CompleteMultipartUpload": Case(
      perform: { (client) async throws(AWSError) in
        let part = S3.Part(number: 2, entityTag: "tag", checksum: "VSFCMw==")
        return [try await client.s3.endParts(lake("a b/ü+"), "u/+=1", [part])]
      },
      expected: ["ETag"]
    ),
    "AbortMultipartUpload": Case(
      perform: { (client) async throws(AWSError) in
        try await client.s3.abandon(lake("a b/ü+"), "u/+=1")
        return []
      },
      expected: []
    ),
    "GetBucketLocation": Case(
      perform: { (client) async throws(AWSError) in [try await client.s3.bucketRegion("lake")] },
      expected: ["us-west-2"]
    ),
  ]
}
