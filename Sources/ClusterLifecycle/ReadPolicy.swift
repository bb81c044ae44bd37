import Diagnostics

/// The policy that lets a role read what stands below some prefixes, and nothing else.
package struct ReadPolicy: Sendable {
  package var prefixes: [String]
  package var partition: String

  package init(prefixes: [String], partition: String) {
    self.prefixes = prefixes
    self.partition = partition
  }

  /// Who may take the role: Redshift, and nobody else.
  package static let trust = document([
    [
      "Effect": "Allow",
      "Principal": [
        "Service": ["redshift.amazonaws.com", "redshift-serverless.amazonaws.com"]
      ],
      "Action": "sts:AssumeRole",
    ]
  ])

  /// The policy's JSON; nil when there is nothing to read.
  package var document: String? {
    guard !prefixes.isEmpty else { return nil }
    var statements: [PlainValue] = []
    var objects: [PlainValue] = []
    var buckets: [String] = []
    var keys: [String: [String]] = [:]
    for prefix in prefixes {
      let rest = prefix.dropFirst("s3://".count)
      let bucket = String(rest.prefix { $0 != "/" })
      let key = String(rest.dropFirst(bucket.count + 1))
      if keys[bucket] == nil { buckets.append(bucket) }
      keys[bucket, default: []].append(key)
      objects.append(.string("arn:\(partition):s3:::\(bucket)/\(key)*"))
    }
    for bucket in buckets {
      let arn = PlainValue.string("arn:\(partition):s3:::\(bucket)")
      statements.append(["Effect": "Allow", "Action": "s3:GetBucketLocation", "Resource": arn])
      let patterns = (keys[bucket] ?? []).map { PlainValue.string("\($0)*") }
      statements.append([
        "Effect": "Allow", "Action": "s3:ListBucket", "Resource": arn,
        "Condition": ["StringLike": ["s3:prefix": .list(patterns)]],
      ])
    }
    statements.append(["Effect": "Allow", "Action": "s3:GetObject", "Resource": .list(objects)])
    return Self.document(statements)
  }

  private static func document(_ statements: [PlainValue]) -> String {
    let value: PlainValue = ["Version": "2012-10-17", "Statement": .list(statements)]
    return value.jsonString
  }
}
