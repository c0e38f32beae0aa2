import Policies

extension PolicyCheck {
  /// The rules of `usher check`. The raw value is the name in findings, suppressions and pages.
  package enum Rule: String, CaseIterable, Sendable {
    case syntax
    case doesNotLoad = "does-not-load"
    case missingHook = "missing-hook"
    case unreadableCases = "unreadable-cases"
    case unknownGlobal = "unknown-global"
    case notInPolicies = "not-in-policies"
    case undeclaredVariable = "undeclared-variable"
    case unknownField = "unknown-field"
    case readOnlyField = "read-only-field"
    case wrongCall = "wrong-call"
    case wrongArgument = "wrong-argument"
    case notAVerdict = "not-a-verdict"
    case uncalledHook = "uncalled-hook"
    case unreturnedVerdict = "unreturned-verdict"
    case missingVerdict = "missing-verdict"
    case missingReason = "missing-reason"
    case ignoredArgument = "ignored-argument"
    case impossibleComparison = "impossible-comparison"
    case impossibleID = "impossible-id"
    case undeclaredParameter = "undeclared-parameter"
    case unusedParameter = "unused-parameter"
    case unusedLocal = "unused-local"
    case shadowedName = "shadowed-name"
    case unreachableCode = "unreachable-code"
    case keptState = "kept-state"
    case unstableTieBreak = "unstable-tie-break"
    case nanScore = "nan-score"
    case fleetLoop = "fleet-loop"
    case hardCodedCap = "hard-coded-cap"
    case oldName = "old-name"
    case capacityWait = "capacity-wait"
    case unusedSuppression = "unused-suppression"

    /// With an error the daemon refuses the file; with warnings it never does.
    package var severity: Severity {
      switch self {
      case .syntax, .doesNotLoad, .missingHook, .unreadableCases, .unknownGlobal, .notInPolicies, .undeclaredVariable,
        .unknownField, .readOnlyField, .wrongCall, .wrongArgument, .notAVerdict:
        .error
      case .uncalledHook, .unreturnedVerdict, .missingVerdict, .missingReason, .ignoredArgument, .impossibleComparison,
        .impossibleID, .undeclaredParameter, .unusedParameter, .unusedLocal, .shadowedName, .unreachableCode,
        .keptState,
        .unstableTieBreak, .nanScore, .fleetLoop, .hardCodedCap, .oldName, .capacityWait, .unusedSuppression:
        .warning
      }
    }

    /// Whether `usher check --fix` can fix it, in unambiguous cases.
    package var isFixable: Bool {
      switch self {
      case .unknownGlobal, .undeclaredVariable, .unknownField, .wrongCall, .wrongArgument,
        .unreturnedVerdict, .impossibleComparison, .undeclaredParameter, .oldName, .capacityWait:
        true
      default: false
      }
    }

    /// What the rule finds, as the title of its page.
    package var summary: String {
      switch self {
      case .syntax: "a syntax error"
      case .doesNotLoad: "a file that cannot be loaded as a policy"
      case .missingHook: "a policy without the hook select"
      case .unreadableCases: "a case file that cannot be read"
      case .unknownGlobal: "an undefined global name"
      case .notInPolicies: "a feature of Lua that policies do not have"
      case .undeclaredVariable: "an assignment to an undeclared variable"
      case .unknownField: "a field or query that does not exist"
      case .readOnlyField: "an assignment to a read-only value"
      case .wrongCall: "a field that is called, or a query called with a dot"
      case .wrongArgument: "an invalid argument"
      case .notAVerdict: "a hook that returns something other than a verdict"
      case .uncalledHook: "a hook that this version does not call"
      case .unreturnedVerdict: "a verdict that is created but not returned"
      case .missingVerdict: "a path through a hook that ends without a verdict"
      case .missingReason: "a verdict without a reason"
      case .ignoredArgument: "an argument that is ignored"
      case .impossibleComparison: "a comparison whose result never changes"
      case .impossibleID: "an invalid id"
      case .undeclaredParameter: "a parameter that is read but not declared"
      case .unusedParameter: "a parameter that is declared but not read"
      case .unusedLocal: "a local variable that is never read"
      case .shadowedName: "a name that hides another"
      case .unreachableCode: "code that never runs"
      case .keptState: "state that would have to outlast a decision"
      case .unstableTieBreak: "an unstable choice among equal devices"
      case .nanScore: "a computation that can result in NaN"
      case .fleetLoop: "a loop over the fleet that a query can replace"
      case .hardCodedCap: "a hard-coded limit"
      case .oldName: "a field by the name that it had in an earlier version"
      case .capacityWait: "a wait for capacity that takes no place on a waitlist"
      case .unusedSuppression: "a suppression that suppresses nothing"
      }
    }

    /// Why it matters, in one sentence.
    package var why: String {
      switch self {
      case .syntax: "Lua cannot compile the file, so no part of it can run"
      case .doesNotLoad: "the file is refused, and the last good revision stays in use"
      case .missingHook: "select decides due steps; without it the file is refused"
      case .unreadableCases:
        "cases that are not run protect nothing, and a policy with unreadable cases is refused"
      case .unknownGlobal: "reading an undefined name is a fault, and the contact waits"
      case .notInPolicies:
        "a decision depends only on its request and has a bounded cost; features that could break this are not available"
      case .undeclaredVariable: "a policy cannot have global variables: nothing is kept between decisions"
      case .unknownField: "reading a field that does not exist is a fault, and the contact waits"
      case .readOnlyField: "a hook's arguments are read-only: the assignment is a fault, and the contact waits"
      case .wrongCall: "the call is a fault, and the contact waits"
      case .wrongArgument: "the call is a fault, and the contact waits"
      case .notAVerdict: "anything but a verdict or nil is a fault, and the contact waits"
      case .uncalledHook: "the hook never runs"
      case .unreturnedVerdict: "a verdict takes effect only if the hook returns it"
      case .missingVerdict:
        "a hook that returns nothing has no opinion: the next policy decides, and after the last one the contact waits"
      case .missingReason:
        "operators read the reason when somebody asks why; without one the record does not explain the decision"
      case .ignoredArgument: "it has no effect, although one was probably intended"
      case .impossibleComparison: "one of the two branches never runs"
      case .impossibleID: "an id is text of 1 to 200 bytes without control characters, so the comparison never holds"
      case .undeclaredParameter: "reading a parameter that neither the file nor the tenant sets is a fault"
      case .unusedParameter: "setting it has no effect"
      case .unusedLocal: "it is a leftover, or a wrong name is used where it should be read"
      case .shadowedName: "from there on the name means something else, which is easily overlooked"
      case .unreachableCode: "the code has no effect"
      case .keptState:
        "a decision depends only on its request: after each decision, variables get their old values back"
      case .unstableTieBreak:
        "the same device should be chosen when the decision is made again or a device is added"
      case .nanScore:
        "every comparison with NaN (0/0) is false, so the first device wins regardless of its score"
      case .fleetLoop: "a query costs a fraction of the instructions, and breaks ties in the same way everywhere"
      case .hardCodedCap: "each device has its own limits; a number in a policy becomes wrong when they change"
      case .oldName: "the old name still works, but documentation, completion and other policies use the new one"
      case .capacityWait:
        "the contact is decided again when its time is up, although others may get the capacity before it"
      case .unusedSuppression: "it would hide a later finding of that rule on its line"
      }
    }

    /// The rule's page, relative to the repository's root.
    package var page: String { "Docs/Checks/\(rawValue).md" }
  }
}
