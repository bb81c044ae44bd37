import Diagnostics
import ProjectCompiler
import ProjectModel
import RedshiftSQL

// Where findings about what redstart writes are shown: in the user's files.
extension NodePerformer {
  /// PostgreSQL cuts off what is longer without an error, and two relations could become one; dbt
  /// refuses such a name when it is the node's turn.
  func requireWholeName(
    of compiled: CompiledNode,
    _ session: NodeSession
  ) throws(Diagnostic) {
    guard session.isPlainPostgres, let name = compiled.relation?.identifier,
      name.unicodeScalars.count > ShadowName.longestName
    else { return }
    throw .nameCutOff(name, of: compiled.node)
  }

  /// A finding that points into what redstart wrote around the node's SQL, or into a macro of its
  /// own, points at what it was made from.
  ///
  /// An error shows the node's SQL, the rest the setting that asked for the clause.
  ///
  /// - Parameters:
  ///   - finding: what is wrong, or has no effect.
  ///   - compiled: the node at work.
  ///   - name: the name of the buffers that hold what redstart wrote.
  /// - Returns: the same at another place.
  func inUsersTerms(
    _ finding: Diagnostic,
    _ compiled: CompiledNode,
    writtenAs name: String
  ) -> Diagnostic {
    guard let range = finding.primary?.range else { return finding }
    let origin = buffers.origin(of: range)
    let file = buffers.name(of: origin.range.buffer)
    let isGenerated = file.hasPrefix(name)
    guard isGenerated || BuiltinFiles.contains(file) else { return finding }
    var moved = finding
    let clause = buffers.text(of: range)
    if !finding.isError, let place = compiled.node.place(ofClause: clause, in: buffers) {
      moved.labels[0].range = place
    } else if isGenerated, finding.isError {
      let start = QueryText(compiled.sql, in: buffers).range.bytes.lowerBound
      moved.labels[0].range = TextRange(buffer: compiled.sql, bytes: start..<start)
    } else if let index = origin.frames.firstIndex(where: { !isOwn($0.callSite) }) {
      // The call of the outermost macro that is nobody's file; those around it follow from there.
      moved.labels[0].range = origin.frames[index].callSite
      moved.notes.append("in redstart's own \(origin.frames[index].name)")
    } else if let call = BuiltinFiles.call(leadingTo: finding, in: buffers) {
      moved.labels[0].range = call
    } else if let place = compiled.node.place {
      moved.labels[0].range = place
    } else {
      moved.labels.removeFirst()
      moved.file = compiled.node.originalFilePath
    }
    return moved
  }

  private func isOwn(_ range: TextRange) -> Bool {
    BuiltinFiles.contains(buffers.name(of: buffers.origin(of: range).range.buffer))
  }
}

extension Node {
  /// The settings that ask for clauses of CREATE TABLE.
  private static let settings = [
    "diststyle": "dist", "distkey": "dist", "sortkey": "sort", "compound": "sort_type",
    "interleaved": "sort_type", "backup": "backup",
  ]

  /// Where a clause of a table was configured: the setting in the file, if it stands there, or the
  /// node.
  fileprivate func place(ofClause clause: String, in buffers: Buffers) -> TextRange? {
    let word = clause.lowercased().prefix { $0.isLetter }
    guard let setting = Node.settings[String(word)] else { return nil }
    if let buffer {
      let bytes = buffers.bytes(of: buffer)
      let letters = Array(setting.utf8)
      for start in bytes.indices where bytes[start...].starts(with: letters) {
        let end = start + letters.count
        guard start == 0 || !bytes[start - 1].isPartOfName, end < bytes.count,
          !bytes[end].isPartOfName
        else { continue }
        // `dist=` in a call, `'dist':` in a dictionary.
        let sign = bytes[end...].first { ![UInt8(ascii: " "), 34, 39].contains($0) }
        guard sign == UInt8(ascii: "=") || sign == UInt8(ascii: ":") else { continue }
        return TextRange(buffer: buffer, bytes: start..<end)
      }
    }
    return place
  }
}

extension UInt8 {
  fileprivate var isPartOfName: Bool {
    self == UInt8(ascii: "_") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20)
      || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self)
  }
}
