import Diagnostics
import Foundation
import FoundationXML

/// An answer in XML against a shape: every element must belong to a member.
struct XMLCheck {
  private let model: ServiceModel

  init(_ model: ServiceModel) { self.model = model }

  func problems(
    _ body: [UInt8],
    _ operation: String,
    shape: String?,
    wrapper: String?
  ) -> [String] {
    let document: XMLDocument
    do {
      document = try XMLDocument(data: Data(body))
    } catch {
      return ["the answer is no XML: \(error)"]
    }
    guard let root = document.rootElement(), root.name == "\(operation)Response" else {
      return ["the answer is \(document.rootElement()?.name ?? "empty")"]
    }
    let metadata: Set = ["ResponseMetadata", "requestId", "RequestId"]
    let elements = Self.children(root).filter { !metadata.contains($0.name ?? "") }
    guard let wrapper else {
      // Operations without an answer say so with an element of their own.
      return shape.map { problems(elements, $0, "") } ?? []
    }
    guard elements.count == 1, elements[0].name == wrapper else {
      return ["the answer has no \(wrapper)"]
    }
    return shape.map { problems(Self.children(elements[0]), $0, "") } ?? []
  }

  private static func children(_ element: XMLElement) -> [XMLElement] {
    (element.children ?? []).compactMap { $0 as? XMLElement }
  }

  /// Elements of a structure.
  private func problems(
    _ elements: [XMLElement],
    _ name: String,
    _ path: String
  ) -> [String] {
    let members = model.shape(name)["members"]?.dictionary ?? [:]
    return elements.flatMap { element -> [String] in
      let word = element.name ?? ""
      guard let member = members[word]?.string else { return ["\(path).\(word) is no member"] }
      return problems(element, member, "\(path).\(word)")
    }
  }

  private func problems(_ element: XMLElement, _ name: String, _ path: String) -> [String] {
    let shape = model.shape(name)
    let children = Self.children(element)
    switch shape["type"]?.string {
    case "structure": return problems(children, name, path)
    case "list":
      let inner = shape["element"]?.string ?? ""
      if shape["flattened"] != nil { return problems(element, inner, path) }
      let word = shape["name"]?.string ?? "member"
      return children.flatMap { child -> [String] in
        guard child.name == word else { return ["\(path).\(child.name ?? "") is no member"] }
        return problems(child, inner, "\(path).\(word)")
      }
    case "map": return []
    default:
      guard children.isEmpty else { return ["\(path) has elements"] }
      return model.problem(element.stringValue ?? "", shape, path).map { [$0] } ?? []
    }
  }
}
