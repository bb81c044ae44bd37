package import AWSClient

/// What AWS's settings say about who may reach a warehouse's port.
package struct NetworkAdvice: Sendable {
  private let location: Location
  private let port: Int

  /// Advice about a port of a warehouse.
  package init(_ location: Location, port: Int) {
    self.location = location
    self.port = port
  }

  /// What to do, in order of how likely it helps.
  package func help(_ client: AWSClient) async -> [String] {
    var help: [String] = []
    if !location.isPublic {
      help.append(
        "\(location.place.words) is not publicly accessible: connect from within its network, "
          + "or use `method: data-api`, which needs no way to it"
      )
    }
    if let known = location.port, known != port {
      help.append("its port is \(known): set `port: \(known)`")
    }
    guard !location.securityGroups.isEmpty else { return help }
    let names = location.securityGroups.joined(separator: ", ")
    do throws(AWSError) {
      let groups = try await client.ec2.securityGroups(identifiers: location.securityGroups)
      let blocks = groups.flatMap(\.ingress).filter { $0.covers(port) }
        .flatMap { ($0.ranges + $0.ranges6).map(\.block) }
      if blocks.isEmpty {
        help.append(
          "no rule of the security group \(names) lets addresses reach port \(port): add an "
            + "inbound rule for yours"
        )
      } else {
        help.append(
          "the security group \(names) lets \(blocks.joined(separator: ", ")) reach port "
            + "\(port): is your address among them?"
        )
      }
    } catch {
      help.append("look at the inbound rules of the security group \(names) for port \(port)")
    }
    return help
  }
}

extension IPPermission {
  fileprivate func covers(_ port: Int) -> Bool {
    if ipProtocol == "-1" { return true }
    guard ipProtocol == "tcp" else { return false }
    return (fromPort ?? 0) <= port && port <= (toPort ?? 65_535)
  }
}
