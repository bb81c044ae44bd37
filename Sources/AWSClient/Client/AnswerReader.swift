import Diagnostics

/// Reads the whole answer of a call into values.
struct AnswerReader: Sendable {
  private let call: AWSCall

  init(_ call: AWSCall) {
    self.call = call
  }

  func bytes(_ response: HTTPResponse) async throws(AWSError) -> [UInt8] {
    do throws(TransportFailure) {
      return try await response.body.collect(limit: .max)
    } catch {
      if error.kind == .cancelled { throw .cancelled }
      throw .transport(error, service: call.service.name, operation: call.operation, host: "")
    }
  }

  /// The document of an answer, whose outermost element must have the name.
  ///
  /// A page of a proxy can be XML by chance; it must not pass for a list of nothing.
  func xml(_ response: HTTPResponse, root name: String) async throws(AWSError) -> XMLElement {
    let root = try document(try await bytes(response))
    guard root.name == name else {
      throw failure("it is \"\(root.name.prefix(40))\" instead of \"\(name)\"")
    }
    return root
  }

  /// The document in some bytes, whatever it is.
  func document(_ bytes: [UInt8]) throws(AWSError) -> XMLElement {
    do throws(XMLElement.Problem) {
      return try XMLElement(xml: bytes)
    } catch {
      throw failure("it is no XML: \(error.reason) (byte \(error.offset))")
    }
  }

  /// The element with the result of a `query` call; EC2's stands at the top.
  func result(_ response: HTTPResponse) async throws(AWSError) -> XMLElement {
    let root = try await xml(response, root: "\(call.operation)Response")
    return root.child("\(call.operation)Result") ?? root
  }

  func json(_ response: HTTPResponse) async throws(AWSError) -> PlainDictionary {
    let bytes = try await bytes(response)
    if bytes.isEmpty { return PlainDictionary() }
    guard let object = JSONAnswer.object(bytes) else { throw failure("it is no JSON object") }
    return object
  }

  func failure(_ reason: String) -> AWSError {
    .response(service: call.service.name, operation: call.operation, reason: reason)
  }
}
