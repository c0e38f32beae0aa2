import ArgumentParser
import DryRun
import Persistence
import Policies
import Routing
import Wire

struct PolicyActivateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "activate", abstract: "Carry out a plan that `usher dry-run --save` kept.",
    discussion: """
      Sets the policies and parameters of the tenants that were tried, and puts files from outside into the rules folder. A
      running serve takes them in its next cycle. Refuses, and says what moved on, when policies, devices, sequences or
      files are not what they were when the plan was made.

        usher dry-run --policy new/fallback.lua --save change.plan
        usher policy activate --plan change.plan --data-may-differ --reason 'evens out the load'
      """)

  @OptionGroup var store: StoreOptions
  @OptionGroup var rules: RulesOptions
  @OptionGroup var format: FormatOptions
  @Option(help: ArgumentHelp("The plan.", valueName: "file"), completion: .file()) var plan: String
  @Option(help: ArgumentHelp("Why, for the record.", valueName: "text")) var reason: String?
  @Flag(
    name: .customLong("data-may-differ"),
    help:
      "Let pass that decisions were made, contacts enrolled or messages sent since; a running serve does that all the time."
  )
  var dataMayDiffer = false

  func run() throws {
    let file = try store.file()
    let plan = try PlanFile.read(self.plan)
    let tried = Set(plan.standing.tenants.map(\.tenant.id))
    if let stranger = plan.changes.first(where: { !tried.contains($0.tenant) }) {
      throw Problem(
        "\(self.plan) is no plan of usher: it changes tenant '\(stranger.tenant)', which was not part of the dry run")
    }
    let store = try store.openToWrite()
    let files = PlannedFiles(plan, catalog: try rules.catalog(store: file))
    if files.problems.isEmpty { try accept(plan, files) }
    var before: [TenantID: [String]] = [:]
    do {
      try store.assignPolicies(
        plan.changes.map { PolicyAssignment(tenant: $0.tenant, policies: $0.policies, parameters: $0.parameters) },
        standing: plan.tenant, marking: plan.standing.mark?.number ?? 0, reason: reason ?? defaultReason(plan),
        actor: operatorName(), at: SystemClock().now()
      ) { standing in
        let found =
          plan.differences(from: Plan.digested(standing), dataMayDiffer: dataMayDiffer) + files.problems
          + files.obstacles(standing)
        guard found.isEmpty else {
          throw Problem(
            "the plan of \(plan.savedAt.rfc3339) does not hold any more; nothing was changed:\n"
              + found.map { "  \($0)\n" }.joined() + "try it again with `usher dry-run`")
        }
        for tenant in standing.tenants { before[tenant.tenant.id] = tenant.tenant.policies }
        try files.put()
      }
    } catch {
      files.undo()
      throw error
    }
    for path in files.paths { Talk.say("wrote \(path)") }
    Talk.put(listing(plan, before: before), format.format)
  }

  /// Each policy as a daemon would take it, with each tenant's parameters.
  private func accept(_ plan: Plan, _ files: PlannedFiles) throws {
    var accepted: [Plan.Change] = []
    for change in plan.changes {
      // Tenants mostly have the same list and no parameters of their own.
      if accepted.contains(where: { $0.policies == change.policies && $0.parameters == change.parameters }) { continue }
      for name in change.policies {
        guard let entry = files.entries[name] else {
          throw Problem("\(self.plan) is no plan of usher: it names no policy '\(name)'")
        }
        do throws(Fault) {
          _ = try PolicyBoard.accept(entry, parameters: change.parameters)
        } catch {
          throw Problem("policy \(name) does not pass for tenant '\(change.tenant)': \(error.text)")
        }
      }
      accepted.append(change)
    }
  }

  private func defaultReason(_ plan: Plan) -> String {
    "plan of \(plan.savedAt.rfc3339): \(plan.summary.changed) of \(plan.summary.contacts) contacts change"
  }

  private func listing(_ plan: Plan, before: [TenantID: [String]]) -> Listing {
    var listing = Listing(["tenant", "policies", "policies_before", "params"])
    for change in plan.changes {
      listing.add([
        .string(change.tenant.text), .array(change.policies.map { .string($0) }),
        .array((before[change.tenant] ?? []).map { .string($0) }), PlanFile.parameters(change.parameters),
      ])
    }
    return listing
  }
}
