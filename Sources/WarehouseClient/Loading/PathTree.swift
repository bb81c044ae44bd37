import Glibc

/// What a COPY picks from each JSON document: columns by key, or the paths of a JSONPaths file.
///
/// The paths are merged into one tree that is walked along with the document, so each document is
/// read once however many paths there are.
final class PathTree {
  enum Step: Hashable, Sendable {
    case member([UInt8])
    case element(Int)
  }

  /// A place in the document that some path goes through.
  struct Node: BitwiseCopyable {
    /// Where the value goes; -1 when no path ends here.
    var slot = -1
    /// Index into `tables`, or -1.
    var members = -1
    /// Range of `elements`.
    var elementStart = 0
    var elementCount = 0
    /// Range of `beneath`: the slots of all paths that go on from here.
    var beneathStart = 0
    var beneathCount = 0

    var isLeaf: Bool { members < 0 && elementCount == 0 }
  }

  struct Element: BitwiseCopyable {
    var index: Int
    var node: Int
  }

  let nodes: PlainStorage<Node>
  let elements: PlainStorage<Element>
  let beneath: PlainStorage<Int>
  let tables: [KeyTable]
  let slotCount: Int
  /// The slot that each column takes its value from.
  let columnSlots: [Int]
  let ignoresCase: Bool

  /// Builds the tree of one path per column.
  init(paths: [[Step]], ignoresCase: Bool = false) {
    final class Draft {
      var slot = -1
      var members: [(key: [UInt8], draft: Draft)] = []
      var memberIndex: [[UInt8]: Int] = [:]
      var elements: [(index: Int, draft: Draft)] = []
    }
    let root = Draft()
    var slots = 0
    var columnSlots: [Int] = []
    for path in paths {
      var draft = root
      for step in path {
        switch step {
        case .member(let key):
          let key = ignoresCase ? KeyTable.folded(key) : key
          if let index = draft.memberIndex[key] {
            draft = draft.members[index].draft
          } else {
            let next = Draft()
            draft.memberIndex[key] = draft.members.count
            draft.members.append((key, next))
            draft = next
          }
        case .element(let index):
          if let known = draft.elements.first(where: { $0.index == index }) {
            draft = known.draft
          } else {
            let next = Draft()
            draft.elements.append((index, next))
            draft = next
          }
        }
      }
      if draft.slot < 0 {
        draft.slot = slots
        slots += 1
      }
      columnSlots.append(draft.slot)
    }
    var nodes: [Node] = []
    var elements: [Element] = []
    var beneath: [Int] = []
    var tables: [KeyTable] = []
    // Paths are limited in length, so this recursion is too.
    func place(_ draft: Draft) -> (node: Int, slots: [Int]) {
      let index = nodes.count
      nodes.append(Node())
      var below: [Int] = []
      var node = Node()
      node.slot = draft.slot
      var placed: [(key: [UInt8], node: Int)] = []
      for (key, child) in draft.members {
        let result = place(child)
        placed.append((key, result.node))
        below += result.slots
      }
      if !placed.isEmpty {
        node.members = tables.count
        tables.append(KeyTable(placed))
      }
      let list = draft.elements.sorted { $0.index < $1.index }.map { index, child in
        let result = place(child)
        below += result.slots
        return Element(index: index, node: result.node)
      }
      node.elementStart = elements.count
      node.elementCount = list.count
      elements += list
      node.beneathStart = beneath.count
      node.beneathCount = below.count
      beneath += below
      nodes[index] = node
      return (index, below + (draft.slot < 0 ? [] : [draft.slot]))
    }
    _ = place(root)
    self.nodes = PlainStorage(nodes)
    self.elements = PlainStorage(elements)
    self.beneath = PlainStorage(beneath)
    self.tables = tables
    self.slotCount = slots
    self.columnSlots = columnSlots
    self.ignoresCase = ignoresCase
  }
}

