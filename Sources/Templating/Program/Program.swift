import Diagnostics

/// The compiled form of a template or of the body of a macro.
///
/// The compiler makes it and nobody changes it after that, which the language cannot see.
final class Program: @unchecked Sendable {
  let layout: FrameLayout
  let body: Step
  /// The parameters of a macro; each has the slot of its position.
  let parameters: [Parameter]
  /// Slots of the names a macro may speak of without declaring them.
  let callerSlot: Int?
  let varargsSlot: Int?
  let kwargsSlot: Int?

  init(
    layout: FrameLayout,
    body: Step,
    parameters: [Parameter] = [],
    callerSlot: Int? = nil,
    varargsSlot: Int? = nil,
    kwargsSlot: Int? = nil
  ) {
    self.layout = layout
    self.body = body
    self.parameters = parameters
    self.callerSlot = callerSlot
    self.varargsSlot = varargsSlot
    self.kwargsSlot = kwargsSlot
  }

  /// Runs a template from the start.
  func run(_ renderer: Renderer) throws(Diagnostic) -> Step.Flow {
    try body.perform(renderer, Frame(layout, parent: nil))
  }

  struct Parameter {
    let name: String
    let standard: Term?
    /// What the parameter is when nothing is given for it.
    let missing: UndefinedName
  }
}
