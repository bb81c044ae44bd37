import Diagnostics
import ProjectModel
import RedshiftSQL
import Templating

extension NodeContext {
  var referenceFunction: NativeFunction {
    NativeFunction("ref", attribute: resolverAttribute) {
      [unowned self] arguments throws(Diagnostic) in
      let reference = try reference(arguments)
      switch phase {
      case .migration: throw .nodeInMigration("ref", reference.name, at: arguments.range)
      case .parse:
        captured.references.append(reference)
        let target = environment.project.target
        let name = RelationName(
          database: target.database,
          schema: target.schema,
          identifier: reference.name
        )
        return .object(RelationObject(name, kind: nil, className: relationClass))
      case .compile(let resolver):
        captured.references.append(reference)
        // What the target holds decides where a deferred reference leads.
        if environment.deferral != nil { captured.readsDatabase = true }
        return .object(limited(try resolver.relation(for: reference, from: node, in: environment)))
      }
    }
  }

  /// What dbt's `ref` and `source` have as objects: `builtins.ref.config` is how macros of packages
  /// find the project.
  private func resolverAttribute(_ name: String) -> Value? {
    switch name {
    case "config": .object(RuntimeConfigObject(environment.project, environment))
    case "model": value(named: "model")
    case "current_project": .text(packageName)
    default: nil
    }
  }

  /// `function('name')`: the name by which SQL calls a function that is a node.
  var functionFunction: NativeFunction {
    NativeFunction("function", attribute: resolverAttribute) {
      [unowned self] arguments throws(Diagnostic) in
      let names = arguments.positional.compactMap(\.stringValue)
      guard (1...2).contains(names.count), names.count == arguments.positional.count,
        arguments.named.isEmpty
      else { throw .functionArguments(at: arguments.range) }
      let reference = Captured.FunctionReference(
        package: names.count == 2 ? names[0] : nil,
        name: names[names.count - 1],
        range: arguments.range
      )
      switch phase {
      case .migration: throw .nodeInMigration("function", reference.name, at: arguments.range)
      case .parse:
        captured.functions.append(reference)
        let target = environment.project.target
        let name = RelationName(
          database: target.database,
          schema: target.schema,
          identifier: reference.name
        )
        return .object(RelationObject(name, kind: .function, className: relationClass))
      case .compile(let resolver):
        captured.functions.append(reference)
        if environment.deferral != nil { captured.readsDatabase = true }
        return .object(try resolver.relation(for: reference, from: node, in: environment))
      }
    }
  }

  private func reference(_ arguments: Arguments) throws(Diagnostic) -> Captured.Reference {
    guard (1...2).contains(arguments.positional.count) else {
      throw .referenceArguments(at: arguments.range)
    }
    var names: [String] = []
    for value in arguments.positional {
      guard let text = value.stringValue else { throw .referenceArguments(at: arguments.range) }
      names.append(text)
    }
    let version = arguments.value(named: "version") ?? arguments.value(named: "v")
    return Captured.Reference(
      package: names.count == 2 ? names[0] : nil,
      name: names[names.count - 1],
      version: version.flatMap { $0.isNone ? nil : $0.plain },
      range: arguments.range
    )
  }

  /// `--empty` reads no rows; batches and `--sample` read those of a stretch of time.
  private func limited(_ relation: RelationObject) -> RelationObject {
    guard let node, node.kind != .operation else { return relation }
    let readsNothing = environment.invocation.isEmpty && !environment.readsGivenRows
    let narrowed = readsNothing ? relation.limited(to: 0) : relation
    guard relation.eventTime != nil, node.kind == .model || node.kind == .snapshot,
      let window = eventTimeWindow
    else { return narrowed }
    return narrowed.limited(to: window)
  }

  private var eventTimeWindow: EventTimeWindow? {
    let sample = environment.invocation.sample
    guard let batch = environment.batch else { return sample }
    return sample.map(batch.window.clamped) ?? batch.window
  }

  var sourceFunction: NativeFunction {
    NativeFunction("source", attribute: resolverAttribute) {
      [unowned self] arguments throws(Diagnostic) in
      guard arguments.positional.count == 2, arguments.named.isEmpty,
        let source = arguments.positional[0].stringValue,
        let table = arguments.positional[1].stringValue
      else { throw wrongSourceCall(arguments) }
      let reference = Captured.SourceReference(
        source: source,
        table: table,
        range: arguments.range
      )
      switch phase {
      case .migration:
        throw .nodeInMigration("source", "\(source).\(table)", at: arguments.range)
      case .parse:
        captured.sources.append(reference)
        return .object(
          RelationObject(
            RelationName(schema: source, identifier: table),
            kind: nil,
            className: relationClass
          )
        )
      case .compile(let resolver):
        captured.sources.append(reference)
        return .object(limited(try resolver.relation(for: reference, from: node, in: environment)))
      }
    }
  }

  /// A call of `source` with one name or too many; the tables of a source that exists are shown.
  private func wrongSourceCall(_ arguments: Arguments) -> Diagnostic {
    let name = arguments.positional.first?.stringValue
    let tables = ([environment.project] + environment.project.packages)
      .flatMap(\.properties.sources).filter { $0.sourceName == name }.map(\.name)
    return .sourceArguments(source: name, tables: tables, at: arguments.range)
  }
}
