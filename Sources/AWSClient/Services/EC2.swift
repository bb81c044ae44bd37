/// Networks and who may reach what in them.
package struct EC2: Sendable {
  let client: AWSClient

  /// A condition of a `Describe…` operation.
  package struct Filter: Sendable {
    var name: String
    var values: [String]

    /// Any of the values; the name is EC2's, as `vpc-id`.
    package init(_ name: String, _ values: [String]) {
      self.name = name
      self.values = values
    }
  }

  /// Security groups by their identifiers, or by conditions.
  package func securityGroups(
    identifiers: [String]? = nil,
    filters: [Filter] = []
  ) async throws(AWSError) -> [SecurityGroup] {
    try await described("DescribeSecurityGroups", "securityGroupInfo", filters) { fields in
      fields.list("GroupId", member: nil, identifiers)
    } read: {
      SecurityGroup($0)
    }
  }

  /// Makes a security group and gives its identifier.
  package func createSecurityGroup(
    name: String,
    description: String,
    network: String,
    tags: [AWSTag] = []
  ) async throws(AWSError) -> String {
    var fields = FormFields()
    fields.set("GroupDescription", description)
    fields.set("GroupName", name)
    fields.set("VpcId", network)
    if !tags.isEmpty {
      fields.set("TagSpecification.1.ResourceType", "security-group")
      fields.tags("TagSpecification.1.Tag", member: nil, tags)
    }
    let call = AWSCall.query(.ec2, "CreateSecurityGroup", fields, isIdempotent: false)
    guard let identifier = try await client.query(call).text("groupId") else {
      throw AnswerReader(call).failure("groupId is missing")
    }
    return identifier
  }

  /// Deletes a security group that nothing uses.
  package func deleteSecurityGroup(_ identifier: String) async throws(AWSError) {
    var fields = FormFields()
    fields.set("GroupId", identifier)
    _ = try await client.query(.query(.ec2, "DeleteSecurityGroup", fields))
  }

  /// Lets addresses in; `InvalidPermission.Duplicate` when they are already.
  package func authorizeIngress(
    _ group: String,
    _ permissions: [IPPermission]
  ) async throws(AWSError) {
    _ = try await client.query(
      .query(.ec2, "AuthorizeSecurityGroupIngress", ingress(group, permissions))
    )
  }

  /// Keeps addresses out again; `InvalidPermission.NotFound` when they are out already.
  package func revokeIngress(
    _ group: String,
    _ permissions: [IPPermission]
  ) async throws(AWSError) {
    _ = try await client.query(
      .query(.ec2, "RevokeSecurityGroupIngress", ingress(group, permissions))
    )
  }

  private func ingress(_ group: String, _ permissions: [IPPermission]) -> FormFields {
    var fields = FormFields()
    fields.set("GroupId", group)
    fields.structures("IpPermissions", member: nil, permissions) { fields, prefix, permission in
      fields.set("\(prefix).FromPort", permission.fromPort)
      fields.set("\(prefix).IpProtocol", permission.ipProtocol)
      for (index, range) in permission.ranges.enumerated() {
        fields.set("\(prefix).IpRanges.\(index + 1).CidrIp", range.block)
        fields.set("\(prefix).IpRanges.\(index + 1).Description", range.description)
      }
      for (index, range) in permission.ranges6.enumerated() {
        fields.set("\(prefix).Ipv6Ranges.\(index + 1).CidrIpv6", range.block)
        fields.set("\(prefix).Ipv6Ranges.\(index + 1).Description", range.description)
      }
      fields.set("\(prefix).ToPort", permission.toPort)
    }
    return fields
  }

  /// Networks that fit.
  package func networks(filters: [Filter] = []) async throws(AWSError) -> [Network] {
    try await described("DescribeVpcs", "vpcSet", filters) { _ in
    } read: { element in
      Network(
        identifier: element.text("vpcId") ?? "",
        block: element.text("cidrBlock") ?? "",
        isDefault: element.boolean("isDefault") ?? false,
        state: element.text("state") ?? ""
      )
    }
  }

  /// Subnets that fit.
  package func subnets(filters: [Filter] = []) async throws(AWSError) -> [Subnet] {
    try await described("DescribeSubnets", "subnetSet", filters) { _ in
    } read: { element in
      Subnet(
        identifier: element.text("subnetId") ?? "",
        network: element.text("vpcId") ?? "",
        block: element.text("cidrBlock") ?? "",
        zone: element.text("availabilityZone") ?? "",
        freeAddresses: element.integer("availableIpAddressCount") ?? 0,
        assignsPublicAddresses: element.boolean("mapPublicIpOnLaunch") ?? false
      )
    }
  }

  private func described<Value: Sendable>(
    _ operation: String,
    _ set: String,
    _ filters: [Filter],
    _ write: @escaping @Sendable (inout FormFields) -> Void,
    read: @escaping @Sendable (XMLElement) -> Value
  ) async throws(AWSError) -> [Value] {
    let pages = Pages<[Value]> { (mark) async throws(AWSError) in
      var fields = FormFields()
      write(&fields)
      fields.structures("Filter", member: nil, filters) { fields, prefix, filter in
        fields.set("\(prefix).Name", filter.name)
        fields.list("\(prefix).Value", member: nil, filter.values)
      }
      fields.set("NextToken", mark)
      let answer = try await client.query(.query(.ec2, operation, fields))
      return (answer.list(set, "item").map(read), answer.text("nextToken"))
    }
    return try await pages.all()
  }
}

