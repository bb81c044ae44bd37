import Diagnostics

extension PostgresEmitter {
  mutating func emit(_ call: FunctionCall, _ expr: Expr) {
    let outer = countsPeers
    countsPeers = ["rank", "dense_rank", "percent_rank", "cume_dist"].contains(call.name.last)
    defer { countsPeers = outer }
    guard let select = selects.last, call.over == nil,
      FunctionTable.signature(of: call)?.kind == .aggregate
    else { return emitChecked(call, expr) }
    ofRows(of: select) { $0.emitChecked(call, expr) }
  }

  private mutating func emitChecked(_ call: FunctionCall, _ expr: Expr) {
    check(call, at: expr.range)
    guard call.name.parts.count == 1 else { return emitPlainCall(call, expr) }
    let name = call.name.last
    let arguments = call.arguments
    switch (name, call.syntax, arguments.count) {
    case ("sysdate", .bare, _): write("LOCALTIMESTAMP", for: expr.range)
    case ("getdate", .ordinary, 0): write("rs.getdate()", for: expr.range)
    case ("current_user_id", .bare, _):
      write("(SELECT usesysid FROM pg_user WHERE usename = current_user)", for: expr.range)
    case ("extract", .extract(let field), 1): emitExtract(field, arguments[0], expr)
    case ("dateadd", _, 3), ("date_add", _, 3): emitDateAdd(arguments, expr)
    case ("datediff", _, 3), ("date_diff", _, 3): emitDateDifference(arguments, expr)
    case ("date_part", _, 2), ("pgdate_part", _, 2), ("datepart", _, 2):
      emitDatePart(arguments, expr)
    case ("date_trunc", _, 2): emitDateTruncation(arguments, expr)
    case ("convert_timezone", _, 2...3): emitZoneConversion(arguments, expr)
    case ("stddev", _, 1), ("stddev_samp", _, 1), ("stddev_pop", _, 1), ("variance", _, 1),
      ("var_samp", _, 1), ("var_pop", _, 1):
      emitPlainCall(call, expr)
      write("::float8", for: expr.range)
    case ("median", _, 1): emitMedian(call, expr)
    case ("nvl", _, 1...), ("isnull", _, 2):
      emitChosen(expr, of: arguments) { $0.rename("COALESCE", call, expr) }
    case ("coalesce", _, 1...), ("greatest", _, 1...), ("least", _, 1...):
      emitChosen(expr, of: arguments) { $0.emitPlainCall(call, expr) }
    case ("avg", _, 1): emitAverage(call, expr)
    case ("hll", _, 1):
      write("count(DISTINCT ", for: expr.range)
      emitGroupKey(arguments[0])
      write(")", for: expr.range)
    case ("collate", _, 2): emitCollate(arguments, expr)
    case ("object_transform", _, 1...): emitTransform(call, expr)
    case ("array_contains", _, 2...3), ("array_position", _, 2...3), ("array_positions", _, 2...3):
      emitSearch(call, expr)
    case ("nullif", _, 2):
      if !emitNullIf(arguments, expr) { emitPlainCall(call, expr) }
    case ("nvl2", _, 3):
      emitChosen(expr, of: call.results.map { arguments[$0] }) { $0.emitChoice(arguments, expr) }
    case ("decode", _, 3...):
      emitChosen(expr, of: call.results.map { arguments[$0] }) { $0.emitDecode(arguments, expr) }
    case ("listagg", _, 1...2): emitList(call, expr)
    case ("ratio_to_report", _, 1): emitRatio(call, expr)
    case ("percentile_cont", _, 1), ("percentile_disc", _, 1):
      emitPercentile(call, expr)
    case ("first_value", _, 1), ("last_value", _, 1), ("lag", _, 1...), ("lead", _, 1...),
      ("nth_value", _, 2):
      emitNavigationCall(call, expr)
    case ("text_to_int_alt", _, 2...), ("text_to_numeric_alt", _, 2...):
      fail("\(name.uppercased()) with a format", at: expr.range, help: "use TO_NUMBER, or a cast")
    case ("log", _, 2):
      emitPlainCall(call, expr)
      write("::float8", for: expr.range)
    case ("concat", _, 2) where arguments.contains(where: { type(of: $0) == .boolean }):
      reject("BOOLEAN in CONCAT", at: expr.range, help: "use CASE WHEN … THEN 'true' …")
    case ("ceil", _, 1), ("ceiling", _, 1), ("floor", _, 1): emitWhole(call, expr)
    case ("json_extract_path_text", _, 2...): emitPath(arguments, expr)
    case ("json_extract_array_element_text", _, 2...3): rename("rs.json_elem_text", call, expr)
    case ("json_array_length", _, 1...2): rename("rs.json_arr_len", call, expr)
    case ("array", .ordinary, _): rename("jsonb_build_array", call, expr)
    case ("object", .ordinary, _): rename("jsonb_build_object", call, expr)
    case ("grouping", _, _), ("grouping_id", _, _): emitGrouping(call, expr)
    case ("count", _, 1) where call.distinct != nil:
      if makesTextGroups(arguments[0]) {
        write("count(DISTINCT ", for: expr.range)
        emitBlankPadded(arguments[0])
        write(")", for: expr.range)
        emitOver(call)
      } else {
        emitPlainCall(call, expr)
      }
    case ("count", _, 2...) where call.distinct != nil: emitCountOfRows(call, expr)
    default: emitPlainCall(call, expr)
    }
  }

