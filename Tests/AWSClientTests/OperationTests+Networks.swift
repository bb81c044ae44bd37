@testable import AWSClient

extension OperationTests {
  private static let rule: IPPermission = IPPermission(
    port: 5439,
    ranges: [
      IPPermission.Range("203.0.113.7/32", description: "me"), IPPermission.Range("10.0.0.0/8"),
    ],
    ranges6: [IPPermission.Range("2001:db8::/32", description: "six")]
  )

  static let networkCases: [String: Case] = [
    "DescribeSecurityGroups": Case(
      perform: { (client) async throws(AWSError) in
        let groups = try await client.ec2.securityGroups(
          identifiers: ["sg-1", "sg-2"],
          filters: [EC2.Filter("vpc-id", ["vpc-1", "vpc-2"])]
        )
        let group = groups[0]
        let permission = group.ingress[1]
        return [
          "\(groups.count)", group.identifier, group.name, group.description, group.network,
          group.tags[0].key, group.tags[0].value, permission.ipProtocol,
          permission.fromPort.map { "\($0)" }, permission.toPort.map { "\($0)" },
          permission.ranges[1].block, permission.ranges[1].description,
          permission.ranges6[0].block,
        ]
      },
      expected: [
        "2", "SecurityGroups.1.GroupId", "SecurityGroups.1.GroupName",
        "SecurityGroups.1.Description", "SecurityGroups.1.VpcId", "SecurityGroups.1.Tags.1.Key",
        "SecurityGroups.1.Tags.1.Value", "SecurityGroups.1.IpPermissions.2.IpProtocol", "7", "7",
        "SecurityGroups.1.IpPermissions.2.IpRanges.2.CidrIp",
        "SecurityGroups.1.IpPermissions.2.IpRanges.2.Description",
        "SecurityGroups.1.IpPermissions.2.Ipv6Ranges.1.CidrIpv6",
      ]
    ),
    "CreateSecurityGroup": Case(
      perform: { (client) async throws(AWSError) in
        [
          try await client.ec2.createSecurityGroup(
            name: "redstart",
            description: "for redstart",
            network: "vpc-1",
            tags: tags
          )
        ]
      },
      expected: ["GroupId"]
    ),
    "DeleteSecurityGroup": Case(
      perform: { (client) async throws(AWSError) in
        try await client.ec2.deleteSecurityGroup("sg-1")
        return []
      },
      expected: []
    ),
    "AuthorizeSecurityGroupIngress": Case(
      perform: { (client) async throws(AWSError) in
        try await client.ec2.authorizeIngress("sg-1", [rule])
        return []
      },
      expected: []
    ),
    "RevokeSecurityGroupIngress": Case(
      perform: { (client) async throws(AWSError) in
        try await client.ec2.revokeIngress("sg-1", [rule])
        return []
      },
      expected: []
    ),
    "DescribeVpcs": Case(
      perform: { (client) async throws(AWSError) in
        let networks = try await client.ec2.networks(
          filters: [EC2.Filter("is-default", ["true"])]
        )
        return [networks[1].identifier, networks[1].block, "\(networks[1].isDefault)"]
      },
      expected: ["Vpcs.2.VpcId", "Vpcs.2.CidrBlock", "true"]
    ),
    "DescribeSubnets": Case(
      perform: { (client) async throws(AWSError) in
        let subnets = try await client.ec2.subnets(filters: [EC2.Filter("vpc-id", ["vpc-1"])])
        let subnet = subnets[1]
        return [
          subnet.identifier, subnet.network, subnet.block, subnet.zone, "\(subnet.freeAddresses)",
          "\(subnet.assignsPublicAddresses)",
        ]
      },
      expected: [
        "Subnets.2.SubnetId", "Subnets.2.VpcId", "Subnets.2.CidrBlock",
        "Subnets.2.AvailabilityZone", "7", "true",
      ]
    ),
  ]
}
