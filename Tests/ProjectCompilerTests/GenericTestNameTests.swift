import Diagnostics
import ProjectModel
import Testing

@testable import ProjectCompiler

/// Names and ids as dbt 1.11 gives them to the same declarations.
@Suite struct GenericTestNameTests {
  static func node(_ name: String) -> Node {
    Node(
      uniqueID: "model.jaffle_shop.\(name)",
      kind: .model,
      name: name,
      packageName: "jaffle_shop",
      path: "\(name).sql",
      originalFilePath: "models/\(name).sql",
      fqn: ["jaffle_shop", name]
    )
  }

  static let cases: [(String, String, String, PlainDictionary, name: String, hash: String)] = [
    ("unique", "customers", "customer_id", [:], "unique_customers_customer_id", "c5af1ff4b1"),
    ("not_null", "customers", "customer_id", [:], "not_null_customers_customer_id", "5c9bf9911d"),
    (
      "accepted_values", "orders", "status",
      ["values": ["placed", "shipped", "completed", "return_pending", "returned"]],
      "accepted_values_orders_status__placed__shipped__completed__return_pending__returned",
      "be6b5b5ec3"
    ),
  ]

  @Test(arguments: cases.indices)
  func areThoseOfDbt(index: Int) {
    let (test, model, column, arguments, name, hash) = Self.cases[index]
    let buffers = Buffers()
    let buffer = buffers.add(name: "schema.yml", text: "")
    var declaration = Properties.TestDeclaration(
      test: test,
      columnName: column,
      range: buffers.wholeRange(of: buffer),
      file: "models/schema.yml"
    )
    declaration.arguments = arguments
    var all = arguments
    all["column_name"] = .string(column)
    let node = Self.node(model)
    #expect(GenericTestBuilder.names(test: test, on: node, arguments: all).full == name)
    #expect(GenericTestBuilder.hash(declaration, named: name, on: node) == hash)
  }
}
