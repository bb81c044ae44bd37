/// The words that the parser gives a meaning, reserved or not.
package enum SQLKeyword: UInt8, CaseIterable, Sendable {
  case none
  case abort, add, all, alter, analyze, and, any, append, approximate, array, `as`, asc, at
  case authorization, auto, backup, begin, between, binary, binding, both, by, call, cascade, `case`
  case cast, char, character, check, collate, column, comment, commit, compound, compression
  case connect, constraint, convert, copy, create, cross, cube, current, current_catalog
  case current_date, current_role, current_time, current_timestamp, current_user
  case current_user_id, database, date, `default`, defaults, delete, desc, distinct, distkey
  case diststyle, double, drop, duplicates, `else`, encode, end, escape, except, exclude, exclusive
  case excluding, execute, exists, explain, external, extract, `false`, fetch, filltarget, filter
  case first, following, `for`, foreign, from, full, function, generated, global, grant, group
  case grouping, groups, having, identity, `if`, ignore, ignoreextra, ilike, `in`, include
  case including, inner, insert, interleaved, intersect, interval, into, `is`, isnull, join, key
  case last, lateral, leading, left, level, like, limit, local, localtime, localtimestamp, lock
  case matched, materialized, merge, minus, natural, next, no, nocycle, not, notnull, null, nulls
  case offset, on, only, option, or, order, ordinality, out, outer, over, overlay, owner, partition
  case percent, pivot, position, preceding, precision, predicate, primary, prior, procedure
  case qualify, quota, range, recursive, references, refresh, remove, rename, replace, reset
  case respect, restrict, returning, revoke, right, role, rollback, rollup, row, rows, schema
  case security, select, session, session_user, set, sets, show, similar, some, sortkey, start
  case substring, symmetric, sysdate, table, temp, temporary, then, time, timestamp, timestamptz
  case timetz, to, top, trailing, transaction, trim, `true`, truncate, try_cast, type, unbounded
  case union, unique, unknown, unload, unpivot, update, user, using, vacuum, values, variadic
  case varying, verbose, view, when, `where`, window, with, within, without, work, year, zone

  /// Whether the word can never be a name without quotes.
  ///
  /// Only the words that would be misread; Redshift reserves more.
  var isReserved: Bool {
    switch self {
    case .all, .and, .any, .as, .asc, .both, .case, .cast, .check, .collate, .constraint, .create,
      .cross, .default, .desc, .distinct, .else, .end, .except, .false, .for, .foreign, .from,
      .full, .grant, .group, .having, .ilike, .in, .inner, .intersect, .into, .is, .isnull, .join,
      .leading, .left, .like, .limit, .minus, .natural, .not, .notnull, .null, .offset, .on, .or,
      .order, .outer, .primary, .qualify, .references, .right, .select, .similar, .some, .table,
      .then, .to, .trailing, .true, .union, .unique, .using, .when, .where, .with:
      true
    default: false
    }
  }

  /// Whether the word can be an alias without AS.
  var canBeBareAlias: Bool {
    switch self {
    case .window, .fetch, .pivot, .unpivot, .returning, .exclude, .between, .escape, .within, .over,
      .filter, .set, .lateral, .values:
      false
    default: !isReserved
    }
  }

  /// Whether PostgreSQL reserves a word that is an ordinary name in Redshift.
  var isReservedOnlyInPostgres: Bool {
    switch self {
    case .fetch, .returning, .lateral, .window, .symmetric, .variadic, .current_catalog,
      .current_role:
      true
    default: false
    }
  }

  /// The word in lower case.
  var spelling: String { KeywordTable.shared.spellings[Int(rawValue)] }
}

/// Finds keywords by their bytes, in any case.
///
/// A word is packed into three numbers of eight letters, in lower case and zero where it ends. Two
/// words are the same when their numbers are.
struct KeywordTable: Sendable {
  static let shared = KeywordTable()

  static let longest = 18
  private static let mask = 1023

  private struct Packed: Equatable, Sendable {
    var first: UInt64 = 0
    var second: UInt64 = 0
    var third: UInt64 = 0

    var slot: Int {
      var hash = first &* 0x9E37_79B9_7F4A_7C15
      hash ^= second &* 0xC2B2_AE3D_27D4_EB4F
      hash ^= third &* 0x1656_67B1_9E37_79F9
      return Int(truncatingIfNeeded: (hash >> 40) ^ (hash >> 20)) & mask
    }
  }

  let spellings: [String]
  /// Keywords by their hash; `none` is a free slot.
  private let slots: [(packed: Packed, keyword: SQLKeyword)]

  private init() {
    var spellings: [String] = []
    var slots = Array(
      repeating: (packed: Packed(), keyword: SQLKeyword.none),
      count: KeywordTable.mask + 1
    )
    for keyword in SQLKeyword.allCases {
      let spelling = "\(keyword)"
      spellings.append(spelling)
      guard keyword != .none else { continue }
      let packed = Array(spelling.utf8).withUnsafeBufferPointer {
        KeywordTable.pack($0, 0..<$0.count)
      }
      var slot = packed.slot
      while slots[slot].keyword != .none { slot = (slot + 1) & KeywordTable.mask }
      slots[slot] = (packed, keyword)
    }
    self.spellings = spellings
    self.slots = slots
  }

  @inline(__always)
  private static func pack(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Packed {
    var packed = Packed()
    packed.first = eight(bytes, range.lowerBound, range.upperBound)
    if range.count > 8 {
      packed.second = eight(bytes, range.lowerBound + 8, range.upperBound)
      if range.count > 16 {
        packed.third = eight(bytes, range.lowerBound + 16, range.upperBound)
      }
    }
    return packed
  }

  /// Up to eight letters from a position, each in lower case.
  @inline(__always)
  private static func eight(
    _ bytes: UnsafeBufferPointer<UInt8>,
    _ start: Int,
    _ end: Int
  ) -> UInt64 {
    var result: UInt64 = 0
    for index in start..<min(end, start + 8) {
      result = result << 8 | UInt64(asciiLowercased(bytes[index]))
    }
    return result
  }

  /// The keyword that `bytes[range]` spells.
  func keyword(in bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> SQLKeyword {
    guard range.count <= KeywordTable.longest, range.count > 1 else { return .none }
    let packed = KeywordTable.pack(bytes, range)
    var slot = packed.slot
    while true {
      let candidate = slots[slot]
      if candidate.keyword == .none { return .none }
      if candidate.packed == packed { return candidate.keyword }
      slot = (slot + 1) & KeywordTable.mask
    }
  }
}

@inline(__always)
func asciiLowercased(_ byte: UInt8) -> UInt8 {
  byte >= 65 && byte <= 90 ? byte | 32 : byte
}
