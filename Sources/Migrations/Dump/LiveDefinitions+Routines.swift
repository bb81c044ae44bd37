import Diagnostics
import RedshiftSQL
import WarehouseClient

/// Routines and who may run them, and what new objects are granted by themselves.
extension LiveDefinitions {
  mutating func readRoutines(_ session: any WarehouseSession) async throws(Diagnostic) {
    for row in try await rows(queries.routines, session) where row.count == 13 {
      guard let schema = row[0], let name = row[1], let language = row[7], let body = row[8] else {
        continue
      }
      let qualified = RelationName(schema: schema, identifier: name)
      let types = split(row[3] ?? "").map(ColumnSpelling.type)
      guard let arguments = arguments(row, types), let mark = Self.quote(for: body) else {
        problems.append(.routineNotDumped(qualified.description))
        continue
      }
      let isProcedure = row[2] == "p"
      let kind = isProcedure ? "procedure" : "function"
      let signature = split(row[3] ?? "").joined(separator: ",")
      routineKinds[RelationName(schema: schema, identifier: "\(name)(\(signature))")] = kind
      var text = "create \(kind) \(qualified.plainSQL)(\(arguments))"
      if !isProcedure {
        let volatility = ["i": "immutable", "s": "stable"][row[6] ?? ""] ?? "volatile"
        text += " returns \(ColumnSpelling.type(row[5] ?? "varchar")) \(volatility)"
      }
      statements.append("\(text) as \(mark)\(body)\(mark) language \(language)")
      if let comment = row[12] {
        let signature = "\(qualified.plainSQL)(\(types.joined(separator: ", ")))"
        statements.append("comment on \(kind) \(signature) is \(literal(comment))")
      }
    }
  }

  /// Arguments as CREATE writes them; nil where the catalogue does not tell their modes.
  private func arguments(_ row: [String?], _ types: [String]) -> String? {
    let names = row[4].map(split) ?? []
    var types = types
    var modes: [String] = []
    if row[9] == "t" || row[9] == "true" {
      guard row[2] == "p", let known = row[10].map(split), let all = row[11].map(split),
        known.count == all.count
      else { return nil }
      let words = ["i": "", "b": "inout ", "o": "out "]
      modes = known.compactMap { words[$0] }
      guard modes.count == known.count else { return nil }
      types = all.map(ColumnSpelling.type)
    }
    return types.enumerated().map { index, type in
      let name = names.indices.contains(index) ? names[index] : ""
      let mode = modes.indices.contains(index) ? modes[index] : ""
      return mode + (name.isEmpty ? type : "\(SQLQuoting.plainIdentifier(name)) \(type)")
    }.joined(separator: ", ")
  }

  /// Dollar quotes that do not stand in a text.
  private static func quote(for body: String) -> String? {
    ["$$", "$body$", "$redstart$"].first { !body.contains($0) }
  }

  private func split(_ list: String) -> [String] {
    list.split(separator: ",", omittingEmptySubsequences: false).map {
      String($0.drop { $0 == " " })
    }.filter { !$0.isEmpty || list.contains(",") }
  }

  mutating func readRoutineGrants(_ session: any WarehouseSession) async throws(Diagnostic) {
    for row in try await rows(queries.routineGrants, session) where row.count == 6 {
      guard let schema = row[0], let name = row[1] else { continue }
      let types = split(row[2] ?? "")
      let routine = RelationName(
        schema: schema,
        identifier: "\(name)(\(types.joined(separator: ",")))"
      )
      guard let kind = routineKinds[routine] else { continue }
      let list = types.map(ColumnSpelling.type).joined(separator: ", ")
      let qualified = RelationName(schema: schema, identifier: name).plainSQL
      let option = row[5] == "t" || row[5] == "true" ? " with grant option" : ""
      statements.append(
        "grant execute on \(kind) \(qualified)(\(list)) to "
          + Self.grantee(row[3], kind: row[4]) + option
      )
    }
  }

  mutating func readDefaultPrivileges(
    _ session: any WarehouseSession
  ) async throws(Diagnostic) {
    for row in try await rows(queries.defaultPrivileges, session) where row.count == 7 {
      guard let owner = row[0], let kind = row[2], let privilege = row[3] else { continue }
      let schema = row[1].map { $0.isEmpty ? "" : " in schema \(SQLQuoting.plainIdentifier($0))" }
      let objects = ["relation": "tables", "procedure": "procedures"][kind] ?? "functions"
      let option = row[6] == "t" || row[6] == "true" ? " with grant option" : ""
      statements.append(
        "alter default privileges for user \(SQLQuoting.plainIdentifier(owner))\(schema ?? "") "
          + "grant \(privilege) on \(objects) to \(Self.grantee(row[4], kind: row[5]))\(option)"
      )
    }
  }
}
