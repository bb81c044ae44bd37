import Diagnostics

extension QueryWalker {
  mutating func call(
    _ call: FunctionCall,
    at range: TextRange,
    _ whole: Bool,
    in scope: Scope
  ) -> ExprFacts {
    let name = call.name.last
    let isPlain =
      call.name.parts.count == 1
      || (call.name.parts.count == 2 && call.name.parts[0].text == "pg_catalog")
    let signature = isPlain ? FunctionTable.signature(of: call) : nil
    if signature == nil { reportUnknown(call, isPlain: isPlain, at: range) }
    let isAggregate = signature?.kind == .aggregate && call.over == nil

    var facts = ExprFacts()
    facts.fingerprint = Fingerprint.of(name == "nvl" ? "coalesce" : name)
    if call.distinct != nil { facts.mix(0xD157) }
    var arguments: [ExprFacts] = []
    let outerNames = ungrouped.count
    if isAggregate { aggregateDepth += 1 }
    if call.over != nil { windowDepth += 1 }
    for (index, argument) in call.arguments.enumerated() {
      let parameter = signature?.parameter(index)
      if parameter == .datePart, call.syntax == .ordinary {
        var part = ExprFacts()
        part.fingerprint = datePart(argument)
        arguments.append(part)
        continue
      }
      if case .star(let qualifier) = argument.kind {
        checkStar(qualifier, in: scope)
        var star = ExprFacts()
        star.isNullable = false
        star.fingerprint = 0x57A8
        arguments.append(star)
        continue
      }
      // FLOOR(a / b) and TRUNC(a / b) mean to cut.
      wantsWholeNumber = ["floor", "trunc", "mod", "ceil", "ceiling"].contains(name)
      arguments.append(self.facts(of: argument, in: scope))
    }
    for part in arguments { facts.absorb(part) }
    if case .trim(let ends) = call.syntax, ends != .both {
      facts.mix(ends == .leading ? 0x7213 : 0x7214)
    }
    if case .extract(let field) = call.syntax {
      facts.mix(datePart(named: field.text))
      if DateParts.canonical(field.text.lowercased()) == nil {
        report(.unknownDatePart(field.text, at: field.range))
      }
    }
    for item in call.order + call.withinGroup {
      let order = self.facts(of: item.value, in: scope)
      if isPlain, name == "percentile_cont" {
        requireMedian(order.type, "PERCENTILE_CONT", item.value)
      }
      var ordered = order
      ordered.origins = order.origins.used(as: .order)
      facts.absorb(ordered)
      if item.isDescending { facts.mix(0xDE5C) }
    }
    if let filter = call.filter {
      var condition = self.facts(of: filter, in: scope)
      condition.origins = condition.origins.used(as: .filter)
      facts.absorb(condition)
    }
    if isAggregate {
      aggregateDepth -= 1
      if facts.tables != 0 {
        for name in ungrouped[outerNames...] { report(.notGrouped(name.text, at: name.range)) }
      }
      ungrouped.removeSubrange(outerNames...)
    }
    if call.over != nil { windowDepth -= 1 }
    facts.isColumn = false
    if let signature { checkPlace(call, signature, arguments, at: range) }

    if let signature, call.syntax == .ordinary || call.syntax == .bare {
      check(call, signature, arguments, at: range)
    }
    if signature != nil { checkTypes(of: call, arguments) }
    result(&facts, call, signature, arguments)
    if isPlain {
      facts.traits = .result(of: call, arguments.map { ($0.type, $0.traits) })
      let results = call.results.map { arguments[$0].type }
      if SQLType.needsDigits(facts.type, of: results) { facts.traits.insert(.sized) }
    }
    if facts.type.isFloating, arguments.contains(where: { $0.traits.contains(.exponent) }) {
      facts.traits.insert(.exponent)
    }
    if isAggregate, facts.tables == 0, facts.namesOuter {
      forgetTextKeys(in: call.argumentsRange)
    }
    if let over = call.over {
      facts.hasWindow = true
      windowCount += 1
      facts.hasAggregate = arguments.contains(where: \.hasAggregate)
      if case .inline(let window) = over.kind {
        windowDepth += 1
        facts.absorb(self.facts(of: window, in: scope))
        windowDepth -= 1
      } else if case .named(let name) = over.kind {
        facts.mix(Fingerprint.of(name.text))
      }
    } else if isAggregate {
      facts.hasAggregate = true
      facts.bare = nil
    }
    return facts
  }

