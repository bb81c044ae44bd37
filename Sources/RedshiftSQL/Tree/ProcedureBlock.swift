package import Diagnostics

/// A block of PL/pgSQL, the source of a procedure:
/// `[<<label>>] [DECLARE …] BEGIN … [EXCEPTION WHEN … THEN …] END`.
package struct ProcedureBlock: Sendable {
  /// `WHEN OTHERS THEN …`.
  package struct Handler: Sendable {
    /// From WHEN to THEN.
    package var range: TextRange
    package var statements: [ProcedureStatement]
  }

  /// From the label, DECLARE or BEGIN to END and the label behind it.
  package var range: TextRange
  package var label: Identifier?
  package var declarations: [ProcedureDeclaration]
  /// BEGIN.
  package var start: TextRange
  /// NONATOMIC behind BEGIN.
  package var nonatomic: TextRange?
  package var statements: [ProcedureStatement]
  /// EXCEPTION.
  package var exception: TextRange?
  package var handlers: [Handler]
  /// END.
  package var end: TextRange
}

/// One line of DECLARE, without its semicolon.
package struct ProcedureDeclaration: Sendable {
  package enum Kind: Sendable {
    /// RECORD and REFCURSOR are types here, too.
    case variable(DataType)
    /// `table.column%TYPE`.
    case typeOfColumn(ObjectName)
    /// `table%ROWTYPE`.
    case rowOfTable(ObjectName)
    case cursor([RoutineArgument], Query)
    /// `ALIAS FOR $1`.
    case alias(TextRange)
  }

  package var range: TextRange
  package var name: Identifier
  package var isConstant: Bool
  package var kind: Kind
  package var isRequired: Bool
  package var defaultValue: Expr?
}

/// One statement of a block, without its semicolon.
package struct ProcedureStatement: Sendable {
  package indirect enum Kind: Sendable {
    case block(ProcedureBlock)
    /// `target := value`.
    case assignment(target: TextRange, Expr)
    /// IF, with a branch for each ELSIF.
    case condition([Branch], otherwise: Otherwise?)
    /// CASE, with or without a value behind it.
    case choice(Expr?, [Branch], otherwise: Otherwise?)
    case loop(Loop)
    /// EXIT.
    case exit(Leave)
    case `continue`(Leave)
    /// RETURN, and RETURN NEXT and RETURN QUERY, which Redshift does not have.
    case giveBack(Expr?)
    case raise(Raise)
    /// `EXECUTE text [INTO targets] [USING values]`.
    case dynamic(Dynamic)
    /// `PERFORM values`.
    case perform([Expr])
    case cursor(Cursor)
    /// `GET DIAGNOSTICS target = ROW_COUNT`.
    case diagnostics(TextRange)
    case transaction(TransactionCommand)
    case nothing
    /// Any statement of SQL, SELECT INTO among them.
    case sql(Statement)
    case invalid(Diagnostic)
  }

  /// One condition, or one row of WHEN, with what it leads to.
  package struct Branch: Sendable {
    /// From IF, ELSIF or WHEN to THEN.
    package var range: TextRange
    package var conditions: [Expr]
    package var statements: [ProcedureStatement]
  }

  package struct Otherwise: Sendable {
    /// ELSE.
    package var range: TextRange
    package var statements: [ProcedureStatement]
  }

  package struct Loop: Sendable {
    package enum Kind: Sendable {
      case endless
      case condition(Expr)
      /// `i IN [REVERSE] 1..10 [BY step]`.
      case numbers(Identifier, isReversed: Bool, from: Expr, to: Expr, step: Expr?)
      case rows([ObjectName], Query)
      /// Rows of a text that is made at run time.
      case dynamic([ObjectName], Dynamic)
      case cursor([ObjectName], Expr)
    }

    package var kind: Kind
    /// LOOP.
    package var start: TextRange
    package var statements: [ProcedureStatement]
    /// END of END LOOP.
    package var end: TextRange
  }

  /// Where EXIT and CONTINUE go.
  package struct Leave: Sendable {
    package var label: Identifier?
    package var condition: Expr?
  }

  package struct Raise: Sendable {
    /// In lower case; nil where none is written, which means an exception.
    package var level: String?
    package var message: CopyStatement.Literal?
    package var arguments: [Expr]
  }

  package struct Dynamic: Sendable {
    package var range: TextRange
    package var text: Expr
    package var targets: [ObjectName]
    package var arguments: [Expr]
  }

  package enum Cursor: Sendable {
    case open(Identifier, arguments: [Expr])
    case openQuery(Identifier, Query)
    case openDynamic(Identifier, Expr)
    case fetch(Identifier, targets: [ObjectName])
    case move(Identifier)
    case close(Identifier)
  }

  /// From the label, if there is one, to the last word.
  package var range: TextRange
  package var label: Identifier?
  package var kind: Kind
  /// END of END IF and END CASE.
  package var end: TextRange?
}

