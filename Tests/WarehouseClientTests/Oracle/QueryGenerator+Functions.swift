import TestSupport

/// The rarer functions and operators, by the kind of what they give.
extension QueryGenerator {
  /// A value of a kind; nil where there is none of the rarer ones.
  mutating func function(_ kind: Kind, _ place: Place, _ depth: Int) -> String? {
    switch kind {
    case .whole: wholeFunction(place, depth)
    case .decimal: decimalFunction(place, depth)
    case .double: doubleFunction(place, depth)
    case .text: textFunction(place, depth)
    case .date: dateFunction(place, depth)
    case .timestamp: timestampFunction(place, depth)
    case .truth: nil
    case .object: objectFunction(place, depth)
    }
  }

  private mutating func wholeFunction(_ place: Place, _ depth: Int) -> String {
    switch random.below(20) {
    case 0: "-\(leaf(.whole, place))"
    case 1: "(\(value(.whole, place, depth)) \(random.pick(["&", "|", "#"])) 3)"
    case 2: call("mod", [value(.whole, place, depth), "3"])
    case 3: call("charindex", ["'a'", value(.text, place, depth)])
    case 4: "position('a' in \(value(.text, place, depth)))"
    case 5: call("regexp_count", [value(.text, place, depth), "'[ab]'"])
    case 6: call("octet_length", [value(.text, place, depth)])
    case 7: call("ascii", [value(.text, place, depth)])
    case 8: call("sign", [value(.whole, place, depth)])
    case 9: "datediff(\(part()), \(value(.date, place, depth)), \(value(.timestamp, place, depth)))"
    case 10: "cast(\(number(place, depth)) as \(random.pick(["bigint", "smallint", "int"])))"
    case 11: call("regexp_instr", [value(.text, place, depth), "'b'"])
    case 12: call("strtol", ["'1f'", "16"])
    case 13: call("floor", [value(.decimal, place, depth)]) + "::int"
    case 14: call("get_array_length", [value(.object, place, depth)])
    case 15: "(\(value(.object, place, depth)))::int"
    case 16: call("date_part", ["'\(part())'", value(.timestamp, place, depth)]) + "::int"
    case 17: call("json_array_length", ["'[1, 2]'"])
    case 18: call("nvl", [value(.whole, place, depth), "0"])
    default: "case when \(truth(place, depth)) then 1 when \(truth(place, 0)) then 2 else 0 end"
    }
  }

  private mutating func part() -> String {
    random.pick(["year", "quarter", "month", "week", "day", "hour", "minute", "mon", "yr", "dow"])
  }

  /// A part that dates can be cut to, and shifted by.
  private mutating func step() -> String {
    random.pick(["year", "quarter", "month", "week", "day", "hour", "minute", "second"])
  }

  private mutating func decimalFunction(_ place: Place, _ depth: Int) -> String {
    switch random.below(9) {
    case 0: call("trunc", [value(.decimal, place, depth), "1"])
    case 1: "-\(leaf(.decimal, place))"
    case 2: "(\(value(.decimal, place, depth)) % 2)"
    case 3: call("abs", [value(.decimal, place, depth)])
    case 4: "cast(\(number(place, depth)) as decimal(10, 2))"
    case 5: "(\(value(.decimal, place, depth)) * \(value(.decimal, place, depth)))"
    case 6: "(\(value(.decimal, place, depth)) / nullif(\(value(.whole, place, 0)), 0))"
    case 7: call(random.pick(["ceil", "floor", "round"]), [value(.decimal, place, depth)])
    default: call("isnull", [value(.decimal, place, depth), "0.5"])
    }
  }

  private mutating func doubleFunction(_ place: Place, _ depth: Int) -> String {
    switch random.below(8) {
    case 0: "sqrt(abs(\(number(place, depth))))"
    case 1: call("exp", [leaf(.double, place)])
    case 2: call("months_between", [value(.timestamp, place, depth), leaf(.timestamp, place)])
    case 3: "(\(number(place, depth)) / 3.0::float)"
    case 4: call("date_part", ["epoch", value(.timestamp, place, depth)])
    case 5: "(\(value(.double, place, depth)))::real"
    case 6: call(random.pick(["round", "trunc"]), [value(.double, place, depth), "1"])
    default: call(random.pick(["sin", "cbrt", "degrees"]), [value(.double, place, depth)])
    }
  }