  /// A window: what partitions and orders it.
  mutating func facts(of window: WindowDefinition, in scope: Scope) -> ExprFacts {
    var facts = ExprFacts()
    facts.fingerprint = 0x817D
    for expr in window.partition {
      var part = self.facts(of: expr, in: scope)
      part.origins = part.origins.used(as: .group)
      facts.absorb(part)
    }
    facts.mix(0x0D0D)
    for item in window.order {
      var part = self.facts(of: item.value, in: scope)
      part.origins = part.origins.used(as: .order)
      facts.absorb(part)
      if item.isDescending { facts.mix(0xDE5C) }
    }
    if let frame = window.frame {
      checkOrder(of: frame)
      for bound in [frame.start, frame.end] {
        switch bound {
        case .preceding(let value), .following(let value):
          let offset = self.facts(of: value, in: scope)
          if offset.tables != 0 { report(.frameOfColumns(at: value.range)) }
          facts.absorb(offset)
        default: break
        }
      }
      facts.mix(textFingerprint(frame.range))
    }
    return facts
  }

  private func datePart(_ expr: Expr) -> UInt64 {
    switch expr.kind {
    case .column(let parts): datePart(named: parts.last?.text ?? "")
    case .literal(.string(let text)): datePart(named: text)
    default: textFingerprint(expr.range)
    }
  }

  private func datePart(named word: String) -> UInt64 {
    Fingerprint.of(DateParts.canonical(word) ?? word)
  }

  // MARK: Whether the call is right

  private mutating func reportUnknown(
    _ call: FunctionCall,
    isPlain: Bool,
    at range: TextRange
  ) {
    guard muted == 0, let last = call.name.parts.last else { return }
    let name = last.text
    if let drop = catalog.droppedFunctions[catalog.key(of: call.name.relation)] {
      unknownCalls.append(.droppedFunction(call.name, drop))
      return
    }
    if call.name.parts.count > 1,
      let known = catalog.functionArities[catalog.key(of: call.name.relation)],
      !known.contains(call.arguments.count)
    {
      unknownCalls.append(.userFunctionArguments(call.name, call.arguments.count, known))
      return
    }
    // What users define are functions of one row: Redshift has no aggregates of theirs.
    if call.over != nil, catalog.functions.contains(name) || name.hasPrefix("f_") {
      return report(.notAWindowFunction(name.uppercased(), at: range))
    }
    if catalog.functions.contains(name) || name.hasPrefix("f_") || name.hasPrefix("st_")
      || name.hasPrefix("h3_") || name.hasPrefix("ai_")
    {
      return
    }
    guard isPlain else { return }
    if let instead = FunctionFacts.onlyPostgres[name] {
      unknownCalls.append(.foreignFunction(last, instead: instead))
      return
    }
    // A name near a known one is a slip; another may be a function of the user's.
    let near = Suggestion.nearest(to: name, among: FunctionTable.signatures.keys)
    if near.isEmpty {
      unknownCalls.append(.undeclaredFunction(last))
    } else {
      unknownCalls.append(.unknownFunction(last))
    }
  }

