/// What clusters cost: an estimate from a small table.
package enum NodePrice {
  /// When the table was made.
  package static let date = "November 2025"
  /// Dollars for an hour of one node, on demand, in us-east-1.
  private static let prices: [String: Double] = [
    "dc2.large": 0.25, "dc2.8xlarge": 4.80, "ra3.large": 0.543, "ra3.xlplus": 1.086,
    "ra3.4xlarge": 3.26, "ra3.16xlarge": 13.04,
  ]

  /// Dollars for an hour; nil for node types that the table does not have.
  package static func hourly(_ nodeType: String, nodes: Int) -> Double? {
    prices[nodeType].map { $0 * Double(nodes) }
  }

  /// The estimate as a sentence.
  package static func estimate(_ nodeType: String, nodes: Int) -> String {
    guard let price = hourly(nodeType, nodes: nodes) else {
      return "no price is known for \(nodeType); see AWS's price list"
    }
    let cents = Int((price * 100).rounded())
    let text = "\(cents / 100).\(cents % 100 < 10 ? "0" : "")\(cents % 100)"
    return "about $\(text) an hour (estimate: \(nodes) × \(nodeType) on demand in us-east-1, "
      + "\(date); storage and other regions cost otherwise)"
  }
}
