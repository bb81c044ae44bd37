import Diagnostics

/// Reads `cluster:`.
struct ClusterReader {
  let reader: SettingsReader

  /// The section; nil, with diagnostics, when it cannot be used.
  func read(_ node: YAMLNode) -> ClusterConfiguration? {
    guard let section = reader.section(node, .cluster) else { return nil }
    guard let cluster = named(section) else { return nil }
    return described(cluster, section)
  }

  /// The section with its names and what computes.
  private func named(_ section: SettingsSection) -> ClusterConfiguration? {
    let serverless = Self.serverlessKeys.first(where: section.has)
    if let serverless, let other = Self.provisionedKeys.first(where: section.has) {
      reader.problems.add(
        Diagnostic(
          code: "cluster-shape",
          "`\(other)` belongs to a provisioned cluster, and `\(serverless)` to a serverless warehouse",
          at: section.node.pair(other)?.keyRange,
          help: [
            "write \(Self.list(Self.provisionedKeys)) or \(Self.list(Self.serverlessKeys)), not both"
          ]
        )
      )
      return nil
    }
    if serverless != nil { return workgroup(section) }
    guard
      let identifier = section.requiredString(
        "identifier",
        help: "the cluster's name in AWS; a serverless warehouse has a `workgroup` instead"
      )
    else { return nil }
    guard Self.isIdentifier(identifier) else {
      reader.problems.add(
        .invalidValue(
          of: "identifier",
          identifier,
          reason: "it must be 1 to 40 small letters, digits and single hyphens, a letter first",
          at: section["identifier"]?.range ?? section.node.range
        )
      )
      return nil
    }
    var cluster = ClusterConfiguration(identifier: identifier)
    var nodes = ClusterConfiguration.Provisioned()
    nodes.nodeType = section.string("node_type") ?? nodes.nodeType
    nodes.nodeCount = section.integer("nodes", in: 1...128) ?? nodes.nodeCount
    nodes.user = section.string("user") ?? nodes.user
    nodes.subnetGroup = section.string("subnet_group")
    cluster.shape = .provisioned(nodes)
    cluster.port = section.integer("port", in: 1150...65535) ?? cluster.port
    return cluster
  }

  private static let provisionedKeys = ["identifier", "node_type", "nodes", "subnet_group"]
  private static let serverlessKeys = [
    "workgroup", "namespace", "base_capacity", "max_capacity", "subnets",
  ]

  private static func list(_ keys: [String]) -> String {
    keys.map { "`\($0)`" }.joined(separator: ", ")
  }

  private func workgroup(_ section: SettingsSection) -> ClusterConfiguration? {
    let namespace = section.string("namespace")
    guard
      let workgroup = section.string("workgroup") ?? namespace
        ?? section.requiredString("workgroup", help: "the workgroup's name in AWS")
    else { return nil }
    for (key, name, most) in [("workgroup", workgroup, 40), ("namespace", namespace, 64)] {
      guard let name, !Self.isServerlessName(name, most: most) else { continue }
      reader.problems.add(
        .invalidValue(
          of: key,
          name,
          reason: "it must be 3 to \(most) small letters, digits and hyphens, none at its ends",
          at: section[key]?.range ?? section.node.range
        )
      )
      return nil
    }
    var cluster = ClusterConfiguration(identifier: workgroup)
    var serverless = ClusterConfiguration.Serverless(namespace: namespace ?? workgroup)
    serverless.baseCapacity = capacity("base_capacity", section) ?? serverless.baseCapacity
    serverless.maximumCapacity = capacity("max_capacity", section)
    serverless.user = section.string("user")
    serverless.subnets = section.strings("subnets") ?? []
    if let most = serverless.maximumCapacity, most < serverless.baseCapacity {
      reader.problems.add(
        .invalidValue(
          of: "max_capacity",
          "\(most)",
          reason: "it is less than `base_capacity`, \(serverless.baseCapacity)",
          at: section["max_capacity"]?.range ?? section.node.range
        )
      )
      return nil
    }
    cluster.shape = .serverless(serverless)
    if let port = section.integer("port", in: 1...65535) {
      guard (5431...5455).contains(port) || (8191...8215).contains(port) else {
        reader.problems.add(
          .invalidValue(
            of: "port",
            "\(port)",
            reason: "serverless warehouses have ports from 5431 to 5455 and from 8191 to 8215",
            at: section["port"]?.range ?? section.node.range
          )
        )
        return nil
      }
      cluster.port = port
    }
    return cluster
  }

  /// RPU as AWS sells them: 4, then steps of 8, and of 32 above 512.
  private func capacity(_ key: String, _ section: SettingsSection) -> Int? {
    guard let number = section.integer(key, in: 4...1_000_000) else { return nil }
    if number == 4 || number % (number > 512 ? 32 : 8) == 0 { return number }
    reader.problems.add(
      .invalidValue(
        of: key,
        "\(number)",
        reason: "RPU come as 4, as multiples of 8 up to 512, and of 32 above",
        at: section[key]?.range ?? section.node.range
      )
    )
    return nil
  }

