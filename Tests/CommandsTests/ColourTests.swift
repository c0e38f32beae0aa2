import Testing
import Wire

/// Which output of commands is coloured.
struct ColourTests {
  @Test func `JSON and CSV are never coloured, whatever the options`() throws {
    let store = try TestStore([.tenant(), .device("D1", status: "offline"), .sequence(), .lead(1, device: "D1")])
    for format in ["json", "csv"] {
      let outcome = try store.usher("device", "list", "--format", format, "--color", "always")
      #expect(!outcome.text.contains("\u{1B}"), "\(outcome)")
    }
    let table = try store.usher("device", "list", "--color", "always")
    #expect(table.text.contains("\u{1B}[33mno: offline"), "\(table)")
    let plain = try store.usher("device", "list")
    #expect(!plain.text.contains("\u{1B}"), "a pipe has no colours: \(plain)")
  }
}
