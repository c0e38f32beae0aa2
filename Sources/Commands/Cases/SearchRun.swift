import ArgumentParser
import Foundation
import Operations
import Policies
import PolicyTesting
import Representations
import Routing
import Wire

/// `usher check --search`: counterexamples for policy files, as text or JSON.
struct SearchRun {
  let files: [String]
  let options: SearchOptions
  let format: ListingFormat

  /// Real requests that are made of at most; they come before all others.
  private static let baseMax = 500
  private static let requestMax = 2000

  /// Throws `ExitCode(1)` when a property does not hold.
  func run() throws {
    let bases = try options.store.map(SearchRun.bases) ?? []
    if options.store != nil {
      Talk.say("\(bases.count) due contacts of the store are tried, and requests made of them")
    }
    var listing = Listing(["file", "property", "message", "seed", "request_number", "request", "case"])
    var isFine = true
    for file in files where !file.hasSuffix("_test.lua") {
      let entry = try PolicyCatalog(rules: nil).entry(fileOrName: file)
      let report = try search(entry, bases)
      for found in report.found {
        isFine = false
        listing.add([
          .string(file), .string(found.property.name), .string(found.message), .integer(Int64(seed)),
          JSONValue(found.number), .object(found.request.json), .string(found.entry(depth: 0)),
        ])
        if format == .table { Talk.put(text(found, file)) }
      }
      let names = report.properties.map(\.name).joined(separator: ", ")
      let result = report.found.isEmpty ? "all hold" : "\(report.found.count) of \(report.properties.count) broken"
      Talk.say(
        "\(file): \(report.requests) requests, \(report.decisions) decisions, seed \(seed): \(result) (\(names))")
    }
    if format != .table { Talk.put(listing, format) }
    if !isFine { throw ExitCode(1) }
  }

  private var seed: UInt64 { options.seed ?? 1 }

  private func search(_ entry: PolicyCatalog.Entry, _ bases: [DecideRequest]) throws -> PolicySearch.Report {
    var search = PolicySearch.Options()
    search.seed = seed
    search.requestMax = options.requests ?? (options.seconds == nil ? SearchRun.requestMax : .max)
    search.bases = bases
    do {
      let cases = try entry.cases.map { try PolicyCases(file: "\(entry.name)_test.lua", source: $0) }
      search.skipped = try skipped(own: cases?.properties ?? [])
      let end = options.seconds.map { stopwatch() + $0 * 1000 }
      return try PolicySearch(entry, cases: cases, casesSource: entry.cases, options: search).run {
        end.map { stopwatch() < $0 } ?? true
      }
    } catch let failure as PolicyCases.Failure {
      let place = failure.line.map { ":\($0)" } ?? ""
      throw Problem(.invalidInput, "the cases of \(entry.path ?? entry.name)\(place): \(failure.message)")
    } catch let fault as Fault {
      throw Problem(.invalidInput, fault.text(in: entry.path ?? entry.name, source: entry.source))
    }
  }

  private func skipped(own: [String]) throws -> Set<PolicyProperty> {
    let known = PolicyProperty.general + own.map(PolicyProperty.own)
    return Set(
      try options.skip.map { name in
        guard let property = known.first(where: { $0.name == name }) else {
          throw Problem(
            .invalidInput,
            "--skip: there is no property '\(name)'; there are \(known.map(\.name).joined(separator: ", "))")
        }
        return property
      })
  }

  private func text(_ found: PolicySearch.Counterexample, _ file: String) -> String {
    let title = terminalSafe(found.property.title)
    let name = found.property.title == found.property.name ? "" : " (\(found.property.name))"
    return """
      \(file): broken: \(title)\(name)
        \(terminalSafe(found.message))
        found with seed \(seed) at request \(found.number), made small in \(found.steps) steps; for `usher decide`:
      \(JSONWriter().string(.object(found.request.json)))
        as a case, expecting what it answers now:
          \(found.entry(depth: 2)),

      """
  }

  /// The contacts of a store that are due, each with its tenant's fleet and parameters. Reads alone.
  private static func bases(_ path: String) throws -> [DecideRequest] {
    var options = StoreOptions()
    options.store = path
    let store = try options.openToRead()
    let now = SystemClock().now()
    var requests: [DecideRequest] = []
    try store.read { snapshot in
      for tenant in try snapshot.tenants() where requests.count < baseMax {
        let fleet = try snapshot.fleet(of: tenant, at: now)
        try snapshot.visitDue(tenant: tenant.key, limit: baseMax - requests.count, at: now) { due in
          let seed = SeededRandom.seed(contact: due.contact.id, step: due.contact.step, at: now)
          requests.append(
            DecideRequest(contact: due.contact, fleet: fleet, seed: seed, parameters: tenant.parameters))
        }
      }
    }
    return requests
  }
}
