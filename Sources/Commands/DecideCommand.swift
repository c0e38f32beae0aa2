import ArgumentParser
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
  @Option(help: ArgumentHelp("The request; - is standard input.", valueName: "file"), completion: .file()) var input:
    String
  @Flag(help: "Read a request from each line of the input.") var lines = false
  @Flag(help: "Say of every device why it was or was not chosen.") var explain = false

  func validate() throws {
    if policy.isEmpty { throw ValidationError("Missing expected argument '--policy <file>'") }
  }

  func run() throws {
    let bytes = try readInput(input)
    var deciders = try Deciders(names: policy)
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
      } catch let error as FieldError { throw Problem("\(input): line \(index + 1): \(error)") }
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
      throw Problem("\(input): line \(error.line + firstLine - 1), column \(error.column): \(error.message)")
    }
    let request = try DecideRequest(json: json)
    let answer = DecideAnswer(request, policies: deciders.policies(for: request.parameters), explains: explain)
    Talk.put(JSONWriter().string(answer.json) + "\n")
    guard let fault = answer.decision.fault else { return false }
    // Of many lines the answers say it; the line of the file is shown for one.
    if !lines { Talk.say("usher: " + deciders.text(of: fault, by: answer.decision).trimmed) }
    return true
  }
}

/// The policies asked, compiled once for each set of parameters that requests bring.
private struct Deciders {
  private let entries: [PolicyCatalog.Entry]
  private var compiled: [(parameters: [Parameter], policies: [CompiledPolicy])] = []
  private var doubted: Set<String> = []

  init(names: [String]) throws(Fault) {
    entries = try names.map { name throws(Fault) in try PolicyCatalog(rules: nil).entry(fileOrName: name) }
  }

  mutating func policies(for parameters: [Parameter]) -> [CompiledPolicy] {
    if let known = compiled.first(where: { $0.parameters == parameters }) { return known.policies }
    let policies = entries.map { CompiledPolicy.orBroken($0, parameters: parameters) }
    // A policy that cannot be used does not tell what it declares.
    for parameter in parameters
    where !policies.contains(where: \.isBroken)
      && !policies.contains(where: { $0.declares(parameter.name) }) && doubted.insert(parameter.name).inserted
    {
      Talk.say("usher: params.\(terminalSafe(parameter.name)) is declared by no policy asked; is it misspelt?")
    }
    // An interpreter each: not for every request of a file in which no two agree.
    if compiled.count == 16 { compiled.removeFirst() }
    compiled.append((parameters, policies))
    return policies
  }

  /// A decision's fault with the line of the policy's file.
  func text(of fault: Fault, by decision: Decision) -> String {
    let policies = compiled.last?.policies ?? []
    let entry = entries[policies.firstIndex { $0.origin == decision.origin } ?? 0]
    return fault.text(in: entry.path ?? entry.name, source: entry.source)
  }
}
