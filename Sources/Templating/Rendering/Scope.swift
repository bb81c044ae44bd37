/// The variables of one block, linked to the scope around it.
///
/// Scopes are small, so names are found by comparing their numbers one after the other.
final class Scope {
  private struct Variable {
    var name: TemplateName
    var value: Value
  }

  let parent: Scope?
  @exclusivity(unchecked) private var variables: [Variable] = []

  init(parent: Scope?) {
    self.parent = parent
  }

  func set(_ name: TemplateName, _ value: Value) {
    for index in variables.indices where variables[index].name.id == name.id {
      variables[index].value = value
      return
    }
    variables.append(Variable(name: name, value: value))
  }

  /// The value of a variable here or further out.
  func value(_ name: TemplateName) -> Value? {
    for variable in variables where variable.name.id == name.id { return variable.value }
    var scope = parent
    while let current = scope {
      for variable in current.variables where variable.name.id == name.id {
        return variable.value
      }
      scope = current.parent
    }
    return nil
  }

  func removeAll() {
    variables.removeAll(keepingCapacity: true)
  }

  /// Every name that can be seen from here.
  var names: [String] {
    variables.map(\.name.text) + (parent?.names ?? [])
  }
}
