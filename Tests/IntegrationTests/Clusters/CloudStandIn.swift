import Foundation
import Synchronization
import TestSupport

/// The parts of IAM, EC2, Redshift and Redshift Serverless that a warehouse needs, with AWS's names
/// and error codes: what exists is kept, and a warehouse takes a few looks to change its state.
///
/// Every request must be signed with the secret of its key, for the service and region it goes to.
final class CloudStandIn: Sendable {
  struct State {
    var roles: [String: (tags: String, policy: String?)] = [:]
    var groups: [String: (name: String, tags: String, rules: Set<String>)] = [:]
    var clusters: [String: Cluster] = [:]
    var namespaces: [String: Namespace] = [:]
    var workgroups: [String: Workgroup] = [:]
    var snapshots: [String] = []
    /// How long the snapshots are kept, where that was said.
    var snapshotDays: [Int] = []
    /// Whether something that is not shown keeps security groups in use.
    var holdsGroups = false
    var groupCount = 0
    /// Of all rules: they name one.
    var port = "5439"
    /// What was wrong with requests that were turned away for their signature.
    var unsigned: [String] = []
    /// What was asked or answered against the models and rules of the services.
    var invalid: [String] = []
  }

  struct Cluster {
    var status: String
    var next: String
    /// Looks until the next state.
    var looks = 2
    var tags: String
    var role: String
    var group: String
    var fields: [String: String]
  }

  static let key = "AKIDEXAMPLE"
  static let secret = "wJalrXUtnFEMI-K7MDENG-bPxRfiCYEXAMPLEKEY"
  static let password = "a-temporary-password-nobody-may-see"
  let state = Mutex(State())
  private let server = Mutex<HTTPStandIn?>(nil)

  /// Starts the stand-in.
  func start() throws -> HTTPStandIn {
    let standIn = try HTTPStandIn { [self] request in
      let reply = answer(request)
      if request.path != "/address" {
        let problems = ServiceModel.problems(request, reply)
        state.withLock { $0.invalid += problems }
      }
      return reply
    }
    server.withLock { $0 = standIn }
    return standIn
  }

  /// How many things exist.
  var count: Int {
    state.withLock { state in
      state.roles.count + state.groups.count + state.clusters.count + state.namespaces.count
        + state.workgroups.count
    }
  }

  /// What exists, without identifiers that differ from run to run.
  var summary: String {
    state.withLock { state in
      let roles = state.roles.sorted { $0.key < $1.key }
        .map { "role \($0.key) \($0.value.policy ?? "no policy")" }
      let groups = state.groups.values.map { "group \($0.name) \($0.rules.sorted())" }.sorted()
      let clusters = state.clusters.sorted { $0.key < $1.key }
        .map { "cluster \($0.key) \($0.value.status)" }
      return (roles + groups + clusters + serverlessSummary(state)).joined(separator: "\n")
    }
  }

  private func answer(_ request: HTTPStandIn.Request) -> HTTPStandIn.Reply {
    if request.path == "/address" { return HTTPStandIn.Reply(200, "203.0.113.7\n") }
    let fields = HTTPStandIn.Request.pairs(request.text)
    let target = request.header("X-Amz-Target")
    if let problem = Self.signatureProblem(
      request,
      version: target == nil ? fields["Version"] : nil
    ) {
      state.withLock { $0.unsigned.append(problem) }
      return target == nil
        ? fault(403, "SignatureDoesNotMatch", problem)
        : Self.refusal("InvalidSignatureException", problem, status: 403)
    }
    let action = fields["Action"] ?? ""
    return state.withLock { state in
      if let target { return serverless(target, request, &state) }
      switch action {
      case let name where name.contains("Role") && !name.contains("Cluster"):
        return role(name, fields, &state)
      case let name where name.contains("SecurityGroup") || name == "DescribeVpcs":
        return group(name, fields, &state)
      case "GetCallerIdentity":
        return ok(
          action,
          "<Arn>arn:aws:iam::123456789012:user/me</Arn><UserId>AIDA</UserId>"
            + "<Account>123456789012</Account>"
        )
      default: return cluster(action, fields, &state)
      }
    }
  }

  private static let verifier = SignatureVerifier(secrets: [key: secret])

  /// What is wrong with a request's signature; services are told apart by the versions of their
  /// interfaces.
  private static func signatureProblem(
    _ request: HTTPStandIn.Request,
    version: String?
  ) -> String? {
    let scope: SignatureVerifier.Scope
    do throws(SignatureVerifier.Problem) {
      scope = try verifier.scope(of: request)
    } catch {
      return error.description
    }
    let service =
      switch version {
      case nil: "redshift-serverless"
      case "2010-05-08": "iam"
      case "2011-06-15": "sts"
      case "2016-11-15": "ec2"
      default: "redshift"
      }
    guard scope.service == service else { return "signed for \(scope.service), not \(service)" }
    guard scope.region == "us-west-2" || service == "iam" else {
      return "signed for \(scope.region)"
    }
    return nil
  }

