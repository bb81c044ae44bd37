/// The parts of a name, outermost first.
///
/// Most names have one part. It is held in place, where an array would be one allocation for each
/// name of a text: a fifth of all that reading it makes.
package struct NameParts: Hashable, Sendable {
  private enum Storage: Hashable, Sendable {
    case one(Identifier)
    /// None, or more than one.
    case several([Identifier])
  }

  private var storage: Storage

  @inline(__always)
  package init(_ part: Identifier) { storage = .one(part) }

  package init(_ parts: some Collection<Identifier>) {
    if parts.count == 1, let part = parts.first {
      storage = .one(part)
    } else {
      storage = .several(Array(parts))
    }
  }

  package static func + (left: NameParts, right: NameParts) -> NameParts {
    NameParts(Array(left) + Array(right))
  }

  package mutating func append(_ part: Identifier) {
    switch storage {
    case .one(let first): storage = .several([first, part])
    case .several(var parts):
      guard !parts.isEmpty else { return storage = .one(part) }
      // Of two references to the array none could be added to in place.
      storage = .several([])
      parts.append(part)
      storage = .several(parts)
    }
  }
}

extension NameParts: RandomAccessCollection {
  package var startIndex: Int { 0 }

  package var endIndex: Int {
    switch storage {
    case .one: 1
    case .several(let parts): parts.count
    }
  }

  package subscript(position: Int) -> Identifier {
    switch storage {
    case .one(let part):
      precondition(position == 0, "the name has one part")
      return part
    case .several(let parts): return parts[position]
    }
  }
}

extension NameParts: ExpressibleByArrayLiteral {
  package init(arrayLiteral parts: Identifier...) { self.init(parts) }
}
