// What Redshift's own errors mean, where its words do not say what to do.

extension WarehouseError {
  /// The message in words: Redshift's for a lost transaction is a bare number.
  package var words: String {
    message == "1023" ? "another transaction changed the same tables (error 1023)" : message
  }

  /// What to do about errors that COPY and UNLOAD bring from S3 and IAM.
  ///
  /// Source of the words: Amazon Redshift's Developer Guide, "Troubleshooting data loads".
  var redshiftHelp: [String] {
    let text = message + "\n" + (detail ?? "")
    if text.contains("not authorized to assume IAM Role") {
      return [
        "attach the role to the cluster or namespace, and let redshift.amazonaws.com take it; "
          + "`redstart cluster up` does both for its own, which is {{ target.iam_role_arn }}"
      ]
    }
    if text.contains("must be addressed using the specified endpoint") {
      return ["the bucket is in another region than the cluster: name it with REGION '…'"]
    }
    if text.contains("S3 prefix"), text.contains("does not exist") {
      return [
        "look what begins so with `redstart s3 ls`: a prefix is compared letter by letter, and "
          + "counts from the bucket's name on"
      ]
    }
    if text.contains("S3ServiceException"),
      text.contains("Access Denied") || text.contains("AccessDenied")
    {
      return [
        "the role needs s3:ListBucket on the bucket and s3:GetObject on the objects (for UNLOAD "
          + "s3:PutObject); prefixes under `s3:` of `cluster:` are let in by `redstart cluster up`"
      ]
    }
    if text.contains("Cannot COPY into nonexistent table") {
      return ["a migration makes the table before it is loaded: `redstart migrate`"]
    }
    return []
  }
}