  private func ok(_ action: String, _ body: String) -> HTTPStandIn.Reply {
    HTTPStandIn.Reply(
      200,
      "<\(action)Response><\(action)Result>\(body)</\(action)Result></\(action)Response>"
    )
  }

  private func plain(_ action: String, _ body: String) -> HTTPStandIn.Reply {
    HTTPStandIn.Reply(200, "<\(action)Response>\(body)</\(action)Response>")
  }

  private func fault(
    _ status: Int,
    _ code: String,
    _ message: String = "no"
  ) -> HTTPStandIn.Reply {
    HTTPStandIn.Reply(
      status,
      "<ErrorResponse><Error><Code>\(code)</Code><Message>\(message)</Message></Error></ErrorResponse>"
    )
  }

  private func networkFault(_ code: String) -> HTTPStandIn.Reply {
    HTTPStandIn.Reply(
      400,
      "<Response><Errors><Error><Code>\(code)</Code><Message>no</Message></Error></Errors></Response>"
    )
  }

  private func tags(_ fields: [String: String], _ prefix: String, _ key: String, _ value: String)
    -> String
  {
    var text = ""
    var index = 1
    while let name = fields["\(prefix).\(index).Key"] {
      let content = fields["\(prefix).\(index).Value"] ?? ""
      text += "<\(key)>\(name)</\(key)><\(value)>\(content)</\(value)>\n"
      index += 1
    }
    return text
  }

  private func wrapped(_ tags: String, _ element: String) -> String {
    tags.split(separator: "\n").map { "<\(element)>\($0)</\(element)>" }.joined()
  }

  // MARK: Roles

  private func role(
    _ action: String,
    _ fields: [String: String],
    _ state: inout State
  ) -> HTTPStandIn.Reply {
    let name = fields["RoleName"] ?? ""
    if action == "CreateRole" {
      if state.roles[name] != nil { return fault(409, "EntityAlreadyExists") }
      state.roles[name] = (tags(fields, "Tags.member", "Key", "Value"), nil)
    }
    guard let role = state.roles[name] else { return fault(404, "NoSuchEntity") }
    switch action {
    case "PutRolePolicy":
      state.roles[name]?.policy = fields["PolicyDocument"]
      return ok(action, "")
    case "GetRolePolicy":
      guard let policy = role.policy else { return fault(404, "NoSuchEntity") }
      let encoded = policy.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
      return ok(action, "<PolicyDocument>\(encoded)</PolicyDocument>")
    case "DeleteRolePolicy":
      state.roles[name]?.policy = nil
      return ok(action, "")
    case "DeleteRole":
      if role.policy != nil { return fault(409, "DeleteConflict") }
      state.roles[name] = nil
      return ok(action, "")
    default:
      return ok(
        action,
        "<Role><RoleName>\(name)</RoleName><Arn>arn:aws:iam::123456789012:role/\(name)</Arn>"
          + "<Tags>\(wrapped(role.tags, "member"))</Tags></Role>"
      )
    }
  }

  // MARK: Groups

  private func group(
    _ action: String,
    _ fields: [String: String],
    _ state: inout State
  ) -> HTTPStandIn.Reply {
    let identifier = fields["GroupId"] ?? ""
    let block = fields["IpPermissions.1.IpRanges.1.CidrIp"] ?? ""
    switch action {
    case "DescribeVpcs":
      return plain(
        action,
        "<vpcSet><item><vpcId>vpc-1</vpcId><isDefault>true</isDefault></item></vpcSet>"
      )
    case "DescribeSecurityGroups":
      let name = fields["Filter.1.Value.1"] ?? ""
      let items = state.groups.filter { $0.value.name == name }.map { key, group in
        let ranges = group.rules.sorted().map {
          "<item><cidrIp>\($0)</cidrIp><description>redstart</description></item>"
        }
        let permission =
          "<item><ipProtocol>tcp</ipProtocol><fromPort>\(state.port)</fromPort>"
          + "<toPort>\(state.port)</toPort>"
          + "<ipRanges>\(ranges.joined())</ipRanges></item>"
        return "<item><groupId>\(key)</groupId><groupName>\(name)</groupName><vpcId>vpc-1</vpcId>"
          + "<ipPermissions>\(permission)</ipPermissions>"
          + "<tagSet>\(wrapped(group.tags, "item"))</tagSet></item>"
      }
      return plain(action, "<securityGroupInfo>\(items.joined())</securityGroupInfo>")
    case "CreateSecurityGroup":
      let name = fields["GroupName"] ?? ""
      if state.groups.values.contains(where: { $0.name == name }) {
        return networkFault("InvalidGroup.Duplicate")
      }
      state.groupCount += 1
      let made = "sg-\(state.groupCount)"
      state.groups[made] = (name, tags(fields, "TagSpecification.1.Tag", "key", "value"), [])
      return plain(action, "<groupId>\(made)</groupId>")
    case "DeleteSecurityGroup":
      guard state.groups[identifier] != nil else { return networkFault("InvalidGroup.NotFound") }
      if state.holdsGroups || state.clusters.values.contains(where: { $0.group == identifier })
        || state.workgroups.values.contains(where: { $0.groups.contains(identifier) })
      {
        return networkFault("DependencyViolation")
      }
      state.groups[identifier] = nil
      return plain(action, "<return>true</return>")
    case "AuthorizeSecurityGroupIngress":
      state.port = fields["IpPermissions.1.FromPort"] ?? state.port
      guard state.groups[identifier]?.rules.insert(block).inserted == true else {
        return networkFault("InvalidPermission.Duplicate")
      }
      return plain(action, "<return>true</return>")
    default:
      guard state.groups[identifier]?.rules.remove(block) != nil else {
        return networkFault("InvalidPermission.NotFound")
      }
      return plain(action, "<return>true</return>")
    }
  }

