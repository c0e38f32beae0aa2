/// The kinds of errors that Usher reports, so that programs can tell them apart. `Docs/Reference/Errors.md` describes
/// each kind; a test compares that page with this list.
package enum ErrorCode: String, CaseIterable, Sendable {
  // MARK: Input

  /// A value, field or option has the wrong form or is out of range.
  case invalidInput = "invalid_input"
  /// A line of an imported file was refused.
  case importRejected = "import_rejected"
  /// A file is missing or cannot be read.
  case unreadableFile = "unreadable_file"
  /// A file cannot be written, or writing it would harm a store.
  case unwritableFile = "unwritable_file"
  /// The command needs a reason for the audit.
  case reasonRequired = "reason_required"
  /// The command would change several tenants and was not given explicit consent.
  case consentRequired = "consent_required"

  // MARK: Not found

  case tenantNotFound = "tenant_not_found"
  case deviceNotFound = "device_not_found"
  case leadNotFound = "lead_not_found"
  case contactNotFound = "contact_not_found"
  /// Several contacts match the name.
  case contactAmbiguous = "contact_ambiguous"
  case policyNotFound = "policy_not_found"
  case guardNotFound = "guard_not_found"
  case revisionNotFound = "revision_not_found"
  /// Several revisions begin with the digest.
  case revisionAmbiguous = "revision_ambiguous"
  case decisionNotFound = "decision_not_found"
  /// The tenant has no generation of that number.
  case generationNotFound = "generation_not_found"

  // MARK: Policies

  /// A policy, guard or case file has an error.
  case invalidPolicy = "invalid_policy"
  /// The tenant has no live policy yet.
  case noLivePolicy = "no_live_policy"
  /// A policy failed while it was deciding.
  case policyFailed = "policy_failed"
  /// A recorded decision had a different result when it was made again.
  case decisionDiffers = "decision_differs"
  /// A result exceeds a limit that was given with the command.
  case limitExceeded = "limit_exceeded"
  /// A plan cannot be used, or the store has changed since it was made.
  case stalePlan = "stale_plan"

  /// A recorded revision cannot be reproduced: another version of Usher or Lua made it, or its parameters were not
  /// recorded.
  case revisionNotReproducible = "revision_not_reproducible"

  // MARK: State

  /// The state of the row does not allow the action.
  case stateConflict = "state_conflict"
  /// Another command or process changed the same thing in the meantime; try again.
  case changedMeanwhile = "changed_meanwhile"
  /// It is not certain that sending has stopped.
  case holdUncertain = "hold_uncertain"

  // MARK: Store and machine

  /// The store cannot be opened or used.
  case storeUnusable = "store_unusable"
  /// Another process runs on the store or has taken it over.
  case storeTaken = "store_taken"
  /// A record cannot be read or was never written.
  case unreadableRecord = "unreadable_record"
  /// A gateway cannot be used.
  case gatewayUnusable = "gateway_unusable"
  /// This machine cannot run policies safely.
  case engineUnusable = "engine_unusable"
  /// A check of this machine or of a store found something wrong; the report names it.
  case checkFailed = "check_failed"
}
