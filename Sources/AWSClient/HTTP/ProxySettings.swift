/// Which requests go through a proxy: the variables that curl and the AWS tools read.
package struct ProxySettings: Sendable {
  private var forHTTP: String?
  private var forHTTPS: String?
  private var exceptions: [String] = []

  /// No proxies.
  package init() {}

  /// The proxies of an environment.
  ///
  /// `HTTP_PROXY` in capitals is not read, as curl does not read it: a web server sets it from a
  /// header of its client.
  package init(environment: [String: String]) {
    func value(_ names: String...) -> String? {
      names.lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
    }
    forHTTP = value("http_proxy", "all_proxy", "ALL_PROXY")
    forHTTPS = value("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY")
    exceptions = (value("no_proxy", "NO_PROXY") ?? "").split(whereSeparator: { ", ".contains($0) })
      .map { $0.lowercased() }
  }

  /// The proxy for an endpoint; nil to go there directly.
  package func proxy(for endpoint: HTTPEndpoint) -> String? {
    guard let proxy = endpoint.scheme == "https" ? forHTTPS : forHTTP else { return nil }
    let host = endpoint.host.lowercased()
    // This machine and the link's own addresses are behind no proxy.
    if endpoint.isLoopback || host.hasPrefix("169.254.") || host == "fd00:ec2::254" { return nil }
    for exception in exceptions {
      if exception == "*" { return nil }
      let name = exception.hasPrefix(".") ? String(exception.dropFirst()) : exception
      if host == name || host.hasSuffix("." + name) { return nil }
    }
    return proxy
  }
}
