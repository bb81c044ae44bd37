import Diagnostics

/// What PostgreSQL would run and Redshift refuses: success here must not be false comfort.
extension PostgresEmitter {
  mutating func check(_ query: Query) {
    if let with = query.with, with.isRecursive {
      for table in with.tables where table.columns.isEmpty && table.readsItself {
        reject(
          "recursive tables without a list of columns",
          at: table.name.range,
          help: "write \(table.name.text)(column, …) AS (…)"
        )
      }
      for table in with.tables where table.readsItself { unbind(table.query.body) }
    }
    guard let range = query.limitRange else { return }
    for token in SQLLexer.significantTokens(of: Array(bytes[range.bytes]))
    where token.keyword == .fetch {
      reject("FETCH FIRST", at: range, help: "use LIMIT")
    }
  }

  /// PostgreSQL wants the columns of a recursive table to have their lengths and digits from the
  /// beginning, so that `path || name` does not fit a `path` of a declared length.
  private mutating func unbind(_ body: QueryBody) {
    guard case .combined(let first, let terms) = body.kind, let next = terms.first?.right,
      case .select(let anchor) = first.kind, case .select(let step) = next.kind,
      anchor.items.count == step.items.count, !anchor.items.contains(where: \.isStar)
    else { return }
    for (start, later) in zip(anchor.items, step.items) {
      let type = type(of: start.value)
      guard type != self.type(of: later.value) else { continue }
      switch type {
      case .characterVarying(.some), .character(.some): unboundedItems[start.range] = "varchar"
      case .decimal: unboundedItems[start.range] = "numeric"
      default: break
      }
    }
  }

  mutating func checkValues(_ body: QueryBody) {
    guard body.range != insertedValues else { return }
    reject("VALUES as a table", at: body.range, help: "use SELECT … UNION ALL SELECT …")
  }

  mutating func check(_ term: QueryBody.SetTerm) {
    guard term.keepsDuplicates, term.operator != .union else { return }
    reject("INTERSECT ALL and EXCEPT ALL", at: term.operatorRange, help: "leave out ALL")
  }

  mutating func check(_ select: Select) {
    if case .distinctOn(let values) = select.quantifier {
      reject(
        "DISTINCT ON",
        at: values.first?.range ?? select.range,
        help: "use QUALIFY row_number() OVER (…) = 1"
      )
    }
    checkLeader(select)
    if let window = select.windows.first {
      reject("a WINDOW clause", at: window.range, help: "write the window after OVER")
    }
  }

  /// GENERATE_SERIES runs on the leader node, which has no tables of users.
  private mutating func checkLeader(_ select: Select) {
    let tables = select.from.flatMap(\.leaves)
    let hasRelation = tables.contains {
      if case .named = $0.kind { return true }
      return false
    }
    guard hasRelation else { return }
    for table in tables {
      if case .function(let value, _) = table.kind, case .call(let call) = value.kind,
        call.name.last == "generate_series"
      {
        reject("GENERATE_SERIES beside tables", at: value.range, help: "use a table of numbers")
      }
    }
  }

  /// PostgreSQL has more forms of some functions: `to_timestamp(seconds)`, `concat(a, b, c)`.
  private mutating func checkCount(_ call: FunctionCall, at range: TextRange) {
    let count = call.arguments.count
    guard call.syntax == .ordinary, call.distinct == nil,
      let signature = FunctionTable.signature(of: call),
      count < signature.required || count > signature.maximum
    else { return }
    let problem = Diagnostic.argumentCount(
      call.name.last.uppercased(),
      count,
      from: signature.required,
      to: signature.isVariadic ? nil : signature.parameters.count,
      at: range
    )
    reject(
      "\(call.name.last.uppercased()) of \(count) value\(count == 1 ? "" : "s")",
      at: range,
      help: call.name.last == "concat" ? "it takes two; join more with ||" : problem.message
    )
  }

