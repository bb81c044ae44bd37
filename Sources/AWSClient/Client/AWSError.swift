package import Diagnostics

/// What a service answered instead of what was asked for.
package struct ServiceFault: Error, Hashable, Sendable {
  package var service: String
  package var operation: String
  package var status: Int
  /// The service's own word, as `AccessDenied`.
  package var code: String
  package var message: String
  package var requestID: String?
  /// Of S3: the second half of what its support asks for.
  package var hostID: String?
  /// The region in which a bucket really is.
  package var region: String?
  /// The bucket or key that S3 speaks of.
  package var resource: String?
}

/// Why a call to AWS did not work.
package enum AWSError: Error, Hashable, Sendable {
  case service(ServiceFault)
  case transport(TransportFailure, service: String, operation: String, host: String)
  /// The answer was not what the service should say.
  case response(service: String, operation: String, reason: String)
  /// A problem that has its own words: settings, credentials, damaged objects.
  case problem(Diagnostic)
  case cancelled

  /// The service's code; nil when no service answered.
  package var code: String? {
    if case .service(let fault) = self { return fault.code }
    return nil
  }
}
