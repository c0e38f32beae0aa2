import Policies
import PolicyTesting
import Routing
import Wire

/// The guards that apply to all tenants, and their problems.
package struct GuardList: Equatable {
  /// In order of evaluation.
  package let guards: [GuardListing]
  /// Sorted by guard and tenant.
  package let troubles: [GuardTrouble]
  /// By guard: the ranges that its file declares now. Without an entry for a file that cannot be used.
  package let ranges: [String: ParameterRanges]

  /// `guards` in order of evaluation.
  package init(guards: [GuardListing], troubles: [GuardTrouble], ranges: [String: ParameterRanges] = [:]) {
    (self.guards, self.troubles, self.ranges) = (guards, troubles, ranges)
  }
}

/// Reads the list of guards.
package struct GuardsQuery {
  /// There is nothing to choose: the list belongs to the whole store.
  package init() {}

  /// Reads two snapshots, the troubles first, and each guard's file. `catalog`: the rules folder that cycles of this
  /// store read.
  package func run(on store: any PolicyStore, catalog: PolicyCatalog) throws -> GuardList {
    let troubles = try store.guardTroubles()
    let guards = try store.guards()
    var ranges: [String: ParameterRanges] = [:]
    for line in guards {
      guard let entry = try? catalog.guardEntry(named: line.name),
        let compiled = try? CompiledPolicy(file: entry.name, source: entry.source, kind: .guard)
      else { continue }
      ranges[line.name] = compiled.ranges
    }
    return GuardList(guards: guards, troubles: troubles, ranges: ranges)
  }
}

/// Adds a guard to the list.
package struct AddGuard {
  private let name: String
  private let given: ParameterOverrides
  private let before: String?

  /// `given`: the guard's parameters for all tenants. `before`: the guard before which it is inserted; nil appends it.
  package init(_ name: String, _ given: ParameterOverrides, before: String? = nil) {
    (self.name, self.given, self.before) = (name, given, before)
  }

  /// Returns what times and weekdays among the parameters mean, to be shown behind the answer: ` (from 22:30)`, or ``.
  /// Throws `invalidPolicy` for a guard that cannot be used, `invalidInput` for a parameter that it does not declare
  /// or whose value is outside its range, `guardNotFound` for `before`, and `stateConflict` for a guard that is on the list.
  @discardableResult package func run(
    on store: any PolicyStore, catalog: PolicyCatalog, by note: OperatorNote
  ) throws -> String {
    let (parameters, meaning) = try GuardCheck.applied(given, to: [], of: name, in: catalog)
    _ = try GuardCheck.compiled(name, parameters, in: catalog)
    try store.changeGuards(by: note) { list in
      guard !list.contains(where: { $0.name == name }) else {
        throw Problem(
          .stateConflict, "'\(name)' is already on the list; use `usher policy guards set` to change its parameters")
      }
      let place = try before.map { try GuardCheck.place(of: $0, in: list) } ?? list.count
      list.insert(GuardListing(name: name, parameters: parameters, own: []), at: place)
      return "added \(name)\(given.title)"
    }
    return meaning
  }
}

/// Sets parameters of a guard of the list, for all tenants or for one.
package struct SetGuard {
  private let name: String
  private let given: ParameterOverrides
  private let tenant: TenantID?
  private let clears: Bool

  /// `tenant` nil: for all tenants. `clears`: drops the values that were set before.
  package init(_ name: String, _ given: ParameterOverrides, tenant: TenantID? = nil, clears: Bool = false) {
    (self.name, self.given, self.tenant, self.clears) = (name, given, tenant, clears)
  }

  /// Returns what times and weekdays among the new values mean, as `AddGuard` does.
  /// Throws `guardNotFound`, `tenantNotFound`, `invalidInput` for a parameter that the guard does not declare or
  /// whose value is outside its range, and `invalidPolicy` if the guard cannot be used with the new values.
  @discardableResult package func run(
    on store: any Store, catalog: PolicyCatalog, by note: OperatorNote
  ) throws -> String {
    if let tenant { try TenantLookup.expect(tenant, in: store) }
    var meaning = ""
    try store.changeGuards(by: note) { list in
      let place = try GuardCheck.place(of: name, in: list)
      let own = list[place].own.firstIndex { $0.tenant == tenant }
      var before = tenant == nil ? list[place].parameters : own.map { list[place].own[$0].parameters } ?? []
      if clears { before = [] }
      let after: [Parameter]
      (after, meaning) = try GuardCheck.applied(given, to: before, of: name, in: catalog)
      guard let tenant else {
        _ = try GuardCheck.compiled(name, after, in: catalog)
        list[place].parameters = after
        return "set \(name)\(given.title)"
      }
      let all = list[place].parameters.filter { one in !after.contains { $0.name == one.name } } + after
      _ = try GuardCheck.compiled(name, all, in: catalog)
      if let own { list[place].own.remove(at: own) }
      if !after.isEmpty { list[place].own.append((tenant, after)) }
      return "set \(name) for \(tenant)\(given.title)"
    }
    return meaning
  }
}

/// Removes a guard from the list, with the parameters that were set for it.
package struct RemoveGuard {
  private let name: String

  /// `name`: as the list has it.
  package init(_ name: String) { self.name = name }

  /// Throws `guardNotFound`.
  package func run(on store: any PolicyStore, by note: OperatorNote) throws {
    try store.changeGuards(by: note) { list in
      list.remove(at: try GuardCheck.place(of: name, in: list))
      return "removed \(name)"
    }
  }
}

extension PolicyStore {
  fileprivate func changeGuards(by note: OperatorNote, _ change: (inout [GuardListing]) throws -> String) throws {
    try changeGuards(actor: note.actor, at: note.at, reason: note.reason, change)
  }
}

/// The checks of every change of the list.
private enum GuardCheck {
  /// The guard with these parameters. Throws `invalidPolicy` with the line if it cannot be used.
  static func compiled(
    _ name: String, _ parameters: [Parameter], in catalog: PolicyCatalog
  ) throws -> CompiledPolicy {
    let entry = try catalog.guardEntry(named: name)
    do throws(Fault) {
      return try StandardAcceptance().accept(entry, parameters: parameters, kind: .guard)
    } catch { throw Problem(.invalidPolicy, error.text(in: entry.path ?? entry.name, source: entry.source)) }
  }

  /// `given` applied over `parameters`, with the types that the guard declares, and what its times and weekdays mean.
  static func applied(
    _ given: ParameterOverrides, to parameters: [Parameter], of name: String, in catalog: PolicyCatalog
  ) throws -> (parameters: [Parameter], meaning: String) {
    let guardFile = try compiled(name, [], in: catalog)
    let declared = guardFile.declared
    try given.check(declared: declared, of: .guard)
    try given.check(ranges: [guardFile.ranges], declared: declared)
    let tenant = Tenant(key: TenantKey(0), id: TenantID(stored: "all"), parameters: parameters)
    return (
      try given.applied(to: tenant, declared: declared), given.spelledOut(guardFile.ranges, declared: declared)
    )
  }

  /// The position of a guard. Throws `guardNotFound` with the nearest name.
  static func place(of name: String, in list: [GuardListing]) throws -> Int {
    if let place = list.firstIndex(where: { $0.name == name }) { return place }
    let names = list.map(\.name)
    let known = names.isEmpty ? "the list is empty" : "the list has \(names.joined(separator: ", "))"
    let nearest = EditDistance.nearest(to: name, among: names).map { "the nearest is '\($0)'" }
    throw Problem(.guardNotFound, "expected a guard on the list, found '\(name)': \(nearest ?? known)")
  }
}
