import Diagnostics
import ProjectModel
import TestSupport
import Testing

/// `cluster:`, for nodes and for serverless warehouses.
@Suite struct ClusterSectionTests {
  private func cluster(_ text: String) throws -> ClusterConfiguration {
    let folder = try TemporaryFolder(["project.yml": "name: shop\ncluster: \(text)\n"])
    let options = ProjectOptions(projectDirectory: folder.path, target: nil, environment: [:])
    let loaded = try ProjectLoader.load(options, into: Buffers())
    #expect(loaded.diagnostics.isEmpty, "\(loaded.diagnostics)")
    return try #require(loaded.project.configuration.cluster)
  }

  @Test func readsNodes() throws {
    let cluster = try cluster(
      "{identifier: shop, node_type: ra3.xlplus, nodes: 2, user: boss, subnet_group: inner}"
    )
    #expect(cluster.identifier == "shop" && cluster.noun == "cluster")
    #expect(cluster.provisioned?.nodeType == "ra3.xlplus")
    #expect(cluster.provisioned?.nodeCount == 2)
    #expect(cluster.provisioned?.user == "boss")
    #expect(cluster.provisioned?.subnetGroup == "inner")
    #expect(cluster.serverless == nil)
  }

  @Test func readsServerlessWarehouses() throws {
    let cluster = try cluster(
      """
      {workgroup: shop, namespace: data, base_capacity: 16, max_capacity: 64, user: boss,
       subnets: [subnet-1, subnet-2], port: 5440, database: songs, tags: {team: data}}
      """
    )
    #expect(cluster.identifier == "shop" && cluster.noun == "workgroup")
    #expect(cluster.serverless?.namespace == "data")
    #expect(cluster.serverless?.baseCapacity == 16)
    #expect(cluster.serverless?.maximumCapacity == 64)
    #expect(cluster.serverless?.user == "boss")
    #expect(cluster.serverless?.subnets == ["subnet-1", "subnet-2"])
    #expect(cluster.port == 5440 && cluster.database == "songs")
    #expect(cluster.tags == [ClusterConfiguration.Tag("team", "data")])
    #expect(cluster.provisioned == nil)
  }

  /// The smallest capacity, no limit, and whoever makes it is its administrator.
  @Test(arguments: ["{workgroup: shop}", "{namespace: shop}"])
  func oneNameIsEnough(_ text: String) throws {
    let cluster = try cluster(text)
    #expect(cluster.identifier == "shop")
    #expect(
      cluster.serverless == ClusterConfiguration.Serverless(namespace: "shop")
        && cluster.serverless?.baseCapacity == 8 && cluster.serverless?.user == nil
    )
  }
}
