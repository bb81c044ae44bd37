import Diagnostics

/// What `~/.aws/config` and `~/.aws/credentials` say.
struct SharedConfiguration: Sendable {
  /// A profile: its values from both files, those of the credentials file first.
  struct Profile: Sendable {
    var name: String
    var values: [String: INIFile.Value] = [:]

    /// A value; nil when it is missing or empty.
    subscript(name: String) -> String? {
      values[name]?.text.flatMap { $0.isEmpty ? nil : $0 }
    }
  }

  var configurationFile: String
  var credentialsFile: String
  private(set) var profiles: [String: Profile] = [:]
  private(set) var singleSignOnSessions: [String: [String: INIFile.Value]] = [:]
  private(set) var services: [String: [String: INIFile.Value]] = [:]
  /// Profiles whose keys stand in the credentials file, where they come before a program's.
  private(set) var withKeysInCredentialsFile: Set<String> = []
  /// Files that are there.
  private(set) var found: [String] = []

  /// Reads both files; a missing one is as good as an empty one.
  init(environment: [String: String]) throws(Diagnostic) {
    configurationFile = Self.expand(
      environment["AWS_CONFIG_FILE"] ?? "~/.aws/config",
      environment
    )
    credentialsFile = Self.expand(
      environment["AWS_SHARED_CREDENTIALS_FILE"] ?? "~/.aws/credentials",
      environment
    )
    for (name, values) in try read(configurationFile) {
      if name == "default" {
        profiles["default"] = Profile(name: "default", values: values)
        continue
      }
      guard let words = WordSplitter.split(name), words.count == 2 else { continue }
      if name.hasPrefix("profile") {
        profiles[words[1]] = Profile(name: words[1], values: values)
      } else if name.hasPrefix("sso-session") {
        singleSignOnSessions[words[1]] = values
      } else if name.hasPrefix("services") {
        services[words[1]] = values
      }
    }
    for (name, values) in try read(credentialsFile) {
      if values["aws_access_key_id"] != nil { withKeysInCredentialsFile.insert(name) }
      profiles[name, default: Profile(name: name)].values.merge(values) { $1 }
    }
  }

  private mutating func read(
    _ path: String
  ) throws(Diagnostic) -> [(name: String, values: [String: INIFile.Value])] {
    let bytes: [UInt8]?
    do throws(SmallFile.Failure) {
      bytes = try SmallFile.read(path)
    } catch {
      throw .awsFileUnreadable(path, reason: error.reason)
    }
    guard let bytes else { return [] }
    found.append(path)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw .awsFileUnreadable(path, reason: "it is not UTF-8")
    }
    do throws(INIFile.Problem) {
      return try INIFile(text).sections
    } catch {
      throw .awsFileUnreadable(path, reason: "line \(error.line): \(error.reason)")
    }
  }

  /// A path with `~` and `$NAME` resolved.
  static func expand(_ path: String, _ environment: [String: String]) -> String {
    var result = ""
    var rest = path[...]
    if rest == "~" || rest.hasPrefix("~/"), let home = environment["HOME"] {
      result = home
      rest = rest.dropFirst()
    }
    while let dollar = rest.firstIndex(of: "$") {
      result += rest[..<dollar]
      var name = rest[rest.index(after: dollar)...]
      let isBraced = name.first == "{"
      if isBraced { name.removeFirst() }
      let word = name.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
      var after = name.dropFirst(word.count)
      if isBraced, after.first == "}" { after.removeFirst() }
      if let value = environment[String(word)], !word.isEmpty {
        result += value
      } else {
        result += rest[dollar..<after.startIndex]
      }
      rest = after
    }
    return result + rest
  }
}