  // MARK: Plain calls

  /// A call that keeps its form; APPROXIMATE and RESPECT NULLS mean nothing here.
  private mutating func emitPlainCall(_ call: FunctionCall, _ expr: Expr) {
    copy(call.name.range)
    emitRest(call, expr)
  }

  private mutating func rename(_ name: String, _ call: FunctionCall, _ expr: Expr) {
    write(name, for: call.name.range)
    emitRest(call, expr)
  }

  /// Everything behind the name.
  private mutating func emitRest(_ call: FunctionCall, _ expr: Expr) {
    var position = call.name.range.bytes.upperBound
    let end = expr.range.bytes.upperBound
    var children: [SyntaxNode] = []
    call.collect(into: &children)
    let patches = argumentPatches(of: call)
    if let treatment = call.nullTreatment {
      if treatment.ignoresNulls {
        fail("IGNORE NULLS with \(call.name.last.uppercased())", at: treatment.range)
      }
      emit(
        position..<treatment.range.bytes.lowerBound,
        children: children.filter { $0.range.bytes.upperBound <= treatment.range.bytes.lowerBound }
      )
      position = treatment.range.bytes.upperBound
    }
    emit(position..<end, children: children, patches: patches)
  }

  /// `name(arguments)` written anew.
  mutating func emitCall(_ name: String, _ arguments: [Expr], _ expr: Expr) {
    write("\(name)(", for: expr.range)
    for (index, argument) in arguments.enumerated() {
      if index > 0 { write(", ", for: argument.range) }
      emit(argument)
    }
    write(")", for: expr.range)
  }

  /// AVG of a DECIMAL has the scale of its argument.
  private mutating func emitAverage(_ call: FunctionCall, _ expr: Expr) {
    guard let scale = scale(of: call.arguments[0]) else { return emitPlainCall(call, expr) }
    write("pg_catalog.round(", for: expr.range)
    emitPlainCall(call, expr)
    write(", \(scale))", for: expr.range)
  }

  /// CEILING and FLOOR of whole numbers are whole numbers.
  private mutating func emitWhole(_ call: FunctionCall, _ expr: Expr) {
    emitPlainCall(call, expr)
    let type = type(of: call.arguments[0])
    if type.isInteger { write("::\(type.spelling)", for: expr.range) }
  }

  /// MEDIAN of a DECIMAL has the scale of its argument.
  private mutating func emitMedian(_ call: FunctionCall, _ expr: Expr) {
    emitPlainCall(call, expr)
    if let scale = scale(of: call.arguments[0]) {
      write("::numeric(38,\(scale))", for: expr.range)
    }
  }

  private mutating func emitCollate(_ arguments: [Expr], _ expr: Expr) {
    guard case .literal(.string(let name)) = arguments[1].kind else {
      return fail("COLLATE by a computed name", at: expr.range)
    }
    let collation: String
    switch name.lowercased() {
    case "case_insensitive", "ci": collation = "rs.case_insensitive"
    case "case_sensitive", "cs": collation = "\"C\""
    default:
      return reject(
        "the collation \(name)",
        at: arguments[1].range,
        help: "use 'case_insensitive' or 'case_sensitive'"
      )
    }
    write("(", for: expr.range)
    emitGrouped(arguments[0])
    write(" COLLATE \(collation))", for: expr.range)
  }

