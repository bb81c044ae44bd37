import AWSClient
package import Diagnostics
import ProjectModel

/// Finds the address that the internet sees this machine at.
package struct CallerAddress: Sendable {
  /// Answers every request with the address that it came from.
  package static let service = "https://checkip.amazonaws.com"

  let address: String
  let transport: HTTPTransport

  /// - Parameter environment: `REDSTART_ADDRESS_URL` names another service; proxies are respected.
  package init(environment: [String: String]) {
    address = environment["REDSTART_ADDRESS_URL"] ?? Self.service
    transport = HTTPTransport(HTTPSettings(environment: environment))
  }

  /// The address as a block of one.
  package func block() async throws(Diagnostic) -> String {
    guard let endpoint = HTTPEndpoint(address), endpoint.scheme == "https" || endpoint.isLoopback
    else { throw .callerAddress(address, "it is no https address") }
    let bytes: [UInt8]
    do throws(TransportFailure) {
      let path = endpoint.basePath.isEmpty ? "/" : ""
      let response = try await transport.send(HTTPRequest(endpoint: endpoint, path: path))
      guard response.status == 200 else {
        throw TransportFailure(kind: .other, reason: "it answered \(response.status)")
      }
      bytes = try await response.body.collect(limit: 1024)
    } catch {
      throw .callerAddress(address, error.reason)
    }
    let text = String(decoding: bytes, as: UTF8.self).filter { !$0.isWhitespace }
    guard !text.contains("/"), let block = AddressBlock.canonical(text) else {
      throw .callerAddress(address, "it answered something else")
    }
    return block
  }
}
