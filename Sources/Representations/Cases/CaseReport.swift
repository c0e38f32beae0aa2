import Operations
import Policies
import Terminal
import Wire

/// The results of test cases: a row for each case, or the text of the failed ones.
package struct CaseReport: Representation {
  private let run: CaseRun

  /// Takes the run as it is.
  package init(_ run: CaseRun) { self.run = run }

  /// An object for each case, passed or failed.
  package var json: JSONValue { listing.json }
  /// A row for each case, passed or failed.
  package var csv: String { listing.csv }
  /// The failed cases, with what was expected and found; empty if all passed. The width has no effect.
  package func table(columns: Int?) -> StyledText { StyledText(failures) }

  /// The failed cases, as `table` shows them.
  package var failures: String {
    run.outcomes.filter { !$0.result.holds }.map { outcome in
      let place = outcome.line.map { ":\($0)" } ?? ""
      return "\(outcome.file.path)\(place): \(terminalSafe(outcome.result.name))\n" + outcome.details
    }.joined()
  }

  /// `5 passed, 0 failed`.
  package var summary: String { "\(run.outcomes.count - run.failures) passed, \(run.failures) failed" }

  private var listing: Listing {
    var listing = Listing(["file", "case", "holds", "differences", "reason", "code", "line", "error"])
    for outcome in run.outcomes {
      let result = outcome.result
      listing.add([
        .string(outcome.file.path), .string(result.name), .bool(result.holds),
        .array(result.differences.map { .string($0) }), .string(result.reason), result.code.json,
        JSONValue(outcome.line),
        JSONValue(result.fault?.kind.rawValue),
      ])
    }
    return listing
  }
}

extension CaseRun.Outcome {
  /// The differences, and why the policy answered as it did; one line each, indented.
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
