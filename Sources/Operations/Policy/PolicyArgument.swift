import Foundation
import Policies
import Routing

/// Policies to compare, as `--policy` and `--against` name them.
package final class PolicyArgument {
  private enum Kind {
    /// Asked in order, for each tenant.
    case entries([PolicyCatalog.Entry])
    /// Each tenant's own list, looked up in another folder.
    case folder(PolicyCatalog)
  }

  private let kind: Kind
  /// What was found in the folder: a file that is edited meanwhile stays what it was.
  private var found: [String: PolicyCatalog.Entry] = [:]
  /// Parameters that are set over the tenants' own.
  package let overrides: ParameterOverrides
  /// How it is called in a report.
  package let title: String

  /// `texts` are files, names, or one folder. `option` names them in errors. Throws what cannot be read.
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
        "\(option): expected policies or one folder of policies, found the folder \(folder) among others")
    }
    kind = .folder(PolicyCatalog(rules: folder))
  }

  /// The policies that a tenant would list, in their order. Reads each file of a folder once. Throws a `Problem` for a name that is
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

  /// Throws when a parameter is overridden that no policy of these tenants declares.
  package func checkOverrides(for tenants: [Tenant]) throws {
    var seen: Set<String> = []
    var declared: [Parameter] = []
    for entry in try tenants.flatMap(entries) where seen.insert(entry.name).inserted {
      declared += ParameterOverrides.declared(by: entry)
    }
    try overrides.check(declared: declared)
  }

  /// The tenant's parameters as the candidate has them.
  package func parameters(for tenant: Tenant) throws -> [Parameter] {
    if overrides.isEmpty { return tenant.parameters }
    return try overrides.applied(to: tenant, declared: try entries(for: tenant).flatMap(ParameterOverrides.declared))
  }

  /// Compiled for a tenant, with its parameters and the ones that are overridden. Throws a `Problem` with the line.
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
