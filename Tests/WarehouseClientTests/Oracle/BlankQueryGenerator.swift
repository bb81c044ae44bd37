import TestSupport

/// Makes random queries that PostgreSQL and Redshift read alike, over tables whose text may end in
/// blanks: joins, groups, DISTINCT, set operations, windows and comparisons of text.
///
/// A `~` in the text stands for a blank at the end of a literal. What a query shows never depends on
/// the blanks themselves: over values without them it must give the same, but for those.
struct BlankQueryGenerator {
  struct Column {
    var text: String
    var isText: Bool
    /// Whether it is a column and no more.
    var isPlain = true
  }

  struct Made {
    var text: String
    /// The columns by their names; nil where a star stands for them.
    var columns: [Column]?
    /// Whether it can be put in order: PostgreSQL forgets that GROUPING SETS make NULL of a column
    /// that WHERE says is always the same.
    var canBeOrdered = true
  }

  /// Tables of FROM.
  private struct Source {
    var text: String
    var columns: [Column]
    /// Whether a star stands for columns that all have names of their own.
    var hasOwnNames = true
    /// Whether it is a stored table: of what joins and subqueries make equal PostgreSQL does not
    /// always know that it is rolled up.
    var isStored = false
  }

  static let setUp = """
    CREATE TABLE a (id int, v varchar(8), w varchar(12), c char(4), n int);
    CREATE TABLE b (k int, v varchar(10), t varchar(8), n int);
    CREATE TABLE d (k int, w varchar(12), m int);
    """

  private static let tables: [String: [Column]] = [
    "a": columns("id v: w: c: n"), "b": columns("k v: t: n"), "d": columns("k w: m"),
  ]
  private static let literals = ["'a~'", "'b'", "'ab~~'", "'~'", "''", "'a'"]

  private var random: SeededRandom
  private var names = 0
  private var common: [(name: String, columns: [Column])] = []

  init(seed: UInt64) {
    random = SeededRandom(seed: seed)
  }

  private static func columns(_ list: String) -> [Column] {
    list.split(separator: " ").map { word in
      Column(text: String(word.prefix { $0 != ":" }), isText: word.hasSuffix(":"))
    }
  }

  private mutating func name(_ stem: String) -> String {
    names += 1
    return "\(stem)\(names)"
  }

  /// Rows for the tables: few values, so that they meet.
  mutating func rows() -> [String] {
    var statements: [String] = []
    for number in 0..<14 {
      statements.append(
        "INSERT INTO a VALUES (\(number), \(value()), \(value()), \(value()), \(self.number()))"
      )
    }
    for number in 0..<9 {
      statements.append(
        "INSERT INTO b VALUES (\(number), \(value()), \(value()), \(self.number()))"
      )
    }
    for number in 0..<7 {
      statements.append("INSERT INTO d VALUES (\(number), \(value()), \(self.number()))")
    }
    return statements
  }

  private mutating func value() -> String {
    if random.percent(12) { return "NULL" }
    let word = random.pick(["a", "b", "ab", "B", ""])
    return "'\(word)\(String(repeating: "~", count: random.below(3)))'"
  }

  private mutating func number() -> String {
    random.percent(10) ? "NULL" : "\(random.below(3))"
  }

  // MARK: Queries

  /// A whole query.
  mutating func query() -> String {
    var text = ""
    if random.percent(25) {
      let made = select(depth: 2, isNamed: true)
      let table = name("w")
      common.append((table, made.columns ?? []))
      text = "with \(table) as (\(made.text)) "
    }
    let made = random.percent(25) ? sets(depth: 2) : select(depth: 3, isNamed: false)
    text += made.text
    if let columns = made.columns, made.canBeOrdered, random.percent(40) {
      let order = columns.indices.map { "\($0 + 1)\(random.percent(20) ? " desc" : "")" }
      text += " order by \(order.joined(separator: ", "))"
      if random.percent(60) { text += " limit \(1 + random.below(5))" }
    }
    return text
  }

  private mutating func sets(depth: Int) -> Made {
    let shape = random.percent(50) ? [true] : [true, false]
    let first = member(shape, depth)
    var text = first.text
    for _ in 0...random.below(3) {
      let word = random.pick(["union", "union", "union all", "intersect", "except"])
      let next = member(shape, depth)
      text += " \(word) " + (random.percent(25) ? "(\(next.text))" : next.text)
    }
    return Made(text: text, columns: first.columns)
  }

