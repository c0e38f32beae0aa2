/// Describes in sentences how a decision treated each device.
package struct DeviceConsiderationText {
  private let decision: Decision
  private let assigned: Int?
  private let words: DeviceText
  private var fleet: Fleet { words.fleet }

  /// `words` must describe the fleet as it was before the decision.
  package init(decision: Decision, contact: Contact, words: DeviceText) {
    (self.decision, self.words) = (decision, words)
    assigned = contact.assignedDevice.flatMap(words.fleet.position)
  }

  /// A phrase without its subject, such as `offline since 08:41`.
  package func sentence(_ consideration: DeviceConsideration) -> String {
    switch consideration.reason {
    case .chosen: chosen(consideration)
    case .narrowed:
      "the policy chose it (\(decision.narrowed?.reason ?? "")), and the guard \(decision.policy) made the contact wait"
    case .refused(let refusal): words.refusal(refusal, of: consideration.device, freeAt: consideration.freeAt)
    case .nobodyAsked: "no policy was evaluated: \(whyNobody)"
    case .notLookedAt: "not considered: " + withoutLooking
    case .leftOut(let query, let condition): leftOut(query, condition)
    case .outranked(let query, let other): outranked(consideration.device, query, by: other)
    case .passedOver(let fields):
      "the policy considered it"
        + (fields.isEmpty ? "" : " (read \(fields.joined(separator: ", ")))") + " and " + deed
    case .untracked: "the policy read more devices than the trace holds, and \(deed)"
    }
  }

  /// Without the faults that led to a suspension: the decision's reason has them, and each device would repeat them.
  private var whyNobody: String {
    guard decision.code == .policySuspended, let end = decision.reason.firstRange(of: ": ") else {
      return decision.reason
    }
    return String(decision.reason[..<end.lowerBound])
  }

  private func chosen(_ consideration: DeviceConsideration) -> String {
    guard let refusal = fleet.refusal(consideration.device) else { return decision.reason }
    let state = words.refusal(refusal, of: consideration.device, freeAt: consideration.freeAt)
    return "\(decision.reason); it cannot send now (\(state)), so the message waits in its queue"
  }

  /// The policy's own choice, even if a guard replaced it with a wait.
  private var choice: Resolution {
    guard let narrowed = decision.narrowed else { return decision.resolution }
    return narrowed.outcome == .move ? .move(device: narrowed.device) : .use(device: narrowed.device)
  }

  /// What the policy did instead of choosing the device.
  private var deed: String {
    switch choice {
    case .use(let device): "chose \(name(device))"
    case .move(let device): "moved the contact to \(name(device))"
    case .wait: decision.fault == nil ? "let the contact wait" : "failed"
    case .skip: "skipped the step"
    }
  }

  private var withoutLooking: String {
    switch choice {
    case .use(let device) where device == assigned:
      "the policy chose the assigned device \(name(device)) first"
    case .use, .move: "the policy \(deed)"
    case .wait where decision.fault != nil: "the policy failed first"
    case .wait, .skip: "the policy \(deed)"
    }
  }

  private func leftOut(_ query: DecisionTrace.Query, _ condition: DecisionTrace.Query.Condition) -> String {
    switch condition {
    case .tag: "does not have the tag '\(query.tag ?? "")' that the policy required"
    case .platform: "is not on the platform '\(query.platform ?? "")' that the policy required"
    case .except: "the policy excluded this device"
    }
  }

  private func outranked(_ device: Int, _ query: DecisionTrace.Query, by other: Int) -> String {
    switch query.kind {
    case .firstAvailable: return "comes after \(name(other)), the first that could accept more"
    case .hash(let key): return "the key '\(key)' belongs to \(name(other))"
    case .candidates where query.found.count > 1:
      return "not among the \(query.found.count) least loaded: " + comparison(device, other)
    case .get, .available, .leastLoaded, .candidates: return comparison(device, other)
    }
  }

  /// Compares in the order that ranks the least loaded: load, outstanding messages, messages sent in 24 hours, index in
  /// the fleet.
  private func comparison(_ device: Int, _ other: Int) -> String {
    let (mine, its) = (fleet.load(device), fleet.load(other))
    let shares = (
      mine.share(under: fleet.members[device].device.limits), its.share(under: fleet.members[other].device.limits)
    )
    if shares.0 != shares.1 {
      // As many digits as needed to tell the two apart.
      let digits = [2, 4].first { share(shares.0, $0) != share(shares.1, $0) } ?? 6
      return "load \(share(shares.0, digits)); \(name(other)) had \(share(shares.1, digits))"
    }
    let start = "load \(share(shares.0, 2))"
    if mine.outstanding != its.outstanding {
      return
        "\(start) like \(name(other)), but \(mine.outstanding) unsent messages; \(name(other)) had \(its.outstanding)"
    }
    if mine.sentDay != its.sentDay {
      return "\(start) like \(name(other)), but \(mine.sentDay) sent in 24 hours; \(name(other)) had \(its.sentDay)"
    }
    return "\(start) like \(name(other)), which comes first in the fleet"
  }

  private func name(_ device: Int) -> String { words.name(device) }

  /// The value with this many decimal places.
  private func share(_ value: Double, _ digits: Int) -> String {
    var unit = 1
    for _ in 0..<digits { unit *= 10 }
    let scaled = Int((value * Double(unit)).rounded())
    let fraction = String(scaled % unit)
    return "\(scaled / unit)." + String(repeating: "0", count: digits - fraction.count) + fraction
  }
}