  /// Functions that look for a value of any type in an array.
  private mutating func emitSearch(_ call: FunctionCall, _ expr: Expr) {
    write("rs.\(call.name.last)(", for: expr.range)
    emit(call.arguments[0])
    write(", ", for: expr.range)
    emitValue(call.arguments[1])
    if call.arguments.count > 2 {
      write(", ", for: expr.range)
      emit(call.arguments[2])
    }
    write(")", for: expr.range)
  }

  // MARK: Dates

  /// Writes the date part that an argument names as a string.
  private mutating func emitPart(_ argument: Expr) {
    guard let part = part(argument) else { return }
    write("'\(part)'", for: argument.range)
  }

  /// The date part that an argument names.
  private mutating func part(_ argument: Expr) -> String? {
    let word: String
    switch argument.kind {
    case .column(let parts) where parts.count == 1: word = parts[0].text
    case .literal(.string(let text)): word = text.lowercased()
    default:
      fail("a date part that is no plain word", at: argument.range)
      return nil
    }
    guard let part = DateParts.canonical(word) else {
      fail("the date part \(word)", at: argument.range, help: "Redshift does not know it either")
      return nil
    }
    return part
  }

  private mutating func emitExtract(_ field: Identifier, _ value: Expr, _ expr: Expr) {
    guard let part = DateParts.canonical(field.text) else {
      return fail("the date part \(field.text)", at: field.range)
    }
    if part == "epoch" || part.hasPrefix("timezone") {
      write("extract(\(part) FROM ", for: expr.range)
      emitTimestamp(value)
      write(")::bigint", for: expr.range)
      return
    }
    switch part {
    case "millisecond", "microsecond", "decade":
      write("rs.extract_int('\(part)', ", for: expr.range)
      emitTimestamp(value)
      write(")", for: expr.range)
    case "second":
      write("floor(date_part('second', ", for: expr.range)
      emitTimestamp(value)
      write("))::int", for: expr.range)
    default:
      write("date_part('\(part)', ", for: expr.range)
      emitTimestamp(value)
      write(")::int", for: expr.range)
    }
  }

  private mutating func emitDateAdd(_ arguments: [Expr], _ expr: Expr) {
    write("rs.dateadd(", for: expr.range)
    guard let part = part(arguments[0]) else { return }
    guard let unit = DateParts.units[part] else {
      return fail("DATEADD of the date part \(part)", at: arguments[0].range)
    }
    write("interval '\(unit)'", for: arguments[0].range)
    write(", ", for: expr.range)
    let count = arguments[1]
    if count.isNumber, !bytes[count.range.bytes].contains(UInt8(ascii: ".")) {
      emit(count)
    } else if count.isString {
      emit(count)
      write("::bigint", for: count.range)
    } else {
      write("pg_catalog.trunc(", for: count.range)
      if isSuper(count) { emit(count, as: .number) } else { emit(count) }
      write(")::bigint", for: count.range)
    }
    write(", ", for: expr.range)
    emitTimestamp(arguments[2])
    write(")", for: expr.range)
  }

  private mutating func emitDateDifference(_ arguments: [Expr], _ expr: Expr) {
    guard let part = part(arguments[0]) else { return }
    guard DateParts.units[part] != nil else {
      return fail("DATEDIFF of the date part \(part)", at: arguments[0].range)
    }
    write("rs.datediff_\(part == "dow" || part == "doy" ? "day" : part)(", for: expr.range)
    for (index, argument) in arguments.dropFirst().enumerated() {
      if index > 0 { write(", ", for: expr.range) }
      emitTimestamp(argument)
    }
    write(")", for: expr.range)
  }

  private mutating func emitDatePart(_ arguments: [Expr], _ expr: Expr) {
    let word = arguments[0].partWord.flatMap(DateParts.canonical)
    let isOwn = word == "millisecond" || word == "microsecond" || word == "decade"
    write(isOwn ? "rs.extract_int(" : "date_part(", for: expr.range)
    emitPart(arguments[0])
    write(", ", for: expr.range)
    emitTimestamp(arguments[1])
    write(isOwn ? ")::float8" : ")", for: expr.range)
  }

  private mutating func emitDateTruncation(_ arguments: [Expr], _ expr: Expr) {
    guard arguments[0].partWord.flatMap(DateParts.canonical) != nil else {
      write("date_trunc(rs.datepart_name(", for: expr.range)
      emit(arguments[0])
      write("), ", for: expr.range)
      emitTimestamp(arguments[1])
      return write(")", for: expr.range)
    }
    write("date_trunc(", for: expr.range)
    emitPart(arguments[0])
    write(", ", for: expr.range)
    emitTimestamp(arguments[1])
    write(")", for: expr.range)
  }

