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
        .unstableTieBreak, .nanScore, .fleetLoop, .hardCodedCap, .unusedSuppression:
        .warning
      }
    }

    /// Whether `usher check --fix` can fix it, in unambiguous cases.
    package var isFixable: Bool {
      switch self {
      case .unknownGlobal, .undeclaredVariable, .unknownField, .wrongCall, .wrongArgument,
        .unreturnedVerdict, .impossibleComparison, .undeclaredParameter:
        true
      default: false
      }
    }

    /// What the rule finds, as the title of its page.
    package var summary: String {
      switch self {
      case .syntax: "text that is no Lua"
      case .doesNotLoad: "a file that is no policy"
      case .missingHook: "a policy without the hook select"
      case .unreadableCases: "a file of cases that states none"
      case .unknownGlobal: "a name that nothing has"
      case .notInPolicies: "a part of Lua that policies do not have"
      case .undeclaredVariable: "an assignment to a variable that was not declared"
      case .unknownField: "a field or query that is not there"
      case .readOnlyField: "an assignment to what a hook is shown"
      case .wrongCall: "a field that is called, or a query called with a dot"
      case .wrongArgument: "an argument that will not be taken"
      case .notAVerdict: "a hook that returns something else than a verdict"
      case .uncalledHook: "a hook that this version does not call"
      case .unreturnedVerdict: "a verdict that is made and not returned"
      case .missingVerdict: "a way through a hook that ends without a verdict"
      case .missingReason: "a verdict without a reason"
      case .ignoredArgument: "an argument that nobody looks at"
      case .impossibleComparison: "a comparison that always comes out the same"
      case .impossibleID: "an id that nothing can have"
      case .undeclaredParameter: "a parameter that is read and not declared"
      case .unusedParameter: "a parameter that is declared and not read"
      case .unusedLocal: "a local variable that is never read"
      case .shadowedName: "a name that hides another"
      case .unreachableCode: "code that never runs"
      case .keptState: "state that is to outlive a decision"
      case .unstableTieBreak: "a choice among equals that depends on nothing stable"
      case .nanScore: "a number that can be no number"
      case .fleetLoop: "a loop over the fleet that a query does"
      case .hardCodedCap: "a cap written as a number"
      case .unusedSuppression: "a suppression that suppresses nothing"
      }
    }

    /// Why it matters, in one sentence.
    package var why: String {
      switch self {
      case .syntax: "Lua does not compile the file, so nothing of it can run"
      case .doesNotLoad: "the file is refused, and the last good revision goes on"
      case .missingHook: "select is what decides a due step; without it the file is refused"
      case .unreadableCases:
        "cases that are not run protect nothing, and a policy whose cases cannot be read is refused"
      case .unknownGlobal: "reading a name that is not there is a fault, and the contact waits"
      case .notInPolicies:
        "a decision depends on its request alone and has a bounded cost; what could break that is left out"
      case .undeclaredVariable: "there are no global variables of a policy's own: nothing is kept between decisions"
      case .unknownField: "reading a field that is not there is a fault, and the contact waits"
      case .readOnlyField: "what a hook is shown cannot be changed: the assignment is a fault, and the contact waits"
      case .wrongCall: "the call is a fault, and the contact waits"
      case .wrongArgument: "the call is a fault, and the contact waits"
      case .notAVerdict: "anything but a verdict or nil is a fault, and the contact waits"
      case .uncalledHook: "what the hook says is never asked for"
      case .unreturnedVerdict: "a verdict counts when the hook returns it; made and dropped, it does nothing"
      case .missingVerdict:
        "a hook that returns nothing has no opinion: the next policy is asked, and after the last one the contact waits"
      case .missingReason:
        "the reason is what an operator reads when somebody asks why; without it the record says nothing"
      case .ignoredArgument: "what was meant by it does not happen"
      case .impossibleComparison: "one of the two branches never runs"
      case .impossibleID: "an id is text of 1 to 200 bytes without control characters, so the comparison never holds"
      case .undeclaredParameter: "reading a parameter that neither the file nor the tenant sets is a fault"
      case .unusedParameter: "a tenant that sets it changes nothing"
      case .unusedLocal: "it is left over, or another name was meant where it should be read"
      case .shadowedName: "below it the name means something else, which is easily overlooked"
      case .unreachableCode: "what stands there has no effect"
      case .keptState: "a decision is a function of its request: after each one, variables are what they were"
      case .unstableTieBreak:
        "whoever is chosen among equals should stay chosen when the decision is made again or a device is added"
      case .nanScore:
        "0/0 is no number: each comparison with it is false, so whoever comes first wins whatever its score"
      case .fleetLoop: "a query costs a fraction of the instructions, and breaks ties in the same way everywhere"
      case .hardCodedCap: "a device carries its own caps; a number in a policy goes wrong when they change"
      case .unusedSuppression: "it hides the next finding of that kind on its line"
      }
    }

    /// The rule's page, relative to the repository's root.
    package var page: String { "Docs/Checks/\(rawValue).md" }
  }
}
