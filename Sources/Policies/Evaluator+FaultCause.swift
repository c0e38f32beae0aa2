import LuaSandbox
import Routing

/// Faults that name the data: the contact, and the value that the script is likely to have failed on.
///
/// An evaluator does not do this by itself: only a fault that people will read is worth a second run of the script.
extension Evaluator {
  /// The decision with the cause of its fault, in the reason and in the fault. Other decisions are returned unchanged, and
  /// so are those for which no script ran.
  ///
  /// Runs the policies a second time with a trace, unless a trace is already being made; reserves nothing. Call it before
  /// the next decision. After a fault that used up a limit nothing runs again, and the cause names only the contact.
  package func namingCause(of decision: Decision, _ contact: Contact) -> Decision {
    guard let fault = decision.fault, decision.instructions > 0 else { return decision }
    let reader = policy(decision.origin)
    let values = valuesRead(by: reader, PolicyVocabulary.contact, before: fault) {
      _ = decide(contact, seed: decision.seed)
    }
    let cause = FaultCause(fault, values, line: reader?.names(inLine: fault.line) ?? [])
    return decision.naming(cause: cause.text(subject: "contact", id: contact.id.text, deviceID))
  }

  /// The answer of an `enroll` hook with the cause of its failure. See `namingCause(of:_:)`.
  package func namingCause(of answer: EnrolmentAnswer, _ lead: Lead, seed: UInt64) -> EnrolmentAnswer {
    guard let fault = answer.fault, let origin = answer.origin, let failure = answer.failure,
      case .failed(let until, _) = answer.choice
    else { return answer }
    let reader = policy(origin)
    let values = valuesRead(by: reader, PolicyVocabulary.lead, before: fault) { _ = enroll(lead, seed: seed) }
    let cause = FaultCause(fault, values, line: reader?.names(inLine: fault.line) ?? [])
    let text = cause.text(subject: "lead", id: lead.id, deviceID)
    var named = fault
    named.cause = text
    let reason = failure + Fault.causeSeparator + text
    return EnrolmentAnswer(.failed(until: until, reason: reason), by: origin, failure: reason, fault: named)
  }

  private func policy(_ origin: DecisionOrigin) -> CompiledPolicy? {
    (policies + guards).first { $0.origin == origin && !$0.isBroken }
  }

  private func deviceID(_ index: Int) -> String { fleet.members[index].device.id.text }

  private func valuesRead(
    by policy: CompiledPolicy?, _ subject: RowSchema, before fault: Fault, again: () -> Void
  ) -> [ScriptTrace.Value] {
    guard let policy, fault.kind == .runtime || fault.kind == .verdict || fault.kind == .device else { return [] }
    if let trace = policy.trace { return trace.values(subject: subject, set: PolicyVocabulary.device) }
    let trace = ScriptTrace(rows: fleet.count)
    let reserved = reservesNothing
    policy.trace = trace
    reservesNothing = true
    defer {
      policy.trace = nil
      reservesNothing = reserved
    }
    again()
    return trace.wasCalled ? trace.values(subject: subject, set: PolicyVocabulary.device) : []
  }
}

/// Chooses the value that a script is likely to have failed on.
private struct FaultCause {
  private let fault: Fault
  private let values: [ScriptTrace.Value]
  /// The names in the line of the fault.
  private let line: Set<String>

  init(_ fault: Fault, _ values: [ScriptTrace.Value], line: Set<String>) {
    (self.fault, self.values, self.line) = (fault, values, line)
  }

  /// `contact.attributes.spent of welcome/L7 is "1,250.00"`, or only `contact welcome/L7` if no value was read.
  func text(subject: String, id: String, _ device: (Int) -> String) -> String {
    // Of equally likely values the last one read, which is the nearest to the fault.
    var (best, most) = (values.last, 0)
    for value in values {
      let likelihood = likelihood(of: value)
      if likelihood >= most { (best, most) = (value, likelihood) }
    }
    guard let best else { return "\(subject) \(id)" }
    switch best.owner {
    case .subject: return "\(subject).\(best.name) of \(id) is \(shown(best))"
    case .member(let index): return "\(best.name) of device \(device(index)) is \(shown(best)), for \(subject) \(id)"
    }
  }

  /// A name in the line of the fault weighs more than a type in its message; `number` is in many messages.
  private func likelihood(of value: ScriptTrace.Value) -> Int {
    let name = value.name.split(separator: ".").last.map(String.init) ?? value.name
    var likelihood = line.contains(name) ? 4 : 0
    let words =
      switch value.type {
      case "nil": ["nil", "nothing"]
      case "string": ["string", "text"]
      default: [value.type]
      }
    if words.contains(where: fault.message.contains) { likelihood += value.type == "number" ? 1 : 2 }
    return likelihood
  }

  /// Names and numbers of people stay out of logs and reports.
  private func shown(_ value: ScriptTrace.Value) -> String {
    guard value.type == "string" else { return value.text }
    if case .subject = value.owner, value.name == "name" || value.name == "phone" { return "a text" }
    var text = ""
    for scalar in value.text.unicodeScalars.prefix(Fault.causeValueMax) {
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned:
        text += "\\u{\(String(scalar.value, radix: 16))}"
      default: text.unicodeScalars.append(scalar)
      }
    }
    return value.text.unicodeScalars.count > Fault.causeValueMax ? "\"\(text)…\"" : "\"\(text)\""
  }
}

extension CompiledPolicy {
  /// The names in a line of the source, counted from 1; empty for nil and for a line that does not exist.
  fileprivate func names(inLine line: Int?) -> Set<String> {
    guard let line, line > 0 else { return [] }
    let lines = definition.script.source.split(
      separator: UInt8(ascii: "\n"), maxSplits: line, omittingEmptySubsequences: false)
    guard line <= lines.count else { return [] }
    let words = lines[line - 1].split { byte in
      !(byte == UInt8(ascii: "_") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20))
    }
    return Set(words.map { String(decoding: $0, as: UTF8.self) })
  }
}
