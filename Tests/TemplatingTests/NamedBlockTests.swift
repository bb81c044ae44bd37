import Diagnostics
import Templating
import Testing

/// Files of named blocks.
@Suite struct NamedBlockTests {
  private func blocks(_ text: String) throws -> [String] {
    let buffers = Buffers()
    let buffer = buffers.add(name: "f", text: text)
    return try NamedBlock.all("snapshot", in: buffer, buffers).map {
      "\($0.name)=\(buffers.text(of: $0.bodyRange))@\($0.nameRange.bytes.lowerBound)"
    }
  }

  @Test(arguments: [
    ("", []),
    ("nothing {{ here }}", []),
    ("{% snapshot a %} x {% endsnapshot %}", ["a= x @12"]),
    (
      "{%- snapshot a -%}x{%- endsnapshot -%}y{% snapshot b %}{% endsnapshot %}",
      ["a=x@13", "b=@51"]
    ),
    ("{# {% snapshot no %} #}{% raw %}{% snapshot no %}{% endraw %}", []),
    (
      "{% snapshot a %}{% if x %}'{{ \"%}\" }}'{% endif %}{% endsnapshot %}",
      ["a={% if x %}'{{ \"%}\" }}'{% endif %}@12"]
    ),
    (
      "{% snapshot a %}{% raw %}{% endsnapshot %}{% endraw %}{% endsnapshot %}",
      ["a={% raw %}{% endsnapshot %}{% endraw %}@12"]
    ),
  ])
  func areFound(_ text: String, _ found: [String]) throws {
    #expect(try blocks(text) == found)
  }

  @Test(arguments: [
    ("{% snapshot a %}", "unclosed-block"),
    ("{% snapshot a %}{% snapshot b %}", "unclosed-block"),
    ("{% endsnapshot %}", "unknown-tag"),
    ("{% snapshot %}{% endsnapshot %}", "template-syntax"),
    ("{% snapshot a b %}{% endsnapshot %}", "template-syntax"),
    ("{% snapshot", "unclosed-tag"),
    ("{% snapshot a %}{% endsnapshot", "unclosed-tag"),
  ])
  func mistakesAreTold(_ text: String, _ code: String) {
    let error = #expect(throws: Diagnostic.self) { try blocks(text) }
    #expect(error?.code == code)
  }
}