  /// What clusters and workgroups have in common.
  private func described(
    _ named: ClusterConfiguration,
    _ section: SettingsSection
  ) -> ClusterConfiguration {
    var cluster = named
    cluster.range = section.node.range
    cluster.database = section.string("database") ?? cluster.database
    cluster.region = section.string("region")
    cluster.isPublic = section.boolean("public") ?? cluster.isPublic
    cluster.takesFinalSnapshot = section.boolean("final_snapshot") ?? true
    cluster.finalSnapshotDays = section.integer("final_snapshot_days", in: 1...3653)
    cluster.unitPrice = section.number("price", in: 0...10_000)
    for (key, value) in section.dictionary("tags")?.pairs ?? [] {
      cluster.tags.append(ClusterConfiguration.Tag(key, value.string ?? value.jsonString))
    }
    cluster.prefixes = prefixes(section)
    readAddresses(section, into: &cluster)
    return cluster
  }

  private static func isServerlessName(_ text: String, most: Int) -> Bool {
    (3...most).contains(text.utf8.count) && !text.hasPrefix("-") && !text.hasSuffix("-")
      && text.utf8.allSatisfy { byte in
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
          || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
      }
  }

  /// AWS allows 63 characters; ours leave room for what is put around them.
  private static func isIdentifier(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    let letters = UInt8(ascii: "a")...UInt8(ascii: "z")
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    return bytes.count <= 40 && bytes.first.map(letters.contains) == true && !text.hasSuffix("-")
      && !text.contains("--")
      && bytes.allSatisfy { letters.contains($0) || digits.contains($0) || $0 == UInt8(ascii: "-") }
  }

  private func prefixes(_ section: SettingsSection) -> [String] {
    (section.strings("s3") ?? []).filter { prefix in
      let rest = prefix.dropFirst(5)
      let hasBucket = prefix.hasPrefix("s3://") && !rest.isEmpty && !rest.hasPrefix("/")
      // A star in a policy would let in more than is written here.
      if hasBucket, !rest.utf8.contains(where: { "*?$".utf8.contains($0) }) { return true }
      reader.problems.add(
        .invalidValue(
          of: "s3",
          prefix,
          reason: "write a prefix as \"s3://BUCKET/PREFIX\", without wildcards",
          at: section["s3"]?.range ?? section.node.range
        )
      )
      return false
    }
  }

  private func readAddresses(
    _ section: SettingsSection,
    into cluster: inout ClusterConfiguration
  ) {
    guard let words = section.strings("allow_from") else { return }
    cluster.allowsCaller = words.contains("caller")
    for word in words where word != "caller" {
      guard let block = AddressBlock.canonical(word) else {
        reader.problems.add(
          .invalidValue(
            of: "allow_from",
            word,
            reason: "it must be \"caller\", or addresses as \"203.0.113.0/24\"",
            at: section["allow_from"]?.range ?? section.node.range
          )
        )
        continue
      }
      if block.hasSuffix("/0") {
        reader.problems.add(
          Diagnostic(
            .warning,
            code: "cluster-open-to-all",
            "the cluster's port will be open to the whole internet",
            at: section["allow_from"]?.range,
            help: ["name the networks that need it, or \"caller\""]
          )
        )
      }
      cluster.allowedBlocks.append(block)
    }
  }
}

/// Addresses as AWS writes them.
package enum AddressBlock {
  /// `ADDRESS` or `ADDRESS/BITS` with its bits; nil when the text is neither.
  package static func canonical(_ text: String) -> String? {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard let address = parts.first, parts.count <= 2 else { return nil }
    let isSix = address.contains(":")
    guard isSix ? isVersion6(address) : isVersion4(address) else { return nil }
    let size = isSix ? 128 : 32
    guard parts.count == 2 else { return "\(address)/\(size)" }
    guard let bits = Int(parts[1]), (0...size).contains(bits), "\(bits)" == parts[1] else {
      return nil
    }
    return "\(address)/\(bits)"
  }

  private static func isVersion4(_ text: Substring) -> Bool {
    let numbers = text.split(separator: ".", omittingEmptySubsequences: false)
    return numbers.count == 4
      && numbers.allSatisfy { part in
        Int(part).map { (0...255).contains($0) && "\($0)" == part } ?? false
      }
  }

  private static func isVersion6(_ text: Substring) -> Bool {
    let groups = text.split(separator: ":", omittingEmptySubsequences: false)
    return (3...8).contains(groups.count)
      && groups.allSatisfy { $0.utf8.count <= 4 && $0.allSatisfy(\.isHexDigit) }
  }
}
