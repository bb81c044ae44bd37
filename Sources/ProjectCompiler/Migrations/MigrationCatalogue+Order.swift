import Diagnostics
import RedshiftSQL

extension MigrationCatalogue {
  /// Puts repeatable migrations behind what they need, and checks what files depend on.
  ///
  /// A repeatable migration needs another one that makes a relation which it reads, or that
  /// `depends-on` names. Those without a bond keep the order of their names.
  func ordered(
    _ scripts: [MigrationScript],
    _ problems: inout [Diagnostic]
  ) -> [MigrationScript] {
    let versioned = scripts.filter { $0.kind == .versioned }
    var repeatable = scripts.filter { $0.kind == .repeatable }
    checkDependencies(versioned, &problems)
    let made = repeatable.map { script in
      Set(DefinedRelations(script.statements).definitions.map { MigrationScript.key($0.name) })
    }
    let parents = repeatable.indices.map { needs($0, among: repeatable, made) }
    for index in repeatable.indices {
      repeatable[index].parents = Set(parents[index].map { repeatable[$0].key })
    }
    for (script, parents) in zip(repeatable, parents) {
      for name in script.directives.dependencies
      where !parents.contains(where: { repeatable[$0].name == words(name) })
        && !versioned.contains(where: { $0.version == name })
      {
        problems.append(.unknownMigrationDependency(name, of: script.path, isLater: false))
      }
    }
    var result = versioned
    var done: Set<Int> = []
    while done.count < repeatable.count {
      let next = repeatable.indices.first { index in
        !done.contains(index) && parents[index].allSatisfy(done.contains)
      }
      guard let next else {
        let rest = repeatable.indices.filter { !done.contains($0) }.map { repeatable[$0] }
        problems.append(.migrationCycle(rest.map(\.path)))
        return result + rest
      }
      done.insert(next)
      result.append(repeatable[next])
    }
    return result
  }

  private func checkDependencies(_ scripts: [MigrationScript], _ problems: inout [Diagnostic]) {
    for (index, script) in scripts.enumerated() {
      for version in script.directives.dependencies {
        let found = scripts.firstIndex { $0.version == version }
        if let found, found < index { continue }
        problems.append(
          .unknownMigrationDependency(version, of: script.path, isLater: found != nil)
        )
      }
    }
  }

  /// The positions of the migrations that one needs; `made` has the relations that each makes.
  private func needs(
    _ position: Int,
    among all: [MigrationScript],
    _ made: [Set<String>]
  ) -> Set<Int> {
    let script = all[position]
    var read: Set<String> = []
    for statement in script.statements {
      // To drop what another file makes is no need of it.
      if case .drop = statement.kind { continue }
      SyntaxNode.statement(statement).walk { node in
        switch node {
        case .relation(let name): read.insert(MigrationScript.key(name.relation))
        case .table(let table):
          if case .named(let name) = table.kind { read.insert(MigrationScript.key(name.relation)) }
        default: break
        }
        return true
      }
    }
    read.subtract(made[position])
    let named = Set(script.directives.dependencies.map(words))
    return Set(
      all.indices.filter { index in
        let other = all[index]
        guard other.name != script.name else { return false }
        if named.contains(other.name) { return true }
        return !made[index].isDisjoint(with: read)
      }
    )
  }

  private func words(_ name: String) -> String {
    String(name.map { $0 == "_" ? " " : $0 })
  }
}
