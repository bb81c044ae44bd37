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

  private static let tags: Set<String> = ["macro", "test", "data_test", "materialization"]

  init(parsing buffer: BufferID, in buffers: Buffers) throws(Diagnostic) {
    let bytes = buffers.bytes(of: buffer)
    let blocks = BlockScanner.blocks(in: bytes, tags: Self.tags)
    if blocks.allSatisfy({ $0.tag == "macro" }), let plain = Self.plain(buffer, buffers) {
      macros = plain
      return
    }
    var text = MappedText()
    var languages: [[String]?] = []
    var sources: [TextRange] = []
    for block in blocks {
      func range(_ bytes: Range<Int>) -> TextRange { TextRange(buffer: buffer, bytes: bytes) }
      func copy(_ part: Range<Int>) { text.append(copying: bytes, range: range(part)) }
      sources.append(range(block.whole))
      if block.tag == "macro" {
        copy(block.whole)
        languages.append(nil)
        continue
      }
      let rest = String(decoding: bytes[block.headRest], as: UTF8.self)
      let opening = Self.marksTrim(bytes, block.head, atStart: true) ? "{%-" : "{%"
      let closing = Self.marksTrim(bytes, block.head, atStart: false) ? "-%}" : "%}"
      if block.tag == "materialization" {
        let head = MaterializationHead(rest)
        text.append(
          generated: "\(opening) macro \(head.macroName)() \(closing)".utf8,
          origin: range(block.head)
        )
        languages.append(head.languages)
      } else {
        text.append(generated: "\(opening) macro test_".utf8, origin: range(block.head))
        // The blank before the name.
        let name = bytes[block.headRest].firstIndex { $0 != 32 && !(9...13).contains($0) }
        copy((name ?? block.headRest.lowerBound)..<block.headRest.upperBound)
        text.append(generated: closing.utf8, origin: range(block.head))
        languages.append(nil)
      }
      copy(block.body)
      let trimsEnd = Self.marksTrim(bytes, block.tail, atStart: true)
      let trimsAfter = Self.marksTrim(bytes, block.tail, atStart: false)
      text.append(
        generated: "\(trimsEnd ? "{%-" : "{%") endmacro \(trimsAfter ? "-%}" : "%}")\n".utf8,
        origin: range(block.tail)
      )
    }
    let generated = buffers.add(generated: buffers.name(of: buffer), text)
    let template = try Template(parsing: generated, in: buffers)
    guard template.macros.count == sources.count else {
      macros = template.macros.map { Macro(definition: $0, source: $0.range, languages: nil) }
      return
    }
    macros = template.macros.enumerated().map { index, definition in
      Macro(definition: definition, source: sources[index], languages: languages[index])
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

  private static func marksTrim(_ bytes: [UInt8], _ tag: Range<Int>, atStart: Bool) -> Bool {
    guard tag.count >= 5 else { return false }
    return bytes[atStart ? tag.lowerBound + 2 : tag.upperBound - 3] == UInt8(ascii: "-")
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
