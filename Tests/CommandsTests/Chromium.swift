import Foundation
import RoutingTestKit
import Testing
import Wire

/// Debian's headless `chromium`: opens a report like a reader, and measures its appearance.
enum Chromium {
  static let path = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]
    .first { FileManager.default.isExecutableFile(atPath: $0) }

  enum Scheme: Int, CaseIterable { case dark, light }

  /// The appearance of a page in a window of one width.
  struct Facts {
    let width: Int
    /// Of the whole page: a value above `width` would need horizontal scrolling.
    let contentWidth: Int
    let scriptErrors: [String]
    /// The lowest contrast between a text and its background, computed as in WCAG 2 (1 to 21), and that text.
    let leastContrast: Double
    let leastContrastText: String
    /// Of the page's background, from 0 (black) to 1 (white).
    let backgroundLuminance: Double
    let charts: Int
    /// The smallest text in a chart, in pixels as displayed.
    let smallestChartText: Double
    /// Rows of the first searchable list: before, and after a word was typed into its box.
    let rows: Int
    let rowsFound: Int
  }

  /// Opens the page in a wide and a narrow frame and measures it. `word` is typed into the first search box.
  static func open(
    _ page: String, as scheme: Scheme, searching word: String, in folder: TestFolder
  ) throws -> [Facts] {
    try folder.write(frames(of: page, word: word), to: "frames.html")
    let process = try UsherProcess(
      [
        "--headless", "--no-sandbox", "--disable-gpu", "--user-data-dir=\(folder.file("profile"))",
        "--blink-settings=preferredColorScheme=\(scheme.rawValue)", "--window-size=1400,1000",
        "--virtual-time-budget=5000", "--dump-dom", "file://\(folder.file("frames.html"))",
      ], in: folder.path, program: (try #require(path), []))
    let outcome = try process.end()
    let text = outcome.text
    let start = try #require(text.range(of: "<pre id=\"facts\">"), "\(outcome)")
    let end = try #require(text.range(of: "</pre>", range: start.upperBound..<text.endIndex))
    let json = text[start.upperBound..<end.lowerBound].replacing("&lt;", with: "<").replacing("&gt;", with: ">")
      .replacing("&amp;", with: "&")
    return try JSONParser.parse(Array(json.utf8)).items.map { facts in
      let number = { (key: String) -> Double in
        switch facts[key] {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: .nan
        }
      }
      return Facts(
        width: facts["width"].whole ?? 0, contentWidth: facts["contentWidth"].whole ?? 0,
        scriptErrors: facts["scriptErrors"].items.compactMap(\.text), leastContrast: number("leastContrast"),
        leastContrastText: facts["leastContrastText"].text ?? "", backgroundLuminance: number("backgroundLuminance"),
        charts: facts["charts"].whole ?? 0, smallestChartText: number("smallestChartText"),
        rows: facts["rows"].whole ?? 0, rowsFound: facts["rowsFound"].whole ?? 0)
    }
  }

  /// The page in two frames, and a script that inspects them, which is allowed for frames with inline content.
  private static func frames(of page: String, word: String) -> String {
    let watch =
      "<script>window.scriptErrors=[];addEventListener('error',e=>scriptErrors.push(String(e.message)));"
      + "addEventListener('securitypolicyviolation',e=>scriptErrors.push(e.violatedDirective));</script>"
    let watched = page.replacing("<head>", with: "<head>" + watch, maxReplacements: 1)
    let escaped = watched.replacing("&", with: "&amp;").replacing("\"", with: "&quot;")
    let frames = [1280, 390].map { "<iframe width=\"\($0)\" height=\"900\" srcdoc=\"\(escaped)\"></iframe>" }.joined()
    let wanted = JSONWriter().string(.string(word)).replacing("<", with: "\\u003c")
    return "<!doctype html><meta charset=utf-8><body>\(frames)<pre id=\"facts\"></pre><script>const word=\(wanted);"
      + look + "</script>"
  }

  private static let look = #"""
    const channels = text => (text.match(/[\d.]+/g) || []).map(Number);
    const luminance = ([r, g, b]) => {
      const [x, y, z] = [r, g, b].map(c => c / 255).map(c => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
      return 0.2126 * x + 0.7152 * y + 0.0722 * z;
    };
    const isOpaque = color => color.length === 3 || color[3] > 0.5;
    function behind(element, view) {
      for (let e = element; e; e = e.parentElement) {
        const color = channels(view.getComputedStyle(e).backgroundColor);
        if (color.length >= 3 && isOpaque(color)) return color;
      }
      return [255, 255, 255];
    }
    function look(frame) {
      const view = frame.contentWindow, page = view.document;
      let least = 21, leastText = '';
      for (const element of page.body.querySelectorAll('*')) {
        if (element.closest('svg, script, style') || !element.getClientRects().length) continue;
        const text = [...element.childNodes].filter(n => n.nodeType === 3).map(n => n.data.trim()).join('');
        if (!text) continue;
        const [a, b] = [luminance(channels(view.getComputedStyle(element).color)), luminance(behind(element, view))];
        const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        if (contrast < least) [least, leastText] = [contrast, text.slice(0, 80)];
      }
      const chartTexts = [...page.querySelectorAll('svg text')].filter(t => t.textContent.trim())
        .map(t => t.getBoundingClientRect().height).filter(h => h > 0);
      const box = page.querySelector('input[type=search]');
      const list = box && box.closest('section, figure, div').querySelector('tbody');
      const shown = () => list ? [...list.rows].filter(r => r.getClientRects().length).length : 0;
      const rows = shown();
      if (box) {
        box.value = word;
        box.dispatchEvent(new view.Event('input', { bubbles: true }));
      }
      return {
        width: view.innerWidth, contentWidth: page.documentElement.scrollWidth, scriptErrors: view.scriptErrors,
        leastContrast: least, leastContrastText: leastText, backgroundLuminance: luminance(behind(page.body, view)),
        charts: page.querySelectorAll('svg').length, smallestChartText: Math.min(...chartTexts, 99),
        rows, rowsFound: shown(),
      };
    }
    addEventListener('load', () => {
      const facts = [...document.querySelectorAll('iframe')].map(look);
      document.getElementById('facts').textContent = JSON.stringify(facts);
    });
    """#
}
