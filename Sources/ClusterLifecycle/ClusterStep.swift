package import ProjectModel

/// One thing to do in AWS on the way to what is wanted.
///
/// Each step can be done again without harm: what exists already is taken as done.
package enum ClusterStep: Hashable, Sendable {
  case createRole(name: String)
  case writePolicy(role: String, document: String)
  case deletePolicy(role: String)
  case createGroup(name: String, network: String)
  case letIn(group: String, blocks: [String])
  case keepOut(group: String, blocks: [String])
  case createWarehouse(role: String, group: String)
  case createNamespace(role: String)
  case createWorkgroup(group: String)
  case attachRole(arn: String)
  case attachGroup(group: String)
  case setBaseCapacity(Int)
  case setMaximumCapacity(Int)
  case setPublic(Bool)
  case resume
  case pause
  /// AWS is at work, and says so with this status.
  case wait(status: String)
  case deleteWarehouse(takesSnapshot: Bool)
  case deleteWorkgroup
  case deleteNamespace(takesSnapshot: Bool)
  case deleteGroup(identifier: String)
  case deleteRole(name: String)

  /// The step's name in the plan of a test that ends the process at it.
  package var word: String {
    switch self {
    case .createRole: "create-role"
    case .writePolicy: "write-policy"
    case .deletePolicy: "delete-policy"
    case .createGroup: "create-group"
    case .letIn: "let-in"
    case .keepOut: "keep-out"
    case .createWarehouse: "create-cluster"
    case .createNamespace: "create-namespace"
    case .createWorkgroup: "create-workgroup"
    case .attachRole: "attach-role"
    case .attachGroup: "attach-group"
    case .setBaseCapacity: "set-base-capacity"
    case .setMaximumCapacity: "set-maximum-capacity"
    case .setPublic: "set-public"
    case .resume: "resume"
    case .pause: "pause"
    case .wait: "wait"
    case .deleteWarehouse: "delete-cluster"
    case .deleteWorkgroup: "delete-workgroup"
    case .deleteNamespace: "delete-namespace"
    case .deleteGroup: "delete-group"
    case .deleteRole: "delete-role"
    }
  }

  /// What the step does, in the user's words.
  package func text(_ section: ClusterConfiguration) -> String {
    let name = section.identifier
    let noun = section.noun
    let namespace = section.serverless?.namespace ?? ""
    let days = section.finalSnapshotDays.map { " for \($0) day\($0 == 1 ? "" : "s")" } ?? ""
    return switch self {
    case .createRole(let name): "make the role \(name)"
    case .writePolicy(let role, _): "let the role \(role) read the configured prefixes of S3"
    case .deletePolicy(let role): "take the policy for S3 out of the role \(role)"
    case .createGroup(let name, let network): "make the security group \(name) in \(network)"
    case .letIn(_, let blocks): "let in \(blocks.joined(separator: ", "))"
    case .keepOut(_, let blocks): "keep out \(blocks.joined(separator: ", ")) again"
    case .createWarehouse: "make the cluster \(name)"
    case .createNamespace: "make the namespace \(namespace)"
    case .createWorkgroup: "make the workgroup \(name)"
    case .attachRole(let arn):
      "attach the role \(arn) to the \(section.serverless == nil ? "cluster" : "namespace")"
    case .attachGroup(let group): "put the \(noun) into the security group \(group)"
    case .setBaseCapacity(let number): "set the base capacity to \(number) RPU"
    case .setMaximumCapacity(let number): "set the maximum capacity to \(number) RPU"
    case .setPublic(true): "give the \(noun) an address on the internet"
    case .setPublic(false): "take the \(noun)'s address on the internet away"
    case .resume: "start the paused cluster \(name)"
    case .pause: "pause the cluster \(name)"
    case .wait(let status): "wait for the \(noun) (\(status))"
    case .deleteWarehouse(true): "delete the cluster \(name), keeping a final snapshot\(days)"
    case .deleteWarehouse(false): "delete the cluster \(name) with all its data"
    case .deleteWorkgroup: "delete the workgroup \(name)"
    case .deleteNamespace(true):
      "delete the namespace \(namespace), keeping a final snapshot\(days)"
    case .deleteNamespace(false): "delete the namespace \(namespace) with all its data"
    case .deleteGroup(let identifier): "delete the security group \(identifier)"
    case .deleteRole(let name): "delete the role \(name)"
    }
  }
}
