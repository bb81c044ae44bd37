import Glibc

extension SourceMap {
  /// Runs of output in memory of their own.
  ///
  /// A large text has hundreds of thousands of them: who wrote them hands over the memory they stand
  /// in, rather than copy them.
  package struct Segments: RandomAccessCollection, Sendable {
    private var storage: Storage?

    package init() {}

    /// Takes memory over.
    ///
    /// - Parameters:
    ///   - memory: what `malloc` gave.
    ///   - count: how many segments stand there.
    ///   - capacity: for how many there is room.
    package init(taking memory: UnsafeMutablePointer<Segment>, count: Int, capacity: Int) {
      storage = Storage(memory, count: count, capacity: capacity)
    }

    package var startIndex: Int { 0 }
    package var endIndex: Int { storage?.count ?? 0 }

    package subscript(position: Int) -> Segment {
      get {
        guard let storage else { preconditionFailure("there are no segments") }
        return storage[position]
      }
      set {
        let storage = own(adding: 0)
        storage[position] = newValue
      }
    }

    package mutating func append(_ segment: Segment) { own(adding: 1).append(segment) }

    package mutating func reserveCapacity(_ capacity: Int) {
      _ = own(adding: Swift.max(0, capacity - count))
    }

    /// The storage, held by nobody else and with room for some more segments.
    private mutating func own(adding added: Int) -> Storage {
      // Asked in place: a copy would be another holder.
      let isOwn = isKnownUniquelyReferenced(&storage)
      if isOwn, let storage, storage.hasRoom(added) { return storage }
      let copy = Storage(copying: storage, adding: added)
      storage = copy
      return copy
    }
  }
}

extension SourceMap.Segments: Hashable {
  package static func == (left: Self, right: Self) -> Bool { left.elementsEqual(right) }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(count)
    for segment in self { hasher.combine(segment) }
  }
}

/// Changed only by the one value that holds it.
private final class Storage: @unchecked Sendable {
  private let memory: UnsafeMutablePointer<SourceMap.Segment>
  private(set) var count: Int
  private let capacity: Int

  init(_ memory: UnsafeMutablePointer<SourceMap.Segment>, count: Int, capacity: Int) {
    precondition(count >= 0 && count <= capacity)
    self.memory = memory
    self.count = count
    self.capacity = capacity
  }

  init(copying other: Storage?, adding added: Int) {
    count = other?.count ?? 0
    capacity = max(count + added, count * 2, 4)
    let size = capacity * MemoryLayout<SourceMap.Segment>.stride
    guard let memory = malloc(size) else { fatalError("out of memory") }
    self.memory = memory.bindMemory(to: SourceMap.Segment.self, capacity: capacity)
    if let other { self.memory.initialize(from: other.memory, count: count) }
  }

  deinit { free(memory) }

  subscript(position: Int) -> SourceMap.Segment {
    get {
      precondition(position >= 0 && position < count)
      return memory[position]
    }
    set {
      precondition(position >= 0 && position < count)
      memory[position] = newValue
    }
  }

  func hasRoom(_ added: Int) -> Bool { count + added <= capacity }

  func append(_ segment: SourceMap.Segment) {
    precondition(count < capacity)
    (memory + count).initialize(to: segment)
    count += 1
  }
}