  // MARK: Clusters

  private func cluster(
    _ action: String,
    _ fields: [String: String],
    _ state: inout State
  ) -> HTTPStandIn.Reply {
    let name = fields["ClusterIdentifier"] ?? ""
    if action == "CreateCluster" {
      if state.clusters[name] != nil { return fault(400, "ClusterAlreadyExists") }
      guard fields["ManageMasterPassword"] == "true", fields["MasterUserPassword"] == nil else {
        return fault(400, "InvalidParameterCombination")
      }
      state.clusters[name] = Cluster(
        status: "creating",
        next: "available",
        tags: tags(fields, "Tags.Tag", "Key", "Value"),
        role: fields["IamRoles.IamRoleArn.1"] ?? "",
        group: fields["VpcSecurityGroupIds.VpcSecurityGroupId.1"] ?? "",
        fields: fields
      )
    }
    guard var cluster = state.clusters[name] else { return fault(404, "ClusterNotFound") }
    func becomes(_ status: String, _ next: String, from required: [String]) -> HTTPStandIn.Reply? {
      guard required.contains(cluster.status) else { return fault(400, "InvalidClusterState") }
      cluster.status = status
      cluster.next = next
      cluster.looks = 2
      return nil
    }
    switch action {
    case "GetClusterCredentials":
      return ok(
        action,
        "<DbUser>IAM:\(fields["DbUser"] ?? "")</DbUser><DbPassword>\(Self.password)</DbPassword>"
          + "<Expiration>2030-01-01T00:00:00Z</Expiration>"
      )
    case "PauseCluster":
      if let fault = becomes("pausing", "paused", from: ["available"]) { return fault }
    case "ResumeCluster":
      if let fault = becomes("resuming", "available", from: ["paused"]) { return fault }
    case "DeleteCluster":
      if let fault = becomes("deleting", "", from: ["available", "paused"]) { return fault }
      if let snapshot = fields["FinalClusterSnapshotIdentifier"] {
        state.snapshots.append(snapshot)
        if let days = fields["FinalClusterSnapshotRetentionPeriod"].flatMap({ Int($0) }) {
          state.snapshotDays.append(days)
        }
      }
    case "DescribeClusters":
      if cluster.next != cluster.status {
        cluster.looks -= 1
        if cluster.looks <= 0 { cluster.status = cluster.next }
      }
      if cluster.status.isEmpty {
        state.clusters[name] = nil
        return fault(404, "ClusterNotFound")
      }
    default: break
    }
    state.clusters[name] = cluster
    let element = description(name, cluster)
    return ok(action, action == "DescribeClusters" ? "<Clusters>\(element)</Clusters>" : element)
  }

  private func description(_ name: String, _ cluster: Cluster) -> String {
    let hasEndpoint = cluster.status != "creating"
    let endpoint =
      "<Endpoint><Address>127.0.0.1</Address><Port>\(cluster.fields["Port"] ?? "5439")</Port></Endpoint>"
    return "<Cluster><ClusterIdentifier>\(name)</ClusterIdentifier>"
      + "<ClusterStatus>\(cluster.status)</ClusterStatus>"
      + "<NodeType>\(cluster.fields["NodeType"] ?? "")</NodeType>"
      + "<NumberOfNodes>\(cluster.fields["NumberOfNodes"] ?? "1")</NumberOfNodes>"
      + "<DBName>\(cluster.fields["DBName"] ?? "")</DBName>"
      + "<MasterUsername>\(cluster.fields["MasterUsername"] ?? "")</MasterUsername>"
      + (hasEndpoint ? endpoint : "")
      + "<IamRoles><ClusterIamRole><IamRoleArn>\(cluster.role)</IamRoleArn>"
      + "<ApplyStatus>in-sync</ApplyStatus></ClusterIamRole></IamRoles>"
      + "<VpcSecurityGroups><VpcSecurityGroup><VpcSecurityGroupId>\(cluster.group)"
      + "</VpcSecurityGroupId></VpcSecurityGroup></VpcSecurityGroups>"
      + "<Tags>\(wrapped(cluster.tags, "Tag"))</Tags></Cluster>"
  }
}
