/// The variables of one block, as they are known before it runs.
///
/// A block's variables hide those around it from the moment they are set, so a name can mean
/// a variable here, one further out, or what the host has, whichever is there first when it is
/// asked for.
final class NameScope {
  /// Where a variable is, seen from the block that speaks of it.
  struct Place {
    /// Frames to go out.
    var hops: Int
    var slot: Int
    /// Whether it has a value wherever the block can speak of it.
    var isAlwaysSet: Bool
    /// Whether it is the variable `loop` of a loop.
    var isLoop: Bool
  }

  private struct Variable {
    var id: Int
    var slot: Int
    var isAlwaysSet: Bool
    var isLoop: Bool
  }

  let parent: NameScope?
  let layout: FrameLayout
  private var variables: [Variable] = []

  /// - Parameters:
  ///   - parent: the block around this one.
  ///   - layout: where the variables live; nil for the frame of the block around.
  init(parent: NameScope?, layout: FrameLayout? = nil) {
    self.parent = parent
    self.layout = layout ?? parent?.layout ?? FrameLayout()
  }

  /// Declares a variable of this block and returns its slot.
  @discardableResult
  func declare(_ name: TemplateName, isAlwaysSet: Bool = false, isLoop: Bool = false) -> Int {
    for index in variables.indices where variables[index].id == name.id {
      if isAlwaysSet { variables[index].isAlwaysSet = true }
      return variables[index].slot
    }
    let slot = layout.addSlot(name.text)
    variables.append(
      Variable(id: name.id, slot: slot, isAlwaysSet: isAlwaysSet, isLoop: isLoop)
    )
    return slot
  }

  /// Declares what the statements of this block set.
  func declare(setBy statements: [StatementNode]) {
    for statement in statements {
      switch statement.kind {
      case .assignment(let target, _, _), .blockAssignment(let target, _, _, _):
        declare(target)
      case .macro(_, let name): declare(name)
      case .conditional(let branches, let otherwise):
        for branch in branches { declare(setBy: branch.body) }
        declare(setBy: otherwise)
      default: break
      }
    }
  }

  /// Declares the names of a target.
  func declare(_ target: TargetNode, isAlwaysSet: Bool = false) {
    switch target {
    case .name(let name): declare(name, isAlwaysSet: isAlwaysSet)
    case .namespace: break
    case .tuple(let targets, _):
      for target in targets { declare(target, isAlwaysSet: isAlwaysSet) }
    }
  }

  /// Whether statements of this block set a variable.
  static func isSet(_ name: TemplateName, by statements: [StatementNode]) -> Bool {
    statements.contains { statement in
      switch statement.kind {
      case .assignment(let target, _, _), .blockAssignment(let target, _, _, _):
        target.names.contains(name.text)
      case .macro(_, let macro): macro.id == name.id
      case .conditional(let branches, let otherwise):
        branches.contains { isSet(name, by: $0.body) } || isSet(name, by: otherwise)
      default: false
      }
    }
  }

  /// From now on the variable has a value.
  func settle(_ name: TemplateName) { declare(name, isAlwaysSet: true) }

  /// The slots that have to be empty when the block is entered.
  var clearedSlots: Range<Int> {
    var range: Range<Int>?
    for variable in variables where !variable.isAlwaysSet {
      let slot = variable.slot
      range = min(range?.lowerBound ?? slot, slot)..<max(range?.upperBound ?? 0, slot + 1)
    }
    return range ?? 0..<0
  }

  /// The innermost variable that a name may mean, from this block outwards.
  ///
  /// - Parameters:
  ///   - name: what is looked for.
  ///   - hops: how many frames lie between the block that asks and this one.
  /// - Returns: the variable and the block that has it; nil where no block has one of the name.
  func place(of name: TemplateName, hops: Int = 0) -> (place: Place, owner: NameScope)? {
    var hops = hops
    var scope: NameScope? = self
    while let current = scope {
      for variable in current.variables where variable.id == name.id {
        let place = Place(
          hops: hops,
          slot: variable.slot,
          isAlwaysSet: variable.isAlwaysSet && hops == 0,
          isLoop: variable.isLoop
        )
        return (place, current)
      }
      hops += current.hopsToParent
      scope = current.parent
    }
    return nil
  }

  /// Frames between this block and the one around it: one, or none.
  var hopsToParent: Int { parent.map { $0.layout === layout ? 0 : 1 } ?? 0 }
}
