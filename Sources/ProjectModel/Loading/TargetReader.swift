package import Diagnostics

/// Reads one connection: an entry of `targets:`, or of a profile's `outputs:`.
struct TargetReader {
  let reader: SettingsReader
  let projectName: String
  let profileName: String
  /// What folders of the s3 mapping count from.
  let root: String
  /// How unknown keys are taken.
  let severity: Diagnostic.Severity
  /// Whether the entry stands in profiles.yml.
  let isProfile: Bool

  /// The connection; nil, with diagnostics, when something required is missing.
  func read(_ name: String, _ node: YAMLNode) -> TargetConfiguration? {
    guard node.pairs != nil else {
      reader.problems.add(
        .wrongType(
          of: "target \"\(name)\"",
          expected: "a mapping",
          given: node.plain,
          at: node.range
        )
      )
      return nil
    }
    guard let kind = kind(of: name, node) else { return nil }
    let table = KeyTable.target(name, kind: kind, severity: severity)
    guard let section = reader.section(node, table) else { return nil }
    var target = Self.local(name: name, profileName: profileName, projectName: projectName)
    target.kind = kind
    target.speaksPostgres = kind == .postgres && isProfile
    if section["schema"] != nil {
      target.schema =
        section.requiredString("schema", help: "name the schema of models and seeds")
        ?? target.schema
    }
    target.metadataSchema = section.string("metadata-schema")
    if let threads = section.integer("threads", in: 1...1024) { target.threads = threads }
    target.storage = storage(section)
    let recorded = recordedCluster()
    if kind == .local {
      target.database = section.string("database") ?? section.string("dbname") ?? target.database
    } else {
      readServer(section, kind == .redshift ? recorded : nil, into: &target)
    }
    readRest(section, into: &target)
    if let role = recorded?.roleARN, !section.has("iam_role_arn") {
      target.extra["iam_role_arn"] = .string(role)
    }
    return target
  }

  /// The local warehouse as it is when nothing is configured.
  static func local(
    name: String = "local",
    profileName: String,
    projectName: String
  ) -> TargetConfiguration {
    TargetConfiguration(
      name: name,
      kind: .local,
      profileName: profileName,
      database: "dev",
      schema: projectName,
      threads: 4
    )
  }

  /// Keys of an entry whose target was not chosen: checked, but nothing is rendered.
  func checkUnchosen(_ name: String, _ node: YAMLNode) {
    guard node.pairs != nil, let text = node["type"]?.scalar?.text,
      let kind = TargetConfiguration.Kind(rawValue: text)
    else { return }
    _ = reader.section(node, KeyTable.target(name, kind: kind, severity: .warning))
  }

  private func kind(of name: String, _ node: YAMLNode) -> TargetConfiguration.Kind? {
    let type = SettingsSection(
      node: node,
      table: KeyTable.target(name, kind: .redshift, severity: severity),
      reader: reader
    )
    let names = TargetConfiguration.Kind.allCases.map { "\"\($0.rawValue)\"" }
    guard
      let text = type.requiredString("type", help: "one of \(names.joined(separator: ", "))")
    else { return nil }
    guard let kind = TargetConfiguration.Kind(rawValue: text) else {
      reader.problems.add(.unknownTargetType(text, at: node["type"]?.range ?? node.range))
      return nil
    }
    return kind
  }

  /// What `redstart cluster up` recorded in the project's folder.
  private func recordedCluster() -> RecordedCluster? {
    do throws(Diagnostic) {
      return try RecordedCluster.read(root: root)
    } catch {
      reader.problems.add(error)
      return nil
    }
  }

