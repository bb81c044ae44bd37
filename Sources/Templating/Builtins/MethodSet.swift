/// The methods of one name that Python's own types have.
final class MethodSet: Sendable {
  let text: Methods.Body?
  let list: Methods.Body?
  let tuple: Methods.Body?
  let dictionary: Methods.Body?
  let integer: Methods.Body?
  let float: Methods.Body?

  private init(
    text: Methods.Body?,
    list: Methods.Body?,
    tuple: Methods.Body?,
    dictionary: Methods.Body?,
    integer: Methods.Body?,
    float: Methods.Body?
  ) {
    self.text = text
    self.list = list
    self.tuple = tuple
    self.dictionary = dictionary
    self.integer = integer
    self.float = float
  }

  private static let empty = MethodSet(
    text: nil,
    list: nil,
    tuple: nil,
    dictionary: nil,
    integer: nil,
    float: nil
  )

  private static let all: [String: MethodSet] = {
    let tables = [
      Methods.text, Methods.list, Methods.tuple, Methods.dictionary, Methods.integerMethods,
      Methods.floatMethods,
    ]
    var result: [String: MethodSet] = [:]
    for name in Set(tables.flatMap(\.keys)) {
      result[name] = MethodSet(
        text: Methods.text[name],
        list: Methods.list[name],
        tuple: Methods.tuple[name],
        dictionary: Methods.dictionary[name],
        integer: Methods.integerMethods[name],
        float: Methods.floatMethods[name]
      )
    }
    return result
  }()

  /// The methods of a name; an empty set for names that are none.
  static func named(_ name: String) -> MethodSet { all[name] ?? empty }

  /// The method of a value; nil where its type has none of the name.
  func body(of owner: Value) -> Methods.Body? {
    switch owner {
    case .string: text
    case .list: list
    case .tuple: tuple
    case .dictionary: dictionary
    case .integer, .boolean: integer
    case .float: float
    default: nil
    }
  }
}
