import CCrypto
import LuaSandbox

/// The result of one test of the interpreter with the linked libraries.
package struct EngineCheck: Sendable {
  /// The name of the test in the list of `usher doctor`: `memory cap`.
  package let name: String
  /// What is wrong; nil if the test passed.
  package let problem: String?
  /// What was found, if the test passed.
  package let found: String

  private init(_ name: String, _ found: String, problem: String?) {
    (self.name, self.found, self.problem) = (name, found, problem)
  }

  /// The version of the linked interpreter: `Lua 5.4.4`.
  package static var luaVersion: String { Sandbox.luaVersion }
  /// The version of the linked libcrypto: `OpenSSL 3.0.17 1 Jul 2025`.
  package static var cryptoVersion: String { String(cString: OpenSSL_version(OPENSSL_VERSION)) }

  /// Why policies cannot run here; nil if they can. Takes well under a millisecond.
  package static func startProblem() -> String? {
    [counter(), environment()].lazy.compactMap(\.problem).first
  }

  /// Tests every limit.
  package static func all() -> [EngineCheck] {
    [counter(), environment(), exactCount(), budget(), memory(), lengths(), powers(), digest()]
  }

  private static func sandbox(_ limits: SandboxLimits = SandboxLimits()) throws -> Sandbox {
    try Sandbox(vocabulary: PolicyVocabulary.script, limits: limits, scriptName: "check")
  }

  // MARK: - Tests

  private static func counter() -> EngineCheck {
    let made = (try? sandbox()) != nil
    return EngineCheck(
      "instruction counter", "found in \(luaVersion) and verified",
      problem: made
        ? nil : "no interpreter can be created: the counter was not found in \(luaVersion); expected Lua 5.4")
  }

  private static func environment() -> EngineCheck {
    let verdicts = PolicyVocabulary.script.verdicts.map(\.name)
    let names = GoldenEnvironment.lines(verdicts: verdicts).count
    guard let sandbox = try? sandbox() else {
      return EngineCheck("environment", "", problem: "no interpreter can be created")
    }
    var difference = GoldenEnvironment.difference(of: sandbox, verdicts: verdicts)
    if difference == nil {
      let guards = PolicyVocabulary.guardScript
      difference = (try? Sandbox(vocabulary: guards, limits: SandboxLimits(), scriptName: "check")).flatMap {
        GoldenEnvironment.difference(of: $0, verdicts: guards.verdicts.map(\.name))
      }
    }
    return EngineCheck(
      "environment", "\(names) names, as expected",
      problem: difference.map { "the names that scripts can use differ from the list: \($0)" })
  }

  /// A loop with ten times as many rounds must count exactly ten times as many instructions.
  private static func exactCount() -> EngineCheck {
    func count(_ rounds: Int) -> Int64? {
      guard let sandbox = try? sandbox() else { return nil }
      try? sandbox.load(Array("for i = 1, \(rounds) do end return { select = function() end }".utf8))
      return sandbox.instructions
    }
    let counts = [0, 1000, 10_000].map(count)
    guard let zero = counts[0], let one = counts[1], let ten = counts[2] else {
      return EngineCheck("exact count", "", problem: "no interpreter can be created")
    }
    let isExact = one - zero >= 1000 && ten - one == (one - zero) / 1000 * 9000
    return EngineCheck(
      "exact count", "\((one - zero) / 1000) instruction per round of an empty loop",
      problem: isExact ? nil : "1,000 rounds counted \(one - zero), 10,000 counted \(ten - zero)")
  }

  private static func fault(_ source: String, _ limits: SandboxLimits = SandboxLimits()) -> ScriptFault? {
    guard let sandbox = try? sandbox(limits) else { return nil }
    do throws(ScriptFault) {
      try sandbox.load(Array(source.utf8))
      return nil
    } catch { return error }
  }

  private static func budget() -> EngineCheck {
    let loop = fault("while true do pcall(function() while true do end end) end", SandboxLimits(instructions: 5000))
    return EngineCheck(
      "budget", "ends a loop that catches errors",
      problem: loop?.kind == .budget ? nil : "an endless loop ended with \(loop?.message ?? "nothing")")
  }

  private static func memory() -> EngineCheck {
    let hoard = fault("local t = {} for i = 1, 1e6 do t[i] = ('x' .. i):rep(200) end", SandboxLimits(memory: 1 << 18))
    return EngineCheck(
      "memory cap", "ends a script that allocates too much",
      problem: hoard?.kind == .memory
        ? nil : "a script that allocates too much ended with \(hoard?.message ?? "nothing")")
  }

  private static func value(_ expression: String) -> String? {
    let source = "return { name = tostring(\(expression)), select = function() end }"
    guard let sandbox = try? sandbox(),
      (try? sandbox.load(LoweredSource.lowered(Array(source.utf8)).source)) != nil
    else { return nil }
    return sandbox.scriptName
  }

  private static func lengths() -> EngineCheck {
    let found = value("#{ 1, 2, nil, 4, 5, nil, 7, 8 } .. #{ nil, 2 }")
    return EngineCheck(
      "lengths", "depend only on a table's contents",
      problem: found == "80" ? nil : "of two tables with gaps: expected 80, found \(found ?? "none")")
  }

  private static func powers() -> EngineCheck {
    let found = value("(2 ^ 0.5 == math.sqrt(2)) and (10 ^ 15 == 1e15) and (9 ^ 17 == 16677181699666568.0)")
    return EngineCheck(
      "powers", "have the expected results",
      problem: found == "true" ? nil : "differ from the results of other machines")
  }

  /// The one-block example of FIPS 180-4.
  private static func digest() -> EngineCheck {
    let isRight =
      Digest.sha256(Array("abc".utf8)) == "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    return EngineCheck("SHA-256", cryptoVersion, problem: isRight ? nil : "\(cryptoVersion) computes another digest")
  }
}
