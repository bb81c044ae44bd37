import Diagnostics

extension Layout {
  mutating func mark(_ statement: Statement, isFirst: Bool) {
    let range = tokens.indexes(of: statement.range.bytes)
    if !isFirst { add(.hard, before: range.lowerBound) }
    mark(statement, in: range)
  }

  mutating func mark(_ statement: Statement, in range: Range<Int>) {
    switch statement.kind {
    case .query(let query): mark(query, .hard)
    case .insert(let insert): mark(insert, in: range)
    case .update(let update): mark(update)
    case .delete(let delete): mark(delete)
    case .merge(let merge): mark(merge)
    case .createTable(let table): mark(table)
    case .createTableAs(let table): markDefinition(table.query, table.attributes)
    case .createView(let view):
      markDefinition(view.query, view.attributes)
      if let withoutBinding = view.withoutBinding { hard(before: withoutBinding) }
    case .createExternalTable(let table): mark(table, in: range)
    case .createRoutine(let routine): mark(routine)
    case .createModel(let model): mark(model, in: range)
    case .externalView(let view):
      guard let query = view.query else { return markRest(statement, in: range) }
      hard(before: query.range)
      mark(query, .hard)
    case .explain(let explain): markInner(explain.statement)
    case .prepare(let prepare): markInner(prepare.statement)
    case .cursor(let cursor):
      guard case .declare(let query) = cursor.action else { return }
      hard(before: query.range)
      mark(query, .hard)
    case .copy:
      markOptions(in: range) {
        CopyOption.byWord.value(of: $0) != nil || $0 == "FORMAT" || $0 == "USING"
      }
    case .unload(let unload):
      if let query = unload.query { markNested(query) }
      markOptions(in: range) { SQLParser.unloadOptions.contains($0) || $0 == "FORMAT" }
    case .alterTable(let table): mark(table, in: range)
    case .call(let call):
      setClose(tokens.index(from: call.name.range.bytes.upperBound))
      mark(call.arguments)
    case .execute(let execute): mark(execute.arguments)
    default: markRest(statement, in: range)
    }
  }

  mutating func hard(before range: TextRange) {
    add(.hard, before: tokens.index(from: range.bytes.lowerBound))
  }

  private mutating func markInner(_ statement: Statement) {
    hard(before: statement.range)
    mark(statement, in: tokens.indexes(of: statement.range.bytes))
  }

  // MARK: Changes

  private mutating func mark(_ with: With?) {
    guard let with else { return }
    for table in with.tables {
      if table.range != with.tables.first?.range { hard(before: table.range) }
      hard(before: table.query.range)
      mark(table.query, .hard)
    }
    add(.hard, before: tokens.index(from: with.range.bytes.upperBound))
  }

  private mutating func mark(_ insert: Insert, in range: Range<Int>) {
    guard case .query(let query) = insert.source else { return }
    let start = tokens.index(from: query.range.bytes.lowerBound)
    if case .values(let rows) = query.body.kind, rows.count == 1, query.with == nil {
      group(range) { layout in
        layout.add(.soft, before: start)
        layout.mark(query, .soft)
      }
    } else {
      // WITH in front of INSERT belongs to the query too, and starts the statement.
      if start > range.lowerBound { add(.hard, before: start) }
      mark(query, .hard)
    }
    if let conflict = insert.conflict {
      hard(before: conflict)
      setKept(tokens.indexes(of: conflict.bytes).dropFirst())
    }
    mark(insert.returning)
  }

  private mutating func mark(_ returning: Returning?) {
    guard let returning else { return }
    hard(before: returning.range)
    for item in returning.items { mark(item.value) }
  }

  private mutating func mark(_ assignments: [Assignment]) {
    guard let first = assignments.first, let last = assignments.last else { return }
    let start = tokens.index(from: first.range.bytes.lowerBound)
    let range = start..<tokens.index(from: last.range.bytes.upperBound)
    let operation: Operation? = assignments.count > 1 ? .hard : nil
    indent(range, operation) { layout in
      for assignment in assignments {
        if let operation, assignment.range != first.range {
          layout.add(
            operation,
            before: layout.tokens.index(from: assignment.range.bytes.lowerBound)
          )
        }
        layout.mark(assignment.value)
      }
    }
  }

  private mutating func mark(_ update: Update) {
    mark(update.with)
    if let first = update.assignments.first {
      add(.hard, before: tokens.index(from: first.range.bytes.lowerBound) - 1)
    }
    mark(update.assignments)
    markSources(update.from, update.condition)
    mark(update.returning)
  }

  private mutating func mark(_ delete: Delete) {
    mark(delete.with)
    markSources(delete.using, delete.condition)
    mark(delete.returning)
  }

