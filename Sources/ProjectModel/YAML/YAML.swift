package import Diagnostics

/// Reads YAML 1.1 as PyYAML's safe loader does, keeping where everything stood.
///
/// libyaml finds the events; composing them into nodes, aliases, merge keys (`<<`), limits and the
/// meaning of plain scalars (`yes`, `010`, `1:30`) are done here. Dates stay strings.
package enum YAML {
  /// What a document holds, and what its author should hear about it.
  package struct Document: Sendable {
    package var root: YAMLNode
    package var warnings: [Diagnostic]
  }

  /// Parses a document.
  ///
  /// - Parameters:
  ///   - buffer: the text.
  ///   - buffers: the store that has it.
  /// - Returns: the root node; a null scalar for an empty document.
  /// - Throws: `yaml-syntax`, `yaml-too-large`.
  package static func parse(
    _ buffer: BufferID,
    in buffers: Buffers
  ) throws(Diagnostic) -> YAMLNode {
    try document(buffer, in: buffers).root
  }

  /// Parses a document, with warnings about keys that are there twice.
  ///
  /// With `isFile`, blank space at the end is no part of it: as dbt reads files, a last text in a
  /// block has no line end.
  package static func document(
    _ buffer: BufferID,
    in buffers: Buffers,
    isFile: Bool = false
  ) throws(Diagnostic) -> Document {
    var bytes = buffers.bytes(of: buffer)
    if isFile {
      let end = bytes.lastIndex { !$0.isBlank }.map { $0 + 1 } ?? 0
      bytes.removeSubrange(end...)
    }
    var composer = YAMLComposer(events: YAMLEvents(bytes, buffer: buffer))
    let root = try composer.document()
    return Document(root: root, warnings: composer.warnings)
  }

  /// Parses a text that is not from a file, as the value of `--vars` is.
  ///
  /// - Parameters:
  ///   - text: YAML.
  ///   - name: what diagnostics call it.
  ///   - buffers: where the text is added.
  /// - Returns: the data.
  /// - Throws: `yaml-syntax`, `yaml-too-large`.
  package static func parseValue(
    _ text: String,
    name: String,
    in buffers: Buffers
  ) throws(Diagnostic) -> PlainValue {
    try parse(buffers.add(name: name, text: text), in: buffers).plain
  }

  /// Parses the value of `--vars`: a mapping, possibly empty.
  ///
  /// - Parameters:
  ///   - text: YAML, as `{start: 2018-11-01}`.
  ///   - buffers: where the text is added.
  /// - Returns: the variables.
  /// - Throws: `yaml-syntax`, `yaml-too-large`, `wrong-type` when it is no mapping.
  package static func parseVariables(
    _ text: String,
    in buffers: Buffers
  ) throws(Diagnostic) -> PlainDictionary {
    let node = try parse(buffers.add(name: "--vars", text: text), in: buffers)
    switch node.plain {
    case .null: return PlainDictionary()
    case .dictionary(let variables): return variables
    case let other: throw .variablesNotMapping(other, at: node.range)
    }
  }
}
