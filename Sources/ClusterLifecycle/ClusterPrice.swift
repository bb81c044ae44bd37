package import ProjectModel

/// What warehouses cost: estimates from a small table, or from the user's own price.
package enum ClusterPrice {
  /// When the table was made.
  package static let date = "November 2025"
  /// Where its prices hold.
  private static let region = "us-east-1"
  /// Dollars for an hour of one node, on demand.
  ///
  /// Written down by hand, not read from AWS: its list is at
  /// https://aws.amazon.com/redshift/pricing/.
  private static let prices: [String: Double] = [
    "dc2.large": 0.25, "dc2.8xlarge": 4.80, "ra3.large": 0.543, "ra3.xlplus": 1.086,
    "ra3.4xlarge": 3.26, "ra3.16xlarge": 13.04,
  ]

  /// Dollars for an hour of one RPU in use; from the same page.
  private static let unitPrice = 0.375

  /// Dollars for an hour of a node, or of an RPU; nil for node types that the table does not have.
  private static func unit(_ section: ClusterConfiguration) -> Double? {
    if let price = section.unitPrice { return price }
    switch section.shape {
    case .provisioned(let nodes): return prices[nodes.nodeType]
    case .serverless: return unitPrice
    }
  }

  /// Dollars for an hour, for serverless warehouses one full of queries; nil for node types that
  /// the table does not have.
  package static func hourly(_ section: ClusterConfiguration) -> Double? {
    switch section.shape {
    case .provisioned(let nodes): unit(section).map { $0 * Double(nodes.nodeCount) }
    case .serverless(let serverless): unit(section).map { $0 * Double(serverless.baseCapacity) }
    }
  }

  /// Whose price it is.
  package static func basis(_ section: ClusterConfiguration) -> String {
    section.unitPrice == nil
      ? "redstart's own table of on-demand prices in \(region), \(date)" : "the project's `price`"
  }

  /// The estimate as a sentence, for a warehouse in a region.
  package static func estimate(_ section: ClusterConfiguration, in place: String) -> String {
    guard let unit = unit(section), let price = hourly(section) else {
      return "no price is known for \(section.provisioned?.nodeType ?? section.identifier); see "
        + "AWS's price list, and write `price:` under `cluster:`"
    }
    // Whose price it is, and what is not in it.
    let origin =
      section.unitPrice == nil
      ? "in \(region), noted by hand in \(date), not asked of AWS; "
        + (place == region ? "" : "other prices hold in \(place); ")
        + "`price:` under `cluster:` says what you pay"
      : "by `price:` of the project"
    switch section.shape {
    case .provisioned(let nodes):
      return "about $\(text(price)) an hour (estimate: \(nodes.nodeCount) × \(nodes.nodeType) at "
        + "$\(exact(unit)) \(origin); storage is billed besides)"
    case .serverless(let serverless):
      let growth =
        serverless.maximumCapacity.map {
          "at most $\(text(unit * Double($0))) with max_capacity \($0)"
        } ?? "more when AWS adds capacity, which max_capacity limits"
      return "nothing while no query runs; about $\(text(price)) for an hour of queries, billed by "
        + "the second, a minute at least (estimate: \(serverless.baseCapacity) RPU at "
        + "$\(exact(unit)) \(origin); \(growth); storage is billed besides)"
    }
  }

  private static func text(_ price: Double) -> String {
    let cents = Int((price * 100).rounded())
    return "\(cents / 100).\(cents % 100 < 10 ? "0" : "")\(cents % 100)"
  }

  /// Without zeros that say nothing.
  private static func exact(_ price: Double) -> String {
    let whole = price.rounded() == price
    return whole ? "\(Int(price))" : "\(price)"
  }
}
