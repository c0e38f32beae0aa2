import Operations
import Pages
import Policies
import Wire

/// Cases as JUnit XML, which CI services show: a suite for each file, a test case for each case.
///
/// A case that does not hold is a failure; a file that cannot be run is a suite with one error. Times are seconds.
package struct JUnitReport {
  private let run: CaseRun

  /// Takes the run as it is.
  package init(_ run: CaseRun) { self.run = run }

  /// The whole file, with a newline at its end.
  package var text: String {
    var markup = Markup()
    markup.verbatim("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
    let errors = run.problems.count
    markup.element(
      "testsuites",
      [
        "name": "usher test", "tests": "\(run.outcomes.count + errors)", "failures": "\(run.failures)",
        "errors": "\(errors)", "time": seconds(run.outcomes),
      ]
    ) { markup in
      for file in run.files where file.problem != nil || !file.outcomes.isEmpty {
        markup.verbatim("\n  ")
        write(file, into: &markup)
      }
      markup.verbatim("\n")
    }
    markup.verbatim("\n")
    return markup.string
  }

  private func write(_ file: CaseRun.File, into markup: inout Markup) {
    let failures = file.outcomes.count { !$0.result.holds }
    let errors = file.problem == nil ? 0 : 1
    markup.element(
      "testsuite",
      [
        "name": file.path, "tests": "\(file.outcomes.count + errors)", "failures": "\(failures)",
        "errors": "\(errors)", "skipped": "0", "time": seconds(file.outcomes),
      ]
    ) { markup in
      for outcome in file.outcomes {
        markup.verbatim("\n    ")
        write(outcome, into: &markup)
      }
      if let problem = file.problem {
        markup.verbatim("\n    ")
        let message = problem.split(separator: "\n").first.map(String.init) ?? problem
        markup.element("testcase", ["name": "the file", "classname": file.path, "file": file.path, "time": "0.000000"])
        {
          $0.element("error", ["type": "file", "message": message]) { $0.lines(problem) }
        }
      }
      markup.verbatim("\n  ")
    }
  }

  private func write(_ outcome: CaseRun.Outcome, into markup: inout Markup) {
    let result = outcome.result
    markup.element(
      "testcase",
      [
        "name": result.name, "classname": outcome.file.policy.name, "file": outcome.file.path,
        "line": outcome.line.map(String.init), "time": seconds([outcome]),
      ]
    ) { markup in
      guard !result.holds else { return }
      let type = result.fault.map { "\($0.kind.rawValue) fault" } ?? "difference"
      markup.element("failure", ["type": type, "message": result.differences.joined(separator: "; ")]) {
        $0.lines(outcome.details.withoutTrailingNewlines)
      }
    }
  }

  /// With six places; a case takes some hundred microseconds.
  private func seconds(_ outcomes: [CaseRun.Outcome]) -> String {
    let microseconds = Int((outcomes.reduce(0) { $0 + $1.milliseconds } * 1000).rounded())
    let fraction = String(microseconds % 1_000_000)
    return "\(microseconds / 1_000_000)." + String(repeating: "0", count: 6 - fraction.count) + fraction
  }
}

extension Markup {
  /// Text that keeps its ends of lines.
  fileprivate mutating func lines(_ text: String) {
    for (place, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      if place > 0 { verbatim("\n") }
      self.text(String(line))
    }
  }
}
