import Diagnostics

/// The source of procedures: a statement on each line, and what belongs to another is indented.
extension Layout {
  mutating func mark(_ block: ProcedureBlock) {
    markLabel(block.label)
    markDeclarations(block)
    hard(before: block.start)
    mark(block.statements)
    if let exception = block.exception { hard(before: exception) }
    for handler in block.handlers {
      let first = tokens.index(from: handler.range.bytes.lowerBound)
      let last = indexes(with: handler.statements.last?.range ?? handler.range)
      indent(first..<last.upperBound, .hard) { $0.mark(handler.statements) }
    }
    hard(before: block.end)
  }

  /// The tokens of a range with the semicolon behind it.
  private func indexes(with range: TextRange) -> Range<Int> {
    let own = tokens.indexes(of: range.bytes)
    guard pieces.indices.contains(own.upperBound), pieces[own.upperBound].kind == .semicolon else {
      return own
    }
    return own.lowerBound..<own.upperBound + 1
  }

  private mutating func markLabel(_ label: Identifier?) {
    guard let label else { return }
    let index = tokens.index(from: label.range.bytes.lowerBound)
    setClose(index)
    setClose(index + 1)
    add(.hard, behind: index + 1)
  }

  // MARK: Declarations

  private mutating func markDeclarations(_ block: ProcedureBlock) {
    guard !block.declarations.isEmpty else { return }
    for declaration in block.declarations {
      let range = indexes(with: declaration.range)
      // More than one DECLARE is rare, and each begins a line.
      if range.lowerBound > 0, text(range.lowerBound - 1) == "declare" {
        add(.hard, before: range.lowerBound - 1)
      }
      indent(range, .hard) { $0.mark(declaration, in: range) }
    }
  }

  private mutating func mark(_ declaration: ProcedureDeclaration, in range: Range<Int>) {
    switch declaration.kind {
    case .variable(let type): mark(type)
    case .typeOfColumn(let name), .rowOfTable(let name):
      let sign = tokens.index(from: name.range.bytes.upperBound)
      setClose(sign)
      setClose(sign + 1)
    case .cursor(let arguments, let query):
      for argument in arguments { mark(argument.type) }
      markIndented(query)
    case .alias: break
    }
    guard let value = declaration.defaultValue else { return }
    markAssignment(before: value)
    markLine(range) { $0.mark(value) }
  }

  /// The blank in front of `:=`.
  private mutating func markAssignment(before value: Expr) {
    let index = tokens.index(from: value.range.bytes.lowerBound)
    guard index > 1, pieces[index - 2].kind == .colon else { return }
    setApart(index - 2)
  }

  /// A statement that takes one line if it fits.
  private mutating func markLine(_ range: Range<Int>, _ body: (inout Layout) -> Void) {
    group(range) { layout in layout.indent(range.dropFirst(), nil, body) }
  }

  /// A query on lines of its own, one level deeper.
  private mutating func markIndented(_ query: Query) {
    indent(tokens.indexes(of: query.range.bytes), .hard) { $0.mark(query, .hard) }
  }

  // MARK: Statements

  private mutating func mark(_ statements: [ProcedureStatement]) {
    for statement in statements {
      let range = indexes(with: statement.range)
      indent(range, .hard) { layout in
        if statement.label != nil { layout.markLabel(statement.label) }
        layout.mark(statement)
      }
    }
  }

  private mutating func mark(_ statement: ProcedureStatement) {
    let range = tokens.indexes(of: statement.range.bytes)
    switch statement.kind {
    case .block(let block):
      markDeclared(block)
    case .assignment(_, let value):
      markAssignment(before: value)
      markLine(range) { $0.mark(value) }
    case .condition(let branches, let otherwise):
      mark(branches, otherwise, end: statement.end, areRows: false)
    case .choice(let value, let branches, let otherwise):
      if let value { mark(value) }
      mark(branches, otherwise, end: statement.end, areRows: true)
    case .loop(let loop): mark(loop)
    case .sql(let inner): mark(inner, in: tokens.indexes(of: inner.range.bytes))
    case .cursor(.openQuery(_, let query)): markIndented(query)
    case .cursor(.open(let name, let arguments)):
      setClose(tokens.index(from: name.range.bytes.upperBound))
      markLine(range) { layout in for value in arguments { layout.mark(value) } }
    case .diagnostics(let range): markDiagnostics(tokens.indexes(of: range.bytes))
    default: markLine(range) { layout in for value in statement.values { layout.mark(value) } }
    }
  }

  /// A block within another one: its label has been seen to.
  private mutating func markDeclared(_ block: ProcedureBlock) {
    var block = block
    block.label = nil
    mark(block)
  }

  private mutating func markDiagnostics(_ range: Range<Int>) {
    for index in range where pieces[index].kind == .colon { setApart(index) }
  }

  private mutating func mark(
    _ branches: [ProcedureStatement.Branch],
    _ otherwise: ProcedureStatement.Otherwise?,
    end: TextRange?,
    areRows: Bool
  ) {
    for branch in branches {
      let range = tokens.indexes(of: branch.range.bytes)
      add(.hard, before: range.lowerBound)
      group(range) { layout in
        layout.indent(range.dropFirst(), nil) { layout in
          for condition in branch.conditions { layout.mark(condition) }
        }
      }
      mark(branch.statements)
    }
    if let otherwise {
      hard(before: otherwise.range)
      mark(otherwise.statements)
    }
    if let end { hard(before: end) }
  }

  private mutating func mark(_ loop: ProcedureStatement.Loop) {
    switch loop.kind {
    case .endless: break
    case .condition(let condition): mark(condition)
    case .numbers(_, _, let low, let high, let step):
      mark(low)
      mark(high)
      if let step { mark(step) }
      // `1..n` and `a .. b`: the dots belong to both bounds.
      let dots = tokens.index(from: low.range.bytes.upperBound)
      setKept(dots..<tokens.index(from: high.range.bytes.lowerBound) + 1)
    case .rows(_, let query):
      markIndented(query)
      hard(before: loop.start)
    case .dynamic(_, let dynamic):
      mark(dynamic.text)
      for argument in dynamic.arguments { mark(argument) }
    case .cursor(_, let cursor): mark(cursor)
    }
    mark(loop.statements)
    hard(before: loop.end)
  }
}
