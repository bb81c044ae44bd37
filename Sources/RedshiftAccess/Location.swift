package import AWSClient
package import Diagnostics

/// A cluster or workgroup as AWS describes it.
package struct Location: Sendable {
  package var place: AccessSettings.Place
  package var host: String?
  package var port: Int?
  /// The state in AWS's words, in lower case, as `available` or `paused`.
  package var status: String
  package var isPublic: Bool
  package var securityGroups: [String]
  /// The database that it was made with.
  package var database: String?

  /// Whether statements can run there.
  package var isAvailable: Bool { status.hasPrefix("available") }

  /// Asks AWS.
  ///
  /// - Throws: diagnostics of redstart's own where there is no such place.
  package static func find(
    _ place: AccessSettings.Place,
    _ client: AWSClient
  ) async throws(AWSError) -> Location {
    do throws(AWSError) {
      switch place {
      case .cluster(let name):
        guard let cluster = try await client.redshift.clusters(name).first else {
          throw .problem(.clusterNotFound(place, region: try await client.region()))
        }
        return Location(
          place: place,
          host: cluster.host,
          port: cluster.port,
          status: cluster.status.lowercased(),
          isPublic: cluster.isPublic,
          securityGroups: cluster.groups.map(\.identifier),
          database: cluster.database
        )
      case .workgroup(let name):
        let workgroup = try await client.redshiftServerless.workgroup(name)
        return Location(
          place: place,
          host: workgroup.host,
          port: workgroup.port,
          status: workgroup.status.lowercased(),
          isPublic: workgroup.isPublic,
          securityGroups: workgroup.securityGroups
        )
      }
    } catch {
      switch error.code {
      case "ClusterNotFound", "ClusterNotFoundFault", "ResourceNotFoundException":
        throw .problem(.clusterNotFound(place, region: try await client.region()))
      default: throw error
      }
    }
  }

  /// What keeps statements from running there; nil when nothing does.
  package var problem: Diagnostic? {
    if isAvailable { return nil }
    return .clusterUnavailable(place, status: status)
  }
}
