import RedshiftSQL
import Testing

@testable import Execution

@Test func shadowNamesOfLongNamesStayApartAndShort() {
  let long = String(repeating: "é", count: 30)
  let names = ["\(long)a", "\(long)b"].map {
    ShadowName.of(RelationName(schema: "s", identifier: $0), .new).identifier
  }
  #expect(names[0] != names[1])
  #expect(names.allSatisfy { $0.utf8.count <= 63 && ShadowName.isShadow($0) })
}
