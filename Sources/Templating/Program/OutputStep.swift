import Diagnostics

/// Texts and values one after the other, as most of a template is: without a step for each.
final class OutputStep: Step {
  /// A text, which may be empty, and what is printed behind it.
  private struct Piece {
    var text: FixedText
    var textOrigin: SourceMap.Origin
    var term: Unmanaged<Term>?
    var valueOrigin: SourceMap.Origin
    /// Where the value is, if it is a variable's; else -1.
    var slot = -1
    var isConstant = false
  }

  /// What a text and a value are made from.
  enum Part {
    case text(TextRange)
    case value(Term, isConstant: Bool)
  }

  /// These hold what the pieces point to.
  private let source: TemplateSource
  private let terms: [Term]
  /// In memory of their own, where they are read without being counted as used.
  private let pieces: UnsafeMutableBufferPointer<Piece>

  init(_ source: TemplateSource, _ parts: [Part]) {
    self.source = source
    var terms: [Term] = []
    var pieces: [Piece] = []
    for part in parts {
      switch part {
      case .text(let range):
        let origin = SourceMap.Origin(range)
        pieces.append(
          Piece(
            text: source.fixedText(range.bytes),
            textOrigin: origin,
            term: nil,
            valueOrigin: origin
          )
        )
      case .value(let term, let isConstant):
        if pieces.last?.term != nil || pieces.isEmpty {
          pieces.append(
            Piece(
              text: source.fixedText(0..<0),
              textOrigin: term.origin,
              term: nil,
              valueOrigin: term.origin
            )
          )
        }
        let last = pieces.count - 1
        pieces[last].term = .passUnretained(term)
        pieces[last].valueOrigin = term.origin
        pieces[last].slot = (term as? LocalTerm)?.slot ?? -1
        pieces[last].isConstant = isConstant
        terms.append(term)
      }
    }
    self.terms = terms
    self.pieces = .allocate(capacity: pieces.count)
    _ = self.pieces.initialize(from: pieces)
  }

  deinit { pieces.deallocate() }

  override func perform(_ run: Renderer, _ frame: Frame) throws(Diagnostic) -> Flow {
    if run.nodes != nil {
      try collect(run, frame)
      return .next
    }
    guard var next = UnsafePointer(pieces.baseAddress) else { return .next }
    let end = next + pieces.count
    while next < end {
      let piece = next.pointee
      next += 1
      if piece.text.count > 0 { try run.write(piece.text, piece.textOrigin) }
      if piece.slot >= 0, try run.write(piece.slot, of: frame, piece.valueOrigin) { continue }
      guard let term = piece.term else { continue }
      var problem: Diagnostic?
      term._withUnsafeGuaranteedRef { term in
        do throws(Diagnostic) { try term.print(run, frame) } catch { problem = error }
      }
      if let problem { throw problem }
    }
    return .next
  }

  /// Prints, and notes each part: the value of a template may be asked for.
  private func collect(_ run: Renderer, _ frame: Frame) throws(Diagnostic) {
    var terms = terms[...]
    for piece in pieces {
      if piece.text.count > 0 {
        run.nodes?.append(.text(piece.text.string))
        try run.write(piece.text, piece.textOrigin)
      }
      guard piece.term != nil, let term = terms.popFirst() else { continue }
      let value = try term.value(run, frame)
      run.nodes?.append(piece.isConstant ? value.asConstant : value)
      try run.write(value, term.origin)
    }
  }
}
