import TestSupport

extension ProgramHarness {
  /// A project file with one local target, whose models are in the schema `dw`.
  static let shop = """
    name: shop
    target: dev
    targets: { dev: { type: local, schema: dw } }

    """

  /// What a query gives, as CSV, or the error.
  func csv(_ sql: String) throws -> String {
    let shown = try run("show", "-q", "--limit", "50", "--output", "csv", "--inline", sql)
    return shown.output + shown.error
  }
}
