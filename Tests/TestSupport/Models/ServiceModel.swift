import Diagnostics
import Foundation

/// A service as botocore's model describes it: what may stand in requests and answers.
///
/// `Oracle/shapes.py` of the AWS tests recorded `shapes.json` from botocore, for the operations that
/// redstart uses.
package struct ServiceModel: Sendable {
  let wire: String
  private let version: String
  private let target: String
  let operations: PlainDictionary
  let shapes: PlainDictionary

  /// How many operations were recorded.
  package var operationCount: Int { operations.pairs.count }

  /// Every service that was recorded, by its name in botocore.
  package static let all: [String: ServiceModel] = {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("shapes.json")
    guard let data = try? Data(contentsOf: file),
      let services = try? PlainValue(json: [UInt8](data)).dictionary
    else { fatalError("\(file.path) cannot be read") }
    return Dictionary(
      uniqueKeysWithValues: services.pairs.map { pair in
        (pair.key, ServiceModel(pair.value.dictionary ?? [:]))
      }
    )
  }()

  private init(_ object: PlainDictionary) {
    wire = object["protocol"]?.string ?? ""
    version = object["version"]?.string ?? ""
    target = object["target"]?.string ?? ""
    operations = object["operations"]?.dictionary ?? [:]
    shapes = object["shapes"]?.dictionary ?? [:]
  }

  /// What is wrong with a request and its answer by the model of the service that it is for.
  package static func problems(
    _ request: HTTPStandIn.Request,
    _ reply: HTTPStandIn.Reply
  ) -> [String] {
    let words = (request.header("X-Amz-Target") ?? "").split(separator: ".").map { String($0) }
    let form = HTTPStandIn.Request.pairs(request.text)
    let model = all.values.first { model in
      words.isEmpty
        ? model.wire != "json" && model.version == form["Version"]
        : model.wire == "json" && model.target == words.first
    }
    let operation = words.last ?? form["Action"] ?? ""
    guard let model, model.operations[operation] != nil else {
      return ["no model has the operation \(operation)"]
    }
    var problems = model.problems(ofRequest: request, operation)
    if reply.status == 200 { problems += model.problems(ofAnswer: reply.body, operation) }
    return problems.map { "\(operation): \($0)" }
  }

  /// What is wrong with a request.
  package func problems(ofRequest request: HTTPStandIn.Request, _ operation: String) -> [String] {
    let shape = operations[operation]?.dictionary?["in"]?.string
    if wire != "json" {
      var check = FormCheck(self, HTTPStandIn.Request.pairs(request.text))
      return check.problems(shape)
    }
    guard let shape else { return [] }
    guard let value = try? PlainValue(json: request.body) else { return ["it is no JSON"] }
    return JSONCheck(self).problems(value, shape, "")
  }

  /// What is wrong with an answer.
  package func problems(ofAnswer body: [UInt8], _ operation: String) -> [String] {
    let sides = operations[operation]?.dictionary ?? [:]
    if wire != "json" {
      return XMLCheck(self).problems(
        body,
        operation,
        shape: sides["out"]?.string,
        wrapper: sides["wrapper"]?.string
      )
    }
    guard let shape = sides["out"]?.string else { return [] }
    guard let value = try? PlainValue(json: body) else { return ["the answer is no JSON"] }
    return JSONCheck(self).problems(value, shape, "")
  }

  func shape(_ name: String?) -> PlainDictionary {
    name.flatMap { shapes[$0]?.dictionary } ?? [:]
  }

  /// What is wrong with the text of a single value.
  func problem(_ text: String, _ shape: PlainDictionary, _ path: String) -> String? {
    let isRight =
      switch shape["type"]?.string {
      case "integer", "long": Int(text) != nil
      case "float", "double": Double(text) != nil
      case "boolean": text == "true" || text == "false"
      case "timestamp": text.contains("T") && text.hasSuffix("Z")
      default: true
      }
    guard isRight else { return "\(path) is \"\(text)\"" }
    if let choices = shape["enum"]?.list, !choices.contains(.string(text)) {
      return "\(path) is \"\(text)\", which is none of its values"
    }
    if shape["type"]?.string == "string" {
      return Self.outside(text.unicodeScalars.count, shape).map { "\(path) has \($0)" }
    }
    return nil
  }

  /// A size that a shape does not allow, in words.
  static func outside(_ count: Int, _ shape: PlainDictionary) -> String? {
    if let least = shape["min"]?.integer, count < least { return "\(count), fewer than \(least)" }
    if let most = shape["max"]?.integer, count > most { return "\(count), more than \(most)" }
    return nil
  }
}

