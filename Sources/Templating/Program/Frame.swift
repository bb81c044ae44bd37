/// The variables of one run: of a template, of a macro, or of a round of a loop that something made
/// in it may outlive.
///
/// The compiler has given every variable its slot, so nothing is looked up by name.
final class Frame {
  let layout: FrameLayout
  /// The frame around the block that this one belongs to.
  let parent: Frame?
  private let count: UInt
  private let slots: UnsafeMutablePointer<Value?>

  init(_ layout: FrameLayout, parent: Frame?) {
    self.layout = layout
    self.parent = parent
    let count = layout.names.count
    self.count = UInt(count)
    slots = .allocate(capacity: count)
    slots.initialize(repeating: nil, count: count)
  }

  deinit {
    slots.deinitialize(count: Int(count))
    slots.deallocate()
  }

  /// The value of a variable; nil until it is set.
  subscript(slot: Int) -> Value? {
    @inline(__always)
    _read {
      check(slot)
      yield slots[slot]
    }
    @inline(__always)
    _modify {
      check(slot)
      yield &slots[slot]
    }
  }

  @inline(__always)
  private func check(_ slot: Int) {
    // A negative slot is beyond every count.
    precondition(UInt(bitPattern: slot) < count)
  }

  /// The value of a variable that is an integer: nothing is retained for it.
  @inline(__always)
  func integer(_ slot: Int) -> Int? {
    check(slot)
    if case .integer(let number)? = slots[slot] { return number }
    return nil
  }

  /// Lends the value of a variable: nothing is retained for it.
  ///
  /// - Parameters:
  ///   - slot: the variable, which has no value meanwhile.
  ///   - body: looks at the value, and not at this frame.
  /// - Returns: what `body` gives.
  @inline(__always)
  func lend<Result>(_ slot: Int, _ body: (Value?) -> Result) -> Result {
    check(slot)
    let value = slots[slot].take()
    defer { (slots + slot).initialize(to: value) }
    return body(value)
  }

  /// Makes an integer of a variable, which mostly was one: then there is nothing to release.
  @inline(__always)
  func set(_ slot: Int, to number: Int) {
    check(slot)
    if case .integer? = slots[slot] {
      (slots + slot).initialize(to: .integer(number))
    } else {
      slots[slot] = .integer(number)
    }
  }

  /// Gives a variable a value; an integer in the short way.
  @inline(__always)
  func store(_ value: Value, in slot: Int) {
    if case .integer(let number) = value { set(slot, to: number) } else { self[slot] = value }
  }

  /// Forgets the values of some variables.
  @inline(__always)
  func clear(_ range: Range<Int>) {
    for slot in range { self[slot] = nil }
  }

  func removeAll() { clear(0..<Int(count)) }

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
