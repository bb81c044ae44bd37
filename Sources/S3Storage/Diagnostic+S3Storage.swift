import Diagnostics

/// The wording of what loading from S3 itself can say, beside what AWS says.
extension Diagnostic {
  static func noLocation(_ text: String) -> Diagnostic {
    Diagnostic(
      code: "copy-source",
      "\"\(text)\" is not an s3:// location",
      help: ["write s3://BUCKET/PREFIX; names of buckets are lower case"]
    )
  }

  static func regionOfBucket(_ bucket: String, is found: String, not stated: String) -> Diagnostic {
    Diagnostic(
      code: "wrong-region",
      "the bucket \"\(bucket)\" is in \(found), not in \(stated)",
      notes: ["Redshift would not find it either"],
      help: ["write REGION '\(found)'"]
    )
  }

  static func notDeleted(_ url: String, _ code: String, _ count: Int) -> Diagnostic {
    Diagnostic(
      code: "unload-failed",
      "UNLOAD could not delete \(url): \(code)",
      notes: count > 1 ? ["\(count) objects could not be deleted"] : [],
      help: code == "AccessDenied" ? ["a policy must allow s3:DeleteObject"] : []
    )
  }

  static func notReadable(_ path: String, _ reason: String) -> Diagnostic {
    Diagnostic(code: "unload-failed", "UNLOAD could not read \(path)", notes: [reason])
  }
}