  /// A query with columns of certain kinds.
  private mutating func member(_ shape: [Bool], _ depth: Int) -> Made {
    let source = source(depth: depth - 1)
    var columns: [Column] = []
    var items: [String] = []
    for isText in shape {
      let value = isText ? text(source.columns, depth: 1) : whole(source.columns)
      let label = name("c")
      items.append("\(value) as \(label)")
      columns.append(Column(text: label, isText: isText))
    }
    let distinct = random.percent(20) ? "distinct " : ""
    let text =
      "select \(distinct)\(items.joined(separator: ", ")) from \(source.text)\(filter(source, depth))"
    return Made(text: text, columns: columns)
  }

  private mutating func select(depth: Int, isNamed: Bool) -> Made {
    let source = source(depth: depth - 1)
    switch random.below(5) {
    case 0, 1: return grouped(source, depth)
    case 2:
      if !isNamed, source.hasOwnNames, random.percent(30) {
        let distinct = random.percent(60) ? "distinct " : ""
        return Made(text: "select \(distinct)* from \(source.text)\(filter(source, depth))")
      }
      return plain(source, depth, isDistinct: true)
    default: return plain(source, depth, isDistinct: false)
    }
  }

  private mutating func plain(_ source: Source, _ depth: Int, isDistinct: Bool) -> Made {
    var columns: [Column] = []
    var items: [String] = []
    for _ in 0...random.below(3) {
      let isText = random.percent(65)
      let value =
        isText
        ? text(source.columns, depth: 2)
        : random.percent(30) ? window(source.columns) : whole(source.columns)
      let label = name("c")
      items.append("\(value) as \(label)")
      columns.append(Column(text: label, isText: isText))
    }
    let head = isDistinct ? "select distinct" : "select"
    let text =
      "\(head) \(items.joined(separator: ", ")) from \(source.text)\(filter(source, depth))"
    return Made(text: text, columns: columns)
  }

  // MARK: Groups

  private mutating func grouped(_ source: Source, _ depth: Int) -> Made {
    var keys: [Column] = []
    for _ in 0...random.below(2) {
      if random.percent(75) {
        let isPlain = random.percent(60)
        let key = isPlain ? column(source.columns, isText: true) : text(source.columns, depth: 1)
        keys.append(Column(text: key, isText: true, isPlain: isPlain))
      } else {
        keys.append(Column(text: column(source.columns, isText: false), isText: false))
      }
    }
    // A constant is no key, and PostgreSQL errs where the same is one twice.
    var known: Set<String> = []
    keys = keys.filter {
      !$0.text.hasPrefix("'") && !$0.text.hasPrefix("1 +")
        && !$0.text.contains("upper('") && known.insert($0.text).inserted
    }
    let hasSets = random.percent(25) && source.isStored && !keys.isEmpty
    var items: [(text: String, isText: Bool, name: String)] = []
    for key in keys where random.percent(85) { items.append((key.text, key.isText, name("c"))) }
    for _ in 0...random.below(3) {
      let (value, isText) = aggregated(keys, source, hasSets: hasSets)
      items.append((value, isText, name("c")))
    }
    var places: [String] = []
    for key in keys {
      let index = items.firstIndex { $0.text == key.text }
      switch random.below(4) {
      case 0 where index != nil: places.append("\((index ?? 0) + 1)")
      case 1 where index != nil: places.append(items[index ?? 0].name)
      default: places.append(key.text)
      }
    }
    var grouping = places.joined(separator: ", ")
    if hasSets, !keys.isEmpty {
      switch random.below(3) {
      case 0: grouping = "rollup (\(grouping))"
      case 1: grouping = "cube (\(grouping))"
      default: grouping = "grouping sets ((\(grouping)), (\(places[0])), ())"
      }
    }
    let list = items.map { "\($0.text) as \($0.name)" }.joined(separator: ", ")
    // PostgreSQL forgets the same of DISTINCT as of ORDER BY.
    let distinct = random.percent(10) && !hasSets ? "distinct " : ""
    var text = "select \(distinct)\(list) from \(source.text)"
    text += filter(source, depth)
    if !keys.isEmpty { text += " group by \(grouping)" }
    if random.percent(30) { text += " having \(having(keys, source))" }
    return Made(
      text: text,
      columns: items.map { Column(text: $0.name, isText: $0.isText) },
      canBeOrdered: !hasSets
    )
  }

