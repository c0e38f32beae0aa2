import Policies
import Routing

/// The table of what catches mutants, as a page of documentation.
struct MutationTable {
  let trials: [MutationTrial]
  let seed: UInt64
  let requests: Int
  let corpus: Int

  var slipped: [MutationTrial] { trials.filter(\.slips) }

  var page: String {
    """
    # What catches a slip: mutations

    \(trials.count) broken policies are made from the five that are shipped: one thing in each is changed as a slip of the hand
    would. Each is given to `usher check`, to the policy's cases, and to `usher check --search` with \(requests) requests, once
    with the properties that every policy has (**general**), once with the policy's own as well (**search**). What a change does
    is told from \(corpus) other requests: it **misroutes** when one of them gets another outcome, device or time, or a fault; it
    changes **words** when a reason alone differs; and it is **equivalent** when all answers are the same bytes, what they use
    of the budget aside. The columns from check to slip count what misroutes.

    \(bySlip)
    \(byPolicy)
    Of what misroutes, \(percent(caughtMisroutes, misroutes.count)) is caught by at least one of the three, before anything is live.
    \(alone)

    The shipped policies fit a page, and their own properties say nearly all of what they do: that is what makes so much
    visible. A policy without properties of its own is held by its cases, and by the general ones.

    ## What slips through

    \(slips)
    ## What is found by one of the three alone

    \(loners)
    ## How this page is made

    A test makes it; run it again when the checks, the cases or the search change:

    ```sh
    USHER_MUTATIONS=Docs/Checks/Mutations.md swift test --filter MutationTableTests
    ```

    `USHER_MUTATIONS_COUNT=200` draws so many of the changes by the seed \(seed). The rules of the changes are in
    `Tests/PolicyTestingTests/Mutations/Mutator.swift`. A sample is part of every run of the tests, and must let nothing slip that
    misroutes.

    """
  }

  private var misroutes: [MutationTrial] { trials.filter { $0.effect == .misroutes } }
  private var caughtMisroutes: Int { misroutes.count { $0.isCaught } }

  private var bySlip: String {
    table("change", Mutant.Slip.allCases.map { slip in (slip.rawValue, trials.filter { $0.mutant.slip == slip }) })
  }

  private var byPolicy: String {
    table(
      "policy",
      ShippedPolicies.all.map { policy in ("`\(policy.name)`", trials.filter { $0.mutant.policy == policy.name }) })
  }

  private func table(_ title: String, _ rows: [(String, [MutationTrial])]) -> String {
    var text = "| \(title) | made | misroute | check | cases | general | search | any | slip | words | equivalent |\n"
    text += "|---|---|---|---|---|---|---|---|---|---|---|\n"
    for (name, trials) in rows + [("**all**", self.trials)] where !trials.isEmpty {
      let wrong = trials.filter { $0.effect == .misroutes }
      let cells = [
        trials.count, wrong.count, wrong.count { $0.isCheckedOut }, wrong.count { $0.failsCases },
        wrong.count { $0.isFoundInGeneral }, wrong.count { $0.isFound }, wrong.count { $0.isCaught },
        wrong.count { $0.slips },
        trials.count { $0.effect == .words }, trials.count { $0.effect == .equivalent },
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
    return "Each on its own: " + shares.joined(separator: ", ") + "."
  }

  private var slips: String {
    if slipped.isEmpty { return "Nothing that misroutes.\n" }
    return slipped.map { "- \($0.mutant.testDescription)\n" }.joined()
  }

  private var loners: String {
    func only(_ name: String, _ isOnly: (MutationTrial) -> Bool) -> String {
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
