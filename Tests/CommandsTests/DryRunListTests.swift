import Foundation
import Testing
import Wire

/// The numbers of a dry run, and the contacts that they count.
struct DryRunListTests {
  private let store: TestStore
  private let file: String
  private let common = ["--against", "strict", "--at", Moment.ten]

  init() throws {
    store = try TestStore.waiting()
    file = try store.folder.write(Slow.DryRunCommandTests.candidate, to: "candidate.lua")
  }

  private func run(_ arguments: String..., format: String = "json") throws -> UsherProcess.Outcome {
    try UsherProcess.run(
      ["dry-run", "--policy", file, "--store", store.path, "--format", format] + common + arguments)
  }

  @Test func `the counts of reasons add up to the contacts, on both sides and by outcome`() throws {
    let report = try run().json()
    for side in ["before", "after"] {
      for outcome in ["use", "move", "wait", "skip"] {
        let lines = report["reasons"].items.filter { $0["outcome"].text == outcome }
        #expect(
          lines.compactMap { $0[side].whole }.reduce(0, +) == report["by_outcome"][side][outcome].whole,
          "\(side) \(outcome)")
      }
    }
    #expect(report["contacts"] == 300)
    #expect(
      Set(report["reasons"].items.map { "\($0["outcome"]) \($0["reason"])" }).count == report["reasons"].items.count)
  }

  @Test func `the length of each list equals its count`() throws {
    let report = try run().json()
    let after = report["by_outcome"]["after"]
    let expected: [(String, JSONValue)] = [
      ("changed", report["changed"]), ("same", report["same"]), ("moved", report["moved"]), ("waiting", after["wait"]),
      ("skipped", after["skip"]), ("faults", report["faults"]),
    ]
    var seen = 0
    for (list, count) in expected {
      let outcome = try run("--list", list)
      #expect(outcome.code == 2, "\(outcome)")
      let items = try outcome.json().items
      #expect(items.count == count.whole, "\(list)")
      let lines = try run("--list", list, format: "csv").text.split(separator: "\n")
      #expect(lines.count == items.count + 1, "\(list)")
      seen += items.count
    }
    #expect(seen > 300)
    let moved = try run("--list", "moved").json().items
    #expect(!moved.isEmpty)
    #expect(moved.allSatisfy { $0["before"]["device"] != $0["after"]["device"] && $0["after"]["device"] != .null })
  }

  @Test func `one contact shows both decisions as the lists have them`() throws {
    let change = try #require(try run("--list", "moved").json().items.first)
    let contact = try #require(change["contact"].text)
    let detail = try run("--contact", contact, "--tenant", try #require(change["tenant"].text)).json()
    for side in ["before", "after"] {
      for key in ["outcome", "device", "reason"] { #expect(detail[side][key] == change[side][key], "\(side) \(key)") }
    }
    #expect(detail["before"]["policy"] == "strict" && detail["after"]["policy"] == "candidate")
    #expect(detail["after"]["instructions"].whole ?? 0 > 0)
    #expect(detail["after"]["revision"].text?.hasPrefix("sha256:") == true)
    #expect(detail["before"]["seed"] == detail["after"]["seed"])
    #expect(try run("--contact", contact, format: "table").text.contains("instructions"))
  }

  @Test func `a contact that is not due is reported as such`() throws {
    let outcome = try run("--contact", "welcome/L999")
    #expect(outcome.code == 1 && outcome.stderr.contains("'welcome/L999'"), "\(outcome)")
  }

  @Test(arguments: [
    ["--list", "moved", "--contact", "x"], ["--list", "sideways"], ["--format", "html", "--list", "moved"],
    ["--save", "p", "--limit", "3"], ["--save", "p"], ["--format", "pdf"],
  ])
  func `conflicting options are wrong usage`(arguments: [String]) throws {
    let outcome = try UsherProcess.run(
      ["dry-run", "--policy", file, "--store", store.path, "--against", "strict"] + arguments)
    #expect(outcome.code == 64, "\(outcome)")
  }

  @Test func `an output file of any format is complete`() throws {
    for format in ["table", "json", "csv", "html"] {
      let path = store.folder.file("report.\(format)")
      let outcome = try run("--out", path, format: format)
      #expect(outcome.code == 2 && outcome.output.isEmpty, "\(outcome)")
      #expect(try store.folder.contents("report.\(format)") == run(format: format).output)
    }
    let outcome = try run("--out", store.folder.file("nowhere/report.html"), format: "html")
    #expect(outcome.code == 1 && outcome.stderr.contains("nowhere/report.html"), "\(outcome)")
  }

  @Test func `the page shows what would change and has no external references`() throws {
    let report = try run().json()
    let outcome = try run(format: "html")
    let page = outcome.text
    #expect(page.hasPrefix("<!DOCTYPE html>"))
    #expect(page.contains("\(report["changed"].whole!) of 300 due or waiting contacts"))
    #expect(page.contains("\(report["moved"].whole!) go to another device"))
    #expect(page.contains("Moves between devices") && page.contains("acme/D1"))
    let rest = page.replacing("http://www.w3.org/1999/xhtml", with: "").replacing(
      "http://www.w3.org/2000/svg", with: "")
    #expect(!rest.contains("http:") && !rest.contains("https:") && !rest.contains("src="))
  }

  @Test func `a page escapes text from scripts and data`() throws {
    let hostile = "<script>alert(1)</script>"
    try store.add([
      .device("D<b>1", of: "acme"), .tenant("<img src=x>", policy: "hold"),
    ])
    let policy = try store.folder.write(
      "return { name = '<i>', select = function(c, fleet) return use(fleet:get('D<b>1'), '\(hostile)\u{202E}') end }",
      to: "a<b>.lua")
    let outcome = try UsherProcess.run(
      ["dry-run", "--policy", policy, "--tenant", "acme", "--store", store.path, "--format", "html"] + common)
    #expect(outcome.code == 2, "\(outcome)")
    #expect(!outcome.text.contains(hostile) && outcome.text.contains("&lt;script&gt;alert(1)&lt;/script&gt;"))
    #expect(!outcome.text.contains("D<b>1") && outcome.text.contains("D&lt;b&gt;1"))
    #expect(!outcome.text.contains("\u{202E}"))
  }
}