/// A set of rules about who may reach something.
package struct SecurityGroup: Hashable, Sendable {
  package var identifier: String
  package var name: String
  package var description: String
  package var network: String
  package var ingress: [IPPermission]
  package var tags: [AWSTag]

  init(_ element: XMLElement) {
    identifier = element.text("groupId") ?? ""
    name = element.text("groupName") ?? ""
    description = element.text("groupDescription") ?? ""
    network = element.text("vpcId") ?? ""
    ingress = element.list("ipPermissions", "item").map { IPPermission($0) }
    tags = AWSTag.read(element.list("tagSet", "item"), key: "key", value: "value")
  }
}

/// Ports that addresses may reach.
package struct IPPermission: Hashable, Sendable {
  /// Addresses as a block, as `203.0.113.7/32`.
  package struct Range: Hashable, Sendable {
    package var block: String
    package var description: String?

    /// A block.
    package init(_ block: String, description: String? = nil) {
      self.block = block
      self.description = description
    }
  }

  /// `tcp`, `udp`, `icmp`, or `-1` for all.
  package var ipProtocol: String
  package var fromPort: Int?
  package var toPort: Int?
  package var ranges: [Range]
  package var ranges6: [Range]

  /// One TCP port for some addresses.
  package init(port: Int, ranges: [Range] = [], ranges6: [Range] = []) {
    ipProtocol = "tcp"
    fromPort = port
    toPort = port
    self.ranges = ranges
    self.ranges6 = ranges6
  }

  init(_ element: XMLElement) {
    ipProtocol = element.text("ipProtocol") ?? ""
    fromPort = element.integer("fromPort")
    toPort = element.integer("toPort")
    ranges = element.list("ipRanges", "item").map {
      Range($0.text("cidrIp") ?? "", description: $0.text("description"))
    }
    ranges6 = element.list("ipv6Ranges", "item").map {
      Range($0.text("cidrIpv6") ?? "", description: $0.text("description"))
    }
  }
}

/// A virtual private cloud.
package struct Network: Hashable, Sendable {
  package var identifier: String
  package var block: String
  package var isDefault: Bool
  package var state: String
}

/// A part of a network, in one zone.
package struct Subnet: Hashable, Sendable {
  package var identifier: String
  package var network: String
  package var block: String
  package var zone: String
  package var freeAddresses: Int
  package var assignsPublicAddresses: Bool
}