  private func readServer(
    _ section: SettingsSection,
    _ recorded: RecordedCluster?,
    into target: inout TargetConfiguration
  ) {
    let isRedshift = target.kind == .redshift
    let method = section.string("method") ?? "database"
    // AWS knows where the warehouse is, and who may log in.
    let isKnownToAWS = section.has("cluster_id") || section.has("serverless_work_group")
    let usesPassword = method == "database" && !section.has("secret_arn")
    let recorded = section.has("host") || isKnownToAWS ? nil : recorded
    if let recorded {
      target.host = recorded.host
      target.database = recorded.database
      let key = recorded.namespace == nil ? "cluster_id" : "serverless_work_group"
      target.extra[key] = .string(recorded.identifier)
      target.extra["region"] = .string(recorded.region)
    } else if usesPassword || !isKnownToAWS {
      target.host = section.requiredString(
        "host",
        help: isRedshift
          ? "the cluster's endpoint, as \"name.abc123.eu-west-1.redshift.amazonaws.com\", or run "
            + "`redstart cluster up`, which records it"
          : "a host name, an address, or the folder of a Unix socket"
      )
    } else {
      target.host = section.string("host")
    }
    target.port = section.integer("port", in: 1...65535) ?? recorded?.port
    if target.port == nil, target.host != nil { target.port = isRedshift ? 5439 : 5432 }
    let databaseKey = section.has("dbname") ? "dbname" : "database"
    target.database =
      recorded != nil && !section.has(databaseKey)
      ? target.database
      : section.requiredString(
        databaseKey,
        help: isRedshift && target.host == nil
          ? "the database to connect to; `redstart cluster up` records it as well"
          : "the database to connect to"
      ) ?? target.database
    let userKey = ["username", "db_user"].first { section.has($0) } ?? "user"
    target.user =
      usesPassword
      ? section.requiredString(userKey, help: "the database user to connect as")
      : section.string(userKey) ?? (method == "iam" ? recorded?.user : nil)
    target.password = section.string("password") ?? section.string("pass")
    target.sslMode = sslMode(section)
    target.sslRootCertificate = section.string("sslrootcert").map(expanded)
    target.connectTimeout = section.integer("connect_timeout", in: 0...86_400)
    // As in dbt, 0 leaves it to the default.
    let keepalive =
      section.integer("keepalives_idle", in: 0...86_400)
      ?? section.integer("tcp_keepalive_idle", in: 0...86_400)
    if let keepalive, keepalive > 0 { target.keepaliveIdle = keepalive }
  }

  private static let sslModes = [
    "disable", "allow", "prefer", "require", "verify-ca", "verify-full",
  ]

  private func sslMode(_ section: SettingsSection) -> String? {
    guard let mode = section.string("sslmode"), let place = section["sslmode"]?.range else {
      return nil
    }
    if Self.sslModes.contains(mode) { return mode }
    reader.problems.add(.invalidChoice(of: "sslmode", mode, known: Self.sslModes, at: place))
    return nil
  }

  private func storage(_ section: SettingsSection) -> [TargetConfiguration.StorageMapping] {
    guard let node = section["s3"] else { return [] }
    guard let pairs = node.pairs else {
      reader.problems.add(
        .wrongType(
          of: "\"s3\"",
          expected: "a mapping of s3:// prefixes to folders",
          given: node.plain,
          at: node.range
        )
      )
      return []
    }
    return pairs.compactMap { pair in
      let key = YAMLScalar(text: pair.key, value: .string(pair.key), isPlain: false)
      let keyNode = YAMLNode(.scalar(key), at: pair.keyRange)
      guard let prefix = reader.rendered(keyNode)?.string else { return nil }
      guard prefix.hasPrefix("s3://"), prefix.utf8.count > 5 else {
        reader.problems.add(
          .invalidValue(
            of: "s3",
            prefix,
            reason: "a prefix starts with \"s3://\" and the bucket's name",
            at: pair.keyRange
          )
        )
        return nil
      }
      let values = SettingsSection(node: node, table: section.table, reader: reader)
      guard
        let folder = values.requiredString(pair.key, help: "the folder that stands for the prefix")
      else { return nil }
      return TargetConfiguration.StorageMapping(prefix: prefix, folder: expanded(folder))
    }
  }

  private func expanded(_ path: String) -> String { FilePath.absolute(path, from: root) }

  private static let readKeys: Set<String> = [
    "type", "schema", "threads", "s3", "database", "dbname", "host", "port", "user", "username",
    "db_user",
    "password", "pass", "sslmode", "sslrootcert", "connect_timeout",
  ]

  /// Values that open doors.
  private static let secretKeys: Set<String> = ["access_key_id", "secret_access_key", "sslkey"]

  private func readRest(_ section: SettingsSection, into target: inout TargetConfiguration) {
    for pair in section.node.pairs ?? [] where !Self.readKeys.contains(pair.key) {
      guard let value = reader.rendered(pair.value) else { continue }
      let isSecret = Self.secretKeys.contains(pair.key) || pair.key.contains("token_endpoint")
      if isSecret { target.secrets[pair.key] = value } else { target.extra[pair.key] = value }
    }
  }
}

extension TargetConfiguration {
  /// What templates see as `target`: dbt's keys, and never a secret.
  package var templateValue: PlainDictionary {
    var value: PlainDictionary = [
      "name": .string(name),
      "target_name": .string(name),
      "profile_name": .string(profileName),
      // dbt projects compare this with "redshift" or "postgres"; local is Redshift to its models.
      "type": .string(kind == .local ? Kind.redshift.rawValue : kind.rawValue),
      "host": host.map { .string($0) } ?? .null,
      "port": port.map { .integer($0) } ?? .null,
      "user": user.map { .string($0) } ?? .null,
      "database": .string(database),
      "dbname": .string(database),
      "schema": .string(schema),
      "threads": .integer(threads),
    ]
    if let sslMode { value["sslmode"] = .string(sslMode) }
    if let connectTimeout { value["connect_timeout"] = .integer(connectTimeout) }
    value.merge(extra)
    return value
  }
}