  mutating func check(_ call: FunctionCall, at range: TextRange) {
    let name = call.name.last
    if call.name.parts.count == 1 || call.name.parts.first?.text == "pg_catalog" {
      if let help = FunctionFacts.onlyPostgres[name] {
        reject("the function \(name.uppercased())", at: range, help: help)
      }
      if let help = FunctionFacts.withoutEquivalent[name] {
        fail("the function \(name.uppercased())", at: range, help: help)
      }
      if name.hasPrefix("st_") || name.hasPrefix("h3_") {
        fail(
          "the function \(name.uppercased())",
          at: range,
          help: "there are no geometries locally"
        )
      }
      checkCount(call, at: range)
    }
    if FunctionFacts.sums.contains(name), let value = call.arguments.first,
      let type = meanings.types[value.range], type.family == .text
    {
      fail(
        "\(name.uppercased()) of \(type.spelling)",
        at: value.range,
        help: PostgresEmitter.castToNumber
      )
    }
    checkPattern(call)
    if let filter = call.filter {
      reject("FILTER", at: filter.range, help: "aggregate a CASE WHEN … THEN … END")
    }
    if let first = call.order.first, call.over == nil {
      reject("ORDER BY inside of a call", at: first.range, help: "use LISTAGG … WITHIN GROUP")
    }
    guard let over = call.over else { return }
    if let distinct = call.distinct, name != "listagg" {
      reject("DISTINCT over a window", at: distinct, help: "aggregate in a subquery first")
    }
    guard case .inline(let window) = over.kind else {
      return reject("named windows", at: over.range, help: "write the window after OVER")
    }
    if let frame = window.frame {
      if frame.unit != .rows {
        let unit = frame.unit == .range ? "RANGE" : "GROUPS"
        reject("\(unit) frames", at: frame.range, help: "use a ROWS frame")
      }
    } else if !window.order.isEmpty, PostgresEmitter.framed.contains(name) {
      reject(
        "\(name.uppercased()) over an ordered window without a frame",
        at: over.range,
        help: "add ROWS UNBOUNDED PRECEDING or another ROWS frame"
      )
    }
  }

  /// `(?=` and its kin are Perl's, which Redshift wants to be told.
  private mutating func checkPattern(_ call: FunctionCall) {
    guard call.name.last.hasPrefix("regexp_"), call.arguments.count > 1,
      call.arguments[1].isPerlPattern
    else { return }
    let isPerl = call.arguments.dropFirst(2).contains { argument in
      if case .literal(.string(let text)) = argument.kind { return text.contains("p") }
      return false
    }
    guard !isPerl else { return }
    reject(
      "(?…) in a regular expression without 'p'",
      at: call.arguments[1].range,
      help: "give the function the parameter 'p'"
    )
  }

  mutating func checkPattern(_ term: Expr.InfixTerm) {
    guard term.right.isPerlPattern, bytes[term.operator.range.bytes].contains(UInt8(ascii: "~"))
    else { return }
    reject(
      "(?…) in a regular expression behind an operator",
      at: term.right.range,
      help: "use REGEXP_COUNT with the parameter 'p'"
    )
  }

  /// Aggregates that need a frame where their window has an order.
  private static let framed: Set<String> = [
    "sum", "avg", "count", "min", "max", "stddev", "stddev_samp", "stddev_pop", "variance",
    "var_samp", "var_pop", "bool_and", "bool_or", "bit_and", "bit_or", "first_value", "last_value",
    "nth_value",
  ]
}

extension TableReference {
  /// The tables that joins and parentheses bring together.
  fileprivate var leaves: [TableReference] {
    switch kind {
    case .joined(let first, let joins): first.leaves + joins.flatMap(\.right.leaves)
    case .parenthesized(let inner): inner.leaves
    default: [self]
    }
  }
}

extension Expr {
  /// Whether a literal has groups such as `(?=`, which POSIX's regular expressions do not have.
  fileprivate var isPerlPattern: Bool {
    guard case .literal(.string(let text)) = kind else { return false }
    var previous: UInt8 = 0
    var isEscaped = false
    for byte in text.utf8 {
      if previous == UInt8(ascii: "("), byte == UInt8(ascii: "?") { return true }
      if isEscaped {
        isEscaped = false
        previous = 0
      } else {
        isEscaped = byte == UInt8(ascii: "\\")
        previous = byte
      }
    }
    return false
  }
}
