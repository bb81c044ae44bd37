import TestSupport

/// Stand-ins that check signatures.
enum SignatureCheck {
  /// A stand-in that answers only requests whose signature fits.
  static func server(
    _ answer: @escaping @Sendable (HTTPStandIn.Request) -> HTTPStandIn.Reply
  ) throws -> HTTPStandIn {
    let verifier = SignatureVerifier(secrets: [Surroundings.key: Surroundings.secret])
    return try HTTPStandIn { request in
      do throws(SignatureVerifier.Problem) {
        _ = try verifier.scope(of: request)
      } catch {
        return HTTPStandIn.Reply(
          403,
          "<Error><Code>SignatureDoesNotMatch</Code><Message>\(error)</Message></Error>"
        )
      }
      return answer(request)
    }
  }
}
