import ArgumentParser
import Operations
import Policies
import PolicyTesting
import Representations

/// What `usher check --search` looks for, and for how long.
struct SearchOptions: ParsableArguments {
  @Flag(help: "Search for requests that break a property of the policies; print the smallest one found and exit 1.")
  var search = false
  @Option(help: ArgumentHelp("With --search: the seed of the generated requests.", valueName: "number"))
  var seed: UInt64?
  @Option(help: ArgumentHelp("With --search: requests to try for each policy; default: 2000.", valueName: "n"))
  var requests: Int?
  @Option(
    help: ArgumentHelp("With --search: the time to spend on each policy.", valueName: "seconds"))
  var seconds: Double?
  @Option(
    help: ArgumentHelp(
      "With --search: skip a property: \(PolicyProperty.general.map(\.name).joined(separator: ", ")), or one that the policy declares; repeat for more.",
      valueName: "property"))
  var skip: [String] = []
  @Option(
    help: ArgumentHelp(
      "With --search: also derive requests from the due contacts and fleets of this store.", valueName: "path"))
  var store: String?

  func validate() throws {
    guard search else {
      if seed != nil || requests != nil || seconds != nil || !skip.isEmpty || store != nil {
        throw ValidationError("--seed, --requests, --seconds, --skip and --store require --search")
      }
      return
    }
    if let seed, seed > UInt64(Int64.max) { throw ValidationError("--seed: expected 0 to \(Int64.max), found \(seed)") }
    if let requests, !(1...100_000_000).contains(requests) {
      throw ValidationError("--requests: expected 1 to 100000000, found \(requests)")
    }
    if let seconds, !(seconds > 0 && seconds <= 86_400) {
      throw ValidationError("--seconds: expected more than 0 and at most 86400, found \(seconds)")
    }
  }

  /// Searches each file. Throws `ExitCode(1)` if a property does not hold.
  func run(_ files: [String], format: ListingFormat) throws {
    var search = SearchPolicy()
    (search.seed, search.requests, search.seconds, search.skipped) = (seed ?? 1, requests, seconds, skip)
    if store != nil {
      search.bases = try bases()
      TerminalOutput.note("\(search.bases.count) due contacts of the store are tried, and requests derived from them")
    }
    var report = SearchReport()
    for file in files where !file.hasSuffix("_test.lua") {
      let result = try search.run(file, stopwatch: stopwatch)
      report.add(result)
      if format == .table {
        for text in SearchReport.texts(of: result) { TerminalOutput.write(text) }
      }
      TerminalOutput.note(SearchReport.summary(of: result))
    }
    if format != .table { TerminalOutput.write(report, format) }
    if !report.holds { throw ExitCode(1) }
  }

  private func bases() throws -> [DecideRequest] {
    guard let store else { return [] }
    var options = StoreOptions()
    options.store = store
    return try DueRequestsQuery().run(on: try options.openToRead(), at: SystemClock().now())
  }
}
