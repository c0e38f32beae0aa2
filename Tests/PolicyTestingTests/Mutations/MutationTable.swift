import Policies
import Routing

/// The table of what catches mutants, as a page of documentation.
struct MutationTable {
  let runs: [MutationRun]
  let seed: UInt64
  let requests: Int
  let corpus: Int

  var slipped: [MutationRun] { runs.filter(\.slips) }

  var page: String {
    """
    # Mutations: which checks catch a mistake

    \(runs.count) broken policies are made from the five shipped ones. Each differs from a shipped policy by one change, such as
    a person could make by mistake. Each goes through `usher check`, through the policy's cases, and through `usher check --search`
    with \(requests) requests: once with the properties that every policy has (**general**), and once with the policy's own
    properties as well (**search**). \(corpus) other requests show the effect of a change. It **misroutes** if one of them gets
    another outcome, device or time, or a fault. It changes **words** if only a reason differs. It is **equivalent** if all
    answers are identical except for the units that they used. The columns from check to slip count only changes that misroute.

    \(bySlip)
    \(byPolicy)
    The three together catch \(percent(caughtMisroutes, misroutes.count)) of the changes that misroute, before a policy is live.
    \(alone)

    So many changes are caught because the shipped policies are short and their own properties describe nearly all of their
    behaviour. For a policy without properties of its own, only its cases and the general properties catch mistakes.

    ## Changes that none of them catches

    \(slips)
    ## Found by only one of the three

    \(loners)
    ## How to update this page

    A test writes this page. Run it again when the checks, the cases or the search change:

    ```sh
    USHER_MUTATIONS=Docs/Checks/Mutations.md swift test --filter MutationTableTests
    ```

    `USHER_MUTATIONS_COUNT=200` draws 200 of the changes with the seed \(seed). `Tests/PolicyTestingTests/Mutations/Mutator.swift`
    has the rules for the changes. Every run of the tests includes a sample, in which every change that misroutes must be caught.

    """
  }

  private var misroutes: [MutationRun] { runs.filter { $0.effect == .misroutes } }
  private var caughtMisroutes: Int { misroutes.count { $0.isCaught } }

  private var bySlip: String {
    table("change", Mutant.Slip.allCases.map { slip in (slip.rawValue, runs.filter { $0.mutant.slip == slip }) })
  }

  private var byPolicy: String {
    table(
      "policy",
      ShippedPolicies.all.map { policy in ("`\(policy.name)`", runs.filter { $0.mutant.policy == policy.name }) })
  }

  private func table(_ title: String, _ rows: [(String, [MutationRun])]) -> String {
    var text = "| \(title) | made | misroute | check | cases | general | search | any | slip | words | equivalent |\n"
    text += "|---|---|---|---|---|---|---|---|---|---|---|\n"
    for (name, runs) in rows + [("**all**", self.runs)] where !runs.isEmpty {
      let wrong = runs.filter { $0.effect == .misroutes }
      let cells = [
        runs.count, wrong.count, wrong.count { $0.isCheckedOut }, wrong.count { $0.failsCases },
        wrong.count { $0.isFoundInGeneral }, wrong.count { $0.isFound }, wrong.count { $0.isCaught },
        wrong.count { $0.slips },
        runs.count { $0.effect == .words }, runs.count { $0.effect == .equivalent },
      ]
      text += "| \(name) | " + cells.map(String.init).joined(separator: " | ") + " |\n"
    }
    return text
  }

  private var alone: String {
    let shares = [
      ("`check`", misroutes.count { $0.isCheckedOut }), ("the cases", misroutes.count { $0.failsCases }),
      ("`--search` without the policies' own properties", misroutes.count { $0.isFoundInGeneral }),
      ("with them", misroutes.count { $0.isFound }),
    ].map { "\($0.0) \(percent($0.1, misroutes.count))" }
    return "Each alone: " + shares.joined(separator: ", ") + "."
  }

  private var slips: String {
    if slipped.isEmpty { return "None that misroutes.\n" }
    return slipped.map { "- \($0.mutant.testDescription)\n" }.joined()
  }

  private var loners: String {
    func only(_ name: String, _ isOnly: (MutationRun) -> Bool) -> String {
      let found = misroutes.filter(isOnly)
      if found.isEmpty { return "- \(name): none\n" }
      return
        "- \(name): \(found.count), as `\(found[0].mutant.policy).lua` line \(found[0].mutant.line), \(found[0].mutant.change)\n"
    }
    return only("`check`") { $0.isCheckedOut && !$0.failsCases && !$0.isFound }
      + only("the cases") { !$0.isCheckedOut && $0.failsCases && !$0.isFound }
      + only("`--search`") { !$0.isCheckedOut && !$0.failsCases && $0.isFound }
  }

  private func percent(_ part: Int, _ whole: Int) -> String {
    whole == 0 ? "all" : "\(part) of \(whole) (\(part * 100 / whole) %)"
  }
}