  private mutating func checkPlace(
    _ call: FunctionCall,
    _ signature: FunctionSignature,
    _ arguments: [ExprFacts],
    at range: TextRange
  ) {
    let name = call.name.last.uppercased()
    // An outer query's aggregate may stand in the WHERE of a subquery.
    let isLocal = arguments.allSatisfy { $0.tables != 0 || !$0.namesOuter }
    if signature.isLeaderOnly {
      leaderCalls.append((call.name.last, range, signature.asksCatalog))
    }
    let isWindow = call.over != nil
    if ["percentile_cont", "percentile_disc", "approximate_percentile_disc"]
      .contains(call.name.last), call.withinGroup.isEmpty
    {
      report(.orderNeeded(name, at: range))
    }
    if signature.kind == .window, !isWindow {
      report(.windowNeedsOver(name, at: range))
      return
    }
    if signature.kind == .scalar, isWindow {
      report(.notAWindowFunction(name, at: range))
      return
    }
    guard isWindow || signature.kind == .aggregate else { return }
    switch clause {
    case .filter:
      if isWindow {
        report(.windowNotAllowed(name, "WHERE", at: range))
      } else if isLocal {
        report(.aggregateNotAllowed(name, "WHERE", at: range))
      }
    case .join:
      if isWindow {
        report(.windowNotAllowed(name, "ON", at: range))
      } else if isLocal {
        report(.aggregateNotAllowed(name, "ON", at: range))
      }
    case .grouping:
      if isWindow {
        report(.windowNotAllowed(name, "GROUP BY", at: range))
      } else {
        report(.aggregateNotAllowed(name, "GROUP BY", at: range))
      }
    case .having where isWindow: report(.windowNotAllowed(name, "HAVING", at: range))
    default: break
    }
    if isWindow, windowDepth > 0 {
      report(.windowNotAllowed(name, "another window function", at: range))
    } else if isWindow, aggregateDepth > 0 {
      report(.windowNotAllowed(name, "an aggregate", at: range))
    }
    if !isWindow, aggregateDepth > 0, clause != .other { report(.nestedAggregate(name, at: range)) }
  }

  private mutating func check(
    _ call: FunctionCall,
    _ signature: FunctionSignature,
    _ arguments: [ExprFacts],
    at range: TextRange
  ) {
    let name = call.name.last.uppercased()
    let count = arguments.count
    if call.syntax == .ordinary, count < signature.required || count > signature.maximum {
      // COUNT() of nothing and aggregates of one star are written as one argument.
      report(
        .argumentCount(
          name,
          count,
          from: signature.required,
          to: signature.isVariadic ? nil : signature.parameters.count,
          at: range
        )
      )
      return
    }
    for (index, argument) in arguments.enumerated() {
      guard let parameter = signature.parameter(index) else { continue }
      let expr = call.arguments[index]
      switch parameter {
      case .any: break
      case .datePart:
        let word: String? =
          switch expr.kind {
          case .column(let parts): parts.count == 1 ? parts.first?.text : nil
          case .literal(.string(let text)): text.lowercased()
          default: nil
          }
        if let word, DateParts.canonical(word) == nil {
          report(.unknownDatePart(word, at: expr.range))
        }
      case .number:
        require(argument, [.number, .super], "a number", name, expr)
        checkLiteral(expr, against: .decimal(precision: nil, scale: nil))
      case .text:
        if argument.type == .boolean { report(.argumentType(name, "text", .boolean, expr.range)) }
      case .moment:
        require(
          argument,
          [.moment, .timeOfDay, .text, .super],
          "a date or a timestamp",
          name,
          expr
        )
        checkLiteral(expr, against: .timestamp)
      case .boolean:
        require(argument, [.boolean, .number, .super], "a condition", name, expr)
        checkLiteral(expr, against: .boolean)
      }
    }
  }

  private mutating func require(
    _ argument: ExprFacts,
    _ families: Set<SQLType.Family>,
    _ wanted: String,
    _ name: String,
    _ expr: Expr
  ) {
    let family = argument.type.family
    // INTERVAL in SUM and AVG, numbers from the catalog: not worth the risk of being wrong.
    if families.contains(family) || [.unknown, .catalog, .row, .interval].contains(family) {
      return
    }
    // No manual says that Redshift makes numbers of text here, but working projects sum up text.
    if families.contains(.number), argument.type.hasLength,
      FunctionFacts.sums.contains(name.lowercased())
    {
      report(.textInAggregate(name, argument.type, at: expr.range))
      return
    }
    report(.argumentType(name, wanted, argument.type, expr.range))
  }

  // MARK: What comes of it

