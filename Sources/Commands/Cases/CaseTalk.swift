import Policies
import Representations
import Routing
import Wire

/// What came of cases, for people and for programs.
struct CaseTalk {
  let run: CaseRun

  init(_ run: CaseRun) { self.run = run }

  var listing: Listing {
    var listing = Listing(["file", "case", "holds", "differences", "reason", "line", "error"])
    for outcome in run.outcomes {
      let result = outcome.result
      listing.add([
        .string(outcome.file.path), .string(result.name), .bool(result.holds),
        .array(result.differences.map { .string($0) }), .string(result.reason), JSONValue(outcome.line),
        JSONValue(result.fault?.kind.rawValue),
      ])
    }
    return listing
  }

  /// The cases that do not hold, with what was expected and found.
  var failures: String {
    run.outcomes.filter { !$0.result.holds }.map { outcome in
      let place = outcome.line.map { ":\($0)" } ?? ""
      return "\(outcome.file.path)\(place): \(terminalSafe(outcome.result.name))\n" + outcome.details
    }.joined()
  }

  /// `5 passed, 0 failed`.
  var summary: String { "\(run.outcomes.count - run.failures) passed, \(run.failures) failed" }
}

extension CaseRun.Outcome {
  /// What differs, and why the policy answered as it did; a line each, indented.
  var details: String {
    var text = result.differences.map { "  \(terminalSafe($0))\n" }.joined()
    if let fault = result.fault {
      text += fault.text(in: file.policy.path ?? file.policy.name, source: file.policy.source)
    } else {
      text += "  the policy's reason: \(terminalSafe(result.reason))\n"
    }
    return text
  }
}
