import TestSupport

extension QueryGenerator {
  /// INSERT, UPDATE, DELETE or MERGE, or a table or view that is made of a query.
  mutating func change() -> String {
    switch random.below(7) {
    case 0: return insert()
    case 1: return update()
    case 2: return delete()
    case 3: return merge()
    default: return definition()
    }
  }

  /// A table or a view that is made of a query.
  private mutating func definition() -> String {
    let made = query(depth: 2, parent: nil, isNamed: true)
    // An object that stands for several columns is none to group or sort by.
    let key = made.columns.first { $0.kind != .object }?.name ?? ""
    let names = made.columns.map { _ in makeName("n") }.joined(separator: ", ")
    switch random.below(7) {
    case 0: return "create table s.\(makeName("made")) (\(names)) as \(made.text)"
    case 1 where !key.isEmpty:
      return "create table s.\(makeName("made")) distkey (\(key)) sortkey (\(key)) as \(made.text)"
    case 2: return "create temp table \(makeName("made")) as \(made.text)"
    case 3: return "create view s.\(makeName("seen")) (\(names)) as \(made.text)"
    case 4: return "create materialized view s.\(makeName("kept")) as \(made.text)"
    case 5: return "create view s.\(makeName("seen")) as \(made.text)"
    default: return "create table s.\(makeName("made")) as \(made.text)"
    }
  }

  private mutating func insert() -> String {
    var columns = [
      Column(name: "song_id", kind: .text), Column(name: "title", kind: .text),
      Column(name: "artist_id", kind: .text),
    ]
    if random.percent(50) { columns.append(Column(name: "year", kind: .whole)) }
    var names = columns.map(\.name)
    if strikes(.insertColumn) { names[0] = "songid" }
    if strikes(.insertArity) { names.removeLast() }
    let list = names.joined(separator: ", ")
    if random.percent(30) {
      let place = Place(scope: Scope(parent: nil))
      let values = columns.map { value($0.kind, place, 1) }
      return "insert into s.songs (\(list)) values (\(values.joined(separator: ", ")))"
    }
    let made = query(depth: 2, parent: nil, wanted: columns.map(\.kind))
    return "insert into s.songs (\(list)) \(made.text)"
  }

  private mutating func update() -> String {
    let scope = Scope(parent: nil)
    let target = Source(name: "users", columns: Self.tables[0].columns)
    scope.sources.append(target)
    for column in target.columns { scope.counts[column.name] = 1 }
    var from = ""
    if random.percent(40) {
      let inner = Scope(parent: nil)
      from = " " + self.from(inner, 1)
      guard !inner.sources.contains(where: { $0.name == "users" }) else { return delete() }
      scope.sources += inner.sources
      scope.counts.merge(inner.counts) { $0 + $1 }
    }
    let place = Place(scope: scope)
    let columns = target.columns.shuffled(using: &random).prefix(1 + random.below(2))
    let isMisspelt = strikes(.insertColumn)
    let list = columns.enumerated().map { index, column in
      let name = isMisspelt && index == 0 ? "nope" : column.name
      return "\(name) = \(random.percent(5) ? "default" : value(column.kind, place, 2))"
    }
    return
      "update s.users set \(list.joined(separator: ", "))\(from) where \(truth(place, 2))"
  }

  private mutating func delete() -> String {
    let scope = Scope(parent: nil)
    let target = Source(name: "plays", columns: Self.tables[1].columns)
    scope.sources.append(target)
    for column in target.columns { scope.counts[column.name] = 1 }
    var using = ""
    if random.percent(40) {
      let inner = Scope(parent: nil)
      let text = from(inner, 1)
      if !inner.sources.contains(where: { $0.name == "plays" }) {
        scope.sources += inner.sources
        scope.counts.merge(inner.counts) { $0 + $1 }
        using = " using " + text.dropFirst("from ".count)
      }
    }
    let word = random.pick(["from ", "from ", ""])
    return "delete \(word)s.plays\(using) where \(truth(Place(scope: scope), 2))"
  }

  private mutating func merge() -> String {
    let scope = Scope(parent: nil)
    scope.sources = [
      Source(name: "songs", columns: Self.tables[2].columns),
      Source(name: "p", columns: Self.tables[1].columns),
    ]
    let place = Place(scope: scope)
    let source = Scope(parent: nil)
    source.sources = [scope.sources[1]]
    let inserted = Place(scope: source)
    let column = strikes(.insertColumn) ? "nope" : "title"
    if random.percent(12) {
      return "merge into s.songs using s.songs as p on songs.song_id = p.song_id remove duplicates"
    }
    let matched =
      random.percent(25) ? "delete" : "update set \(column) = \(value(.text, place, 1))"
    var values = [value(.text, inserted, 1), value(.text, inserted, 1), "'x'"]
    if strikes(.insertArity) { values.removeLast() }
    return
      "merge into s.songs using s.plays as p on songs.song_id = p.song_id"
      + " when matched then \(matched)"
      + " when not matched then insert (song_id, title, artist_id)"
      + " values (\(values.joined(separator: ", ")))"
  }
}
