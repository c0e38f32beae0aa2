import LuaSandbox
import Routing

/// The digest that names a revision: SHA-256 over source and parameters.
///
/// Version 0.1.0 hashed its engine's number and the version of Lua too, so that each upgrade made other revisions. Such digests
/// stay on record as names: `PolicyRevision.isSame(as:)` compares what revisions consist of.
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

  // What 0.1.0 and earlier versions could hash. Later engines are in no digest, so the lists never grow.
  private static let formerEngines = 1...3
  private static let formerLua = [CompiledPolicy.engine.lua] + (0...8).map { "5.4.\($0)" }

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

  /// The digest that this version computes for a revision; its name on record may be an earlier one. Of a revision without
  /// source, the name on record.
  package static func digest(of revision: PolicyRevision) -> String {
    revision.source.isEmpty
      ? revision.digest : RevisionDigest.digest(Array(revision.source.utf8), revision.parameters)
  }

  /// The engine that decided with this revision, which `recorded` names since schema 11. Nil if neither the record nor the digest
  /// names it, or if the digest does not belong to source and parameters: then the row was changed.
  package func engine(recorded: EngineVersion?) -> EngineVersion? {
    if revision.source.isEmpty { return recorded ?? CompiledPolicy.engine }
    let own = RevisionDigest.digest(definition.script.source, revision.parameters)
    if let recorded, revision.digest == own { return recorded }
    let former = RevisionDigest.engine(in: revision.digest, of: definition.script.source, revision.parameters)
    guard let recorded else { return former ?? (revision.digest == own ? CompiledPolicy.engine : nil) }
    return former == nil ? nil : recorded
  }
}
