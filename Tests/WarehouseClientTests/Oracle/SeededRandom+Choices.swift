import TestSupport

extension SeededRandom {
  mutating func below(_ limit: Int) -> Int {
    Int.random(in: 0..<max(1, limit), using: &self)
  }

  mutating func pick<Element>(_ choices: [Element], or fallback: Element) -> Element {
    choices.randomElement(using: &self) ?? fallback
  }

  mutating func pick(_ choices: [String]) -> String { pick(choices, or: "") }
}
