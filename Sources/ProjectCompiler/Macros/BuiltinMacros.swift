import Diagnostics
import ProjectModel

/// Redstart's own macros: the files of `Builtins/`, embedded in the program.
enum BuiltinMacros {
  /// Adds them to a table, those for the adapter over the general ones.
  static func add(
    to macros: inout MacroTable,
    adapterType: String,
    buffers: Buffers
  ) -> [Diagnostic] {
    var problems: [Diagnostic] = []
    for (package, name, bytes) in files where package != "dbt_redshift" || adapterType == "redshift"
    {
      let path = "macros/\(name).sql"
      let buffer = buffers.add(name: "<built-in>/\(package)/\(name).sql", bytes: bytes)
      let rank = ["dbt_redshift", "dbt_postgres", "dbt"].firstIndex(of: package) ?? 2
      do throws(Diagnostic) {
        let file = try MacroFile(parsing: buffer, in: buffers)
        macros.addBuiltin(file, packageName: package, path: path, rank: rank)
      } catch {
        problems.append(error)
      }
    }
    return problems
  }

  private static let files: [(package: String, name: String, bytes: [UInt8])] = [
    ("dbt", "generic_tests", PackageResources.generic_tests_sql),
    ("dbt", "functions", PackageResources.functions_sql),
    ("dbt", "statements", PackageResources.statements_sql),
    ("dbt", "names", PackageResources.names_sql),
    ("dbt", "relations", PackageResources.relations_sql),
    ("dbt", "columns", PackageResources.columns_sql),
    ("dbt", "incremental", PackageResources.incremental_sql),
    ("dbt", "seeds", PackageResources.seeds_sql),
    ("dbt", "snapshots", PackageResources.snapshots_sql),
    ("dbt", "access", PackageResources.access_sql),
    ("dbt", "materializations", PackageResources.materializations_sql),
    ("dbt_postgres", "postgres", PackageResources.postgres_sql),
    ("dbt_redshift", "redshift", PackageResources.redshift_sql),
  ]
}