  /// A value of a group.
  private mutating func aggregated(
    _ keys: [Column],
    _ source: Source,
    hasSets: Bool
  ) -> (String, Bool) {
    let texts = keys.filter(\.isText)
    let value = text(source.columns, depth: 1)
    if let key = texts.randomElement(using: &random), random.percent(45) {
      // Windows over rolled up keys are for PostgreSQL what they were before.
      let choice = random.below(7)
      switch hasSets && (4...5).contains(choice) ? 6 : choice {
      case 0: return ("upper(\(key.text))", true)
      case 1: return ("coalesce(\(key.text), \(literal()))", true)
      case 2: return ("case when \(key.text) = \(literal()) then 1 else count(*) end", false)
      case 3: return ("nullif(\(key.text), \(literal()))", true)
      case 4: return ("rank() over (order by \(key.text), count(*))", false)
      case 5: return ("sum(count(*)) over (partition by \(key.text))", false)
      default:
        guard key.isPlain else { return ("count(*)", false) }
        let inner = name("s")
        return ("(select count(*) from b \(inner) where \(inner).v = \(key.text))", false)
      }
    }
    switch random.below(6) {
    case 0: return ("count(*)", false)
    case 1: return ("count(distinct \(value))", false)
    case 2: return ("sum(\(whole(source.columns)))", false)
    case 3: return ("min(\(value))", true)
    case 4: return ("max(\(value))", true)
    default: return ("count(\(value))", false)
    }
  }

  private mutating func having(_ keys: [Column], _ source: Source) -> String {
    if let key = keys.filter(\.isText).randomElement(using: &random), random.percent(60) {
      switch random.below(5) {
      case 0: return "\(key.text) > \(literal())"
      case 3 where key.isPlain:
        let inner = name("s")
        return "exists (select 1 from b \(inner) where \(inner).t = \(key.text))"
      case 1: return "\(key.text) in (\(literal()), \(literal()))"
      case 2: return "\(key.text) in (select t from b)"
      default: return "\(key.text) is not null"
      }
    }
    return "count(*) > 1"
  }

  // MARK: FROM

  private mutating func source(depth: Int) -> Source {
    switch depth > 0 ? random.below(7) : 0 {
    case 1:
      let (first, second) = (leaf(depth), leaf(depth))
      guard first.columns.contains(where: \.isText), second.columns.contains(where: \.isText)
      else { return first }
      let word = random.pick(["join", "left join", "right join", "full join"])
      let one = column(first.columns, isText: true)
      let two = column(second.columns, isText: true)
      var text = "\(first.text) \(word) \(second.text) on \(one) = \(two)"
      if random.percent(30) {
        let (left, right) = (
          column(first.columns, isText: false), column(second.columns, isText: false)
        )
        text += " and \(left) = \(right)"
      }
      return Source(text: text, columns: first.columns + second.columns, hasOwnNames: false)
    case 2, 3: return merged(depth)
    case 4:
      let (first, second) = (leaf(depth), leaf(depth))
      return Source(
        text: "\(first.text) cross join \(second.text)",
        columns: first.columns + second.columns,
        hasOwnNames: false
      )
    default: return leaf(depth)
    }
  }

  /// A join by USING or NATURAL.
  private mutating func merged(_ depth: Int) -> Source {
    let pairs = [("a", "b", ["v"]), ("a", "b", ["v", "n"]), ("a", "d", ["w"]), ("b", "d", ["k"])]
    let (one, two, shared) = random.pick(pairs, or: ("a", "b", ["v"]))
    let (first, second) = (name("t"), name("t"))
    let word = random.pick(["join", "left join", "right join", "full join"])
    var columns = shared.map { name in
      Column(text: name, isText: Self.tables[one]?.first { $0.text == name }?.isText ?? true)
    }
    let natural = random.percent(35)
    let sides = [(one, first), (two, second)].map { table, alias in
      let all = (Self.tables[table] ?? []).filter {
        !natural || shared.contains($0.text) || !["n", "k"].contains($0.text)
      }
      columns += all.map { Column(text: "\(alias).\($0.text)", isText: $0.isText) }
      let list = all.map(\.text).joined(separator: ", ")
      return natural ? "(select \(list) from \(table)) \(alias)" : "\(table) \(alias)"
    }
    let list = shared.joined(separator: ", ")
    let text =
      natural
      ? "\(sides[0]) natural \(word) \(sides[1])"
      : "\(sides[0]) \(word) \(sides[1]) using (\(list))"
    if random.percent(25) {
      // The alias hides both tables; a name that both have would mean either.
      let alias = name("j")
      let names = columns.dropFirst(shared.count).map { ($0.text.split(separator: ".").last ?? "") }
      let own = zip(names, columns.dropFirst(shared.count)).filter { name, _ in
        !shared.contains(String(name)) && names.count(where: { $0 == name }) == 1
      }
      return Source(
        text: "(\(text)) \(alias)",
        columns: columns.prefix(shared.count).map {
          Column(text: "\(alias).\($0.text)", isText: $0.isText)
        } + own.map { Column(text: "\(alias).\($0)", isText: $1.isText) },
        hasOwnNames: false
      )
    }
    // Two tables of the same columns in a third one would make the merged names mean either.
    if !natural, shared.contains("v"), random.percent(25) {
      let third = name("t")
      let word = random.pick(["join", "left join", "right join", "full join"])
      columns += [Column(text: "\(third).m", isText: false)]
      // What the first join has merged stays merged in the second.
      let isAll = shared.count > 1 && random.percent(50)
      let table = isAll ? "select m, w as v, k as n from d" : "select m, w as v from d"
      return Source(
        text: "\(text) \(word) (\(table)) \(third) using (\(isAll ? list : "v"))",
        columns: columns
      )
    }
    if shared == ["k"], !natural, random.percent(40) {
      // Of numbers, which the database merges, and then of text.
      let third = name("t")
      columns += [Column(text: "\(third).c", isText: true), Column(text: "w", isText: true)]
      columns.removeAll { $0.text == "\(second).w" }
      return Source(
        text: "\(text) \(random.pick(["join", "full join"])) (select id as k, w, c from a) \(third)"
          + " using (k, w)",
        columns: columns
      )
    }
    return Source(text: text, columns: columns)
  }

