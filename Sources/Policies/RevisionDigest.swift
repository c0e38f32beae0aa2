import LuaSandbox
import Routing

/// The digest that names a revision: SHA-256 over source and parameters.
///
/// Version 0.1.0 also hashed its engine's number and the version of Lua, so the same source had a new digest after an upgrade.
/// Stores keep such digests as names of revisions: to compare revisions, use `PolicyRevision.isSame(as:)`.
enum RevisionDigest {
  /// `parameters` sorted by name.
  static func digest(_ source: [UInt8], _ parameters: [Parameter]) -> String {
    digest(source, parameters, heading: "usher revision\n")
  }

  /// The digest of a file that cannot be used. No usable file has the same digest.
  static func digest(ofUnusable source: [UInt8]) -> String { digest(marked(source), []) }

  /// The engine that 0.1.0 put into a digest of the same source and parameters; nil if `digest` is not of this form.
  static func engine(in digest: String, of source: [UInt8], _ parameters: [Parameter]) -> EngineVersion? {
    for number in formerEngines.reversed() {
      for lua in formerLua {
        let engine = EngineVersion(number: number, lua: lua)
        let heading = "usher engine \(number)\nLua \(lua)\n"
        if digest == self.digest(source, parameters, heading: heading) { return engine }
      }
    }
    return nil
  }

  /// The same for a file that cannot be used.
  static func engine(in digest: String, ofUnusable source: [UInt8]) -> EngineVersion? {
    engine(in: digest, of: marked(source), [])
  }

  /// The parameters that a recorded digest covers.
  ///
  /// 0.1.0 hashed 3.0 but recorded it as 3. If `digest` does not match `parameters`, this tries floating-point numbers
  /// (3.0) in place of integers (3): first for the parameters that `declared` declares as floating-point, then in all
  /// combinations if there are at most 8 integers. Returns `parameters` if nothing matches. Computes one digest for a
  /// revision of this version, and up to several thousand for a row that was changed.
  static func parameters(
    in digest: String, of source: [UInt8], recorded parameters: [Parameter], declared: [Parameter] = []
  ) -> [Parameter] {
    if digest == self.digest(source, parameters) || engine(in: digest, of: source, parameters) != nil {
      return parameters
    }
    let whole = parameters.indices.filter { parameters[$0].value.fractionOfZero != nil }
    if whole.isEmpty { return parameters }
    let fractions = whole.filter { index in
      guard case .number? = declared.first(where: { $0.name == parameters[index].name })?.value else { return false }
      return true
    }
    let likely = withFractions(fractions, in: parameters)
    if !fractions.isEmpty, engine(in: digest, of: source, likely) != nil { return likely }
    guard whole.count <= wholeMax else { return parameters }
    for choice in 1..<(1 << whole.count) {
      let chosen = whole.indices.filter { choice & (1 << $0) != 0 }.map { whole[$0] }
      let candidate = withFractions(chosen, in: parameters)
      if engine(in: digest, of: source, candidate) != nil { return candidate }
    }
    return parameters
  }

  /// Whether a recorded digest matches the recorded source and parameters. False if 0.1.0 hashed a number such as
  /// 3.0, which it recorded as 3.
  static func isExact(_ revision: PolicyRevision) -> Bool {
    let source = Array(revision.source.utf8)
    return revision.digest == digest(source, revision.parameters)
      || engine(in: revision.digest, of: source, revision.parameters) != nil
  }

  /// The maximum number of integers for which `parameters` tries all combinations.
  private static let wholeMax = 8

  private static func withFractions(_ indices: [Int], in parameters: [Parameter]) -> [Parameter] {
    var parameters = parameters
    for index in indices {
      if let number = parameters[index].value.fractionOfZero { parameters[index].value = .number(number) }
    }
    return parameters
  }

  // What 0.1.0 and earlier versions could hash. Later engines are in no digest, so the lists never grow.
  private static let formerEngines = 1...3
  private static let formerLua = (0...8).map { "5.4.\($0)" }

  private static func marked(_ source: [UInt8]) -> [UInt8] { Array("refused\n".utf8) + source }

  private static func digest(_ source: [UInt8], _ parameters: [Parameter], heading: String) -> String {
    var bytes = Array("\(heading)\(source.count)\n".utf8)
    bytes += source
    for parameter in parameters {
      let value: String =
        switch parameter.value {
        case .boolean(let value): "boolean \(value)"
        case .integer(let value): "integer \(value)"
        case .number(let value): "number \(value.bitPattern)"
        case .text(let value): "text \(value.utf8.count) \(value)"
        }
      bytes += "\n\(parameter.name.utf8.count) \(parameter.name) \(value)".utf8
    }
    return Digest.sha256(bytes)
  }
}

extension CompiledPolicy {
  /// The engine of this program. Raise its number with each change after which a revision could give another answer to the
  /// same request, and only then: replays report decisions of another engine.
  package static let engine = EngineVersion(
    number: 3, lua: Sandbox.luaVersion.split(separator: " ").last.map(String.init) ?? Sandbox.luaVersion)

  /// The digest that this version computes for a revision; the recorded digest may be that of an earlier version. For a
  /// revision without source, returns the recorded digest.
  package static func digest(of revision: PolicyRevision) -> String {
    if revision.source.isEmpty { return revision.digest }
    let source = Array(revision.source.utf8)
    return RevisionDigest.digest(
      source, RevisionDigest.parameters(in: revision.digest, of: source, recorded: revision.parameters))
  }

  /// The engine that made this revision's decisions. `recorded` is the engine on record, which stores have since schema 11.
  /// Without it, returns the engine in a digest of 0.1.0, or else this program's engine. Nil if the digest does not match
  /// source and parameters: the row was changed. A revision without source is not checked.
  package func engine(recorded: EngineVersion?) -> EngineVersion? {
    if revision.source.isEmpty { return recorded ?? CompiledPolicy.engine }
    let own = RevisionDigest.digest(definition.script.source, revision.parameters)
    if let recorded, revision.digest == own { return recorded }
    let former = RevisionDigest.engine(in: revision.digest, of: definition.script.source, revision.parameters)
    guard let recorded else { return former ?? (revision.digest == own ? CompiledPolicy.engine : nil) }
    return former == nil ? nil : recorded
  }
}

extension Scalar {
  /// 3.0 for 3; nil for other values, and for whole numbers that a fraction cannot represent.
  fileprivate var fractionOfZero: Double? {
    guard case .integer(let whole) = self else { return nil }
    return Double(exactly: whole)
  }
}
