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
  case attachRole(arn: String)
  case attachGroup(group: String)
  case resume
  case pause
  /// AWS is at work, and says so with this status.
  case wait(status: String)
  case deleteWarehouse(takesSnapshot: Bool)
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
    case .attachRole: "attach-role"
    case .attachGroup: "attach-group"
    case .resume: "resume"
    case .pause: "pause"
    case .wait: "wait"
    case .deleteWarehouse: "delete-cluster"
    case .deleteGroup: "delete-group"
    case .deleteRole: "delete-role"
    }
  }

  /// What the step does, in the user's words.
  package func text(cluster: String) -> String {
    switch self {
    case .createRole(let name): "make the role \(name)"
    case .writePolicy(let role, _): "let the role \(role) read the configured prefixes of S3"
    case .deletePolicy(let role): "take the policy for S3 out of the role \(role)"
    case .createGroup(let name, let network): "make the security group \(name) in \(network)"
    case .letIn(_, let blocks): "let in \(blocks.joined(separator: ", "))"
    case .keepOut(_, let blocks): "keep out \(blocks.joined(separator: ", ")) again"
    case .createWarehouse: "make the cluster \(cluster)"
    case .attachRole(let arn): "attach the role \(arn) to the cluster"
    case .attachGroup(let group): "put the cluster into the security group \(group)"
    case .resume: "start the paused cluster \(cluster)"
    case .pause: "pause the cluster \(cluster)"
    case .wait(let status): "wait for the cluster (\(status))"
    case .deleteWarehouse(true): "delete the cluster \(cluster), keeping a final snapshot"
    case .deleteWarehouse(false): "delete the cluster \(cluster) with all its data"
    case .deleteGroup(let identifier): "delete the security group \(identifier)"
    case .deleteRole(let name): "delete the role \(name)"
    }
  }
}
