import Diagnostics
import Foundation
import TestSupport
import Testing

@testable import AWSClient

/// A bucket of its own in moto's S3.
struct MotoBucket {
  let name = Moto.name("lake")
  /// Where moto is.
  let endpoint: String
  private let client: AWSClient

  init() async throws {
    endpoint = try #require(Moto.address)
    client = try AWSClient(
      AWSOptions(),
      surroundings: AWSSurroundings(environment: Self.environment(endpoint))
    )
    try await Moto.makeBucket(name)
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
