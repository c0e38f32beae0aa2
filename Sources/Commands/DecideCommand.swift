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
        echo '{"contact":{"id":"c1"},"devices":[{"id":"D1"}]}' | usher decide --policy fallback --input -
      """)

  @Option(
    help: ArgumentHelp(
      "A policy file, or the name of a shipped policy; given again, policies asked in order.", valueName: "file"))
  var policy: [String]
  @Option(help: ArgumentHelp("The request; - is standard input.", valueName: "file")) var input: String
  @Flag(help: "Say of every device why it was or was not chosen.") var explain = false

  func validate() throws {
    if policy.isEmpty { throw ValidationError("Missing expected argument '--policy <file>'") }
  }

  func run() throws {
    let bytes = try readInput(input)
    let json: JSONValue
    do throws(JSONError) {
      json = try JSONParser.parse(bytes)
    } catch { throw Problem("\(input): line \(error.line), column \(error.column): \(error.message)") }
    let request = try DecideRequest(json: json)
    let entries = try policy.map { name throws(Fault) in try PolicyCatalog(rules: nil).entry(fileOrName: name) }
    let policies = entries.map { CompiledPolicy.orBroken($0, parameters: request.parameters) }
    let answer = DecideAnswer(request, policies: policies, explains: explain)
    // A policy that cannot be used does not tell what it declares.
    for parameter in request.parameters
    where !policies.contains(where: \.isBroken)
      && !policies.contains(where: { $0.declares(parameter.name) })
    {
      Talk.say("usher: params.\(terminalSafe(parameter.name)) is declared by no policy asked; is it misspelt?")
    }
    Talk.put(JSONWriter().string(answer.json) + "\n")
    if let fault = answer.decision.fault {
      let place = policies.firstIndex { $0.revision.digest == answer.decision.revision } ?? 0
      let entry = entries[place]
      Talk.say("usher: " + fault.text(in: entry.path ?? entry.name, source: entry.source).trimmed)
      throw ExitCode(1)
    }
  }
}
