import Testing

@testable import Routing

struct ContentTemplateTests {
  @Test(arguments: [
    ("Hi {name}", "Hi Aina"), ("Hi {name|there}", "Hi Aina"), ("{city|somewhere}", "KL"), ("{zip|no zip}", "no zip"),
    ("Hi {zip}!", "Hi !"), ("{phone}", "+15550100001"), ("{n} of {flag}", "3 of true"), ("a {{name}", "a {name}"),
    ("{ name }", "{ name }"), ("{name", "{name"), ("{}", "{}"), ("  x \n", "x"), ("100 {", "100 {"),
    ("{name}{name}", "AinaAina"), ("{name|a|b}", "Aina"), ("{zip|a|b}", "a|b"),
    ("\u{2003}x\u{301}", "x\u{301}"), ("é\u{A0}", "é"), (" \u{301}x", "x"),
  ])
  func `placeholders are replaced by the lead's values, or by their defaults`(source: String, expected: String) {
    let contact = Contact(
      id: ContactID("c")!, phone: "+15550100001", name: "Aina",
      attributes: [
        Parameter("city", .text("KL")), Parameter("n", .integer(3)), Parameter("flag", .boolean(true)),
        Parameter("zip", .text("")),
      ])
    #expect(ContentTemplate(source).render(for: contact) == expected)
  }

  @Test(arguments: ["{name}", "", "  ", "{name} {zip}\n"])
  func `an empty text is not a message`(source: String) {
    #expect(ContentTemplate(source).render(for: Contact(id: ContactID("c")!)) == nil)
  }
}
