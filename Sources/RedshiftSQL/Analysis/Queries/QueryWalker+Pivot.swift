import Diagnostics

extension QueryWalker {
  /// The input of PIVOT or UNPIVOT, in a scope of its own.
  private mutating func input(_ table: TableReference, of scope: Scope) -> Scope {
    let inner = makeScope(parent: scope.parent)
    // What PIVOT keeps is named without the tables that it comes from.
    keepsMerges += 1
    add(table, to: inner)
    keepsMerges -= 1
    return inner
  }

  mutating func bring(
    _ table: TableReference,
    _ pivot: Pivot,
    _ reference: TableReference,
    into scope: Scope
  ) -> Bool {
    let inner = input(table, of: scope)
    var used: Set<String> = []
    func note(_ expr: Expr) {
      SyntaxNode.expr(expr).walk { node in
        if case .expr(let inner) = node, case .column(let parts) = inner.kind {
          used.insert(parts.last?.text ?? "")
        }
        return true
      }
    }
    note(pivot.column)
    let chosen = within(.other) { $0.facts(of: pivot.column, in: inner) }
    influences.formUnion(chosen.origins.used(as: .group))
    muted += 1
    for value in pivot.values { _ = within(.other) { $0.facts(of: value.value, in: inner) } }
    muted -= 1
    var aggregates: [(name: String?, facts: ExprFacts, range: TextRange)] = []
    for item in pivot.aggregates {
      note(item.value)
      let facts = within(.items) { $0.facts(of: item.value, in: inner) }
      if isNoAggregate(item.value) { report(.pivotNeedsAggregate(at: item.value.range)) }
      aggregates.append((item.alias?.text, facts, item.range))
    }
    var result = kept(of: inner, besides: used, for: pivot.range)
    for column in result.columns { influences.formUnion(column.origins.used(as: .group)) }
    for value in pivot.values {
      for aggregate in aggregates {
        let label = value.alias?.text ?? pivotLabel(value.value)
        let name = aggregate.name.map { "\(label)_\($0)" } ?? label
        result.columns.append(
          DerivedTable.Column(
            name: name.lowercased(),
            type: aggregate.facts.type,
            isNullable: true,
            origins: aggregate.facts.origins.union(chosen.origins.used(as: .filter)),
            range: value.range
          )
        )
      }
    }
    add(result, as: reference, to: scope)
    return false
  }

  /// Whether a value has no aggregate in it, nor a function that may be one.
  private func isNoAggregate(_ expr: Expr) -> Bool {
    var found = false
    SyntaxNode.expr(expr).walk { node in
      if case .expr(let inner) = node, case .call(let call) = inner.kind {
        let known = FunctionTable.signature(of: call)
        if call.name.parts.count > 1 || known == nil || known?.kind == .aggregate { found = true }
      }
      return !found
    }
    return !found
  }

  private func pivotLabel(_ expr: Expr) -> String {
    if case .literal(.string(let text)) = expr.kind { return text }
    return String(decoding: text(expr.range), as: UTF8.self)
  }

  mutating func bring(
    _ table: TableReference,
    _ unpivot: Unpivot,
    _ reference: TableReference,
    into scope: Scope
  ) -> Bool {
    let inner = input(table, of: scope)
    var used: Set<String> = []
    var value = ExprFacts()
    value.type = .null
    for item in unpivot.columns {
      let facts = within(.other) { $0.facts(of: item.value, in: inner) }
      if case .column(let parts) = item.value.kind { used.insert(parts.last?.text ?? "") }
      value.origins.formUnion(facts.origins)
      if let common = value.type.common(with: facts.type) {
        value.type = common
      } else {
        report(.unpivotTypes(value.type, facts.type, at: item.range))
        value.type = .unknown
      }
    }
    var result = kept(of: inner, besides: used, for: unpivot.range)
    for name in [unpivot.name, unpivot.value] {
      guard let same = result.columns.first(where: { $0.name == name.text }) else { continue }
      report(.duplicateColumn(name.text, at: name.range, first: same.range))
    }
    result.columns.append(
      DerivedTable.Column(
        name: unpivot.name.text,
        type: .characterVarying(nil),
        isNullable: false,
        origins: .none,
        range: unpivot.name.range
      )
    )
    result.columns.append(
      DerivedTable.Column(
        name: unpivot.value.text,
        type: value.type,
        isNullable: unpivot.includesNulls,
        origins: value.origins,
        range: unpivot.value.range
      )
    )
    add(result, as: reference, to: scope)
    return false
  }

  /// The columns of the input that PIVOT or UNPIVOT leaves as they are.
  private mutating func kept(
    of scope: Scope,
    besides used: Set<String>,
    for range: TextRange
  ) -> DerivedTable {
    var result = DerivedTable()
    for table in scope.tables {
      result.isComplete = result.isComplete && table.isComplete
      for column in table.columns where !used.contains(column.name) {
        result.columns.append(
          DerivedTable.Column(
            name: column.name,
            type: column.type,
            isNullable: column.isNullable,
            origins: column.origins,
            range: table.range,
            traits: column.traits
          )
        )
      }
    }
    noteResult(result, at: range)
    return result
  }
}