/// JSON against a shape.
struct JSONCheck {
  private let model: ServiceModel

  init(_ model: ServiceModel) { self.model = model }

  func problems(_ value: PlainValue, _ name: String, _ path: String) -> [String] {
    let shape = model.shape(name)
    switch (shape["type"]?.string, value) {
    case ("structure", .dictionary(let object)):
      let members = shape["members"]?.dictionary ?? [:]
      let missing = (shape["required"]?.list ?? []).compactMap(\.string)
        .filter { object[$0] == nil }
      var problems = missing.map { "\(path).\($0) is missing" }
      if shape["union"] != nil, object.pairs.count != 1 {
        problems.append("\(path) has \(object.pairs.count) of its members")
      }
      for pair in object.pairs {
        if let member = members[pair.key]?.string {
          problems += self.problems(pair.value, member, "\(path).\(pair.key)")
        } else {
          problems.append("\(path).\(pair.key) is no member")
        }
      }
      return problems
    case ("list", .list(let items)):
      let element = shape["element"]?.string ?? ""
      let size = ServiceModel.outside(items.count, shape).map { ["\(path) has \($0)"] } ?? []
      return size
        + items.enumerated().flatMap { problems($0.element, element, "\(path)[\($0.offset)]") }
    case ("map", .dictionary(let object)):
      let element = shape["element"]?.string ?? ""
      return object.pairs.flatMap { problems($0.value, element, "\(path).\($0.key)") }
    case ("string", .string(let text)), ("blob", .string(let text)):
      return model.problem(text, shape, path).map { [$0] } ?? []
    case ("boolean", .boolean), ("integer", .integer), ("long", .integer), ("double", .integer),
      ("double", .double), ("float", .double), ("float", .integer):
      return []
    // Seconds since 1970, or a text where the model says so.
    case ("timestamp", .integer), ("timestamp", .double): return []
    case ("timestamp", .string(let text)):
      return model.problem(text, shape, path).map { [$0] } ?? []
    case (let type, _): return ["\(path) is no \(type ?? "value"): \(value.typeName)"]
    }
  }
}

/// A form against a shape: every field must belong to a member.
struct FormCheck {
  private let model: ServiceModel
  private var fields: [String: String]

  init(_ model: ServiceModel, _ fields: [String: String]) {
    self.model = model
    self.fields = fields
    self.fields["Action"] = nil
    self.fields["Version"] = nil
  }

  mutating func problems(_ shape: String?) -> [String] {
    var problems: [String] = []
    if let shape { take(shape, "", &problems) }
    return problems + fields.keys.sorted().map { "\($0) is no member" }
  }

  private func has(_ path: String) -> Bool {
    fields.keys.contains { $0 == path || $0.hasPrefix(path + ".") }
  }

  private mutating func take(_ name: String, _ path: String, _ problems: inout [String]) {
    let shape = model.shape(name)
    func below(_ word: String) -> String { path.isEmpty ? word : "\(path).\(word)" }
    switch shape["type"]?.string {
    case "structure":
      for required in (shape["required"]?.list ?? []).compactMap(\.string)
      where !has(below(required)) {
        problems.append("\(below(required)) is missing")
      }
      for pair in shape["members"]?.dictionary?.pairs ?? [] where has(below(pair.key)) {
        take(pair.value.string ?? "", below(pair.key), &problems)
      }
    case "list":
      let stem = shape["flattened"] == nil ? below(shape["name"]?.string ?? "member") : path
      var number = 1
      while has("\(stem).\(number)") {
        take(shape["element"]?.string ?? "", "\(stem).\(number)", &problems)
        number += 1
      }
    default:
      if let text = fields.removeValue(forKey: path) {
        problems += model.problem(text, shape, path).map { [$0] } ?? []
      }
    }
  }
}
