import Diagnostics
import Foundation
import Testing

/// The manual's policies allow what the code asks AWS for, and no more: what it asks for is read from
/// the code itself.
@Suite struct PermissionTests {
  private static let repository = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  private static func text(_ path: String) throws -> String {
    try String(contentsOf: repository.appendingPathComponent(path), encoding: .utf8)
  }

  /// The Swift files of a folder whose names begin so, as one text.
  private static func code(_ folder: String, _ prefix: String = "") throws -> String {
    let names = try FileManager.default.subpathsOfDirectory(
      atPath: repository.appendingPathComponent(folder).path
    )
    let files = names.filter {
      $0.hasSuffix(".swift") && ($0.split(separator: "/").last?.hasPrefix(prefix) ?? false)
    }
    return try files.sorted().map { try text("\(folder)/\($0)") }.joined(separator: "\n")
  }

  // MARK: What the code asks for

  /// A service: its property in a client, the file that has it, and its name in policies.
  private static let services: [(property: String, file: String, name: String)] = [
    ("iam", "IAM", "iam"), ("ec2", "EC2", "ec2"), ("redshift", "Redshift", "redshift"),
    ("redshiftServerless", "RedshiftServerless", "redshift-serverless"),
    ("redshiftData", "RedshiftData", "redshift-data"), ("sts", "STS", "sts"),
    ("secretsManager", "SecretsManager", "secretsmanager"),
  ]

  /// Every operation that the client has, by service, as botocore names them.
  private static func known() throws -> [String: Set<String>] {
    let json = Array(try text("Tests/AWSClientTests/Fixtures/operations.json").utf8)
    var known: [String: Set<String>] = [:]
    for record in try PlainValue(json: json).list ?? [] {
      guard let object = record.dictionary, let service = object["service"]?.string,
        let operation = object["operation"]?.string
      else { continue }
      known[service, default: []].insert(operation)
    }
    return known
  }

  private static func isName(_ byte: Character) -> Bool { byte.isLetter || byte.isNumber }

  /// Which operations each function of a service sends.
  private static func functions(
    _ file: String,
    _ known: Set<String>
  ) throws -> [String: Set<String>] {
    var found: [String: Set<String>] = [:]
    let parts = try text("Sources/AWSClient/Services/\(file).swift")
      .components(separatedBy: "package func ").dropFirst()
    for part in parts {
      let words = part.components(separatedBy: "\"")
      let operations = Set(words.filter { known.contains($0) })
      found[String(part.prefix(while: isName)), default: []].formUnion(operations)
    }
    return found
  }

  /// The actions that code asks for, as `iam:CreateRole`.
  private static func actions(of code: String) throws -> Set<String> {
    let known = try known()
    var code = code
    var found: Set<String> = []
    for service in services {
      // What a service is called for short.
      code = code.replacingOccurrences(
        of: "let serverless = client.\(service.property)\n",
        with: ""
      )
      if service.property == "redshiftServerless" {
        code = code.replacingOccurrences(of: " serverless.", with: " client.redshiftServerless.")
      }
      let functions = try functions(service.file, known[service.name] ?? [])
      for call in code.components(separatedBy: "client.\(service.property).").dropFirst() {
        let name = String(call.prefix(while: isName))
        guard call.dropFirst(name.count).first == "(" else { continue }
        let operations = try #require(functions[name], "\(service.property).\(name)")
        #expect(!operations.isEmpty, "\(service.property).\(name) has no operation")
        for operation in operations { found.insert("\(service.name):\(operation)") }
      }
    }
    return found
  }

  // MARK: What the manual allows

  /// The actions of each policy on a page, in order.
  private static func policies(_ page: String) throws -> [[Set<String>]] {
    try text("docs/\(page)").components(separatedBy: "```json\n").dropFirst().map { block in
      let json = try PlainValue(json: Array(block.components(separatedBy: "```")[0].utf8))
      let statements = json.dictionary?["Statement"]?.list ?? json.list ?? []
      return statements.map { statement in
        let action = statement.dictionary?["Action"]
        return Set(action?.list?.compactMap(\.string) ?? [action?.string].compactMap { $0 })
      }
    }
  }

