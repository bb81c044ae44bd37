import Testing

@testable import ProjectCompiler

/// Arrays of PostgreSQL as templates see them.
@Suite struct ArrayTextTests {
  @Test(arguments: [
    ("{1,2,NULL}", "int4", "[1, 2, null]"),
    ("{{1,2},{3,4}}", "int8", "[[1, 2], [3, 4]]"),
    ("{}", "text", "[]"),
    (#"{a,"b,\"c\\","NULL",NULL}"#, "text", #"["a", "b,\"c\\", "NULL", null]"#),
    ("{t,f}", "bool", "[true, false]"),
    ("{1,2.5}", "float8", "[1.0, 2.5]"),
  ])
  func `an array is JSON`(_ text: String, _ type: String, _ json: String) {
    #expect(ArrayText(text, of: type).json == json)
  }

  @Test(arguments: [("[0:1]={1,2}", "int4"), ("{1,2", "int4"), ("{a}", "mood"), ("", "text")])
  func `what is no such array stays as it is`(_ text: String, _ type: String) {
    #expect(ArrayText(text, of: type).json == nil)
  }
}
