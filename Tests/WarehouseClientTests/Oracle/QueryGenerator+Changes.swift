import TestSupport

extension QueryGenerator {
  /// INSERT, UPDATE, DELETE or MERGE, or a table or view that is made of a query.
  mutating func change() -> String {
    switch random.below(6) {
    case 0: return insert()
    case 1: return update()
    case 2: return delete()
    case 3: return merge()
    case 4:
      let made = query(depth: 2, parent: nil, isNamed: true)
      return "create table s.\(makeName("made")) as \(made.text)"
    default:
      let made = query(depth: 2, parent: nil, isNamed: true)
      return "create view s.\(makeName("seen")) as \(made.text)"
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
    let column = random.pick(target.columns, or: target.columns[0])
    let name = strikes(.insertColumn) ? "nope" : column.name
    let value = value(column.kind, place, 2)
    return "update s.users set \(name) = \(value)\(from) where \(truth(place, 2))"
  }

  private mutating func delete() -> String {
    let scope = Scope(parent: nil)
    let target = Source(name: "plays", columns: Self.tables[1].columns)
    scope.sources.append(target)
    for column in target.columns { scope.counts[column.name] = 1 }
    return "delete from s.plays where \(truth(Place(scope: scope), 2))"
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
    var values = [value(.text, inserted, 1), value(.text, inserted, 1), "'x'"]
    if strikes(.insertArity) { values.removeLast() }
    return
      "merge into s.songs using s.plays as p on songs.song_id = p.song_id"
      + " when matched then update set \(column) = \(value(.text, place, 1))"
      + " when not matched then insert (song_id, title, artist_id)"
      + " values (\(values.joined(separator: ", ")))"
  }
}
