import Routing
import Testing

@testable import Policies

extension Slow {
  /// Tracing does not change what a script does.
  struct HostileTraceTests {
    @Test(arguments: HostileCorpus.all)
    func `a decision is the same with a trace and without one`(hostile: HostileCase) throws {
      for source in [HostileScript.hook(hostile.body), HostileScript.caught(hostile.body)] {
        let plain = HostileScript.decision(of: try HostileScript.policy(source))
        let policy = try HostileScript.policy(source)
        let (traced, trace) = HostileScript.traced(of: policy)
        // The deadline may occur anywhere.
        if [plain.fault?.kind, traced.fault?.kind].contains(.timeout) { continue }
        #expect(traced == plain)
        #expect(trace.asked.count == 1)
        #expect(trace.asked.first?.instructions == plain.instructions)
        if let fault = plain.fault { #expect(trace.asked.first?.answer == .fault(fault)) }
        #expect(
          HostileScript.decision(of: policy, "probe")
            == HostileScript.decision(of: try HostileScript.policy(source), "probe"))
      }
    }
  }
}

extension HostileScript {
  fileprivate static func traced(of policy: CompiledPolicy) -> (Decision, DecisionTrace) {
    let evaluator = Evaluator(policies: [policy], fleet: fleet)
    return evaluator.traced {
      evaluator.decide(Contact(id: ContactID("c1")!, assignedDevice: DeviceID("D1"), tags: ["vip"]), seed: 1)
    }
  }
}
