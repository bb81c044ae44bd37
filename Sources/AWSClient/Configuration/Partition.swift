/// A part of AWS with accounts and names of its own.
package struct Partition: Hashable, Sendable {
  /// As ARNs name it.
  package var name: String
  var suffix: String
  var dualStackSuffix: String
  /// The region that signs for services without regions, and their host.
  var globalRegion: String
  var iamHost: String

  static let standard = Partition(
    name: "aws",
    suffix: "amazonaws.com",
    dualStackSuffix: "api.aws",
    globalRegion: "us-east-1",
    iamHost: "iam.amazonaws.com"
  )
  private static let others: [(prefix: String, partition: Partition)] = [
    (
      "cn-",
      Partition(
        name: "aws-cn",
        suffix: "amazonaws.com.cn",
        dualStackSuffix: "api.amazonwebservices.com.cn",
        globalRegion: "cn-north-1",
        iamHost: "iam.cn-north-1.amazonaws.com.cn"
      )
    ),
    (
      "us-gov-",
      Partition(
        name: "aws-us-gov",
        suffix: "amazonaws.com",
        dualStackSuffix: "api.aws",
        globalRegion: "us-gov-west-1",
        iamHost: "iam.us-gov.amazonaws.com"
      )
    ),
    (
      "us-iso-",
      Partition(
        name: "aws-iso",
        suffix: "c2s.ic.gov",
        dualStackSuffix: "api.aws.ic.gov",
        globalRegion: "us-iso-east-1",
        iamHost: "iam.us-iso-east-1.c2s.ic.gov"
      )
    ),
    (
      "us-isob-",
      Partition(
        name: "aws-iso-b",
        suffix: "sc2s.sgov.gov",
        dualStackSuffix: "api.aws.scloud",
        globalRegion: "us-isob-east-1",
        iamHost: "iam.us-isob-east-1.sc2s.sgov.gov"
      )
    ),
  ]

  private static let government = "aws-us-gov"

  /// Whether a service's ordinary endpoints here are the FIPS ones.
  func hasFIPS(_ service: AWSService) -> Bool {
    name == Self.government && [.sts, .ec2, .iam].contains(service)
  }

  /// The host of a service without regions.
  func globalHost(_ prefix: String, usesFIPS: Bool, usesDualStack: Bool) -> String {
    let isOwnFIPS = name == Self.government
    let fips = usesFIPS && !isOwnFIPS ? "-fips" : ""
    if usesDualStack {
      let place = self == .standard ? "global" : "\(name)-global"
      return "\(prefix)\(fips).\(place).\(dualStackSuffix)"
    }
    guard !fips.isEmpty else { return iamHost }
    return self == .standard
      ? "\(prefix)\(fips).\(suffix)" : "\(prefix)\(fips).\(name)-global.\(suffix)"
  }

  /// The partition that a region is in.
  package init(region: String) {
    self = Self.others.first { region.hasPrefix($0.prefix) }?.partition ?? .standard
  }

  private init(
    name: String,
    suffix: String,
    dualStackSuffix: String,
    globalRegion: String,
    iamHost: String
  ) {
    self.name = name
    self.suffix = suffix
    self.dualStackSuffix = dualStackSuffix
    self.globalRegion = globalRegion
    self.iamHost = iamHost
  }
}
