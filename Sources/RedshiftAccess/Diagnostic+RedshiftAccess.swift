package import Diagnostics

// All wording of this module's diagnostics.

extension AccessSettings.Place {
  /// `the cluster "name"`.
  package var words: String {
    switch self {
    case .cluster(let name): "the cluster \"\(name)\""
    case .workgroup(let name): "the workgroup \"\(name)\""
    }
  }

  fileprivate var key: String {
    switch self {
    case .cluster: "cluster_id"
    case .workgroup: "serverless_work_group"
    }
  }
}

extension Diagnostic {
  // MARK: The target

  package static func unknownMethod(_ method: String, target: String) -> Diagnostic {
    let known = AccessSettings.Method.allCases.map(\.rawValue)
    return Diagnostic(
      code: "connection-method",
      "target \"\(target)\" has method \"\(method)\", which redstart does not have",
      help: [
        Suggestion.sentence(for: method, among: known)
          ?? "choose one of \(known.joined(separator: ", "))"
      ]
    )
  }

  package static func placeUnknown(target: String, method: String) -> Diagnostic {
    Diagnostic(
      code: "connection-place",
      "target \"\(target)\" does not say which cluster or workgroup `method: \(method)` is for",
      help: [
        "set `cluster_id` or `serverless_work_group`; the host's name tells, too, where it is "
          + "Amazon's own"
      ]
    )
  }

  static var userMissing: Diagnostic {
    Diagnostic(
      code: "connection-user",
      "`method: iam` needs the database user that a temporary password is for",
      help: [
        "set `user`, or use `method: iam_role` for the database user that stands for your IAM role"
      ]
    )
  }

  static func secretUnreadable(_ reason: String) -> Diagnostic {
    Diagnostic(
      code: "secret-unreadable",
      "the secret of `secret_arn` is no login: \(reason)",
      help: [
        "it must be a JSON object with \"username\" and \"password\", as Redshift's own secrets are"
      ]
    )
  }

  // MARK: The place

  static func clusterNotFound(_ place: AccessSettings.Place, region: String) -> Diagnostic {
    Diagnostic(
      code: "cluster-not-found",
      "\(place.words) is not there in \(region)",
      help: [
        "check `\(place.key)` and `region` of the target, and that `iam_profile` or AWS_PROFILE "
          + "leads to the right account"
      ]
    )
  }

  static func clusterUnavailable(_ place: AccessSettings.Place, status: String) -> Diagnostic {
    var help: String
    switch status {
    case "paused":
      help = "resume it, and wait until it is available"
    case "pausing", "deleting", "final-snapshot": help = "it is going away; use another one"
    case "storage-full": help = "delete data or resize it"
    default: help = "wait until it is available, and try again"
    }
    if case .cluster(let name) = place, status == "paused" {
      help =
        "resume it, which takes some minutes: `redstart cluster resume` for the project's own, else "
        + "`aws redshift resume-cluster --cluster-identifier \(name)`"
    }
    return Diagnostic(
      code: "cluster-unavailable",
      "\(place.words) is not available: it is \(status)",
      help: [help]
    )
  }

  // MARK: The network

  /// A port that does not answer.
  package static func networkBlocked(
    _ failure: NetworkProbe.Failure,
    host: String,
    port: Int,
    help: [String]
  ) -> Diagnostic {
    let reason: String
    let usual: String
    switch failure {
    case .unknownName(let words):
      reason = "its name is not known here: \(words)"
      usual = "check `host`; the names of private endpoints are known within their network only"
    case .refused:
      reason = "nothing listens there"
      usual = "check `port` of the target"
    case .silent(let seconds):
      reason = "no answer within \(seconds) s"
      usual =
        "usual reasons: a security group without a rule for your address, a warehouse without "
        + "public access, a firewall on the way"
    case .other(let words):
      reason = words
      usual = "check the network between you and the warehouse"
    }
    return Diagnostic(
      code: "server-unreachable",
      "cannot reach \(host):\(port)",
      notes: [reason],
      help: help + [usual]
    )
  }

  // MARK: The Data API

  static func statementTooLong(_ bytes: Int) -> Diagnostic {
    Diagnostic(
      code: "statement-too-long",
      "the statement has \(bytes) bytes, and the Data API takes \(DataMessage.largestStatement)",
      help: ["shorten it, or connect with `method: iam`, which has no such limit"]
    )
  }

  static func copyInUnavailable() -> Diagnostic {
    Diagnostic(
      code: "copy-unavailable",
      "Redshift does not take rows from here: COPY reads S3",
      help: ["load the table by COPY from S3"]
    )
  }
}
