package import Diagnostics
import Synchronization

/// AWS as redstart uses it: one account, one region, many services.
///
/// Layers, from below: `HTTPTransport` moves bytes; `SignatureV4` signs; `AWSCaller` addresses, signs
/// and sends, and again where that helps; `CredentialChain` finds keys; the services (`client.s3`,
/// `client.redshift` …) have a function for each operation, from typed request to typed answer.
/// Connections are kept and shared; everything may be called concurrently.
package final class AWSClient: Sendable {
  let caller: AWSCaller
  private let store: any CredentialSource
  private let chain: CredentialChain
  private let foundRegion = Mutex<String?>(nil)

  /// A client; nothing is asked of the network yet.
  ///
  /// - Throws: diagnostics about settings and files.
  package init(
    _ options: AWSOptions = AWSOptions(),
    surroundings: AWSSurroundings
  ) throws(Diagnostic) {
    let configuration = try AWSConfiguration(
      options: options,
      environment: surroundings.environment
    )
    caller = AWSCaller(
      configuration: configuration,
      transport: HTTPTransport(HTTPSettings(environment: surroundings.environment)),
      surroundings: surroundings
    )
    let chain = CredentialChain(caller: caller)
    self.chain = chain
    if let credentials = options.credentials {
      store = FixedCredentials(credentials: credentials)
    } else {
      store = CredentialStore(
        now: surroundings.now,
        forget: { await chain.forget($0) },
        find: { () async throws(AWSError) in try await chain.credentials() }
      )
    }
  }

  /// The keys in use.
  package func credentials() async throws(AWSError) -> AWSCredentials { try await store.current() }

  /// The region in use: asked for, from the environment, the profile, or the instance.
  package func region() async throws(AWSError) -> String {
    if let region = caller.configuration.region { return region }
    if let region = foundRegion.withLock({ $0 }) { return region }
    if let region = await chain.instanceRegion() {
      foundRegion.withLock { $0 = region }
      return region
    }
    throw .problem(.noRegion)
  }

  /// The partition of AWS that the region is in.
  package func partition() async throws(AWSError) -> Partition {
    Partition(region: try await region())
  }

  // MARK: For the services

  func send(_ call: AWSCall) async throws(AWSError) -> HTTPResponse {
    let region: String
    if let configured = call.region {
      region = configured
    } else if call.service.isGlobal, caller.configuration.region == nil {
      region = Partition.standard.globalRegion
    } else {
      region = try await self.region()
    }
    return try await caller.send(call, region: region, credentials: store)
  }

  func query(_ call: AWSCall) async throws(AWSError) -> XMLElement {
    try await AnswerReader(call).result(try await send(call))
  }

  func json(_ call: AWSCall) async throws(AWSError) -> PlainDictionary {
    try await AnswerReader(call).json(try await send(call))
  }
}

/// Walks through answers that come in pages.
struct Pages<Page: Sendable>: Sendable {
  /// Gives a page and the mark of the next one; nil after the last.
  let fetch: @Sendable (_ mark: String?) async throws(AWSError) -> (page: Page, next: String?)

  /// Hands every page to `body` in order.
  func forEach(_ body: (Page) async throws(AWSError) -> Void) async throws(AWSError) {
    var mark: String?
    repeat {
      let (page, next) = try await fetch(mark)
      try await body(page)
      // A service that gives the same mark again would keep us for ever.
      guard next == nil || next != mark else {
        throw .response(
          service: "AWS",
          operation: "a listing",
          reason: "the mark of the next page is that of this one"
        )
      }
      mark = next
    } while mark != nil && mark?.isEmpty == false
  }

  /// What stands on all pages, in order.
  func all<Element>() async throws(AWSError) -> [Element] where Page == [Element] {
    var all: [Element] = []
    try await forEach { all += $0 }
    return all
  }
}
