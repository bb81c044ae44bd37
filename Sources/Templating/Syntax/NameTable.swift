/// The names of one template, each with a small number of its own.
///
/// Names are looked up by their bytes: a template says most of its names many times.
struct NameTable {
  private var names: [TemplateName] = []
  /// Numbers of names by hash, open addressing; -1 is free.
  private var slots = [Int32](repeating: -1, count: 32)

  /// The name that some bytes are.
  mutating func name(_ bytes: UnsafeBufferPointer<UInt8>) -> TemplateName {
    if names.count * 2 >= slots.count { grow() }
    var slot = Self.hash(bytes) & (slots.count - 1)
    while slots[slot] >= 0 {
      let name = names[Int(slots[slot])]
      if Self.isEqual(name.text, bytes) { return name }
      slot = (slot + 1) & (slots.count - 1)
    }
    let name = TemplateName(text: String(decoding: bytes, as: UTF8.self), id: names.count)
    slots[slot] = Int32(names.count)
    names.append(name)
    return name
  }

  /// The name that a text is.
  mutating func name(_ text: String) -> TemplateName {
    var text = text
    return text.withUTF8 { name($0) }
  }

  private static func isEqual(_ text: String, _ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    var text = text
    return text.withUTF8 { $0.count == bytes.count && $0.elementsEqual(bytes) }
  }

  /// The hash of Fowler, Noll and Vo.
  private static func hash(_ bytes: some Sequence<UInt8>) -> Int {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return Int(truncatingIfNeeded: hash >> 32)
  }

  private mutating func grow() {
    slots = [Int32](repeating: -1, count: slots.count * 4)
    for name in names {
      var slot = Self.hash(name.text.utf8) & (slots.count - 1)
      while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = Int32(name.id)
    }
  }
}
