import ArgumentParser
import Operations
import Policies
import Representations
import Wire

struct DecideCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "decide", abstract: "Decide a request given as JSON.",
    discussion: """
      Prints the decision as one JSON object. The same request, policy and seed give the same bytes on every machine.
      Exits 1 if the policy failed.

        usher decide --policy fallback --input request.json
        # the smallest request
        echo '{"contact":{"id":"c1"},"devices":[{"id":"D1"}]}' | usher decide --policy fallback --input -
        # one request per line, one decision per line
        usher decide --policy fallback --input requests.jsonl --lines
        # the same request with another parameter
        usher decide --policy fallback --input request.json --param max_wait=300

      With --lines the input is JSON Lines: one request per line. Prints one decision per line, in the same order. Requests
      are independent of each other.
      """)

  @Option(
    help: ArgumentHelp(
      "A policy file, or the name of a shipped policy; repeat for several, evaluated in order.", valueName: "file"),
    completion: .policies)
  var policy: [String]
  @Option(
    help: ArgumentHelp(
      "A guard to evaluate after the policies: a file, or the name of a shipped one; repeat for several, evaluated in order.",
      valueName: "file"), completion: .policies)
  var `guard`: [String] = []
  @Option(help: ArgumentHelp("The request file; - is standard input.", valueName: "file"), completion: .file())
  var input: String
  @Option(
    help: ArgumentHelp(
      "Set a parameter, such as max_wait=300, in place of the request's; repeat for more.", valueName: "name=value"))
  var param: [String] = []
  @Flag(help: "Read one request from each line of the input.") var lines = false
  @Flag(help: "Explain for each device why it was or was not chosen.") var explain = false

  func validate() throws {
    if policy.isEmpty { throw ValidationError("Missing expected argument '--policy <file>'") }
  }

  func run() throws {
    let bytes = try readInput(input)
    var requests = try DecideRequests(policies: policy, guards: self.guard, overrides: try ParameterOverrides(param))
    guard lines else {
      let decided = try requests.decide(bytes, of: input, explains: explain)
      put(decided)
      if let fault = decided.faultText {
        TerminalOutput.note("usher: " + fault.withoutTrailingNewlines)
        throw ExitCode(1)
      }
      return
    }
    var hasFault = false
    let progress = Progress("decisions")
    defer { progress.end() }
    try requests.decideLines(bytes, of: input, explains: explain) { line, decided in
      put(decided)
      // With several lines the answers carry the faults; for a single request the line of the policy is shown.
      if decided.answer.decision.fault != nil { hasFault = true }
      progress.show(line)
    }
    if hasFault { throw ExitCode(1) }
  }

  private func put(_ decided: DecidedRequest) {
    for key in decided.formerKeys { TerminalOutput.note("note: \(terminalSafe(key.note))") }
    for name in decided.undeclared {
      TerminalOutput.note(
        "usher: params.\(terminalSafe(name)) is not declared by any of these policies; check its spelling")
    }
    TerminalOutput.write(DecideReport(decided.answer), .json)
  }
}
