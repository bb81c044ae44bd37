import TestSupport

/// Makes random statements over the tables of the analysis fixtures.
///
/// Expressions are made for a wanted kind of value, so that most statements are right; `mistake`
/// makes one thing wrong. The same seed makes the same statement.
struct QueryGenerator {
  /// What a value is, finely enough that PostgreSQL takes it where it is put.
  enum Kind: CaseIterable {
    case whole
    case decimal
    case double
    case text
    case date
    case timestamp
    case truth
    case object
  }

  struct Column {
    var name: String
    var kind: Kind
  }

  /// A table of FROM, under the name that qualifies its columns.
  struct Source {
    var name: String
    var columns: [Column]
  }

  /// What names mean at one level of a query.
  final class Scope {
    let parent: Scope?
    var sources: [Source] = []
    /// How many columns a bare name could mean.
    var counts: [String: Int] = [:]
    /// The first source behind the last comma of FROM: what is in sight of ON.
    var start = 0

    init(parent: Scope?) {
      self.parent = parent
    }
  }

  /// Where an expression stands.
  struct Place {
    var scope: Scope
    /// What GROUP BY lists; nil where nothing is grouped.
    var keys: [(text: String, kind: Kind)]?
    var mayAggregate = false
    var mayWindow = false
    /// Earlier items of the same select list.
    var aliases: [Column] = []
  }

  struct Made {
    var text: String
    var columns: [Column]
  }

  static let tables: [(name: String, columns: [Column])] = [
    (
      "users",
      columns("user_id:whole name:text level:text born:date is_active:truth")
        + columns("balance:decimal score:double created_at:timestamp")
    ),
    (
      "plays",
      columns("play_id:whole user_id:whole song_id:text started_at:timestamp seconds:whole")
        + columns("rating:whole details:object")
    ),
    ("songs", columns("song_id:text title:text artist_id:text duration:decimal year:whole")),
    ("days", columns("day:date name:text weekend:truth")),
    ("active", columns("user_id:whole name:text level:text")),
    ("old", columns("id:whole now_so:whole")),
  ]

  private static func columns(_ words: String) -> [Column] {
    words.split(separator: " ").compactMap { word in
      let parts = word.split(separator: ":")
      let kind = Kind.allCases.first { "\($0)" == parts[1] }
      return kind.map { Column(name: String(parts[0]), kind: $0) }
    }
  }

  var random: SeededRandom
  /// Leaves out what gives another result each time, or changes data.
  let isSteady: Bool
  /// What is done wrong, once.
  var mistake: Mistake?
  /// Places where the mistake could have been made before it is.
  var patience: Int
  /// Whether the mistake was made.
  var isWrong = false
  var names = 0
  /// Common table expressions in sight.
  var common: [Source] = []

  init(seed: UInt64, isSteady: Bool = false, mistakes: Bool = true) {
    random = SeededRandom(seed: seed)
    self.isSteady = isSteady
    patience = random.below(4)
    if mistakes, random.percent(50) { mistake = Mistake.allCases.randomElement(using: &random) }
  }

  mutating func makeName(_ stem: String) -> String {
    names += 1
    return "\(stem)\(names)"
  }

  /// Whether the mistake is to be made here.
  mutating func strikes(_ kind: Mistake) -> Bool {
    guard mistake == kind, !isWrong else { return false }
    patience -= 1
    if patience >= 0 { return false }
    isWrong = true
    return true
  }

  /// A whole statement.
  mutating func statement() -> String {
    if isSteady || random.percent(88) { return query(depth: 3, parent: nil).text }
    return change()
  }
}

/// What can be made wrong.
enum Mistake: CaseIterable {
  case misspeltColumn
  case columnOfOtherTable
  case unknownQualifier
  case hiddenQualifier
  case missingQualifier
  case ungrouped
  case otherKind
  case missingArgument
  case extraArgument
  case setArity
  case subqueryArity
  case sameAlias
  case unknownTable
  case aggregateInFilter
  case windowInFilter
  case nestedAggregate
  case ordinal
  case usingColumn
  case orderOfDistinct
  case laterCommonTable
  case sibling
  case outsideOfJoin
  case sameCommonTable
  case valuesArity
  case insertArity
  case insertColumn
}
