import LuaSyntax
import Routing

extension PolicyCheck {
  /// Parameters that are read without a value from file or tenant, and parameters that are never read.
  static func parameters(
    _ scope: ScopeAnalysis, _ table: ReturnedTable?, _ source: [UInt8], given: [Parameter]
  ) -> [Finding] {
    guard let table else { return [] }
    var declared: [(name: String, range: SourceRange)] = []
    if let field = table[name: "params"] {
      guard case .table(let params) = field.value else { return [] }
      for entry in params.entries {
        switch entry {
        case .named(let name, _): declared.append((name.text, name.range))
        case .keyed(let key, _):
          guard let name = key.unwrapped.stringText else { return [] }
          declared.append((name, key.range))
        case .item: return []
        }
      }
    }
    let names = declared.map(\.name)
    let reads = scope.globalMembers.filter { $0.base == "params" && $0.kind == .index && $0.access != .write }
    let findings = reads.compactMap { access -> Finding? in
      guard !names.contains(access.member), !given.contains(where: { $0.name == access.member }) else { return nil }
      return Finding(
        .undeclaredParameter, access.range, "params.\(access.member) has no default",
        Walk.nearest(access.member, names)
          ?? "declare it in the table, such as params = { \(access.member) = ... }; reading an unset parameter is a fault",
        fix: rename(access, among: names.filter { name in !reads.contains { $0.member == name } }, in: source))
    }
    // If a name is computed, or the whole table is passed on, any parameter can be read.
    let members = scope.globalMembers.filter { $0.base == "params" }
    guard scope.globals.filter({ $0.name == "params" }).count == members.count else { return findings }
    // Reports a misspelt name once, not twice.
    let meant = findings.compactMap { finding in finding.fix?.edits.first?.text }
    return findings
      + declared.filter { parameter in
        !members.contains { $0.member == parameter.name } && !meant.contains(parameter.name)
      }.map {
        Finding(.unusedParameter, $0.range, "no hook reads params.\($0.name)", "read it, or remove it from the table")
      }
  }

  /// The declared parameter that was probably meant: read nowhere, and one letter away. Otherwise a tenant may set the
  /// other name.
  private static func rename(_ access: MemberAccess, among unread: [String], in source: [UInt8]) -> Fix? {
    certainName(for: access.member, among: unread, atMost: 1).flatMap {
      .rename(access.range, from: access.member, to: $0, in: source)
    }
  }
}
