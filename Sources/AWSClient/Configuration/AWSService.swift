/// A service of AWS: how it is named, found and spoken to.
package struct AWSService: Hashable, Sendable {
  /// How requests and responses are written.
  package enum Wire: Hashable, Sendable {
    /// Form fields in, XML out.
    case query
    /// As `query`, with lists written in EC2's own way.
    case ec2
    /// REST with XML.
    case restXML
    /// JSON 1.1; the prefix of `X-Amz-Target` names the service.
    case json(target: String)
  }

  /// As people know it.
  package var name: String
  /// As `AWS_ENDPOINT_URL_…` and the section `services` name it.
  package var identifier: String
  /// As signatures name it.
  package var signingName: String
  package var hostPrefix: String
  package var version: String
  package var wire: Wire
  /// Whether one endpoint serves all regions.
  package var isGlobal = false

  package static let sts = AWSService(
    name: "STS",
    identifier: "STS",
    signingName: "sts",
    hostPrefix: "sts",
    version: "2011-06-15",
    wire: .query
  )
  package static let iam = AWSService(
    name: "IAM",
    identifier: "IAM",
    signingName: "iam",
    hostPrefix: "iam",
    version: "2010-05-08",
    wire: .query,
    isGlobal: true
  )
  package static let ec2 = AWSService(
    name: "EC2",
    identifier: "EC2",
    signingName: "ec2",
    hostPrefix: "ec2",
    version: "2016-11-15",
    wire: .ec2
  )
  package static let redshift = AWSService(
    name: "Redshift",
    identifier: "REDSHIFT",
    signingName: "redshift",
    hostPrefix: "redshift",
    version: "2012-12-01",
    wire: .query
  )
  package static let redshiftServerless = AWSService(
    name: "Redshift Serverless",
    identifier: "REDSHIFT_SERVERLESS",
    signingName: "redshift-serverless",
    hostPrefix: "redshift-serverless",
    version: "2021-04-21",
    wire: .json(target: "RedshiftServerless")
  )
  package static let redshiftData = AWSService(
    name: "Redshift Data API",
    identifier: "REDSHIFT_DATA",
    signingName: "redshift-data",
    hostPrefix: "redshift-data",
    version: "2019-12-20",
    wire: .json(target: "RedshiftData")
  )
  package static let s3 = AWSService(
    name: "S3",
    identifier: "S3",
    signingName: "s3",
    hostPrefix: "s3",
    version: "2006-03-01",
    wire: .restXML
  )
  package static let secretsManager = AWSService(
    name: "Secrets Manager",
    identifier: "SECRETS_MANAGER",
    signingName: "secretsmanager",
    hostPrefix: "secretsmanager",
    version: "2017-10-17",
    wire: .json(target: "secretsmanager")
  )
  static let signInTokens = AWSService(
    name: "IAM Identity Center's sign-in",
    identifier: "SSO_OIDC",
    signingName: "sso-oauth",
    hostPrefix: "oidc",
    version: "2019-06-10",
    wire: .json(target: "")
  )
  static let singleSignOn = AWSService(
    name: "IAM Identity Center",
    identifier: "SSO",
    signingName: "awsssoportal",
    hostPrefix: "portal.sso",
    version: "2019-06-10",
    wire: .json(target: "")
  )
}
