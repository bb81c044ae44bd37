import Diagnostics
import ProjectModel

/// `docs: {node_color: …}`: how a node is painted in pages about the project.
enum NodeColor {
  /// An error where the color of a node is none.
  static func problems(_ node: Node) -> [Diagnostic] {
    guard let value = node.config["docs"]?.dictionary?["node_color"], !value.isNull else {
      return []
    }
    if let text = value.string, isColor(text) { return [] }
    return [
      Diagnostic(
        code: "wrong-config",
        "Invalid color name for docs.node_color: \(value.string ?? value.jsonString). "
          + "It is neither a valid HTML color name nor a valid HEX code.",
        at: node.place(of: "docs"),
        file: node.originalFilePath,
        help: ["write a name as gold, or a code as #ffd700"]
      )
    ]
  }

  private static func isColor(_ text: String) -> Bool {
    if names.contains(text.lowercased()) { return true }
    let digits = text.utf8.dropFirst()
    return text.utf8.first == UInt8(ascii: "#") && [3, 6].contains(digits.count)
      && digits.allSatisfy { byte in
        switch byte {
        case 48...57, 65...70, 97...102: true
        default: false
        }
      }
  }

  /// The names of colors in HTML (CSS Color Module Level 4, section 6.1).
  private static let names = Set(
    """
    aliceblue antiquewhite aqua aquamarine azure beige bisque black blanchedalmond blue
    blueviolet brown burlywood cadetblue chartreuse chocolate coral cornflowerblue cornsilk
    crimson cyan darkblue darkcyan darkgoldenrod darkgray darkgreen darkkhaki darkmagenta
    darkolivegreen darkorange darkorchid darkred darksalmon darkseagreen darkslateblue
    darkslategray darkturquoise darkviolet deeppink deepskyblue dimgray dodgerblue firebrick
    floralwhite forestgreen fuchsia gainsboro ghostwhite gold goldenrod gray green greenyellow
    honeydew hotpink indianred indigo ivory khaki lavender lavenderblush lawngreen lemonchiffon
    lightblue lightcoral lightcyan lightgoldenrodyellow lightgray lightgreen lightpink
    lightsalmon lightseagreen lightskyblue lightslategray lightsteelblue lightyellow lime
    limegreen linen magenta maroon mediumaquamarine mediumblue mediumorchid mediumpurple
    mediumseagreen mediumslateblue mediumspringgreen mediumturquoise mediumvioletred
    midnightblue mintcream mistyrose moccasin navajowhite navy oldlace olive olivedrab orange
    orangered orchid palegoldenrod palegreen paleturquoise palevioletred papayawhip peachpuff
    peru pink plum powderblue purple rebeccapurple red rosybrown royalblue saddlebrown salmon
    sandybrown seagreen seashell sienna silver skyblue slateblue slategray snow springgreen
    steelblue tan teal thistle tomato turquoise violet wheat white whitesmoke yellow yellowgreen
    """.split(whereSeparator: \.isWhitespace).map(String.init)
  )
}
