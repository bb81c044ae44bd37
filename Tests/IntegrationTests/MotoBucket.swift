import Diagnostics
import Foundation
import Testing

@testable import AWSClient

/// A bucket of its own in moto's S3, which is not of our making.
///
/// `pip install 'moto[server]'` and `moto_server -p 5757` start one; REDSTART_MOTO has its address,
/// as `http://127.0.0.1:5757`.
struct MotoBucket {
  static let address = ProcessInfo.processInfo.environment["REDSTART_MOTO"]
  /// Why tests are left out.
  static let wanted: Comment = "REDSTART_MOTO must have the address of moto's server"

  let name = "lake-\(UUID().uuidString.prefix(8).lowercased())"
  /// Where moto is.
  let endpoint: String
  private let client: AWSClient

  init() async throws {
    endpoint = try #require(Self.address)
    client = try AWSClient(
      AWSOptions(),
      surroundings: AWSSurroundings(environment: Self.environment(endpoint))
    )
    var call = AWSCall(service: .s3, operation: "CreateBucket", method: "PUT")
    call.bucket = name
    call.path = ""
    let place = "<LocationConstraint>us-west-2</LocationConstraint>"
    call.body = .bytes(
      Array("<CreateBucketConfiguration>\(place)</CreateBucketConfiguration>".utf8)
    )
    _ = try await client.send(call)
  }

  /// What the program needs to find moto.
  var environment: [String: String] { Self.environment(endpoint) }

  private static func environment(_ endpoint: String) -> [String: String] {
    [
      "AWS_ENDPOINT_URL": endpoint, "AWS_REGION": "us-west-2", "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
      "AWS_SECRET_ACCESS_KEY": "any-will-do", "AWS_EC2_METADATA_DISABLED": "true",
      "AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
    ]
  }

  /// Puts every file below a folder; their paths in it become keys.
  func put(folder: String) async throws {
    let root = URL(fileURLWithPath: folder).resolvingSymlinksInPath().path
    let names = try FileManager.default.subpathsOfDirectory(atPath: root)
    for key in names {
      let path = root + "/" + key
      var isFolder: ObjCBool = false
      guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder),
        !isFolder.boolValue
      else { continue }
      let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
      _ = try await client.s3.put(S3Location(bucket: name, key: key), bytes)
    }
  }
}
