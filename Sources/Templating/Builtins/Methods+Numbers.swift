import Diagnostics

extension Methods {
  /// Attributes of numbers that are no methods.
  static func numberAttribute(_ name: String, of owner: Value) -> Value? {
    switch (name, owner) {
    case ("real", .boolean(let flag)): .integer(flag ? 1 : 0)
    case ("real", _): owner
    case ("imag", .float): .float(0)
    case ("imag", _): .integer(0)
    case ("numerator", .integer), ("numerator", .boolean): owner.integerValue.map { .integer($0) }
    case ("denominator", .integer), ("denominator", .boolean): .integer(1)
    default: nil
    }
  }

  static let integerMethods: [String: Body] = [
    "bit_length": { (owner, _) throws(Diagnostic) in
      .integer(BigInteger(owner.integerValue ?? 0).bitCount)
    },
    "bit_count": { (owner, _) throws(Diagnostic) in
      .integer((owner.integerValue ?? 0).magnitude.nonzeroBitCount)
    },
    "conjugate": { (owner, _) throws(Diagnostic) in owner },
    "as_integer_ratio": { (owner, _) throws(Diagnostic) in .tuple([owner, .integer(1)]) },
  ]

  static let floatMethods: [String: Body] = [
    "is_integer": { (owner, _) throws(Diagnostic) in
      let number = owner.doubleValue ?? 0
      return .boolean(number.isFinite && number.rounded(.towardZero) == number)
    },
    "as_integer_ratio": { (owner, arguments) throws(Diagnostic) in
      guard let number = owner.doubleValue, number.isFinite else {
        throw .invalidValue("the number has no integer ratio", at: arguments.range)
      }
      var scaled = number
      var exponent = 0
      while scaled.rounded(.towardZero) != scaled {
        scaled *= 2
        exponent += 1
      }
      let denominator = BigInteger(2).power(exponent) ?? BigInteger(1)
      return .tuple([Value(BigInteger(scaled)), Value(denominator)])
    },
    "hex": { (owner, _) throws(Diagnostic) in
      let number = owner.doubleValue ?? 0
      if !number.isFinite { return .text(PythonNumber.text(of: number)) }
      let sign = number.sign == .minus ? "-" : ""
      if number == 0 { return .text(sign + "0x0.0p+0") }
      let digits = String(number.significandBitPattern, radix: 16)
      let padded = String(repeating: "0", count: 13 - digits.utf8.count) + digits
      let exponent = number.isSubnormal ? -1022 : Int(number.exponent)
      let lead = number.isSubnormal ? 0 : 1
      return .text("\(sign)0x\(lead).\(padded)p\(exponent < 0 ? "-" : "+")\(abs(exponent))")
    },
    "conjugate": { (owner, _) throws(Diagnostic) in owner },
  ]
}