  private mutating func result(
    _ facts: inout ExprFacts,
    _ call: FunctionCall,
    _ signature: FunctionSignature?,
    _ arguments: [ExprFacts]
  ) {
    guard let signature else {
      facts.type = catalog.functionTypes[call.name.last] ?? .unknown
      // PostgreSQL does not know the digits, and the same text must always be written in one way.
      if meanings != nil, case .decimal = facts.type {
        facts.type = .decimal(precision: nil, scale: nil)
      }
      return
    }
    func type(_ index: Int) -> SQLType {
      index < arguments.count ? arguments[index].type : .unknown
    }
    facts.isNullable =
      signature.isNeverNull
      ? false : signature.keepsNotNull ? arguments.contains(where: \.isNullable) : true
    switch signature.result {
    case .type(let type): facts.type = type
    case .argument(let index): facts.type = type(index)
    case .common(let from):
      var common = SQLType.null
      for (index, argument) in arguments.enumerated() where index >= from {
        join(&common, argument.type, at: call.arguments[index].range, call.name.last.uppercased())
      }
      checkResults(Array(call.arguments.dropFirst(from)), of: common)
      facts.type = common
      if from == 0, ["coalesce", "nvl", "isnull", "ifnull"].contains(call.name.last) {
        facts.isNullable = arguments.allSatisfy(\.isNullable)
      }
      if from == 1 { facts.isNullable = arguments.dropFirst().contains(where: \.isNullable) }
    case .decode:
      var common = SQLType.null
      let results = call.decodeResults
      for index in results {
        join(&common, type(index), at: call.arguments[index].range, "DECODE")
      }
      checkResults(results.map { call.arguments[$0] }, of: common)
      facts.type = common
    case .sum: facts.type = type(0).summed
    case .average: facts.type = type(0).averaged
    case .nullIf: facts.type = type(0) == .null ? .unknown : type(0)
    case .median: facts.type = type(0).middle
    case .rounded: facts.type = type(0).family == .number ? type(0) : .unknown
    case .sign:
      if case .decimal = type(0) {
        facts.type = .decimal(precision: 1, scale: 0)
      } else {
        facts.type = type(0).family == .number ? type(0) : .unknown
      }
    case .shifted:
      switch type(2) {
      case .timestampWithZone: facts.type = .timestampWithZone
      case .time: facts.type = .time
      case .timeWithZone: facts.type = .timeWithZone
      default: facts.type = .timestamp
      }
    case .truncated:
      facts.type = type(1) == .timestampWithZone ? .timestampWithZone : .timestamp
    case .trunc:
      if type(0).family == .moment {
        facts.type = .date
      } else {
        facts.type = type(0).family == .number ? type(0) : .unknown
      }
    }
    if call.name.last == "trunc", type(0) == .unknown { facts.type = .unknown }
    // Functions of numbers over SUPER values give numbers to PostgreSQL.
    if signature.kind == .scalar, signature.parameter(0) == .number, facts.type == .super {
      facts.type = .unknown
    }
    if case .extract = call.syntax, type(0) == .timestampWithZone { facts.type = .unknown }
  }
}

extension SQLType {
  /// The type of SUM.
  fileprivate var summed: SQLType {
    switch self {
    case .smallInteger, .integer: .bigInteger
    case .bigInteger: .decimal(precision: 38, scale: 0)
    case .decimal(_, let scale?): .decimal(precision: 38, scale: scale)
    case .real, .double: .double
    case .interval: .interval
    case .decimal: .decimal(precision: nil, scale: nil)
    default: .unknown
    }
  }

  /// The type of AVG: of integers it is an integer.
  fileprivate var averaged: SQLType {
    switch self {
    case .smallInteger, .integer, .bigInteger: .bigInteger
    case .decimal(_, let scale?): .decimal(precision: 38, scale: scale)
    case .real, .double: .double
    case .interval: .interval
    case .decimal: .decimal(precision: nil, scale: nil)
    default: .unknown
    }
  }

  /// The type of MEDIAN: whole numbers have halves between them.
  fileprivate var middle: SQLType {
    switch self {
    case .smallInteger, .integer, .bigInteger: .decimal(precision: nil, scale: nil)
    case .decimal(_, let scale?): .decimal(precision: 38, scale: scale)
    default: self
    }
  }
}

extension FunctionCall {
  /// The places of the arguments of which one is the result.
  var results: [Int] {
    guard name.parts.count == 1 else { return [] }
    switch name.last {
    case "coalesce", "nvl", "isnull", "greatest", "least": return Array(arguments.indices)
    case "nvl2": return arguments.count == 3 ? [1, 2] : []
    case "decode": return decodeResults
    default: return []
    }
  }

  /// The places of DECODE's results: behind every value that is looked for, and the last.
  fileprivate var decodeResults: [Int] {
    arguments.indices.filter {
      $0 >= 2 && ($0.isMultiple(of: 2) || $0 == arguments.count - 1)
    }
  }
}
