import Diagnostics

/// Arguments of functions that become another type by themselves.
extension PostgresEmitter {
  /// What is written otherwise among the arguments of a call that keeps its form.
  mutating func argumentPatches(of call: FunctionCall) -> [Patch] {
    var patches: [Patch] = []
    for (index, argument) in call.arguments.enumerated() {
      guard let conversion = conversion(of: argument, index, call) else { continue }
      patches.append(Patch(range: argument.range.bytes) { $0.emit(argument, as: conversion) })
    }
    return patches
  }

  private mutating func conversion(
    of argument: Expr,
    _ index: Int,
    _ call: FunctionCall
  ) -> Conversion? {
    let name = call.name.last
    let signature = FunctionTable.signatures[name]
    let parameter = signature?.parameter(index)
    if parameter == .text || index == 0 && Self.textFunctions.contains(name) {
      if isReadAsText(argument) { return .type("text") }
      return isSuper(argument) ? .text : nil
    }
    switch parameter {
    case .number where signature?.kind == .scalar:
      if isSuper(argument) { return .number }
      guard Self.doubleFunctions.contains(name), call.arguments.count == signature?.required else {
        return nil
      }
      switch type(of: argument) {
      case .decimal, .unknown: return .type("float8")
      default: return nil
      }
    case .moment where signature?.kind == .scalar: return isSuper(argument) ? .moment : nil
    default: return nil
    }
  }

  /// Functions of text that Redshift also gives numbers and dates.
  private static let textFunctions: Set<String> = [
    "len", "length", "left", "right", "lpad", "rpad", "substring", "substr", "upper", "lower",
    "replace", "btrim", "ltrim", "rtrim", "strpos", "charindex", "split_part", "reverse", "md5",
    "char_length", "character_length", "textlen", "octet_length", "initcap", "trim",
    "sha", "sha1", "func_sha1", "sha2", "crc32", "to_date", "to_timestamp", "split_to_array",
  ]

  /// Functions that compute in DOUBLE PRECISION, and with more digits where PostgreSQL is given a
  /// NUMERIC.
  private static let doubleFunctions: Set<String> = ["sqrt", "exp", "ln", "log", "power", "pow"]
}
