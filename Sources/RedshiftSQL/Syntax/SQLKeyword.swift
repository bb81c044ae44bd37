/// The words that the parser gives a meaning, reserved or not.
package enum SQLKeyword: UInt8, CaseIterable, Sendable {
  case none
  case abort, add, all, alter, analyze, and, any, append, approximate, array, `as`, asc, at
  case authorization, auto, backup, begin, between, binary, binding, both, by, call, cascade, `case`
  case cast, char, character, check, collate, column, comment, commit, compound, compression
  case connect, constraint, convert, copy, create, cross, cube, current, current_aws_account
  case current_catalog, current_namespace, current_date, current_role, current_time
  case current_timestamp, current_user, current_user_id, database, date, `default`, defaults, delete
  case desc, distinct, distkey, diststyle, double, drop, duplicates, `else`, encode, end, escape
  case except, exclude, exclusive, excluding, execute, exists, explain, external, extract, `false`
  case fetch, filltarget, filter, first, following, `for`, foreign, from, full, function, generated
  case global, grant, group, grouping, groups, having, identity, `if`, ignore, ignoreextra, ilike
  case `in`, include, including, inner, insert, interleaved, intersect, interval, into, `is`, isnull
  case join, key, last, lateral, leading, left, level, like, limit, local, localtime, localtimestamp
  case lock, matched, materialized, merge, minus, natural, next, no, nocycle, not, notnull, null
  case nulls, offset, on, only, option, or, order, ordinality, out, outer, over, overlay, owner
  case partition, percent, pivot, position, preceding, precision, predicate, primary, prior
  case procedure, qualify, quota, range, recursive, references, refresh, remove, rename, replace
  case reset, respect, restrict, returning, revoke, right, role, rollback, rollup, row, rows, schema
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
  var spelling: String { SQLKeyword.spellings[Int(rawValue)] }

  private static let spellings = allCases.map { "\($0)" }

  /// All keywords by their words.
  static let byWord = WordTable(
    allCases.dropFirst().map { (word: $0.spelling, value: $0) }
  )
}

@inline(__always)
func asciiLowercased(_ byte: UInt8) -> UInt8 {
  byte >= 65 && byte <= 90 ? byte | 32 : byte
}
