import Diagnostics

/// Secrets that AWS keeps.
package struct SecretsManager: Sendable {
  let client: AWSClient

  /// The text of a secret, by name or ARN.
  package func value(_ identifier: String) async throws(AWSError) -> SecretValue {
    var fields = JSONFields()
    fields.set("SecretId", identifier)
    let call = AWSCall.json(.secretsManager, "GetSecretValue", fields)
    let answer = try await client.json(call)
    guard let text = answer.text("SecretString") else {
      throw AnswerReader(call).failure("the secret is no text")
    }
    return SecretValue(
      arn: answer.text("ARN") ?? "",
      name: answer.text("Name") ?? "",
      version: answer.text("VersionId") ?? "",
      text: Secret(text)
    )
  }
}

/// A secret with where it is from.
package struct SecretValue: Hashable, Sendable {
  package var arn: String
  package var name: String
  package var version: String
  package var text: Secret

  /// A member of a secret that is a JSON object, as `password`.
  package func member(_ name: String) -> Secret? {
    JSONAnswer.object(Array(text.revealed.utf8))?.text(name).map { Secret($0) }
  }
}
