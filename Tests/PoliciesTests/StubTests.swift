import Foundation
import LuaSandbox
import PolicyTestKit
import Routing
import Testing
import Wire

@testable import Policies

/// The stubs for editors and luacheck match the sandbox, name by name.
struct StubTests {
  /// The names that `Rules/types/usher.lua` describes.
  private struct Stub {
    /// The type of each `---@field`, by class and name; optional names end in `?`.
    var classes: [String: [String: String]] = [:]
    /// The parameters of each function, by name; queries of the fleet begin with `fleet:`.
    var functions: [String: [String]] = [:]
    /// Globals that are not functions.
    var values: Set<String> = []

    init() throws {
      let text = try String(contentsOfFile: Repository.path("Rules/types/usher.lua"), encoding: .utf8)
      var open: String?
      for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
        if let match = line.wholeMatch(of: /---@class (\w+).*/) {
          open = String(match.1)
          classes[String(match.1)] = [:]
        } else if let match = line.wholeMatch(of: /---@field (\w+\??) (.+)/), let open {
          #expect(classes[open]?[String(match.1)] == nil, "\(line) stands twice")
          classes[open]?[String(match.1)] = String(match.2)
        } else if let match = line.wholeMatch(of: /function ([\w:]+)\((.*)\) end/) {
          #expect(functions[String(match.1)] == nil, "\(line) stands twice")
          functions[String(match.1)] = match.2.isEmpty ? [] : match.2.components(separatedBy: ", ")
        } else if let match = line.wholeMatch(of: /(\w+) = (nil|\{\})/) {
          values.insert(String(match.1))
        }
        if !line.hasPrefix("---") { open = nil }
      }
    }
  }

  private func section(_ page: String, _ name: String) throws -> PolicyPages.Section {
    try #require(PolicyPages.sections.first { $0.page == page && $0.name == name })
  }

  @Test(arguments: [("Device", "device.md"), ("Contact", "contact.md"), ("Lead", "lead.md")])
  func `rows have their fields with the right types, optional where the page says so`(name: String, page: String) throws
  {
    let schema = [PolicyVocabulary.device, PolicyVocabulary.contact, PolicyVocabulary.lead].first {
      $0.noun + ".md" == page
    }!
    let fields = try #require(try Stub().classes[name])
    #expect(Set(fields.keys) == Set(schema.fields.map(\.name)))
    for field in schema.fields {
      let type = try #require(fields[field.name])
      let expected =
        switch field.kind {
        case .boolean: "boolean"
        case .integer: "integer"
        case .number: "number"
        case .text: "string"
        case .list: "Texts"
        case .map: "table<string, Scalar?>"
        case .member: "Device"
        }
      if field.name == "status" {
        let states = DeviceStatus.allCases.filter { $0 != .retired }.map { "'\($0.rawValue)'" }
        #expect(Set(type.split(separator: "|").map(String.init)) == Set(states))
        continue
      }
      if field.name == "priority" {
        #expect(type.hasPrefix(Priority.allCases.map { "'\($0.name)'" }.joined(separator: "|") + " "))
        continue
      }
      #expect(type.hasPrefix(expected), "\(name).\(field.name): \(type)")
      let isNilPossible = type.dropFirst(expected.count).hasPrefix("?")
      #expect(isNilPossible == (try section(page, field.name).facts["nil"] != "never"), "\(name).\(field.name)")
    }
  }

  @Test func `the fleet has its queries, and a filter its keys`() throws {
    let stub = try Stub()
    let queries = stub.functions.filter { $0.key.hasPrefix("fleet:") }
    #expect(Set(queries.keys) == Set(PolicyVocabulary.script.queries.map { "fleet:" + $0.name }))
    for (name, query) in PolicyVocabulary.script.queries {
      let expected: [String] =
        switch query {
        case .get: ["id"]
        case .least, .first, .eligible: ["filter"]
        case .candidates: ["k", "filter"]
        case .hash: ["key", "filter"]
        }
      #expect(queries["fleet:" + name] == expected)
    }
    #expect(stub.classes["Filter"].map { Set($0.keys) } == Set(PolicyVocabulary.filterKeys.map { $0 + "?" }))
  }

  @Test func `a policy has its hooks and its own keys, and only select is required`() throws {
    let policy = try #require(try Stub().classes["Policy"])
    let hooks = PolicyVocabulary.script.hooks.map { $0.isRequired ? $0.name : $0.name + "?" }
    let flags = PolicyVocabulary.script.flags.map { $0 + "?" }
    #expect(Set(policy.keys) == Set(hooks + flags + ["name?", "description?", "params?", "ranges?"]))
    for hook in hooks {
      #expect(policy[hook]?.hasSuffix("fleet: Fleet): Verdict?") == true || hook == "stalled?" || hook == "failed?")
    }
    #expect(policy["select"] == "fun(contact: Contact, fleet: Fleet): Verdict?")
    #expect(policy["enroll?"] == "fun(lead: Lead, fleet: Fleet): Verdict?")
  }

  @Test func `globals are those of the sandbox, functions as functions`() throws {
    let stub = try Stub()
    let functions = stub.functions.keys.filter { !$0.contains(":") }
    let values: Set = ["now", "params", "string", "table", "math"]
    #expect(stub.values == values)
    #expect(Set(functions).union(values) == Set(PolicyVocabulary.globals))
    #expect(Set(functions).isDisjoint(with: values))
    for verdict in PolicyVocabulary.script.verdicts {
      let first = verdict.takesMember ? ["device"] : verdict.takesTarget ? ["what"] : []
      let expected = first + ["reason"] + (verdict.takesSeconds ? ["seconds"] : [])
      #expect(stub.functions[verdict.name] == expected)
    }
  }

  @Test func `libraries have their members, functions as functions`() throws {
    let stub = try Stub()
    for (library, members) in ScriptVocabulary.libraryMembers {
      let described = try #require(stub.classes[library + "lib"])
      #expect(Set(described.keys) == Set(members), "\(library)")
      for member in members {
        // The actual type in the sandbox.
        let source = "return { select = function() return wait(type(\(library).\(member))) end }"
        let policy = try CompiledPolicy(file: "p", source: Array(source.utf8))
        let fleet = Fleet(tenant: TenantID("t")!, now: Instant(milliseconds: 0), members: [])
        let type = Evaluator(policies: [policy], fleet: fleet).decide(Contact(id: ContactID("c")!), seed: 0).reason
        #expect(described[member]?.hasPrefix("fun(") == (type == "function"), "\(library).\(member) is a \(type)")
      }
    }
  }

  @Test func `luacheck knows the same globals`() throws {
    let text = try String(contentsOfFile: Repository.path(".luacheckrc"), encoding: .utf8)
    let start = try #require(text.range(of: "stds.usher = "))
    let end = try #require(text.range(of: "\n}", range: start.upperBound..<text.endIndex))
    let source = "return " + text[start.upperBound..<end.upperBound]
    let sandbox = try Sandbox(vocabulary: PolicyVocabulary.script, limits: SandboxLimits(), scriptName: "luacheckrc")
    // Plain names are a list, names with tables of fields a mixed table; so the list is removed first.
    let (names, libraries) = try StubTests.globals(source, sandbox)
    #expect(names.count == Set(names).count)
    #expect(Set(names).union(libraries.keys) == Set(PolicyVocabulary.globals))
    for (library, members) in ScriptVocabulary.libraryMembers { #expect(libraries[library] == Set(members)) }
    #expect(libraries.count == ScriptVocabulary.libraryMembers.count)
  }

  private static func globals(_ source: String, _ sandbox: Sandbox) throws -> ([String], [String: Set<String>]) {
    let split = """
      local std = (function() \(source) end)()
      assert(std.globals == nil, 'nothing may be written')
      local names, libraries = {}, {}
      for key, value in pairs(std.read_globals) do
        if type(key) == 'number' then names[key] = value else libraries[key] = value.fields end
      end
      return { names = names, libraries = libraries }
      """
    let json = try JSONParser.parse(try sandbox.loadData(Array(split.utf8)))
    guard case .object(let parts) = json, case .array(let names)? = parts["names"],
      case .object(let libraries)? = parts["libraries"]
    else { return ([], [:]) }
    let fields = libraries.members.map { ($0.0, Set(StubTests.texts($0.1))) }
    return (StubTests.texts(.array(names)), Dictionary(uniqueKeysWithValues: fields))
  }

  private static func texts(_ value: JSONValue) -> [String] {
    guard case .array(let values) = value else { return [] }
    return values.compactMap { if case .string(let text) = $0 { text } else { nil } }
  }

  @Test func `the language server is configured with the stub and none of Lua's own names`() throws {
    let text = try Data(contentsOf: URL(fileURLWithPath: Repository.path(".luarc.json")))
    guard case .object(let settings) = try JSONParser.parse(Array(text)) else { return #expect(Bool(false)) }
    #expect(settings["runtime.version"] == "Lua 5.4")
    #expect(settings["workspace.library"] == ["Rules/types"])
    guard case .object(let builtin)? = settings["runtime.builtin"] else { return #expect(Bool(false)) }
    for library in ["basic", "coroutine", "debug", "io", "math", "os", "package", "string", "table", "utf8"] {
      #expect(builtin[library] == "disable", "\(library)")
    }
  }
}
