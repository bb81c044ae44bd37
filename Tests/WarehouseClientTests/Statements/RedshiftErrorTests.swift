import Diagnostics
import Testing

@testable import WarehouseClient

/// Errors in Redshift's words, and what is said to do about them.
@Suite struct RedshiftErrorTests {
  @Test(arguments: [
    (
      "User arn:aws:redshift:us-west-2:123456789012:dbuser:dev/loader is not authorized to assume "
        + "IAM Role arn:aws:iam::123456789012:role/reader",
      "attach the role"
    ),
    (
      "S3ServiceException:Access Denied,Status 403,Error AccessDenied,Rid 9A2,ExtRid x=,CanRetry 1",
      "s3:ListBucket"
    ),
    (
      "S3ServiceException:The bucket you are attempting to access must be addressed using the "
        + "specified endpoint. Please send all future requests to this endpoint.,Status 301",
      "REGION"
    ),
    ("The specified S3 prefix 'events' does not exist", "redstart s3 ls"),
    ("Cannot COPY into nonexistent table events", "redstart migrate"),
  ])
  func sayWhatToDo(_ message: String, _ words: String) {
    let error = WarehouseError(kind: .statement, message: message, sqlState: "XX000")
    let diagnostic = Diagnostic.database(error, at: nil)
    #expect(diagnostic.message == message)
    #expect(diagnostic.help.count == 1 && diagnostic.help[0].contains(words))
  }

  /// Older clusters have the words in the detail, framed in dashes.
  @Test func areReadInTheirDetailToo() {
    let error = WarehouseError(
      kind: .statement,
      message: "Load into table failed",
      sqlState: "XX000",
      detail: """

        -----------------------------------------------
        error:  S3ServiceException:Access Denied,Status 403,Error AccessDenied
        code:      8001
        context:   Listing bucket=lake prefix=events
        query:     1391
        -----------------------------------------------
        """
    )
    let diagnostic = Diagnostic.database(error, at: nil)
    #expect(diagnostic.help.contains { $0.contains("s3:GetObject") })
    #expect(diagnostic.notes.contains("context:   Listing bucket=lake prefix=events"))
  }

  @Test func aLostTransactionIsNoBareNumber() {
    let error = WarehouseError(
      kind: .statement,
      message: "1023",
      sqlState: "XX000",
      detail: "Serializable isolation violation on table - 126483"
    )
    let diagnostic = Diagnostic.database(error, at: nil)
    #expect(diagnostic.code == "serialization-conflict")
    #expect(diagnostic.message == "another transaction changed the same tables (error 1023)")
    #expect(diagnostic.notes.contains { $0.contains("126483") })
  }

  @Test func othersAreLeftAlone() {
    let error = WarehouseError(kind: .statement, message: "Access Denied", sqlState: "42501")
    #expect(Diagnostic.database(error, at: nil).help.isEmpty)
  }
}
