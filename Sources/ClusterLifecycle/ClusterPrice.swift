package import ProjectModel

/// What warehouses cost: estimates from a small table.
package enum ClusterPrice {
  /// When the table was made.
  package static let date = "November 2025"
  /// Dollars for an hour of one node, on demand, in us-east-1.
  private static let prices: [String: Double] = [
    "dc2.large": 0.25, "dc2.8xlarge": 4.80, "ra3.large": 0.543, "ra3.xlplus": 1.086,
    "ra3.4xlarge": 3.26, "ra3.16xlarge": 13.04,
  ]

  /// Dollars for an hour of one RPU in use, in us-east-1.
  private static let unitPrice = 0.375

  /// Dollars for an hour, for serverless warehouses one full of queries; nil for node types that
  /// the table does not have.
  package static func hourly(_ section: ClusterConfiguration) -> Double? {
    switch section.shape {
    case .provisioned(let nodes): prices[nodes.nodeType].map { $0 * Double(nodes.nodeCount) }
    case .serverless(let serverless): unitPrice * Double(serverless.baseCapacity)
    }
  }

  /// The estimate as a sentence.
  package static func estimate(_ section: ClusterConfiguration) -> String {
    switch section.shape {
    case .provisioned(let nodes):
      guard let price = hourly(section) else {
        return "no price is known for \(nodes.nodeType); see AWS's price list"
      }
      return "about $\(text(price)) an hour (estimate: \(nodes.nodeCount) × \(nodes.nodeType) on "
        + "demand in us-east-1, \(date); storage and other regions cost otherwise)"
    case .serverless(let serverless):
      let base = unitPrice * Double(serverless.baseCapacity)
      let growth =
        serverless.maximumCapacity.map {
          "at most $\(text(unitPrice * Double($0))) with max_capacity \($0)"
        } ?? "more when AWS adds capacity, which max_capacity limits"
      return "nothing while no query runs; about $\(text(base)) for an hour of queries, billed by "
        + "the second, a minute at least (estimate: \(serverless.baseCapacity) RPU × $0.375 in "
        + "us-east-1, \(date); \(growth); storage and other regions cost otherwise)"
    }
  }

  private static func text(_ price: Double) -> String {
    let cents = Int((price * 100).rounded())
    return "\(cents / 100).\(cents % 100 < 10 ? "0" : "")\(cents % 100)"
  }
}
