import Diagnostics

/// Finds out what went wrong from the answer of a service, whatever its protocol.
struct FaultReader: Sendable {
  var service: AWSService
  var operation: String

  func fault(status: Int, headers: HTTPHeaders, body: [UInt8]) -> ServiceFault {
    var fault = ServiceFault(
      service: service.name,
      operation: operation,
      status: status,
      code: "",
      message: "",
      requestID: headers["x-amzn-RequestId"] ?? headers["x-amz-request-id"],
      hostID: headers["x-amz-id-2"],
      region: headers["x-amz-bucket-region"]
    )
    switch service.wire {
    case .json: readJSON(&fault, headers, body)
    case .query, .ec2, .restXML: readXML(&fault, body)
    }
    if fault.code.isEmpty { fault.code = Self.code(for: status) }
    return fault
  }

  private func readXML(_ fault: inout ServiceFault, _ body: [UInt8]) {
    let root: XMLElement
    do throws(XMLElement.Problem) {
      root = try XMLElement(xml: body)
    } catch {
      return note(&fault, body)
    }
    // S3 puts it at the top, the others into Error, EC2 into Errors as well.
    let error = root.child("Error") ?? root.child("Errors")?.child("Error") ?? root
    guard let code = error.text("Code") else { return note(&fault, body) }
    fault.code = code
    fault.message = error.text("Message") ?? ""
    let identifier = root.text("RequestId") ?? root.text("RequestID") ?? error.text("RequestId")
    fault.requestID = identifier ?? fault.requestID
    fault.hostID = error.text("HostId") ?? fault.hostID
    fault.region = error.text("Region") ?? fault.region
    fault.resource = error.text("BucketName") ?? error.text("Key")
  }

  private func readJSON(_ fault: inout ServiceFault, _ headers: HTTPHeaders, _ body: [UInt8]) {
    let object = JSONAnswer.object(body)
    let word =
      headers["x-amzn-ErrorType"] ?? object?["__type"]?.string ?? object?["code"]?.string ?? ""
    // `com.amazon.coral.service#ThrottlingException:http://…` has the code in the middle.
    let code = word.split(separator: "#").last ?? ""
    fault.code = code.split(separator: ":").first.map { String($0) } ?? ""
    fault.message = object?["message"]?.string ?? object?["Message"]?.string ?? ""
    if object == nil { note(&fault, body) }
  }

  /// Says what kind of thing came where an error of the service should be.
  private func note(_ fault: inout ServiceFault, _ body: [UInt8]) {
    guard !body.isEmpty, fault.message.isEmpty else { return }
    let isPage = body.prefix(512).contains(UInt8(ascii: "<"))
    fault.message = isPage ? "the answer is a web page, not one of \(service.name)" : ""
  }

  private static func code(for status: Int) -> String {
    switch status {
    case 301: "PermanentRedirect"
    case 307: "TemporaryRedirect"
    case 400: "BadRequest"
    case 403: "AccessDenied"
    case 404: "NotFound"
    case 412: "PreconditionFailed"
    case 416: "InvalidRange"
    case 429: "TooManyRequestsException"
    case 503: "ServiceUnavailable"
    default: "HTTP\(status)"
    }
  }
}
