extension AWSClient {
  /// Who somebody is, and temporary keys.
  package var sts: STS { STS(client: self) }
  /// Roles and their policies.
  package var iam: IAM { IAM(client: self) }
  /// Networks and who may reach what in them.
  package var ec2: EC2 { EC2(client: self) }
  /// Provisioned clusters.
  package var redshift: Redshift { Redshift(client: self) }
  /// Serverless warehouses.
  package var redshiftServerless: RedshiftServerless { RedshiftServerless(client: self) }
  /// SQL over HTTPS.
  package var redshiftData: RedshiftData { RedshiftData(client: self) }
  /// Objects in buckets.
  package var s3: S3 { S3(client: self) }
  /// Secrets that AWS keeps.
  package var secretsManager: SecretsManager { SecretsManager(client: self) }
}
