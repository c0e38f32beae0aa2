/// The meaning of a text that Usher itself wrote, for programs and for replay. Texts of scripts, operators and gateways
/// have no code.
///
/// Raw values are stable: JSON and stores contain them. `Docs/Reference/Reasons.md` describes each of them, and a test
/// compares the page with this list.
package enum ReasonCode: String, CaseIterable, Sendable {
  // MARK: Decisions and waiting contacts

  case noOpinion = "no_opinion"
  case noReason = "no_reason"
  case emptyText = "empty_text"
  case policySuspended = "policy_suspended"
  case setAside = "set_aside"
  case unreadableRow = "unreadable_row"
  case optedOut = "opted_out"
  case messageMissing = "message_missing"
  case continuedElsewhere = "continued_elsewhere"

  // MARK: Holds

  case clockHold = "clock_hold"
  case restoreHold = "restore_hold"
  case machineHold = "machine_hold"
  case unreadableHold = "unreadable_hold"

  // MARK: Policy files that are refused or held

  case policyNotFound = "policy_not_found"
  case guardNotFound = "guard_not_found"
  case invalidPolicyName = "invalid_policy_name"
  case checkFailed = "check_failed"
  case casesUnreadable = "cases_unreadable"
  case caseFailed = "case_failed"
  case policyUnusable = "policy_unusable"
  case heldUntilEdited = "held_until_edited"
  case heldShipped = "held_shipped"
  case heldPinned = "held_pinned"
  case heldNoLongerPasses = "held_no_longer_passes"

  // MARK: Files and parameters

  case syntaxError = "syntax_error"
  case fileTooLarge = "file_too_large"
  case notSourceText = "not_source_text"
  case noTableReturned = "no_table_returned"
  case unknownPart = "unknown_part"
  case missingHook = "missing_hook"
  case invalidPart = "invalid_part"
  case invalidParameters = "invalid_parameters"
  case invalidRanges = "invalid_ranges"
  case invalidCondition = "invalid_condition"
  case wrongParameterType = "wrong_parameter_type"
  case parameterOutOfRange = "parameter_out_of_range"
  case parametersTooLarge = "parameters_too_large"
  case iteratorKept = "iterator_kept"
  case invalidData = "invalid_data"

  // MARK: Limits of a call

  case instructionBudget = "instruction_budget"
  case memoryCap = "memory_cap"
  case timeLimit = "time_limit"
  case outOfMemory = "out_of_memory"
  case errorInErrorHandler = "error_in_error_handler"
  case interpreterUnusable = "interpreter_unusable"
  case noInterpreter = "no_interpreter"

  // MARK: Errors of a script

  case luaError = "lua_error"
  case errorNotText = "error_not_text"
  case errorWithoutMessage = "error_without_message"
  case unknownField = "unknown_field"
  case fieldNotAName = "field_not_a_name"
  case listHasNoFields = "list_has_no_fields"
  case verdictHasNoFields = "verdict_has_no_fields"
  case unknownGlobal = "unknown_global"
  case unknownMember = "unknown_member"
  case unknownFilter = "unknown_filter"
  case unavailableName = "unavailable_name"
  case onlyInHook = "only_in_hook"
  case readOnly = "read_only"
  case staleValue = "stale_value"
  case callWithColon = "call_with_colon"
  case invalidArgument = "invalid_argument"
  case invalidOperand = "invalid_operand"
  case keyWithoutOrder = "key_without_order"

  // MARK: Verdicts

  case notAVerdict = "not_a_verdict"
  case tooManyVerdicts = "too_many_verdicts"
  case invalidReason = "invalid_reason"
  case invalidSeconds = "invalid_seconds"
  case invalidWaitlist = "invalid_waitlist"
  case notADevice = "not_a_device"
  case deviceOfAnotherFleet = "device_of_another_fleet"

  /// Whether Usher chooses the words, so that another version may choose others. False for messages of the Lua library.
  package var isOwnWording: Bool { self != .luaError && self != .syntaxError }
}

/// One of Usher's own error texts, which a script caught and put into a reason or a note.
package struct CaughtText: Equatable, Sendable {
  /// Which text it is.
  package let code: ReasonCode
  /// Its words, at most 400 bytes, without the position that Lua puts before them.
  package let text: String

  /// `text` as the script got it, made fit to be shown.
  package init(_ code: ReasonCode, _ text: String) { (self.code, self.text) = (code, text) }
}
