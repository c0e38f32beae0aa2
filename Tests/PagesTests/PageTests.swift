import Foundation
import FoundationXML
import Pages
import Policies
import Testing

struct PageTests {
  private let hostile = SamplePage.page(names: SamplePage.hostile).html

  @Test(arguments: [false, true])
  func `a page is well-formed`(isHostile: Bool) throws {
    let reader = try Reader(isHostile ? hostile : SamplePage.page().html)
    #expect(reader.count(of: "svg") > 4)
    #expect(reader.count(of: "tr") == 61)
  }

  @Test func `a name never creates an element or an attribute`() throws {
    let (tame, wild) = (try Reader(SamplePage.page().html), try Reader(hostile))
    // The same elements, and no element that only a name could have created.
    #expect(Set(tame.elements) == Set(wild.elements))
    #expect(wild.count(of: "script") == 1)
    #expect(wild.count(of: "img") == 0)
    #expect(wild.attributes.filter { $0.hasPrefix("on") }.isEmpty)
    #expect(wild.attributes == tame.attributes)
  }

  @Test func `names are shown unchanged, and control and invisible characters as escapes`() throws {
    let text = try Reader(hostile).text
    for name in SamplePage.hostile.prefix(4) { #expect(text.contains(name)) }
    #expect(text.contains("bell\\u{07} null\\u{00} escape\\u{1B}[2J"))
    #expect(text.contains("left \\u{202E}right\\u{202C}"))
    #expect(text.contains("]]>\u{FFFD}\u{FFFD}"))
    #expect(text.contains("שלום"))
    let unsafe = hostile.unicodeScalars.filter { $0.value < 0x20 && $0 != "\n" || $0 == "\u{202E}" }
    #expect(unsafe.isEmpty)
  }

  @Test func `a page has no external references`() {
    let allowed = ["http://www.w3.org/1999/xhtml", "http://www.w3.org/2000/svg"]
    let rest = allowed.reduce(hostile) { $0.replacingOccurrences(of: $1, with: "") }
    for word in ["http:", "https:", "//", "@import", "url(", "src=\"", "href="] {
      #expect(!rest.contains(word), "\(word)")
    }
  }

  @Test func `the page's content security policy allows only its own script`() throws {
    let script = try #require(hostile.range(of: "<script>"))
    let end = try #require(hostile.range(of: "</script>", range: script.upperBound..<hostile.endIndex))
    let hex = Digest.sha256(Array(hostile[script.upperBound..<end.lowerBound].utf8)).dropFirst("sha256:".count)
    let bytes = stride(from: 0, to: 64, by: 2).map { place in
      let start = hex.index(hex.startIndex, offsetBy: place)
      return UInt8(hex[start...].prefix(2), radix: 16) ?? 0
    }
    // A change of the script changes this digest: copy the new one to `PageScript.digest`.
    let expected = "sha256-" + Data(bytes).base64EncodedString()
    #expect(hostile.contains("script-src &#39;\(expected)&#39;"), "\(expected)")
  }

  @Test func `equal contents give equal bytes`() {
    #expect(SamplePage.page(names: SamplePage.hostile).html == hostile)
  }

  @Test func `each drawing has a name and a description`() throws {
    let reader = try Reader(hostile)
    #expect(reader.count(of: "desc") == reader.pictures)
    #expect(reader.pictures == 4)
  }

  /// Collects the elements of a page with the XML parser.
  private final class Reader: NSObject, XMLParserDelegate {
    private(set) var elements: [String] = []
    private(set) var attributes: Set<String> = []
    private(set) var text = ""
    private(set) var pictures = 0

    init(_ html: String) throws {
      super.init()
      // The XML parser knows everything but HTML's document type.
      let parser = XMLParser(
        data: Data(html.replacingOccurrences(of: "<!DOCTYPE html>", with: "").utf8.drop { $0 == 10 }))
      parser.delegate = self
      try #require(parser.parse(), "line \(parser.lineNumber): \(String(describing: parser.parserError))")
    }

    func count(of element: String) -> Int { elements.filter { $0 == element }.count }

    func parser(
      _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
      attributes: [String: String]
    ) {
      elements.append(name)
      self.attributes.formUnion(attributes.keys)
      if attributes["role"] == "img" { pictures += 1 }
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }
  }
}
