import AWSClient
import Diagnostics

extension CommandSession {
  /// A client of AWS for this command; its keys appear in no output.
  ///
  /// - Parameters:
  ///   - given: profile, region and keys where the command line's do not count.
  ///   - region: the one to use whatever options and environment say.
  /// - Returns: a client with credentials.
  /// - Throws: what keeps it from having them.
  func awsClient(
    _ given: AWSOptions? = nil,
    region: String? = nil
  ) async throws(AWSError) -> AWSClient {
    let options =
      given
      ?? AWSOptions(
        profile: namesAWSProfile ? arguments.value("profile") : nil,
        region: region ?? arguments.value("region")
      )
    let client: AWSClient
    do throws(Diagnostic) {
      client = try AWSClient(
        options,
        surroundings: AWSSurroundings(environment: console.environment)
      )
    } catch {
      throw .problem(error)
    }
    let credentials: AWSCredentials
    do throws(AWSError) {
      credentials = try await client.credentials()
    } catch {
      // Without keys nothing can begin, whatever the reason.
      throw error == .cancelled ? error : .problem(error.diagnostic)
    }
    console.protect(credentials.secretAccessKey.revealed)
    console.protect(credentials.sessionToken?.revealed)
    return client
  }
}

extension AWSError {
  /// What to throw in a command.
  var orInterruption: any Error {
    self == .cancelled ? CancellationError() : diagnostic
  }
}
