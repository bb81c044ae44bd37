/// Text that must appear in no log, message or artifact: printing a value of this type shows stars.
package struct Secret: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible,
  CustomReflectable
{
  /// The text itself, for whoever has to send it.
  package let revealed: String

  /// Hides a text.
  package init(_ text: String) {
    revealed = text
  }

  package var description: String { "*****" }
  package var debugDescription: String { "*****" }
  package var customMirror: Mirror { Mirror(self, children: []) }
}
