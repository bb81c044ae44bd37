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

  /// The value of a variable that is a text of few bytes: nothing is retained for it.
  @inline(__always)
  func shortText(_ slot: Int) -> ShortText? {
    check(slot)
    if case .string(.short(let text))? = slots[slot] { return text }
    return nil
  }

  /// The attributes of the namespace that a variable is; nil where it is something else.
  @inline(__always)
  func attributes(_ slot: Int) -> DictionaryReference? {
    check(slot)
    if case .namespace(let namespace)? = slots[slot] { return namespace.attributes }
    return nil
  }

  /// The loop that a variable stands for.
  ///
  /// - Parameter slot: the variable `loop` of a block.
  /// - Returns: the loop; nil where the variable was given another value.
  @inline(__always)
  func loop(_ slot: Int) -> LoopObject? {
    check(slot)
    guard case .object(let object)? = slots[slot], type(of: object) == LoopObject.self else {
      return nil
    }
    return unsafeDowncast(object, to: LoopObject.self)
  }

  /// Gives a variable a value; numbers and short texts in the short way.
  ///
  /// Mostly the variable had such a value before as well: then there is nothing to release either.
  @inline(__always)
  func store(_ value: Value, in slot: Int) {
    switch value {
    case .integer(let number): set(slot, to: number)
    case .string(.short(let text)):
      check(slot)
      if isPlain(slot) {
        (slots + slot).initialize(to: .string(.short(text)))
      } else {
        slots[slot] = .string(.short(text))
      }
    default: self[slot] = value
    }
  }

  /// Makes an integer of a variable.
  @inline(__always)
  func set(_ slot: Int, to number: Int) {
    check(slot)
    if isPlain(slot) {
      (slots + slot).initialize(to: .integer(number))
    } else {
      slots[slot] = .integer(number)
    }
  }

  /// Whether a variable has a value that holds nothing, or none.
  @inline(__always)
  private func isPlain(_ slot: Int) -> Bool {
    switch slots[slot] {
    case .integer?, .string(.short)?, nil: true
    default: false
    }
  }

  /// Forgets the values of some variables.
  @inline(__always)
  func clear(_ range: Range<Int>) {
    for slot in range {
      check(slot)
      if !isPlain(slot) { slots[slot] = nil } else { (slots + slot).initialize(to: nil) }
    }
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
