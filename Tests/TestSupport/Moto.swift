import Foundation
import FoundationNetworking

/// Where moto's server is, which stands for AWS and is not of our making.
///
/// `pip install 'moto[server]'` and `moto_server -p 5757` start one; REDSTART_MOTO has its address,
/// as `http://127.0.0.1:5757`.
package enum Moto {
  /// Nil leaves the tests out that need it.
  package static let address = ProcessInfo.processInfo.environment["REDSTART_MOTO"]
  /// Why tests are left out.
  package static let wanted = "REDSTART_MOTO must have the address of moto's server"

  /// A name that nobody else has.
  package static func name(_ word: String) -> String {
    "\(word)-\(UUID().uuidString.prefix(8).lowercased())"
  }

  package struct Failure: Error {
    package var message: String
  }

  /// Makes a bucket, which redstart itself never does; moto looks at no signature.
  package static func makeBucket(_ name: String) async throws {
    guard let url = address.flatMap({ URL(string: "\($0)/\(name)") }) else {
      throw Failure(message: wanted)
    }
    var request = URLRequest(url: url)
    request.httpMethod = "PUT"
    let place = "<LocationConstraint>us-west-2</LocationConstraint>"
    request.httpBody = Data(
      "<CreateBucketConfiguration>\(place)</CreateBucketConfiguration>".utf8
    )
    let (answer, response) = try await URLSession.shared.data(for: request)
    guard (response as? HTTPURLResponse)?.statusCode == 200 else {
      throw Failure(message: String(decoding: answer, as: UTF8.self))
    }
  }
}
