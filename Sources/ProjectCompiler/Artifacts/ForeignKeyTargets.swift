import Diagnostics
import ProjectModel
import RedshiftSQL

/// What the foreign keys of a model point at: in the manifest of compiled models, `to` is a relation
/// where the properties file has a call, as in dbt.
struct ForeignKeyTargets {
  let parsed: ParsedProject
  /// What the target holds: where it lacks a relation, that of an earlier run may be meant.
  let existing: ExistingRelations?

  /// Whether a model has foreign keys to other nodes.
  static func has(_ node: Node) -> Bool {
    let lists = [node.extra["constraints"]] + node.columns.map { $0.extra["constraints"] }
    return lists.contains { list in
      (list?.list ?? []).contains { $0.dictionary?["to"]?.string?.contains("(") == true }
    }
  }

  /// Puts relations in the place of calls.
  ///
  /// - Parameters:
  ///   - entry: a model as the manifest has it.
  ///   - node: that model.
  func resolve(in entry: inout PlainDictionary, of node: Node) {
    if let constraints = entry["constraints"]?.list, !constraints.isEmpty {
      entry["constraints"] = .list(constraints.map { resolved($0, node) })
    }
    guard node.columns.contains(where: { $0.extra["constraints"] != nil }),
      var columns = entry["columns"]?.dictionary
    else { return }
    for (name, value) in columns.pairs {
      guard var column = value.dictionary, let constraints = column["constraints"]?.list,
        !constraints.isEmpty
      else { continue }
      column["constraints"] = .list(constraints.map { resolved($0, node) })
      columns[name] = .dictionary(column)
    }
    entry["columns"] = .dictionary(columns)
  }

  private func resolved(_ constraint: PlainValue, _ node: Node) -> PlainValue {
    guard var entry = constraint.dictionary, let target = entry["to"]?.string,
      target.contains("("), let relation = relation(target, for: node)
    else { return constraint }
    entry["to"] = .string(relation)
    return .dictionary(entry)
  }

  private func relation(_ call: String, for node: Node) -> String? {
    guard let place = node.place ?? node.buffer.map({ TextRange(buffer: $0, bytes: 0..<0) }) else {
      return nil
    }
    do throws(Diagnostic) {
      let id = try WrittenCall(call, at: place)
        .identifier(for: node, parsed.resolver, in: parsed.environment)
      guard let id, let own = parsed.environment.relations[id] else { return nil }
      let deferred = parsed.environment.deferral?.relation(insteadOf: id, own, existing: existing)
      return (deferred ?? own).name.sql
    } catch {
      // The model's dependencies have been worked out of it before, and that was told.
      return nil
    }
  }
}