  private mutating func leaf(_ depth: Int) -> Source {
    let alias = name("t")
    if let table = common.randomElement(using: &random), !table.columns.isEmpty, random.percent(30)
    {
      return leaf("\(table.name) \(alias)", table.columns, alias)
    }
    if depth > 0, random.percent(25) {
      let made = random.percent(30) ? sets(depth: 1) : select(depth: depth - 1, isNamed: true)
      return leaf("(\(made.text)) \(alias)", made.columns ?? [], alias)
    }
    let table = random.pick(["a", "a", "b", "d"])
    var source = leaf("\(table) \(alias)", Self.tables[table] ?? [], alias)
    source.isStored = true
    return source
  }

  private func leaf(_ text: String, _ columns: [Column], _ alias: String) -> Source {
    Source(
      text: text,
      columns: columns.map { Column(text: "\(alias).\($0.text)", isText: $0.isText) }
    )
  }

  // MARK: Values

  private mutating func literal() -> String { random.pick(Self.literals) }

  private mutating func column(_ columns: [Column], isText: Bool) -> String {
    let fitting = columns.filter { $0.isText == isText }
    return fitting.randomElement(using: &random)?.text ?? (isText ? "upper('a~')" : "1 + 1")
  }

  private mutating func text(_ columns: [Column], depth: Int) -> String {
    let column = column(columns, isText: true)
    guard depth > 0 else { return column }
    switch random.below(10) {
    case 0: return "upper(\(column))"
    case 1: return "coalesce(\(column), \(literal()))"
    case 2: return "nullif(\(column), \(text(columns, depth: 0)))"
    case 3:
      let other = text(columns, depth: depth - 1)
      return "case when \(condition(columns)) then \(column) else \(other) end"
    case 4: return "case \(column) when \(literal()) then 'a~' else \(literal()) end"
    case 5: return "rtrim(\(column))"
    default: return column
    }
  }

  private mutating func whole(_ columns: [Column]) -> String {
    let column = column(columns, isText: false)
    return random.percent(20) ? "case when \(condition(columns)) then 1 else \(column) end" : column
  }

  private mutating func window(_ columns: [Column]) -> String {
    let key = text(columns, depth: 1)
    let order = text(columns, depth: 1)
    switch random.below(4) {
    case 0: return "count(*) over (partition by \(key))"
    case 1: return "rank() over (order by \(key), \(order))"
    case 2: return "dense_rank() over (partition by \(key) order by \(order) desc)"
    default: return "sum(\(column(columns, isText: false))) over (partition by \(key), \(order))"
    }
  }

  private mutating func filter(_ source: Source, _ depth: Int) -> String {
    guard random.percent(35) else { return "" }
    if random.percent(25), depth > 0 {
      let column = column(source.columns, isText: true)
      let inner = name("s")
      switch random.below(3) {
      case 0: return " where \(column) in (select \(inner).v from b \(inner))"
      case 1: return " where exists (select 1 from b \(inner) where \(inner).t = \(column))"
      default:
        return " where \(column) = (select max(\(inner).v) from a \(inner))"
      }
    }
    return " where \(condition(source.columns))"
  }

  private mutating func condition(_ columns: [Column]) -> String {
    let column = column(columns, isText: true)
    switch random.below(7) {
    case 0: return "\(column) = \(literal())"
    case 1: return "\(column) <> \(text(columns, depth: 0))"
    case 2: return "\(column) > \(literal())"
    case 3: return "\(column) in (\(literal()), \(literal()))"
    case 4: return "\(column) between \(literal()) and \(literal())"
    case 5: return "\(self.column(columns, isText: false)) > 0"
    default: return "not \(column) = \(text(columns, depth: 0))"
    }
  }
}
