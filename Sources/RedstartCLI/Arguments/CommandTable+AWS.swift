extension CommandTable {
  static let awsOptions: [Option] = [
    Option(
      name: "recursive",
      short: "r",
      summary: "Every object below the prefix, not its folders"
    ),
    Option(name: "lines", short: "n", argument: .value("N"), summary: "Lines to show (default 10)"),
    Option(name: "bytes", short: "c", argument: .value("N"), summary: "Bytes to show, not lines"),
    Option(
      name: "profile",
      argument: .value("NAME"),
      summary: "The profile of ~/.aws/config to use (default: AWS_PROFILE)"
    ),
    Option(
      name: "region",
      argument: .value("NAME"),
      summary: "The region of AWS to use (default: AWS_REGION)"
    ),
  ]

  static let s3 = Command(
    name: "s3",
    summary: "Look around in S3",
    details: """
      Needs no project. Credentials, region and endpoint are found as the AWS tools find them. \
      head takes the first object whose key begins with the prefix, and decompresses gzip.
      """,
    subcommands: [
      ("ls", "List the objects and folders that begin with a prefix"),
      ("head", "Show the beginning of an object"),
    ],
    positional: "PREFIX",
    options: ["recursive", "lines", "bytes", "output", "profile", "region"] + output,
    outputs: ["text", "json"],
    examples: [
      ("redstart s3 ls s3://lake/events/", "what is there?"),
      ("redstart s3 ls s3://lake/events/2024 --recursive --output json", "all of it, as JSON"),
      (
        "redstart s3 head s3://lake/events/2024-01-01.json.gz -n 3", "what does a record look like?"
      ),
    ]
  )
}
