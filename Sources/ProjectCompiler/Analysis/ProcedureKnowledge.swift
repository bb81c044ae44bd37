import Diagnostics
import ProjectModel
import RedshiftSQL

/// Whether every procedure of the schemas that migrations create is made by a migration whose text
/// says so.
///
/// Only then can a CALL be wrong for want of a procedure, or for its arguments.
struct ProcedureKnowledge {
  /// Whether nothing makes procedures that cannot be seen.
  let isComplete: Bool
  /// Names that are made without a schema, and may be in any.
  let withoutSchema: Set<String>
  /// Names that repeatable migrations make: what they were when a versioned one ran is not known.
  let repeated: Set<String>

  init(_ scripts: [MigrationScript], _ unseen: UnseenRelations) {
    var reader = Reader()
    for script in scripts {
      for statement in script.statements {
        reader.read(statement, isRepeated: script.kind == .repeatable)
      }
    }
    reader.calls += unseen.calls
    isComplete =
      !unseen.mayMakeProcedures && !reader.makesUnseen
      && reader.calls.allSatisfy(reader.isOfOwnSchema)
    withoutSchema = reader.withoutSchema
    repeated = reader.repeated
  }

  /// What all migrations say, whatever their order.
  private struct Reader {
    var schemas: Set<String> = []
    var withoutSchema: Set<String> = []
    var repeated: Set<String> = []
    var calls: [ObjectName] = []
    var makesUnseen = false

    mutating func read(_ statement: Statement, isRepeated: Bool) {
      switch statement.kind {
      case .createSchema(let schema): schemas.insert(schema.name.last.lowercased())
      case .alterSchema(let change):
        if case .rename(let new) = change.action { schemas.insert(new.text.lowercased()) }
      case .createRoutine(let routine) where routine.kind == .procedure:
        let name = routine.name.last.lowercased()
        if routine.name.parts.count == 1 { withoutSchema.insert(name) }
        if isRepeated { repeated.insert(name) }
        read(routine)
      case .call(let call): calls.append(call.name)
      case .opaque, .invalid: makesUnseen = true
      default: break
      }
    }

    /// A procedure that runs text made at run time can make others.
    private mutating func read(_ routine: CreateRoutine) {
      guard let block = routine.body?.block else {
        makesUnseen = true
        return
      }
      var makes = false
      var called: [ObjectName] = []
      block.walk { statement in
        switch statement.kind {
        case .dynamic, .cursor(.openDynamic), .invalid: makes = true
        case .loop(let loop):
          if case .dynamic = loop.kind { makes = true }
        case .sql(let inner):
          switch inner.kind {
          case .call(let call): called.append(call.name)
          case .createRoutine, .opaque, .invalid, .execute: makes = true
          default: break
          }
        default: break
        }
      }
      makesUnseen = makesUnseen || makes
      calls += called
    }

    /// A procedure of a schema that migrations create is one of theirs; others can do anything.
    func isOfOwnSchema(_ name: ObjectName) -> Bool {
      guard let schema = name.relation.schema else {
        return withoutSchema.contains(name.last.lowercased())
      }
      return schemas.contains(schema.lowercased())
    }
  }
}

extension CatalogBuilder {
  /// What outside of migrations may make procedures: whether a text says the word, and what hooks
  /// and scripts around migrations call.
  func notePossibleProcedures(_ hooks: [BufferID], in unseen: inout UnseenRelations) {
    let callbacks = parsed.migrationCallbacks.texts.values.joined()
    for statement in callbacks.flatMap(\.statements) {
      if case .call(let call) = statement.kind { unseen.calls.append(call.name) }
    }
    let calls = parsed.migrations.contains { script in
      script.statements.contains { if case .call = $0.kind { true } else { false } }
    }
    // Nobody asks where nothing is called.
    guard calls || !unseen.calls.isEmpty else { return }
    var texts = hooks + callbacks.map(\.sql)
    texts += graph.nodes.values.filter { $0.kind != .seed }.compactMap(\.buffer)
    unseen.mayMakeProcedures =
      texts.contains { Self.speaksOfProcedures(buffers.bytes(of: $0)) }
      || parsed.macros.all.contains {
        Self.speaksOfProcedures(Array(buffers.text(of: $0.source).utf8))
      }
      || rawHooks.contains { Self.speaksOfProcedures(Array($0.utf8)) }
  }

  /// Hooks as they are configured, those that do not compile among them.
  private var rawHooks: [String] {
    let configuration = parsed.project.configuration
    var texts = configuration.onRunStart + configuration.onRunEnd
    for node in graph.nodes.values {
      for key in ["pre-hook", "post-hook"] {
        let value = node.config[key]
        texts += (value?.list ?? [value].compactMap { $0 })
          .compactMap { $0.string ?? $0.dictionary?["sql"]?.string }
      }
    }
    return texts
  }

  /// Whether a text has the word PROCEDURE, without which none is made.
  private static func speaksOfProcedures(_ bytes: [UInt8]) -> Bool {
    let word = Array("procedure".utf8)
    guard bytes.count >= word.count else { return false }
    return bytes.indices.dropLast(word.count - 1).contains { start in
      bytes[start] | 0x20 == word[0]
        && bytes[start..<start + word.count].elementsEqual(word) { $0 | 0x20 == $1 }
    }
  }
}
