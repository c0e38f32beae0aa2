import Policies
import Routing
import Wire

/// The parameters given with `--param name=value`.
package struct ParameterOverrides {
  private let given: [(name: String, text: String)]

  /// No parameter is set.
  package static let none = ParameterOverrides(given: [])

  private init(given: [(name: String, text: String)]) { self.given = given }

  /// Throws for a text without a name, and for a name that is given twice.
  package init(_ texts: [String]) throws {
    var given: [(name: String, text: String)] = []
    for text in texts {
      guard let sign = text.firstIndex(of: "="), sign != text.startIndex else {
        throw Problem(.invalidInput, "--param: expected name=value, found '\(text)'")
      }
      let name = String(text[..<sign])
      if given.contains(where: { $0.name == name }) {
        throw Problem(.invalidInput, "--param: '\(name)' is given twice")
      }
      given.append((name, String(text[text.index(after: sign)...])))
    }
    self.given = given
  }

  /// Whether no parameter is set.
  package var isEmpty: Bool { given.isEmpty }
  /// ` with max_wait=300`, for titles; empty when no parameter is set.
  package var title: String {
    given.isEmpty ? "" : " with " + given.map { "\($0.name)=\($0.text)" }.joined(separator: ", ")
  }

  /// Refuses a name that none of the policies declares, or that the guard does not declare, since it would have no
  /// effect.
  package func check(declared: [Parameter], of kind: PolicyKind = .policy) throws {
    let known = Set(declared.map(\.name)).sorted()
    let (refusal, all) =
      kind == .guard ? ("the guard does not declare", "it declares") : ("no policy declares", "the policies declare")
    for (name, _) in given where !known.contains(name) {
      let names = known.isEmpty ? "none" : known.joined(separator: ", ")
      let advice = EditDistance.hint(to: name, among: known) ?? "\(all) \(names)"
      throw Problem(.invalidInput, "--param: \(refusal) '\(name)'; \(advice)")
    }
  }

  /// What the values of formats mean, in the order given: ` (from 22:30; days sat, sun)`. Empty without such a value.
  func spelledOut(_ ranges: ParameterRanges, declared: [Parameter]) -> String {
    let texts: [String] = given.compactMap { name, text in
      guard let known = declared.first(where: { $0.name == name }) else { return nil }
      return ranges[name]?.spelledOut(ParameterOverrides.value(text, like: known.value)).map { "\(name) \($0)" }
    }
    return texts.isEmpty ? "" : " (\(texts.joined(separator: "; ")))"
  }

  /// Refuses a value that does not fit the range of one of the policies. Names without a range are not checked.
  package func check(ranges: [ParameterRanges], declared: [Parameter]) throws {
    for (name, text) in given {
      guard let known = declared.first(where: { $0.name == name }) else { continue }
      let parameter = Parameter(name, ParameterOverrides.value(text, like: known.value))
      guard let problem = ranges.lazy.compactMap({ $0.problem(of: parameter) }).first else { continue }
      throw Problem(.invalidInput, "--param: \(name): \(problem.text)")
    }
  }

  /// The tenant's parameters, overridden by those that one of its policies declares.
  package func applied(to tenant: Tenant, declared: [Parameter]) throws -> [Parameter] {
    applied(over: tenant.parameters, declared: declared)
  }

  /// These parameters, overridden by those that a policy declares.
  package func applied(over parameters: [Parameter], declared: [Parameter]) -> [Parameter] {
    var parameters = parameters
    for (name, text) in given {
      guard let known = declared.first(where: { $0.name == name }) else { continue }
      let parameter = Parameter(name, ParameterOverrides.value(text, like: known.value))
      if let place = parameters.firstIndex(where: { $0.name == name }) {
        parameters[place] = parameter
      } else {
        parameters.append(parameter)
      }
    }
    return parameters
  }

  /// The parameters that a policy declares, with their defaults; empty for a file that cannot be used.
  package static func declared(by entry: PolicyCatalog.Entry) -> [Parameter] {
    (try? CompiledPolicy(file: entry.name, source: entry.source))?.declared ?? []
  }

  /// true and false, whole numbers, other numbers, otherwise text; always text if the policy declares a text.
  package static func value(_ text: String, like declared: Scalar) -> Scalar {
    if case .text = declared { return .text(text) }
    switch text {
    case "true": return .boolean(true)
    case "false": return .boolean(false)
    default: break
    }
    if let whole = Int64(text) { return .integer(whole) }
    if let number = Double(text), number.isFinite { return .number(number) }
    return .text(text)
  }
}
