import Diagnostics
import Templating

/// The macros of one file: `macro`, `test` and `materialization` blocks.
struct MacroFile {
  struct Macro {
    var definition: MacroDefinition
    /// The block as the author wrote it.
    var source: TextRange
    /// For a materialization: the languages it takes.
    var languages: [String]?
  }

  let macros: [Macro]

  static let tags: Set<String> = ["macro", "test", "data_test", "materialization"]

  /// The names of the macros in a file, which is not parsed for it.
  static func names(in bytes: [UInt8]) -> [String] {
    BlockScanner.blocks(in: bytes, tags: tags).map { block in
      let rest = bytes[block.headRest]
      if block.tag == "materialization" {
        return MaterializationHead(String(decoding: rest, as: UTF8.self)).macroName
      }
      let written = rest.prefix { $0 != UInt8(ascii: "(") }
      let name = String(decoding: written.filter { !$0.isBlank }, as: UTF8.self)
      return block.tag == "macro" ? name : "test_" + name
    }
  }

  init(parsing buffer: BufferID, in buffers: Buffers) throws(Diagnostic) {
    let bytes = buffers.bytes(of: buffer)
    let blocks = BlockScanner.blocks(in: bytes, tags: Self.tags)
    if blocks.allSatisfy({ $0.tag == "macro" }), let plain = Self.plain(buffer, buffers) {
      macros = plain
      return
    }
    var text = MappedText()
    for block in blocks {
      text.append(copying: bytes, range: TextRange(buffer: buffer, bytes: block.whole))
    }
    let copied = buffers.add(generated: buffers.name(of: buffer), text)
    let template = try Template(parsing: copied, in: buffers)
    guard template.macros.count == blocks.count else {
      macros = template.macros.map { Macro(definition: $0, source: $0.range, languages: nil) }
      return
    }
    macros = zip(template.macros, blocks).map { definition, block in
      let isMaterialization = block.tag == "materialization"
      let rest = String(decoding: bytes[block.headRest], as: UTF8.self)
      return Macro(
        definition: definition,
        source: TextRange(buffer: buffer, bytes: block.whole),
        languages: isMaterialization ? MaterializationHead(rest).languages : nil
      )
    }
  }

  /// A file of macros alone is parsed as it is; nil when something between them is no template.
  private static func plain(_ buffer: BufferID, _ buffers: Buffers) -> [Macro]? {
    do throws(Diagnostic) {
      return try Template(parsing: buffer, in: buffers).macros.map {
        Macro(definition: $0, source: $0.range, languages: nil)
      }
    } catch {
      // The blocks alone are parsed then, and tell what is wrong with them.
      return nil
    }
  }
}

/// What stands after `materialization`: `table, adapter='redshift'`, `view, default`.
struct MaterializationHead {
  private(set) var name = ""
  private(set) var adapter = "default"
  private(set) var languages = ["sql"]

  var macroName: String { "materialization_\(name)_\(adapter)" }

  init(_ text: String) {
    let parts = Self.split(text)
    for (index, part) in parts.enumerated() {
      if index == 0 {
        name = part
      } else if part.hasPrefix("adapter") {
        adapter = Self.strings(in: part).first ?? adapter
      } else if part.hasPrefix("supported_languages") {
        languages = Self.strings(in: part)
      }
    }
  }

  /// Parts between commas that are in no brackets, without white space at their ends.
  private static func split(_ text: String) -> [String] {
    var parts: [String] = [""]
    var depth = 0
    for character in text {
      switch character {
      case "[", "(": depth += 1
      case "]", ")": depth -= 1
      default: break
      }
      if character == ",", depth == 0 {
        parts.append("")
      } else if !character.isWhitespace {
        parts[parts.count - 1].append(character)
      }
    }
    return parts
  }

  private static func strings(in text: String) -> [String] {
    let pieces = text.split(omittingEmptySubsequences: false) { $0 == "'" || $0 == "\"" }
    return pieces.indices.filter { $0 % 2 == 1 }.map { String(pieces[$0]) }
  }
}