/// Finds a key among those wanted by comparing bytes.
final class KeyTable {
  private struct Key: BitwiseCopyable {
    /// The first eight bytes, missing ones 0.
    var head: UInt64
    var length: Int
    /// Where the key's bytes are in `text`.
    var start: Int
    var node: Int
  }

  private let keys: PlainStorage<Key>
  private let text: PlainStorage<UInt8>
  /// Open addressing; -1 is empty.
  private let buckets: PlainStorage<Int32>
  private let mask: UInt64

  init(_ members: [(key: [UInt8], node: Int)]) {
    var keys: [Key] = []
    var text: [UInt8] = []
    var size = 4
    while size < members.count * 2 { size *= 2 }
    mask = UInt64(size - 1)
    var buckets = [Int32](repeating: -1, count: size)
    for (key, node) in members {
      let start = text.count
      text += key
      let padded = key + [UInt8](repeating: 0, count: 8)
      let (head, tail) = padded.withUnsafeBufferPointer { pointer -> (UInt64, UInt64) in
        guard let base = pointer.baseAddress else { return (0, 0) }
        return (Self.head(base, key.count), Self.tail(base, key.count))
      }
      var bucket = Int(Self.hash(head, tail, key.count) & mask)
      while buckets[bucket] >= 0 { bucket = (bucket + 1) & (size - 1) }
      buckets[bucket] = Int32(keys.count)
      keys.append(Key(head: head, length: key.count, start: start, node: node))
    }
    self.keys = PlainStorage(keys)
    self.text = PlainStorage(text)
    self.buckets = PlainStorage(buckets)
  }

  @inline(__always)
  private static func head(_ key: UnsafePointer<UInt8>, _ length: Int) -> UInt64 {
    let word = UnsafeRawPointer(key).loadUnaligned(as: UInt64.self)
    return length >= 8 ? word : word & ((1 &<< UInt64(length * 8)) &- 1)
  }

  @inline(__always)
  private static func tail(_ key: UnsafePointer<UInt8>, _ length: Int) -> UInt64 {
    length > 8
      ? UnsafeRawPointer(key).loadUnaligned(fromByteOffset: length - 8, as: UInt64.self) : 0
  }

  @inline(__always)
  private static func hash(_ head: UInt64, _ tail: UInt64, _ length: Int) -> UInt64 {
    let mixed =
      (head ^ (tail &* 0xC2B2_AE3D_27D4_EB4F) ^ UInt64(truncatingIfNeeded: length))
      &* 0x9E37_79B9_7F4A_7C15
    return mixed >> 32
  }

  @inline(__always)
  private func matches(_ index: Int, _ key: UnsafePointer<UInt8>, _ head: UInt64, _ length: Int)
    -> Bool
  {
    let known = keys.pointer[index]
    return known.length == length && known.head == head
      && (length <= 8 || memcmp(text.pointer + known.start, key, length) == 0)
  }

  /// The node of a key, or -1.
  ///
  /// - Parameters:
  ///   - key: at least eight bytes must be readable.
  ///   - length: of the key.
  ///   - hint: the position expected, moved behind the key when it is found.
  /// - Returns: a node's index.
  @inline(__always)
  func node(_ key: UnsafePointer<UInt8>, _ length: Int, hint: inout Int) -> Int {
    let head = Self.head(key, length)
    if hint < keys.count, matches(hint, key, head, length) {
      hint += 1
      return keys.pointer[hint - 1].node
    }
    var bucket = Int(Self.hash(head, Self.tail(key, length), length) & mask)
    while true {
      let index = Int(buckets.pointer[bucket])
      if index < 0 { return -1 }
      if matches(index, key, head, length) {
        hint = index + 1
        return keys.pointer[index].node
      }
      bucket = (bucket + 1) & Int(mask)
    }
  }

  static func folded(_ key: [UInt8]) -> [UInt8] {
    key.map { (65...90).contains($0) ? $0 + 32 : $0 }
  }
}
