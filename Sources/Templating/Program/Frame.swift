/// The variables of one run: of a template, of a macro, or of a round of a loop that something made
/// in it may outlive.
///
/// The compiler has given every variable its slot, so nothing is looked up by name.
final class Frame {
  let layout: FrameLayout
  /// The frame around the block that this one belongs to.
  let parent: Frame?
  private let count: Int
  private let slots: UnsafeMutablePointer<Value?>

  init(_ layout: FrameLayout, parent: Frame?) {
    self.layout = layout
    self.parent = parent
    count = layout.names.count
    slots = .allocate(capacity: count)
    slots.initialize(repeating: nil, count: count)
  }

  deinit {
    slots.deinitialize(count: count)
    slots.deallocate()
  }

  /// The value of a variable; nil until it is set.
  subscript(slot: Int) -> Value? {
    @inline(__always)
    _read {
      precondition(slot >= 0 && slot < count)
      yield slots[slot]
    }
    @inline(__always)
    _modify {
      precondition(slot >= 0 && slot < count)
      yield &slots[slot]
    }
  }

  /// Forgets the values of some variables.
  @inline(__always)
  func clear(_ range: Range<Int>) {
    for slot in range { self[slot] = nil }
  }

  func removeAll() { clear(0..<count) }

  /// The frame that many steps out; nil for a macro that was called without its surroundings.
  @inline(__always)
  func ancestor(_ hops: Int) -> Frame? {
    var frame = parent
    for _ in 1..<max(1, hops) { frame = frame?.parent }
    return frame
  }

  /// Every name that has a value here or further out.
  var names: [String] {
    let set = layout.names.indices.filter { self[$0] != nil }
    return set.map { layout.names[$0] } + (parent?.names ?? [])
  }
}

/// The slots of a kind of frame; complete once its template is compiled.
final class FrameLayout {
  fileprivate(set) var names: [String] = []

  /// A slot of its own for a variable.
  func addSlot(_ name: String) -> Int {
    names.append(name)
    return names.count - 1
  }
}
