extension Value {
  /// The attribute or, failing that, the element of that name.
  func attribute(_ name: String) -> Value? {
    switch self {
    case .dictionary(let dictionary):
      if let method = Methods.method(name, of: self) { return method }
      return dictionary[name]
    case .namespace(let namespace): return namespace.attributes[name]
    case .object(let object): return object.attribute(name) ?? object.item(.text(name))
    case .function(let function): return function.attribute(name)
    case .macro(let macro):
      switch name {
      case "name": return .text(macro.definition.name)
      case "arguments": return .tuple(macro.definition.parameterNames.map { .text($0) })
      case "catch_kwargs": return .boolean(macro.definition.implicitNames.kwargs != nil)
      case "catch_varargs": return .boolean(macro.definition.implicitNames.varargs != nil)
      case "caller": return .boolean(macro.definition.implicitNames.caller != nil)
      default: return nil
      }
    case .integer, .float, .boolean:
      return Methods.method(name, of: self) ?? Methods.numberAttribute(name, of: self)
    default: return Methods.method(name, of: self)
    }
  }

  /// The element or, failing that, the attribute of that name.
  func item(_ key: Value) -> Value? {
    func element(_ count: Int) -> Int? {
      guard let index = key.integerValue else { return nil }
      let position = index < 0 ? index + count : index
      return position >= 0 && position < count ? position : nil
    }
    switch self {
    case .dictionary(let dictionary):
      if let value = dictionary[key] { return value }
    case .list(let list):
      if let position = element(list.elements.count) { return list.elements[position] }
    case .tuple(let tuple):
      if let position = element(tuple.elements.count) { return tuple.elements[position] }
    case .string(let string):
      let scalars = string.text.unicodeScalars
      if let position = element(scalars.count) {
        return .text(String(scalars[scalars.index(scalars.startIndex, offsetBy: position)]))
      }
    case .object(let object):
      if let value = object.item(key) { return value }
    default: break
    }
    if case .string(let name) = key { return attribute(name.text) }
    return nil
  }
}
