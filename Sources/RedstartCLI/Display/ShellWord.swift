extension String {
  /// This text as one word of a shell, whatever stands in it.
  var shellQuoted: String { "'" + replacing("'", with: "'\\''") + "'" }
}