extension ProcedureStatement {
  /// The lists of statements within this one, in the order of the text.
  package var parts: [[ProcedureStatement]] {
    switch kind {
    case .block(let block): block.parts
    case .condition(let branches, let otherwise), .choice(_, let branches, let otherwise):
      branches.map(\.statements) + (otherwise.map { [$0.statements] } ?? [])
    case .loop(let loop): [loop.statements]
    default: []
    }
  }

  /// The values in the statement itself, apart from those in its parts and in SQL.
  package var values: [Expr] {
    switch kind {
    case .assignment(_, let value): [value]
    case .condition(let branches, _): branches.flatMap(\.conditions)
    case .choice(let value, let branches, _):
      (value.map { [$0] } ?? []) + branches.flatMap(\.conditions)
    case .loop(let loop): loop.values
    case .exit(let leave), .continue(let leave): leave.condition.map { [$0] } ?? []
    case .giveBack(let value): value.map { [$0] } ?? []
    case .raise(let raise): raise.arguments
    case .dynamic(let dynamic): [dynamic.text] + dynamic.arguments
    case .perform(let values): values
    case .cursor(.open(_, let arguments)): arguments
    case .cursor(.openDynamic(_, let text)): [text]
    case .block, .cursor, .diagnostics, .transaction, .nothing, .sql, .invalid: []
    }
  }

  /// The query in the statement itself.
  package var query: Query? {
    switch kind {
    case .cursor(.openQuery(_, let query)): query
    case .loop(let loop):
      if case .rows(_, let query) = loop.kind { query } else { nil }
    default: nil
    }
  }
}

extension ProcedureStatement.Loop {
  fileprivate var values: [Expr] {
    switch kind {
    case .endless, .rows: []
    case .condition(let condition): [condition]
    case .numbers(_, _, let low, let high, let step): [low, high] + (step.map { [$0] } ?? [])
    case .dynamic(_, let dynamic): [dynamic.text] + dynamic.arguments
    case .cursor(_, let cursor): [cursor]
    }
  }

  /// Variables that the loop itself makes or fills.
  package var variables: [String] {
    switch kind {
    case .endless, .condition: []
    case .numbers(let name, _, _, _, _): [name.text]
    case .rows(let targets, _), .dynamic(let targets, _), .cursor(let targets, _):
      targets.compactMap { $0.parts.first?.text }
    }
  }
}

extension ProcedureBlock {
  /// The lists of statements in the block, in the order of the text.
  package var parts: [[ProcedureStatement]] { [statements] + handlers.map(\.statements) }

  /// Visits all statements, parents first.
  package func walk(_ visit: (ProcedureStatement) -> Void) {
    // Not by recursion over closures: the parser has bounded the depth.
    var waiting = Array(parts.joined().reversed())
    while let statement = waiting.popLast() {
      visit(statement)
      waiting += statement.parts.joined().reversed()
    }
  }

  /// The names that the block and those within it declare.
  package var variables: Set<String> {
    var names = Set(declarations.map(\.name.text))
    walk { statement in
      switch statement.kind {
      case .block(let inner): names.formUnion(inner.declarations.map(\.name.text))
      case .loop(let loop): names.formUnion(loop.variables)
      default: break
      }
    }
    return names
  }
}
