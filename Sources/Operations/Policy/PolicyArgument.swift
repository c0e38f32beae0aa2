import Foundation
import Policies
import Routing

/// The policies that `--policy` and `--against` name.
package final class PolicyArgument {
  private enum Kind {
    /// In order of evaluation, for each tenant.
    case entries([PolicyCatalog.Entry])
    /// Each tenant's own list, found in another folder.
    case folder(PolicyCatalog)
  }

  private let kind: Kind
  /// The policies found in the folder, read once: a file that is edited meanwhile does not change.
  private var found: [String: PolicyCatalog.Entry] = [:]
  /// Parameters that override the tenants' own.
  package let overrides: ParameterOverrides
  /// Its name in reports.
  package let title: String

  /// `texts` are files, names, or one folder. `option` names them in errors. Throws for a policy that cannot be read.
  package init(_ texts: [String], catalog: PolicyCatalog, option: String, overrides: ParameterOverrides = .none) throws
  {
    self.overrides = overrides
    title = texts.joined(separator: ", ") + overrides.title
    let folders = texts.filter(PolicyArgument.isFolder)
    guard let folder = folders.first else {
      kind = .entries(try texts.map { text throws(Fault) in try catalog.entry(fileOrName: text) })
      return
    }
    guard texts.count == 1 else {
      throw Problem(
        .invalidInput,
        "\(option): expected policies or a single folder of policies, found the folder \(folder) among several")
    }
    kind = .folder(PolicyCatalog(rules: folder))
  }

  /// The policies that a tenant would list, in order. Reads each file of a folder once. Throws a `Problem` for a name that is
  /// not in the folder.
  package func entries(for tenant: Tenant) throws -> [PolicyCatalog.Entry] {
    switch kind {
    case .entries(let entries): return entries
    case .folder(let catalog):
      return try tenant.policies.map { name in
        if let entry = found[name] { return entry }
        do throws(Fault) {
          let entry = try catalog.entry(named: name)
          found[name] = entry
          return entry
        } catch { throw Problem(error, after: "tenant '\(tenant.id)': ") }
      }
    }
  }

  /// Throws if a parameter is overridden that no policy of these tenants declares, or with a value outside its range.
  package func checkOverrides(for tenants: [Tenant]) throws {
    var seen: Set<String> = []
    var declared: [Parameter] = []
    var ranges: [ParameterRanges] = []
    for entry in try tenants.flatMap(entries) where seen.insert(entry.name).inserted {
      guard let policy = try? CompiledPolicy(file: entry.name, source: entry.source) else { continue }
      declared += policy.declared
      ranges.append(policy.ranges)
    }
    try overrides.check(declared: declared)
    try overrides.check(ranges: ranges, declared: declared)
  }

  /// The tenant's parameters with the overrides applied.
  package func parameters(for tenant: Tenant) throws -> [Parameter] {
    if overrides.isEmpty { return tenant.parameters }
    return try overrides.applied(to: tenant, declared: try entries(for: tenant).flatMap(ParameterOverrides.declared))
  }

  /// Compiled for a tenant, with its parameters and the overrides. Throws a `Problem` with the line.
  package func policies(for tenant: Tenant) throws -> [CompiledPolicy] {
    let entries = try entries(for: tenant)
    let parameters = try parameters(for: tenant)
    return try entries.map { entry in
      do throws(Fault) {
        return try CompiledPolicy(file: entry.name, source: entry.source, parameters: parameters)
      } catch { throw Problem(.invalidPolicy, error.text(in: entry.path ?? entry.name, source: entry.source)) }
    }
  }

  /// Whether there is a folder at the path.
  package static func isFolder(_ path: String) -> Bool {
    var isDirectory: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && isDirectory.boolValue
  }
}
