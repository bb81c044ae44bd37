import CLibPQ

/// The fields of an error or a notice; the raw value is the protocol's letter.
enum ResultField: Unicode.Scalar {
  case severity = "V"
  case sqlState = "C"
  case message = "M"
  case detail = "D"
  case hint = "H"
  case position = "P"
  case context = "W"
}

func resultField(_ result: OpaquePointer, _ field: ResultField) -> String? {
  PQresultErrorField(result, Int32(field.rawValue.value)).map { String(cString: $0) }
}

/// Copies libpq's result into one that does not need libpq.
func statementResult(_ result: OpaquePointer, notices: [String]) -> StatementResult {
  var copy = StatementResult()
  copy.notices = notices
  copy.tag = String(cString: PQcmdStatus(result))
  let columnCount = PQnfields(result)
  let rowCount = PQntuples(result)
  copy.columns.reserveCapacity(Int(columnCount))
  for column in 0..<columnCount {
    let name = PQfname(result, column).map { String(cString: $0) } ?? ""
    let typeName = PostgresTypeNames.name(of: PQftype(result, column))
    copy.columns.append(StatementResult.Column(name: name, typeName: typeName))
  }
  copy.rows.reserveCapacity(Int(rowCount))
  for row in 0..<rowCount {
    var values: [String?] = []
    values.reserveCapacity(Int(columnCount))
    for column in 0..<columnCount {
      values.append(text(result, row, column))
    }
    copy.rows.append(values)
  }
  copy.rowCount =
    PQresultStatus(result) == PGRES_TUPLES_OK
    ? Int(rowCount) : Int(String(cString: PQcmdTuples(result)))
  return copy
}

private func text(_ result: OpaquePointer, _ row: Int32, _ column: Int32) -> String? {
  guard PQgetisnull(result, row, column) == 0, let start = PQgetvalue(result, row, column) else {
    return nil
  }
  let length = Int(PQgetlength(result, row, column))
  let bytes = UnsafeRawBufferPointer(start: start, count: length)
  return String(decoding: bytes, as: UTF8.self)
}

/// The error that a failed result carries.
func statementError(_ result: OpaquePointer, connectionLost: Bool) -> WarehouseError {
  let state = resultField(result, .sqlState)
  let message =
    resultField(result, .message)
    ?? withoutTrailingWhitespace(String(cString: PQresultErrorMessage(result)))
  return WarehouseError(
    kind: statementErrorKind(state, connectionLost: connectionLost),
    message: message,
    sqlState: state,
    detail: resultField(result, .detail),
    hint: resultField(result, .hint),
    position: resultField(result, .position).flatMap { Int($0) },
    context: resultField(result, .context)
  )
}

private func statementErrorKind(
  _ sqlState: String?,
  connectionLost: Bool
) -> WarehouseError.Kind {
  if connectionLost { return .connectionLost }
  switch sqlState {
  case "57014": return .cancelled
  // The server is going away and says so before the connection breaks.
  case "57P01", "57P02", "57P03": return .connectionLost
  default: return .statement
  }
}

func withoutTrailingWhitespace(_ text: String) -> String {
  var scalars = text.unicodeScalars
  while let last = scalars.last, last.properties.isWhitespace { scalars.removeLast() }
  return String(scalars)
}
