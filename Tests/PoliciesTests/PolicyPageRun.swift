import Foundation
import LuaSandbox
import PolicyLint
import Routing
import Wire

@testable import Policies

/// An example of a page, run in the real sandbox, and the results documented on the page.
///
/// A block is a policy if one of its lines begins with `return {`; otherwise it is the body of a hook. Expectations are
/// in comments: `note(x) --> text` is the note, `--> check: severity: text` a finding of `usher check`, and any other
/// `-->` the decision.
struct PolicyPageRun {
  var expectedNotes: [String] = []
  var expectedOutcome: String?
  var expectedFindings: [String] = []

  let notes: [String]
  /// The forms in which the decision may be written.
  let outcomes: [String]
  let findings: [String]

  /// Throws for an invalid request of the example, or a policy that does not compile.
  init(_ example: PolicyPages.Example) throws {
    for line in example.source.split(separator: "\n") {
      let parts = line.components(separatedBy: "-->")
      for part in parts.dropFirst().map({ $0.trimmingCharacters(in: .whitespaces) }) {
        if part.hasPrefix("check: ") {
          expectedFindings.append(String(part.dropFirst(7)))
        } else if parts[0].contains("note(") {
          expectedNotes.append(part)
        } else {
          expectedOutcome = part
        }
      }
    }
    let standard = PolicyPages.folder.appendingPathComponent("example.json")
    let text = try example.request ?? String(contentsOf: standard, encoding: .utf8)
    guard case .object(var json) = try JSONParser.parse(Array(text.utf8)) else { throw Wrong("a request is an object") }
    var lead: Lead?
    if let value = json["lead"] {
      lead = try PolicyPageRun.lead(value)
      json = JSONObject(json.members.filter { $0.0 != "lead" } + [("contact", ["id": "c1"])])
    }
    let request = try DecideRequest(json: .object(json))
    let isFile = example.source.split(separator: "\n").contains { $0.hasPrefix("return {") }
    let hook = lead == nil ? "select = function(contact, fleet)" : "enroll = function(lead, fleet)"
    let rest = lead == nil ? "" : "  select = function() return nil end,\n"
    let source = Array((isFile ? example.source : "return {\n\(hook)\n\(example.source)\nend,\n\(rest)}\n").utf8)
    findings = PolicyCheck(file: "example", source: source, parameters: request.parameters).findings.map {
      "\($0.severity.rawValue): \($0.message)"
    }
    let policy = try CompiledPolicy(file: "example", source: source, parameters: request.parameters)
    if let lead {
      (notes, outcomes) = PolicyPageRun.enroll(lead, policy, request)
    } else {
      (notes, outcomes) = PolicyPageRun.select(policy, request)
    }
  }

  private struct Wrong: Error {
    init(_ text: String) { self.text = text }
    let text: String
  }

  private static func select(_ policy: CompiledPolicy, _ request: DecideRequest) -> ([String], [String]) {
    let evaluator = Evaluator(policies: [policy], fleet: request.fleet)
    let decision = evaluator.decide(request.contact, seed: request.seed)
    if let fault = decision.fault { return (decision.notes, ["fault \(fault.kind.rawValue): \(fault.message)"]) }
    let device = decision.resolution.device.map { request.fleet.members[$0].device.id.text } ?? ""
    switch decision.resolution {
    case .use: return (decision.notes, ["use \(device): \(decision.reason)"])
    case .move: return (decision.notes, ["move \(device): \(decision.reason)"])
    case .skip: return (decision.notes, ["skip: \(decision.reason)"])
    case .wait(let until):
      if decision.reason == "no policy had an opinion" { return (decision.notes, ["no opinion"]) }
      return (decision.notes, waits(until, request.fleet.now, decision.reason, decision.waitlist))
    }
  }

  private static func enroll(
    _ lead: Lead, _ policy: CompiledPolicy, _ request: DecideRequest
  ) -> ([String], [String]) {
    let evaluator = Evaluator(policies: [policy], fleet: request.fleet)
    let view = FleetView(request.fleet)
    let leadView = LeadView()
    leadView.show(lead, in: view)
    let answer = policy.ask(.enroll, subject: leadView.table, fleet: view, seed: request.seed)
    let notes = answer.remarks?.notes ?? []
    if let fault = answer.remarks?.fault { return (notes, ["fault \(fault.kind.rawValue): \(fault.message)"]) }
    if answer.isNoOpinion { return (notes, ["no opinion"]) }
    switch evaluator.enroll(lead, seed: request.seed).choice {
    case .enrol(let key, let reason):
      let device = request.fleet.members.first { $0.device.key == key }?.device.id.text ?? "none"
      return (notes, ["enrol on \(device): \(reason)"])
    case .wait(let until, let reason): return (notes, waits(until, request.fleet.now, reason))
    case .failed(_, let reason): return (notes, ["fault: \(reason)"])
    case .leaveOut(let reason): return (notes, ["leave out: \(reason)"])
    }
  }

  private static func waits(
    _ until: Instant, _ now: Instant, _ reason: String, _ waitlist: Waitlist? = nil
  ) -> [String] {
    let seconds = (until.milliseconds - now.milliseconds) / 1000
    if let waitlist { return ["wait \(seconds) s for \(waitlist.text()): \(reason)"] }
    return ["wait: \(reason)", "wait \(seconds) s: \(reason)"]
  }

  private static func lead(_ json: JSONValue) throws(FieldError) -> Lead {
    var reader = try JSONReader(value: json)
    let lead = Lead(
      id: try reader.string("id"), phone: try reader.optionalString("phone"), name: try reader.optionalString("name"),
      sequence: try reader.string("sequence"), trigger: try reader.string("trigger"),
      device: try reader.optionalID("device"), tags: try reader.optionalStrings("tags") ?? [],
      attributes: try reader.optionalParameters("attributes") ?? [])
    try reader.finish()
    return lead
  }
}
