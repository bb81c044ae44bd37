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
      name: "plan",
      summary: "Show what would be done and an estimate of the cost; change nothing",
      command: "cluster"
    ),
    Option(name: "yes", summary: "Delete what is listed without asking"),
    Option(name: "no-snapshot", summary: "Delete the data as well: keep no final snapshot"),
    Option(name: "no-connect", summary: "Do not try to connect to the cluster"),
    Option(
      name: "my-address",
      argument: .value("ADDRESS"),
      summary: "The address to let in, instead of asking checkip.amazonaws.com"
    ),
    awsProfile(of: "cluster"), awsProfile(of: "s3"),
    Option(
      name: "region",
      argument: .value("NAME"),
      summary: "The region of AWS to use (default: AWS_REGION)"
    ),
  ]

  /// A profile of AWS, where the name means one of dbt for other commands.
  private static func awsProfile(of command: String) -> Option {
    Option(
      name: "profile",
      argument: .value("NAME"),
      summary: "The profile of ~/.aws/config to use (default: AWS_PROFILE)",
      command: command
    )
  }

  static let cluster = Command(
    name: "cluster",
    summary: "Make, look at and delete the project's Redshift cluster or workgroup",
    details: """
      Works from `cluster:` in project.yml: nodes with `identifier`, or a serverless warehouse with \
      `workgroup`, which costs only while queries run and needs no pause. Every command may be interrupted and run again: it goes \
      on from what exists. Everything made carries the tags redstart:project and redstart:cluster, \
      and only what carries them is changed or deleted. Passwords are kept by AWS, not in files.
      """,
    subcommands: [
      ("up", "Make the cluster, its role and its rules, and wait until it is ready"),
      ("status", "Show what exists"),
      ("pause", "Stop the cluster's nodes; its storage stays and is billed"),
      ("resume", "Start the paused cluster"),
      ("down", "Delete what `up` made; needs --yes"),
      ("credentials", "Get a temporary password; shown with --output env or url only"),
    ],
    options: [
      "plan", "yes", "no-snapshot", "no-connect", "my-address", "output", "profile", "region",
      "project-dir", "target", "vars", "profiles-dir",
    ] + output,
    outputs: ["table", "json", "env", "url"],
    examples: [
      ("redstart cluster up --plan", "what would be made, and what it costs an hour?"),
      ("redstart cluster up", "make it and wait"),
      ("psql \"$(redstart cluster credentials --output url)\"", "connect for a quarter of an hour"),
      ("redstart cluster down --yes", "delete it, keeping a snapshot"),
    ]
  )

  static let s3 = Command(
    name: "s3",
    summary: "Look around in S3",
    details: """
      Needs no project. Credentials, region and endpoint are found as the AWS tools find them. \
      head takes the first object whose key begins with the prefix, and decompresses gzip, zstd \
      and bzip2, whatever the name says.
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
