import Diagnostics
import Foundation
import ProjectModel
import WarehouseClient

// Speaks to clients as Redshift does, and runs what they send on a private PostgreSQL. For tests:
//
//     redshift-stand-in --folder F [--port N] [--password P] [--s3 s3://bucket=FOLDER]…
//                       [--endpoint http://127.0.0.1:PORT] [--kind provisioned|serverless]
//                       [--faults FILE] [--log FILE] [--certificate FILE --key FILE]
//
// Prints its port, and stops at the end of its input.

func fail(_ message: String) -> Never {
  FileHandle.standardError.write(Data("redshift-stand-in: \(message)\n".utf8))
  exit(2)
}

var options: [String: String] = [:]
var storage: [(prefix: String, folder: String)] = []
var words = CommandLine.arguments.dropFirst()
while let word = words.popFirst() {
  guard word.hasPrefix("--"), let value = words.popFirst() else { fail("what is \(word)?") }
  if word == "--s3" {
    let parts = value.split(separator: "=", maxSplits: 1).map(String.init)
    guard parts.count == 2 else { fail("--s3 wants PREFIX=FOLDER") }
    storage.append((parts[0], parts[1]))
  } else {
    options[word] = value
  }
}
guard let folder = options["--folder"] else { fail("--folder is missing") }
guard let port = UInt16(options["--port"] ?? "0") else { fail("--port wants a number") }

let log: FileHandle? = options["--log"].map { path in
  guard FileManager.default.createFile(atPath: path, contents: nil),
    let handle = FileHandle(forWritingAtPath: path)
  else { fail("\(path) cannot be written") }
  return handle
}
let local = LocalServer(projectRoot: folder, environment: ProcessInfo.processInfo.environment)
do {
  let lease = try await local.acquire()
  let server = StandInServer(
    postgres: lease.settings,
    storage: storage,
    endpoint: options["--endpoint"],
    password: options["--password"],
    isServerless: options["--kind"] == "serverless",
    faults: options["--faults"],
    log: log
  )
  try await server.prepare()
  let encryption = try options["--certificate"].map { certificate in
    try Encryption(certificate: certificate, key: options["--key"] ?? certificate)
  }
  let listener = try Listener(port: port)
  FileHandle.standardOutput.write(Data("\(listener.port)\n".utf8))
  Thread.detachNewThread {
    listener.accept { socket in
      Task { await ClientSession(server, socket, encryption).serve() }
    }
  }
  // Whoever started this holds the other end of the input, also if it is killed.
  await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
    Thread.detachNewThread {
      while !FileHandle.standardInput.availableData.isEmpty {}
      continuation.resume()
    }
  }
  await lease.release()
  try await local.reset()
} catch {
  fail("\(error)")
}
