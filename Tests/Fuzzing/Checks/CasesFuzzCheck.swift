import LuaSandbox
import Policies
import PolicyLint
import PolicyTesting
import Routing
import Wire

/// The rules for any bytes saved as a policy's file of test cases.
package struct CasesFuzzCheck: FuzzCheck {
  private let source: [UInt8]
  private static let runMax = 8

  package init(_ bytes: [UInt8]) { source = bytes }

  package func run() throws(BrokenRule) {
    try readAsData()
    let cases: PolicyCases
    do throws(PolicyCases.Failure) {
      cases = try PolicyCases(file: "fuzz_test", source: source)
    } catch {
      try rule(!error.message.isEmpty, "an error has a message")
      try rule(
        PolicyCheck.findings(inCases: "fuzz_test", source: source).contains { $0.severity == .error },
        "a file that cannot run fails the check: \(error)")
      return
    }
    try rule(cases.count > 0 && cases.names.count == cases.count, "a file of cases has cases, each with a name")
    try runAll(cases)
  }

  /// A file is read as data, in a sandbox, before anything else is done with it.
  private func readAsData() throws(BrokenRule) {
    let sandbox = try? Sandbox(vocabulary: PolicyVocabulary.script, limits: PolicyFuzzCheck.limits, scriptName: "fuzz")
    guard let sandbox else { throw BrokenRule(description: "there is memory for an interpreter") }
    switch Result(catching: { () throws(ScriptFault) in try sandbox.loadData(source) }) {
    case .success(let json):
      // JSON can represent everything except strings with invalid UTF-8.
      let isText = String(validating: json, as: UTF8.self) != nil
      try rule(!isText || (try? JSONParser.parse(json)) != nil, "written JSON is valid")
    case .failure(let fault):
      try rule(!fault.message.isEmpty, "a fault has a message")
    }
  }

  /// A case passes, or reports for each key what was expected and found. Repeating it gives the same result.
  private func runAll(_ cases: PolicyCases) throws(BrokenRule) {
    let file = cases.kind == .guard ? Scene.guardFile : Scene.policyFile
    for place in 0..<min(cases.count, Self.runMax) {
      let (first, second) = (run(place, of: cases, file), run(place, of: cases, file))
      switch (first, second) {
      case (.success(let one), .success(let other)):
        try rule(
          one.differences == other.differences && one.reason == other.reason,
          "a repeated case has the same result: \(one)")
        try rule(!one.reason.isEmpty, "a decision has a reason")
      case (.failure(let one), .failure(let other)):
        try rule(one == other && !one.message.isEmpty, "a repeated fault is the same and has a message: \(one)")
      default: throw BrokenRule(description: "a case that ran must run again: \(first), \(second)")
      }
    }
  }

  private func run(
    _ place: Int, of cases: PolicyCases, _ file: (name: String, source: [UInt8])
  ) -> Result<PolicyCases.Result, Fault> {
    Result { () throws(Fault) in try cases.run(place, policy: file.name, source: file.source) }
  }
}
