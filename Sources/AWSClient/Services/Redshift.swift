/// Provisioned clusters.
package struct Redshift: Sendable {
  let client: AWSClient

  /// Begins to make a cluster; `ClusterAlreadyExists` when there is one of that name.
  package func createCluster(_ request: CreateClusterRequest) async throws(AWSError) -> Cluster {
    try await cluster(.query(.redshift, "CreateCluster", request.fields, isIdempotent: false))
  }

  /// All clusters, or the one of a name; `ClusterNotFound` when there is none.
  package func clusters(
    _ identifier: String? = nil,
    tagKeys: [String]? = nil
  ) async throws(AWSError) -> [Cluster] {
    let pages = Pages<[Cluster]> { (mark) async throws(AWSError) in
      var fields = FormFields()
      fields.set("ClusterIdentifier", identifier)
      fields.set("Marker", mark)
      fields.list("TagKeys", member: "TagKey", tagKeys)
      let answer = try await client.query(.query(.redshift, "DescribeClusters", fields))
      return (answer.list("Clusters", "Cluster").map { Cluster($0) }, answer.text("Marker"))
    }
    return try await pages.all()
  }

  /// Changes a cluster.
  package func modifyCluster(_ request: ModifyClusterRequest) async throws(AWSError) -> Cluster {
    try await cluster(.query(.redshift, "ModifyCluster", request.fields))
  }

  /// Stops a cluster; its storage stays and is billed.
  package func pauseCluster(_ identifier: String) async throws(AWSError) -> Cluster {
    try await cluster(named: identifier, "PauseCluster")
  }

  /// Starts a paused cluster.
  package func resumeCluster(_ identifier: String) async throws(AWSError) -> Cluster {
    try await cluster(named: identifier, "ResumeCluster")
  }

  /// Deletes a cluster, after a snapshot where a name for one is given.
  package func deleteCluster(
    _ identifier: String,
    finalSnapshot: String?,
    retentionDays: Int? = nil
  ) async throws(AWSError) -> Cluster {
    var fields = FormFields()
    fields.set("ClusterIdentifier", identifier)
    fields.set("SkipFinalClusterSnapshot", finalSnapshot == nil)
    fields.set("FinalClusterSnapshotIdentifier", finalSnapshot)
    fields.set("FinalClusterSnapshotRetentionPeriod", retentionDays)
    return try await cluster(.query(.redshift, "DeleteCluster", fields))
  }

  /// Attaches roles to a cluster and takes others away.
  package func modifyClusterIAMRoles(
    _ identifier: String,
    add: [String]? = nil,
    remove: [String]? = nil,
    defaultRole: String? = nil
  ) async throws(AWSError) -> Cluster {
    var fields = FormFields()
    fields.set("ClusterIdentifier", identifier)
    fields.list("AddIamRoles", member: "IamRoleArn", add)
    fields.list("RemoveIamRoles", member: "IamRoleArn", remove)
    fields.set("DefaultIamRoleArn", defaultRole)
    return try await cluster(.query(.redshift, "ModifyClusterIamRoles", fields))
  }

  // MARK: Credentials

  /// A temporary password of a database user.
  package func clusterCredentials(
    _ identifier: String,
    user: String,
    database: String? = nil,
    autoCreate: Bool? = nil,
    groups: [String]? = nil,
    durationSeconds: Int? = nil
  ) async throws(AWSError) -> DatabaseCredentials {
    var fields = FormFields()
    fields.set("DbUser", user)
    fields.set("DbName", database)
    fields.set("ClusterIdentifier", identifier)
    fields.set("DurationSeconds", durationSeconds)
    fields.set("AutoCreate", autoCreate)
    fields.list("DbGroups", member: "DbGroup", groups)
    return try await credentials(.query(.redshift, "GetClusterCredentials", fields))
  }

  /// A temporary password of the database user that stands for the caller.
  package func clusterCredentialsWithIAM(
    _ identifier: String,
    database: String? = nil,
    durationSeconds: Int? = nil
  ) async throws(AWSError) -> DatabaseCredentials {
    var fields = FormFields()
    fields.set("DbName", database)
    fields.set("ClusterIdentifier", identifier)
    fields.set("DurationSeconds", durationSeconds)
    return try await credentials(.query(.redshift, "GetClusterCredentialsWithIAM", fields))
  }

  private func credentials(_ call: AWSCall) async throws(AWSError) -> DatabaseCredentials {
    let answer = try await client.query(call)
    guard let user = answer.text("DbUser"), let password = answer.text("DbPassword") else {
      throw AnswerReader(call).failure("DbUser or DbPassword is missing")
    }
    return DatabaseCredentials(
      user: user,
      password: Secret(password),
      expiration: answer.time("Expiration")
    )
  }

  // MARK: Subnet groups and tags

  /// Names the subnets that clusters may be in.
  package func createSubnetGroup(
    _ name: String,
    description: String,
    subnets: [String],
    tags: [AWSTag] = []
  ) async throws(AWSError) -> SubnetGroup {
    var fields = FormFields()
    fields.set("ClusterSubnetGroupName", name)
    fields.set("Description", description)
    fields.list("SubnetIds", member: "SubnetIdentifier", subnets)
    fields.tags("Tags", member: "Tag", tags)
    let call = AWSCall.query(.redshift, "CreateClusterSubnetGroup", fields, isIdempotent: false)
    guard let element = try await client.query(call).child("ClusterSubnetGroup") else {
      throw AnswerReader(call).failure("ClusterSubnetGroup is missing")
    }
    return SubnetGroup(element)
  }

  /// All subnet groups, or the one of a name.
  package func subnetGroups(_ name: String? = nil) async throws(AWSError) -> [SubnetGroup] {
    let pages = Pages<[SubnetGroup]> { (mark) async throws(AWSError) in
      var fields = FormFields()
      fields.set("ClusterSubnetGroupName", name)
      fields.set("Marker", mark)
      let answer = try await client.query(.query(.redshift, "DescribeClusterSubnetGroups", fields))
      let groups = answer.list("ClusterSubnetGroups", "ClusterSubnetGroup")
      return (groups.map { SubnetGroup($0) }, answer.text("Marker"))
    }
    return try await pages.all()
  }

  /// Deletes a subnet group that no cluster uses.
  package func deleteSubnetGroup(_ name: String) async throws(AWSError) {
    var fields = FormFields()
    fields.set("ClusterSubnetGroupName", name)
    _ = try await client.query(.query(.redshift, "DeleteClusterSubnetGroup", fields))
  }

  /// Puts tags on something of Redshift.
  package func createTags(_ arn: String, _ tags: [AWSTag]) async throws(AWSError) {
    var fields = FormFields()
    fields.set("ResourceName", arn)
    fields.tags("Tags", member: "Tag", tags)
    _ = try await client.query(.query(.redshift, "CreateTags", fields))
  }

  /// Takes tags off.
  package func deleteTags(_ arn: String, keys: [String]) async throws(AWSError) {
    var fields = FormFields()
    fields.set("ResourceName", arn)
    fields.list("TagKeys", member: "TagKey", keys)
    _ = try await client.query(.query(.redshift, "DeleteTags", fields))
  }

  /// The tags of something of Redshift.
  package func tags(_ arn: String) async throws(AWSError) -> [AWSTag] {
    let pages = Pages<[AWSTag]> { (mark) async throws(AWSError) in
      var fields = FormFields()
      fields.set("ResourceName", arn)
      fields.set("Marker", mark)
      let answer = try await client.query(.query(.redshift, "DescribeTags", fields))
      let tagged = answer.list("TaggedResources", "TaggedResource").compactMap { $0.child("Tag") }
      return (AWSTag.read(tagged), answer.text("Marker"))
    }
    return try await pages.all()
  }

  private func cluster(
    named identifier: String,
    _ operation: String
  ) async throws(AWSError) -> Cluster {
    var fields = FormFields()
    fields.set("ClusterIdentifier", identifier)
    return try await cluster(.query(.redshift, operation, fields))
  }

  private func cluster(_ call: AWSCall) async throws(AWSError) -> Cluster {
    guard let element = try await client.query(call).child("Cluster") else {
      throw AnswerReader(call).failure("Cluster is missing")
    }
    return Cluster(element)
  }
}

/// A user and a password that end soon.
package struct DatabaseCredentials: Hashable, Sendable {
  package var user: String
  package var password: Secret
  package var expiration: Timestamp?

  /// A login, until when it is one.
  package init(user: String, password: Secret, expiration: Timestamp?) {
    self.user = user
    self.password = password
    self.expiration = expiration
  }
}
