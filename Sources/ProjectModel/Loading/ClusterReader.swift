import Diagnostics

/// Reads `cluster:`.
struct ClusterReader {
  let reader: SettingsReader

  /// The section; nil, with diagnostics, when it cannot be used.
  func read(_ node: YAMLNode) -> ClusterConfiguration? {
    guard let section = reader.section(node, .cluster) else { return nil }
    for key in ["namespace", "workgroup", "base_capacity"] where section.has(key) {
      reader.problems.add(
        Diagnostic(
          code: "cluster-serverless",
          "`redstart cluster` cannot make serverless warehouses yet",
          at: section.node.pair(key)?.keyRange,
          help: [
            "describe a provisioned cluster (identifier, node_type, nodes), or make the workgroup "
              + "yourself and name its endpoint as the target's host"
          ]
        )
      )
      return nil
    }
    guard
      let identifier = section.requiredString("identifier", help: "the cluster's name in AWS")
    else { return nil }
    guard Self.isIdentifier(identifier) else {
      reader.problems.add(
        .invalidValue(
          of: "identifier",
          identifier,
          reason: "it must be 1 to 40 small letters, digits and single hyphens, a letter first",
          at: section["identifier"]?.range ?? node.range
        )
      )
      return nil
    }
    var cluster = ClusterConfiguration(identifier: identifier)
    cluster.range = node.range
    cluster.nodeType = section.string("node_type") ?? cluster.nodeType
    cluster.nodeCount = section.integer("nodes", in: 1...128) ?? cluster.nodeCount
    cluster.database = section.string("database") ?? cluster.database
    cluster.user = section.string("user") ?? cluster.user
    cluster.port = section.integer("port", in: 1150...65535) ?? cluster.port
    cluster.region = section.string("region")
    cluster.isPublic = section.boolean("public") ?? cluster.isPublic
    cluster.subnetGroup = section.string("subnet_group")
    cluster.takesFinalSnapshot = section.boolean("final_snapshot") ?? true
    for (key, value) in section.dictionary("tags")?.pairs ?? [] {
      cluster.tags.append(ClusterConfiguration.Tag(key, value.string ?? value.jsonString))
    }
    cluster.prefixes = prefixes(section)
    readAddresses(section, into: &cluster)
    return cluster
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