  /// FROM or USING and WHERE of a statement that changes rows.
  private mutating func markSources(_ tables: [TableReference], _ condition: Expr?) {
    if let first = tables.first {
      add(.hard, before: tokens.index(from: first.range.bytes.lowerBound) - 1)
    }
    for table in tables { mark(table, .hard) }
    guard let condition else { return }
    let range = tokens.indexes(of: condition.range.bytes)
    add(.hard, before: range.lowerBound - 1)
    group(range.lowerBound - 1..<range.upperBound) { layout in
      layout.indent(range, .soft) { $0.mark(condition) }
    }
  }

  private mutating func mark(_ merge: Merge) {
    add(.hard, before: tokens.index(from: merge.source.range.bytes.lowerBound) - 1)
    mark(merge.source, .hard)
    let condition = tokens.indexes(of: merge.condition.range.bytes)
    indent(condition.lowerBound - 1..<condition.upperBound, .hard) { $0.mark(merge.condition) }
    if let range = merge.removesDuplicates { hard(before: range) }
    for branch in merge.branches {
      let range = tokens.indexes(of: branch.range.bytes)
      add(.hard, before: range.lowerBound)
      mark(branch.condition)
      let then = index(of: .then, in: range) ?? range.upperBound
      indent(min(then + 1, range.upperBound)..<range.upperBound, .hard) { layout in
        switch branch.action {
        case .update(let assignments): layout.mark(assignments)
        case .insert(_, let values):
          if let values = layout.index(of: .values, in: range) {
            layout.add(.hard, before: values)
          }
          layout.mark(values)
        case .delete: break
        }
      }
    }
  }

  // MARK: Definitions

  private mutating func mark(_ table: CreateTable) {
    for element in table.elements {
      hard(before: element.range)
      for child in children(of: element) {
        switch child {
        case .expr(let value): mark(value)
        case .type(let type): mark(type)
        default: break
        }
      }
      guard case .column(let column) = element.kind else { continue }
      for attribute in column.attributes {
        guard case .identity = attribute.kind else { continue }
        for index in tokens.indexes(of: attribute.range.bytes)
        where pieces[index].kind == .openParenthesis { setClose(index) }
      }
    }
    for attribute in table.attributes { hard(before: attribute.range) }
  }

  private func children(of element: CreateTable.Element) -> [SyntaxNode] {
    switch element.kind {
    case .column(let column): SyntaxNode.column(column).children
    case .constraint(let constraint):
      if case .check(let condition) = constraint.kind { [.expr(condition)] } else { [] }
    case .like: []
    }
  }

  /// CREATE … AS query: attributes on lines of their own, then AS and the query.
  private mutating func markDefinition(_ query: Query, _ attributes: [TableAttribute]) {
    for attribute in attributes { hard(before: attribute.range) }
    let start = tokens.index(from: query.range.bytes.lowerBound)
    if !attributes.isEmpty { add(.hard, before: start - 1) }
    add(.hard, before: start)
    mark(query, .hard)
  }

  private mutating func mark(_ table: CreateExternalTable, in range: Range<Int>) {
    for column in table.columns + table.partitions {
      hard(before: column.range)
      mark(column.type)
    }
    var depth = 0
    for index in range.dropFirst(3) {
      switch pieces[index].kind {
      case .openParenthesis: depth += 1
      case .closeParenthesis: depth -= 1
      case .word where depth == 0:
        let word = text(index)
        let previous = pieces[index - 1].keyword
        let begins =
          ["partitioned", "row", "stored", "using", "location", "table", "as"].contains(word)
          && previous != .external && !(word == "as" && text(index - 1) == "stored")
        if begins { add(.hard, before: index) }
      default: break
      }
    }
    if let query = table.query {
      hard(before: query.range)
      mark(query, .hard)
    }
  }

  func text(_ index: Int) -> String {
    String(decoding: tokens.bytes[pieces[index].range].map(asciiLowercased), as: UTF8.self)
  }

  private mutating func mark(_ routine: CreateRoutine) {
    setClose(tokens.index(from: routine.name.range.bytes.upperBound))
    for argument in routine.arguments {
      mark(argument.type)
      mark(argument.defaultValue)
    }
    if let result = routine.result {
      add(.hard, before: tokens.index(from: result.range.bytes.lowerBound) - 1)
      mark(result)
    }
    for option in routine.options where option.name != "kb" && option.name != "mb" {
      hard(before: option.range)
    }
    if let body = routine.body {
      add(.hard, before: tokens.index(from: body.range.bytes.lowerBound) - 1)
    }
    if let body = routine.printedBody, let block = body.block {
      hard(before: block.range)
      mark(block)
      // The quote that closes the source.
      add(.hard, before: tokens.index(from: body.contents.bytes.upperBound))
    }
  }

