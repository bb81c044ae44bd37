import AWSClient
package import Diagnostics

// All wording of this module's diagnostics.

extension Diagnostic {
  static func clusterForeign(_ what: String, _ name: String, at range: TextRange?) -> Diagnostic {
    Diagnostic(
      code: "cluster-foreign",
      "there is \(what) named \"\(name)\" that this project did not make",
      at: range,
      notes: ["it lacks the tags redstart:project and redstart:cluster of this project"],
      help: ["choose another name under `cluster:`; redstart changes only what it made"]
    )
  }

  static func clusterDiffers(
    _ noun: String,
    _ name: String,
    _ key: String,
    _ wanted: String,
    _ actual: String,
    at range: TextRange?
  ) -> Diagnostic {
    Diagnostic(
      code: "cluster-differs",
      "the \(noun) \"\(name)\" has \(key) \(actual), not \(wanted)",
      at: range,
      help: [
        "write \(key): \(actual), or change the \(noun) itself in AWS; `up` does not replace what "
          + "holds data"
      ]
    )
  }

  static func clusterNetwork(at range: TextRange?) -> Diagnostic {
    Diagnostic(
      code: "cluster-network",
      "the account has no default network in this region to put the cluster into",
      at: range,
      help: [
        "under `cluster:`, name a `subnet_group` of Redshift, or for a serverless warehouse its "
          + "`subnets`"
      ]
    )
  }

  static func clusterFailed(_ name: String, status: String) -> Diagnostic {
    Diagnostic(
      code: "cluster-failed",
      "the cluster \"\(name)\" is \(status), which no waiting ends",
      help: ["look at it in AWS's console; `redstart cluster down` deletes it"]
    )
  }

  static func clusterNeverPauses(_ name: String, at range: TextRange?) -> Diagnostic {
    Diagnostic(
      code: "cluster-never-pauses",
      "the workgroup \"\(name)\" cannot be paused: a serverless warehouse stops by itself",
      at: range,
      help: [
        "it costs only while queries run; its storage stays and is billed until "
          + "`redstart cluster down`"
      ]
    )
  }

  package static func clusterMissing(
    _ name: String,
    noun: String = "cluster"
  ) -> Diagnostic {
    Diagnostic(
      code: "cluster-missing",
      "there is no \(noun) \"\(name)\"",
      help: ["`redstart cluster up` makes it"]
    )
  }

  static func clusterStuck(
    _ noun: String,
    _ name: String,
    _ reason: String,
    _ refusal: ServiceFault?
  ) -> Diagnostic {
    var notes: [String] = []
    if let refusal {
      let request = refusal.requestID.map { ", request \($0)" } ?? ""
      notes.append("AWS said last: \(refusal.message)")
      notes.append("\(refusal.service) \(refusal.operation): \(refusal.code)\(request)")
    }
    return Diagnostic(
      code: "cluster-stuck",
      "the \(noun) \"\(name)\" does not get where it should: \(reason)",
      notes: notes,
      help: ["run the command again later; it goes on from what exists then"]
    )
  }

  /// Both are written as `the cluster shop-dev`.
  package static func clusterOther(_ wanted: String, recorded: String, at range: TextRange?)
    -> Diagnostic
  {
    Diagnostic(
      code: "cluster-other",
      "this folder's record is of \(recorded), not of \(wanted)",
      at: range,
      help: [
        "`redstart cluster down` deletes the recorded one; then `up` makes the new one"
      ]
    )
  }

  static func callerAddress(_ service: String, _ reason: String) -> Diagnostic {
    Diagnostic(
      code: "cluster-address",
      "the address to let in could not be found: \(reason)",
      notes: ["asked \(service)"],
      help: [
        "give it with --my-address A.B.C.D, set REDSTART_ADDRESS_URL to another service, or list "
          + "blocks under `allow_from`"
      ]
    )
  }
}