  private mutating func textFunction(_ place: Place, _ depth: Int) -> String {
    let text = value(.text, place, depth)
    switch random.below(22) {
    case 0: return call(random.pick(["initcap", "reverse"]), [text])
    case 1: return call(random.pick(["repeat", "replicate"]), [text, "2"])
    case 2: return call("translate", [text, "'ab'", "'ba'"])
    case 3: return call(random.pick(["btrim", "ltrim", "rtrim"]), [text, "'a'"])
    case 4: return call("regexp_replace", [text, "'a+'", "'x'"])
    case 5: return call("regexp_substr", [text, "'[a-z]+'"])
    case 6: return call("nvl", [text, value(.text, place, 0), "'x'"])
    case 7: return call("to_char", [number(place, depth), "'999D9'"])
    case 8: return "trim(\(random.pick(["both", "leading", "trailing"])) 'a' from \(text))"
    case 9: return "(\(text) || \(value(.whole, place, depth)))"
    case 10: return call("json_extract_path_text", ["'{\"a\": \"b\"}'", "'a'"])
    case 11: return "\(value(.object, place, depth))::varchar"
    case 12: return call("json_serialize", [value(.object, place, depth)])
    case 13: return call("substring", [text, "2", "3"])
    case 14: return "convert(varchar(10), \(value(.whole, place, depth)))"
    case 15: return call("sha2", [text, "256"])
    case 16: return "cast(\(text) as \(random.pick(["char(3)", "varchar(3)", "text"])))"
    case 17: return call("rpad", [text, "4"])
    case 18: return call("chr", ["65 + abs(\(leaf(.whole, place))) % 26"])
    case 19: return call("json_typeof", [value(.object, place, depth)])
    case 20: return "(\(text) + \(value(.text, place, 0)))"
    default: return call("to_char", [value(.date, place, depth), "'Mon DD, YYYY HH24:MI'"])
    }
  }

  private mutating func dateFunction(_ place: Place, _ depth: Int) -> String {
    switch random.below(7) {
    case 0: call("next_day", [value(.date, place, depth), "'Mon'"])
    case 1: call("to_date", ["'2018-01-31'", "'YYYY-MM-DD'"])
    case 2: "dateadd(\(step()), \(value(.whole, place, 0)), \(value(.date, place, depth)))::date"
    case 3: "(\(leaf(.date, place)) - 1)"
    case 4: "date_trunc('\(step())', \(value(.date, place, depth)))::date"
    case 5: isSteady ? literal(.date) : "current_date"
    default: call("date", [value(.timestamp, place, depth)])
    }
  }

  private mutating func timestampFunction(_ place: Place, _ depth: Int) -> String {
    switch random.below(9) {
    case 0: "(\(value(.timestamp, place, depth)) - interval '1 month')"
    case 1: "(\(leaf(.timestamp, place)) + \(leaf(.whole, place)) * interval '1 hour')"
    case 2: "(\(leaf(.date, place)) + interval '2 hours 30 minutes')"
    case 3: call("add_months", [value(.timestamp, place, depth), leaf(.whole, place)])
    case 4: "dateadd(\(step()), \(leaf(.whole, place)), \(value(.timestamp, place, depth)))"
    case 5: call("date_trunc", ["'\(step())'", value(.timestamp, place, depth)])
    case 6: "(timestamp 'epoch' + \(leaf(.whole, place)) * interval '1 second')"
    case 7: call("convert_timezone", ["'UTC'", "'Europe/Berlin'", value(.timestamp, place, depth)])
    default: isSteady ? literal(.timestamp) : random.pick(["sysdate", "getdate()"])
    }
  }

  private mutating func objectFunction(_ place: Place, _ depth: Int) -> String {
    let part = value(random.pick([.whole, .text, .truth], or: .whole), place, depth)
    switch random.below(7) {
    case 0: return "array(\(part), \(value(.whole, place, 0)))"
    case 1: return "object('a', \(part), 'b', \(value(.text, place, 0)))"
    case 2: return call("split_to_array", [value(.text, place, depth), "' '"])
    case 3: return call("array_concat", ["array(\(part))", "array(1, 2)"])
    case 4: return call("subarray", ["array(1, 2, \(part))", "1", "2"])
    case 5:
      guard place.keys == nil, let column = column(.object, place.scope), column.contains(".")
      else { return literal(.object) }
      return "\(column)\(random.pick([".list[0]", ".a[1].b", "[0]", ".list[0].a"]))"
    default: return "json_parse('[1, {\"a\": [2, 3]}, \"x\"]')"
    }
  }
}
