import Diagnostics
import Glibc

/// Keys of a role that wants a second factor, kept between commands.
///
/// They are where the AWS CLI keeps its own, under its names and in its form: whoever has typed a
/// code into either of the two is not asked by the other.
///
/// Source of the name and the form: botocore's `AssumeRoleCredentialFetcher` and `JSONFileCache`.
struct RoleCache: Hashable, Sendable {
  let path: String

  /// - Parameters:
  ///   - request: what is asked of AWS; its session's name counts only when the profile has it.
  ///   - device: the serial number of the second factor.
  ///   - namesSession: whether the name of the session is the profile's own.
  ///   - environment: where the home folder is.
  init(
    _ request: AssumeRoleRequest,
    device: String,
    namesSession: Bool,
    _ environment: [String: String]
  ) {
    let name = Self.name(request, device: device, namesSession: namesSession)
    path = SharedConfiguration.expand("~/.aws/cli/cache/\(name).json", environment)
  }

  /// The digest of what is asked for, as Python writes it in JSON.
  static func name(
    _ request: AssumeRoleRequest,
    device: String,
    namesSession: Bool
  ) -> String {
    var members: [String] = []
    func add(_ key: String, _ text: String?) {
      if let text { members.append("\"\(key)\": \(text)") }
    }
    // In the order of their names.
    add("DurationSeconds", request.durationSeconds.map { "\($0)" })
    add("ExternalId", request.externalID.map(quoted))
    add("RoleArn", quoted(request.roleARN))
    add("RoleSessionName", namesSession ? quoted(request.sessionName) : nil)
    add("SerialNumber", quoted(device))
    let text = "{\(members.joined(separator: ", "))}"
    return Hexadecimal.encode(Digest.of(Array(text.utf8), .sha1))
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for unit in text.utf16 {
      switch unit {
      case 0x22: result += "\\\""
      case 0x5C: result += "\\\\"
      case 0x0A: result += "\\n"
      case 0x0D: result += "\\r"
      case 0x09: result += "\\t"
      case 0x08: result += "\\b"
      case 0x0C: result += "\\f"
      case 0x20...0x7E: result.unicodeScalars.append(Unicode.Scalar(UInt8(unit)))
      default:
        let digits = String(unit, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      }
    }
    return result + "\""
  }

  /// The keys that are there and good for a while; nil for everything else, also for a file that
  /// cannot be read: then the code is asked for.
  func credentials(now: Timestamp, source: String) -> AWSCredentials? {
    let bytes: [UInt8]?
    do throws(SmallFile.Failure) {
      bytes = try SmallFile.read(path, limit: 1 << 16)
    } catch {
      return nil
    }
    guard let keys = bytes.flatMap(JSONAnswer.object)?.object("Credentials"),
      let key = keys.text("AccessKeyId"), let secret = keys.text("SecretAccessKey"),
      let token = keys.text("SessionToken"), let expiration = keys.time("Expiration"),
      expiration.seconds - now.seconds > CredentialStore.advisoryWindow
    else { return nil }
    var found = AWSCredentials(
      accessKeyID: key,
      secretAccessKey: Secret(secret),
      sessionToken: Secret(token),
      expiration: expiration,
      source: source
    )
    found.keptIn = self
    return found
  }

  /// Removes keys that AWS takes no more: they were revoked before their end.
  ///
  /// Keys that another command has put there meanwhile stay.
  func forget(_ credentials: AWSCredentials) {
    let bytes: [UInt8]?
    do throws(SmallFile.Failure) {
      bytes = try SmallFile.read(path, limit: 1 << 16)
    } catch {
      // Then they are not read as keys either.
      return
    }
    let keys = bytes.flatMap(JSONAnswer.object)?.object("Credentials")
    if keys?.text("AccessKeyId") == credentials.accessKeyID { unlink(path) }
  }

  /// Keeps keys for later commands, in a file for its owner only.
  ///
  /// A home folder that nobody can write to is no reason to fail: the next command asks again.
  func keep(_ credentials: AWSCredentials) {
    guard let token = credentials.sessionToken, let expiration = credentials.expiration else {
      return
    }
    let keys: PlainValue = [
      "Credentials": [
        "AccessKeyId": .string(credentials.accessKeyID),
        "SecretAccessKey": .string(credentials.secretAccessKey.revealed),
        "SessionToken": .string(token.revealed),
        "Expiration": .string(expiration.iso8601),
      ]
    ]
    makeFolders()
    do throws(SmallFile.Failure) {
      try SmallFile.replace(path, keys.json())
    } catch {
      return
    }
  }

  /// `~/.aws`, `cli` and `cache`, for their owner only where they are new.
  private func makeFolders() {
    var folder = path[...]
    var missing: [String] = []
    for _ in 1...3 {
      guard let slash = folder.lastIndex(of: "/"), slash > folder.startIndex else { break }
      folder = folder[..<slash]
      missing.insert(String(folder), at: 0)
    }
    // What is there already stays as it is; what cannot be made shows when the file is written.
    for folder in missing { mkdir(folder, 0o700) }
  }
}
