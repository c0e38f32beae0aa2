import ArgumentParser
import Operations
import Policies
import Routing
import Wire

struct DecideCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "decide", abstract: "Decide one request, given as JSON.",
    discussion: """
      Prints the decision as one JSON object. The same request, policy and seed give the same bytes on every machine.
      Exits 1 when the policy failed.

        usher decide --policy fallback --input request.json
        # the smallest request
        echo '{"contact":{"id":"c1"},"devices":[{"id":"D1"}]}' | usher decide --policy fallback --input -
        # a request a line, a decision a line
        usher decide --policy fallback --input requests.jsonl --lines

      With --lines the input is JSON Lines: a request a line, and a decision a line for each, in their order. Requests do
      not see each other.
      """)

  @Option(
    help: ArgumentHelp(
      "A policy file, or the name of a shipped policy; given again, policies asked in order.", valueName: "file"),
    completion: .policies)
  var policy: [String]
  @Option(
    help: ArgumentHelp(
      "A guard asked after them: a file, or the name of a shipped one; given again, guards asked in order.",
      valueName: "file"), completion: .policies)
  var `guard`: [String] = []
  @Option(help: ArgumentHelp("The request; - is standard input.", valueName: "file"), completion: .file()) var input:
    String
  @Flag(help: "Read a request from each line of the input.") var lines = false
  @Flag(help: "Say of every device why it was or was not chosen.") var explain = false

  func validate() throws {
    if policy.isEmpty { throw ValidationError("Missing expected argument '--policy <file>'") }
  }

  func run() throws {
    let bytes = try readInput(input)
    var deciders = try Deciders(names: policy, guards: self.guard)
    guard lines else {
      if try decide(bytes, with: &deciders, firstLine: 1) { throw ExitCode(1) }
      return
    }
    var hasFault = false
    let progress = Progress("decisions")
    defer { progress.end() }
    for (index, line) in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated()
    where !line.allSatisfy({ $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\r") }) {
      do {
        if try decide(Array(line), with: &deciders, firstLine: index + 1) { hasFault = true }
      } catch let error as FieldError { throw Problem(.invalidInput, "\(input): line \(index + 1): \(error)") }
      progress.show(index + 1)
    }
    if hasFault { throw ExitCode(1) }
  }

  /// Prints the decision of one request. True when the policy failed.
  private func decide(_ bytes: [UInt8], with deciders: inout Deciders, firstLine: Int) throws -> Bool {
    let json: JSONValue
    do throws(JSONError) {
      json = try JSONParser.parse(bytes)
    } catch {
      throw Problem(
        .invalidInput, "\(input): line \(error.line + firstLine - 1), column \(error.column): \(error.message)")
    }
    let request = try DecideRequest(json: json)
    let (policies, guards) = deciders.policies(for: request.parameters)
    let answer = DecideAnswer(request, policies: policies, guards: guards, explains: explain)
    Talk.put(JSONWriter().string(answer.json) + "\n")
    guard let fault = answer.decision.fault else { return false }
    // Of many lines the answers say it; the line of the file is shown for one.
    if !lines { Talk.say("usher: " + deciders.text(of: fault, by: answer.decision).withoutTrailingNewlines) }
    return true
  }
}

/// The policies and guards asked, compiled once for each set of parameters that requests bring.
private struct Deciders {
  private let entries: [PolicyCatalog.Entry]
  private let guardEntries: [PolicyCatalog.Entry]
  private var compiled: [(parameters: [Parameter], policies: [CompiledPolicy], guards: [CompiledPolicy])] = []
  private var doubted: Set<String> = []

  init(names: [String], guards: [String]) throws(Fault) {
    let catalog = PolicyCatalog(rules: nil)
    entries = try names.map { name throws(Fault) in try catalog.entry(fileOrName: name) }
    guardEntries = try guards.map { name throws(Fault) in try catalog.guardEntry(fileOrName: name) }
  }

  /// A request's parameters go to the guards that declare them, and to all policies.
  mutating func policies(for parameters: [Parameter]) -> (policies: [CompiledPolicy], guards: [CompiledPolicy]) {
    if let known = compiled.first(where: { $0.parameters == parameters }) { return (known.policies, known.guards) }
    let policies = entries.map { CompiledPolicy.orBroken($0, parameters: parameters) }
    let guards = guardEntries.map { entry in
      let declared = CompiledPolicy.orBroken(entry, parameters: [], kind: .guard)
      let own = parameters.filter { declared.declares($0.name) }
      return own.isEmpty ? declared : CompiledPolicy.orBroken(entry, parameters: own, kind: .guard)
    }
    // A policy that cannot be used does not tell what it declares.
    for parameter in parameters
    where !(policies + guards).contains(where: \.isBroken)
      && !(policies + guards).contains(where: { $0.declares(parameter.name) })
      && doubted.insert(parameter.name).inserted
    {
      Talk.say("usher: params.\(terminalSafe(parameter.name)) is declared by no policy asked; is it misspelt?")
    }
    // An interpreter each: not for every request of a file in which no two agree.
    if compiled.count == 16 { compiled.removeFirst() }
    compiled.append((parameters, policies, guards))
    return (policies, guards)
  }

  /// A decision's fault with the line of the file that failed.
  func text(of fault: Fault, by decision: Decision) -> String {
    let all = (compiled.last?.policies ?? []) + (compiled.last?.guards ?? [])
    let entry = (entries + guardEntries)[all.firstIndex { $0.origin == decision.origin } ?? 0]
    return fault.text(in: entry.path ?? entry.name, source: entry.source)
  }
}