  private mutating func mark(_ model: CreateModel, in range: Range<Int>) {
    for option in model.options { hard(before: option.range) }
    if let function = model.function {
      add(.hard, before: tokens.index(from: function.range.bytes.lowerBound) - 1)
      mark(function)
    }
    if let from = index(of: .from, in: range) { add(.hard, before: from) }
    if case .query(let query) = model.source { markNested(query) }
    guard let result = model.result else { return }
    add(.hard, before: tokens.index(from: result.range.bytes.lowerBound) - 1)
    mark(result)
  }

  mutating func mark(_ signature: RoutineSignature) {
    if signature.arguments != nil {
      setClose(tokens.index(from: signature.name.range.bytes.upperBound))
    }
    for argument in signature.arguments ?? [] { mark(argument.type) }
  }

  // MARK: Options

  /// COPY and UNLOAD: every option on a line of its own where not all fit on one.
  private mutating func markOptions(in range: Range<Int>, _ isOption: (String) -> Bool) {
    group(range) { layout in
      layout.indent(range.dropFirst()) { layout in
        var depth = 0
        var isBehindSource = false
        for index in range.dropFirst(2) {
          let piece = layout.pieces[index]
          switch piece.kind {
          case .openParenthesis: depth += 1
          case .closeParenthesis: depth -= 1
          case .string where depth == 0: isBehindSource = true
          case .word where depth == 0:
            let isSource = !isBehindSource && (piece.keyword == .from || piece.keyword == .to)
            let previous = layout.text(index - 1)
            let begins =
              isBehindSource && isOption(layout.text(index).uppercased())
              && !["as", "format", "with"].contains(previous)
            let isWith = isBehindSource && piece.keyword == .with
            if isSource || begins || isWith { layout.add(.soft, before: index) }
          default: break
          }
        }
      }
    }
  }

  private mutating func mark(_ table: AlterTable, in range: Range<Int>) {
    let action = tokens.indexes(of: table.actionRange.bytes)
    if case .other = table.action { setKept(action.dropFirst()) }
    group(range) { layout in
      layout.indent(action, .soft) { layout in
        layout.breakBehindCommas(action, .soft)
        for child in SyntaxNode.statement(
          Statement(range: table.actionRange, kind: .alterTable(table))
        ).children {
          switch child {
          case .type(let type): layout.mark(type)
          case .column(let column):
            layout.mark(column.type)
            for child in SyntaxNode.column(column).children {
              if case .expr(let value) = child { layout.mark(value) }
            }
          default: break
          }
        }
      }
    }
  }

  /// Statements with options, and all that are short: one line, or the options on lines.
  private mutating func markRest(_ statement: Statement, in range: Range<Int>) {
    group(range) { layout in
      layout.indent(range.dropFirst()) { layout in
        for start in statement.partStarts {
          layout.add(.soft, before: layout.tokens.index(from: start))
        }
        for position in statement.wordsBefore {
          layout.add(.soft, before: layout.tokens.index(from: position) - 1)
        }
        for signature in statement.signatures { layout.mark(signature) }
        for child in SyntaxNode.statement(statement).children {
          switch child {
          case .expr(let value): layout.mark(value)
          case .type(let type): layout.mark(type)
          case .column(let column): layout.mark(column.type)
          default: break
          }
        }
      }
    }
  }
}

extension Statement {
  /// Where options begin.
  fileprivate var partStarts: [Int] {
    let options: [StatementOption]
    switch kind {
    case .createObject(let object): options = object.options
    case .createExternalSchema(let schema): options = schema.options
    case .template(let template):
      switch template.action {
      case .create(_, let list), .set(let list): options = list
      default: options = []
      }
    case .alterObject(let object):
      if case .options(let list) = object.action { options = list } else { options = [] }
    case .show(let show): options = show.options
    default: options = []
    }
    return options.map(\.range.bytes.lowerBound)
  }

  /// Where something begins that has one word in front, as ON and TO of GRANT.
  fileprivate var wordsBefore: [Int] {
    switch kind {
    case .grant(let grant): Statement.starts(of: grant)
    case .alterDefaultPrivileges(let defaults): Statement.starts(of: defaults.grant)
    case .policyAttachment(let policy):
      [policy.tables.first?.range, policy.grantees.first?.range].compactMap {
        $0?.bytes.lowerBound
      }
    default: []
    }
  }

  private static func starts(of grant: Grant) -> [Int] {
    [grant.object, grant.grantees.first?.range].compactMap { $0?.bytes.lowerBound }
  }

  fileprivate var signatures: [RoutineSignature] {
    switch kind {
    case .grant(let grant):
      grant.objects.filter { $0.arguments != nil }
    case .dropObject(let drop): drop.names
    case .alterObject(let object):
      object.arguments.map {
        [RoutineSignature(range: object.name.range, name: object.name, arguments: $0)]
      } ?? []
    case .remark(let remark):
      remark.arguments.map {
        [RoutineSignature(range: remark.object.range, name: remark.object, arguments: $0)]
      } ?? []
    default: []
    }
  }
}
