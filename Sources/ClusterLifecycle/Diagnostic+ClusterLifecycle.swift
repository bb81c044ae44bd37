package import Diagnostics

// All wording of this module's diagnostics.

extension Diagnostic {
  static func clusterForeign(_ what: String, _ name: String, at range: TextRange?) -> Diagnostic {
    Diagnostic(
      code: "cluster-foreign",
      "there is \(what) named \"\(name)\" that this project did not make",
      at: range,
      notes: ["it lacks the tags redstart:project and redstart:cluster of this project"],
      help: ["choose another `identifier`; redstart changes only what it made"]
    )
  }

  static func clusterDiffers(
    _ name: String,
    _ key: String,
    _ wanted: String,
    _ actual: String,
    at range: TextRange?
  ) -> Diagnostic {
    Diagnostic(
      code: "cluster-differs",
      "the cluster \"\(name)\" has \(key) \(actual), not \(wanted)",
      at: range,
      help: [
        "write \(key): \(actual), or change the cluster itself in AWS; `up` does not resize or "
          + "replace what holds data"
      ]
    )
  }

  static func clusterNetwork(at range: TextRange?) -> Diagnostic {
    Diagnostic(
      code: "cluster-network",
      "the account has no default network in this region to put the cluster into",
      at: range,
      help: ["name a `subnet_group` of Redshift under `cluster:`"]
    )
  }

  static func clusterFailed(_ name: String, status: String) -> Diagnostic {
    Diagnostic(
      code: "cluster-failed",
      "the cluster \"\(name)\" is \(status), which no waiting ends",
      help: ["look at it in AWS's console; `redstart cluster down` deletes it"]
    )
  }

  package static func clusterMissing(_ name: String) -> Diagnostic {
    Diagnostic(
      code: "cluster-missing",
      "there is no cluster \"\(name)\"",
      help: ["`redstart cluster up` makes it"]
    )
  }

  static func clusterStuck(_ name: String, _ reason: String) -> Diagnostic {
    Diagnostic(
      code: "cluster-stuck",
      "the cluster \"\(name)\" does not get where it should: \(reason)",
      help: ["run the command again later; it goes on from what exists then"]
    )
  }

  package static func clusterOther(_ name: String, recorded: String, at range: TextRange?)
    -> Diagnostic
  {
    Diagnostic(
      code: "cluster-other",
      "this folder's record is of the cluster \(recorded), not \(name)",
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
