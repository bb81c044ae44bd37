import Diagnostics

/// The list of objects that a COPY with MANIFEST loads.
struct CopyManifest: Hashable, Sendable {
  struct Entry: Hashable, Sendable {
    var url: String
    var isMandatory: Bool
  }

  /// What is wrong with a manifest, in words.
  struct Fault: Error, Hashable {
    var offset: Int?
    var message: String
  }

  var entries: [Entry]

  init(_ bytes: [UInt8]) throws(Fault) {
    let value: PlainValue
    do throws(PlainJSON.Fault) {
      value = try PlainJSON.parse(bytes)
    } catch {
      throw Fault(offset: error.offset, message: error.message)
    }
    guard let list = value.dictionary?["entries"]?.list else {
      throw Fault(message: "a manifest is an object with a list \"entries\"")
    }
    entries = []
    for (number, item) in list.enumerated() {
      guard let entry = item.dictionary, let url = entry["url"]?.string else {
        throw Fault(message: "entry \(number + 1) has no \"url\"")
      }
      let mandatory = entry["mandatory"] ?? .boolean(false)
      guard let isMandatory = mandatory.boolean else {
        throw Fault(message: "\"mandatory\" of entry \(number + 1) is neither true nor false")
      }
      entries.append(Entry(url: url, isMandatory: isMandatory))
    }
  }
}