  /// What AWS asks for besides the action that is called, and why.
  private static let besides: [String: String] = [
    "iam:PassRole": "the role is handed to the warehouse",
    "iam:TagRole": "CreateRole with tags",
    "iam:CreateServiceLinkedRole": "the first warehouse of an account",
    "ec2:CreateTags": "CreateSecurityGroup with tags",
    "ec2:DescribeAddresses": "CreateCluster looks at the network as its caller",
    "ec2:DescribeInternetGateways": "CreateCluster looks at the network as its caller",
    "ec2:DescribeSubnets": "CreateCluster looks at the network as its caller",
    "secretsmanager:CreateSecret": "ManageMasterPassword",
    "secretsmanager:TagResource": "ManageMasterPassword",
    "secretsmanager:DescribeSecret": "ManageMasterPassword",
    "secretsmanager:DeleteSecret": "ManageMasterPassword",
    "secretsmanager:RotateSecret": "ManageMasterPassword",
    "secretsmanager:UpdateSecret": "ManageMasterPassword",
    "secretsmanager:PutSecretValue": "ManageMasterPassword",
    "secretsmanager:GetRandomPassword": "ManageMasterPassword",
  ]
  private static let besidesNodes: [String: String] = [
    "redshift:CreateTags": "CreateCluster with tags",
    "redshift:CreateClusterSnapshot": "DeleteCluster with a final snapshot",
  ]
  private static let besidesServerless: [String: String] = [
    "redshift-serverless:TagResource": "CreateNamespace and CreateWorkgroup with tags",
    "redshift-serverless:CreateSnapshot": "DeleteNamespace with a final snapshot",
    "ec2:DescribeAvailabilityZones": "CreateWorkgroup looks at the network as its caller",
    "ec2:DescribeAccountAttributes": "CreateWorkgroup looks at the network as its caller",
  ]

  @Test func thePoliciesOfClustersAllowWhatIsAskedFor() throws {
    var asked = try Self.actions(
      of: Self.code("Sources/ClusterLifecycle")
        + Self.code("Sources/RedstartCLI/Commands", "ClusterCommand")
    )
    #expect(asked.count > 30)
    for action in ["iam:CreateRole", "redshift-serverless:GetNamespace"] {
      #expect(asked.contains(action))
    }
    // It needs no permission.
    asked.remove("sts:GetCallerIdentity")
    let policies = try Self.policies("redshift.md")
    #expect(policies.count == 3)
    let (nodes, serverless) = (policies[0], policies[1])
    let isServerless = { (action: String) in action.hasPrefix("redshift-serverless:") }
    let isOfNodes = { (action: String) in action.hasPrefix("redshift:") }

    let allowed = nodes.reduce(into: Set()) { $0.formUnion($1) }
    let expected = asked.filter { !isServerless($0) }
      .union(Self.besides.keys).union(Self.besidesNodes.keys)
    #expect(allowed.subtracting(expected).sorted() == [], "nobody asks for these")
    #expect(expected.subtracting(allowed).sorted() == [], "these are missing")

    // The second statement goes, and what is Redshift's in the third.
    let kept = nodes.enumerated().reduce(into: Set<String>()) { kept, statement in
      if statement.offset != 1 { kept.formUnion(statement.element.filter { !isOfNodes($0) }) }
    }
    let both = serverless.reduce(into: kept) { $0.formUnion($1) }
    let wanted = asked.filter { !isOfNodes($0) }
      .union(Self.besides.keys).union(Self.besidesServerless.keys)
    #expect(both.subtracting(wanted).sorted() == [], "nobody asks for these")
    #expect(wanted.subtracting(both).sorted() == [], "these are missing")
  }

  /// Each way in names the permissions that it needs.
  @Test func thePageAboutTargetsNamesWhatLoginsAskFor() throws {
    let page = try Self.text("docs/redshift-target.md")
    let asked = try Self.actions(
      of: Self.code("Sources/RedshiftAccess")
        + Self.code("Sources/RedstartCLI/Commands", "DebugCommand")
    )
    #expect(asked.contains("redshift-data:ExecuteStatement"))
    for action in asked.subtracting(["sts:GetCallerIdentity"]) {
      let service = action.prefix { $0 != ":" }
      #expect(page.contains("`\(action)`") || page.contains("`\(service):*`"), "\(action)")
    }
  }

  /// What each operation of S3 needs; one that is not here makes the test fail.
  private static let permissions: [String: String] = [
    "ListObjectsV2": "s3:ListBucket", "GetObject": "s3:GetObject", "HeadObject": "s3:GetObject",
    "PutObject": "s3:PutObject", "CreateMultipartUpload": "s3:PutObject",
    "UploadPart": "s3:PutObject", "CompleteMultipartUpload": "s3:PutObject",
    "AbortMultipartUpload": "s3:AbortMultipartUpload", "DeleteObject": "s3:DeleteObject",
    "DeleteObjects": "s3:DeleteObject",
    // For tests alone: the client finds a bucket's region by the answers to other calls.
    "GetBucketLocation": "",
  ]

  @Test func thePagesAboutS3NameWhatIsAskedFor() throws {
    let operations = try Self.known()["s3"] ?? []
    #expect(operations == Set(Self.permissions.keys))
    let copy = try Self.text("docs/copy.md")
    for operation in operations {
      let action = try #require(Self.permissions[operation])
      #expect(action.isEmpty || copy.contains("`\(action)`"), "\(operation)")
    }
    let used = try Self.code("Sources/RedstartCLI") + Self.code("Sources/S3Storage")
    #expect(!used.contains("bucketRegion("))
    // Reading needs the least.
    let reading = try Self.policies("redshift.md")[2]
    #expect(reading == [["s3:ListBucket"], ["s3:GetObject"]])
  }
}