  private mutating func emitZoneConversion(_ arguments: [Expr], _ expr: Expr) {
    write("rs.convert_timezone(", for: expr.range)
    for (index, argument) in arguments.enumerated() {
      if index > 0 { write(", ", for: argument.range) }
      if index == arguments.count - 1 { emitTimestamp(argument) } else { emit(argument) }
    }
    write(")", for: expr.range)
  }

  // MARK: Choices

  /// NVL2.
  private mutating func emitChoice(_ arguments: [Expr], _ expr: Expr) {
    write(isInBlock ? "(CASE WHEN " : "CASE WHEN ", for: expr.range)
    emitGrouped(arguments[0])
    write(" IS NOT NULL THEN ", for: expr.range)
    emit(arguments[1])
    write(" ELSE ", for: expr.range)
    emit(arguments[2])
    write(isInBlock ? " END)" : " END", for: expr.range)
  }

  /// DECODE, in which NULL equals NULL.
  private mutating func emitDecode(_ arguments: [Expr], _ expr: Expr) {
    let rest = Array(arguments.dropFirst())
    let pairs = rest.count / 2
    let isSimple = (0..<pairs).allSatisfy { rest[$0 * 2].isNumber || rest[$0 * 2].isString }
    let compared = [arguments[0]] + (0..<pairs).map { rest[$0 * 2] }
    let flags = blankPadding(of: compared)
    let hasSuper = hasSuperBesideText(compared)
    write(isInBlock ? "(CASE " : "CASE ", for: expr.range)
    if isSimple, flags[0] { emitBlankPadded(arguments[0]) } else if isSimple { emit(arguments[0]) }
    for index in 0..<pairs {
      let search = rest[index * 2]
      write(isSimple ? " WHEN " : "WHEN ", for: search.range)
      if !isSimple {
        emitOperand(arguments[0], flags[0])
        write(" IS NOT DISTINCT FROM ", for: search.range)
      }
      emitOperand(search, flags[index + 1])
      if hasSuper, search.isString { write("::text", for: search.range) }
      write(" THEN ", for: search.range)
      emit(rest[index * 2 + 1])
      if !isSimple { write(" ", for: search.range) }
    }
    if rest.count % 2 == 1, let otherwise = rest.last {
      write(isSimple ? " ELSE " : "ELSE ", for: otherwise.range)
      emit(otherwise)
      if !isSimple { write(" ", for: otherwise.range) }
    }
    write((isSimple ? " END" : "END") + (isInBlock ? ")" : ""), for: expr.range)
  }

  // MARK: JSON and counts

  private mutating func emitPath(_ arguments: [Expr], _ expr: Expr) {
    var keys = Array(arguments.dropFirst())
    var ignoresInvalid: Expr?
    if let last = keys.last, case .literal(.boolean) = last.kind, keys.count > 1 {
      ignoresInvalid = last
      keys.removeLast()
    }
    write("rs.json_path_text(", for: expr.range)
    emit(arguments[0])
    write(", ARRAY[", for: expr.range)
    for (index, key) in keys.enumerated() {
      if index > 0 { write(", ", for: key.range) }
      emitGrouped(key)
      write("::text", for: key.range)
    }
    write("]", for: expr.range)
    if let ignoresInvalid {
      write(", ", for: ignoresInvalid.range)
      emit(ignoresInvalid)
    }
    write(")", for: expr.range)
  }

  private mutating func emitCountOfRows(_ call: FunctionCall, _ expr: Expr) {
    write("count(DISTINCT (", for: expr.range)
    for (index, argument) in call.arguments.enumerated() {
      if index > 0 { write(", ", for: argument.range) }
      emitGroupKey(argument)
    }
    write("))", for: expr.range)
    emitOver(call)
  }

  /// OVER and its window, as they are.
  mutating func emitOver(_ call: FunctionCall) {
    guard let over = call.over else { return }
    write(" ", for: over.range)
    if case .inline(let window) = over.kind {
      emit(over.range.bytes, children: [.window(window)])
    } else {
      copy(over.range)
    }
  }
}

extension Expr {
  /// The word that this argument is, if it can name a date part.
  var partWord: String? {
    switch kind {
    case .column(let parts) where parts.count == 1: parts[0].text
    case .literal(.string(let text)): text
    default: nil
    }
  }
}
