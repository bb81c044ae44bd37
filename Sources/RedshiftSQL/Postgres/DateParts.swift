/// Redshift's words for parts of dates and times.
enum DateParts {
  /// The one name of a part, as PostgreSQL and the shim functions know it; nil for other words.
  static func canonical(_ word: String) -> String? { names[word.lowercased()] }

  /// The intervals that parts count in.
  static let units: [String: String] = [
    "millennium": "1000 years", "century": "100 years", "decade": "10 years", "year": "1 year",
    "quarter": "3 months", "month": "1 month", "week": "7 days", "day": "1 day", "dow": "1 day",
    "doy": "1 day", "hour": "1 hour", "minute": "1 minute", "second": "1 second",
    "millisecond": "1 millisecond", "microsecond": "1 microsecond",
  ]

  private static let names: [String: String] = {
    var names: [String: String] = [:]
    let words: [(String, String)] = [
      ("year", "year years y yr yrs"), ("quarter", "quarter quarters qtr qtrs"),
      ("month", "month months mon mons"), ("week", "week weeks w"), ("day", "day days d"),
      ("dow", "dayofweek dow dw weekday"), ("doy", "dayofyear doy dy yearday"),
      ("hour", "hour hours h hr hrs"), ("minute", "minute minutes m min mins"),
      ("second", "second seconds s sec secs"),
      (
        "millisecond",
        "millisecond milliseconds ms msec msecs msecond mseconds millisec millisecs millisecon"
      ),
      (
        "microsecond",
        "microsecond microseconds us usec usecs microsec microsecs usecond useconds"
      ),
      ("decade", "decade decades dec decs"), ("century", "century centuries c cent cents"),
      ("millennium", "millennium millennia mil mils"), ("epoch", "epoch"),
      ("timezone", "timezone"), ("timezone_hour", "timezone_hour"),
      ("timezone_minute", "timezone_minute"),
    ]
    for (name, spellings) in words {
      for spelling in spellings.split(separator: " ") { names[String(spelling)] = name }
    }
    return names
  }()
}
