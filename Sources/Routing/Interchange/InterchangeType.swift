/// The types of the lines that `usher import` reads and `usher export` writes. Exports use this order, in which a line
/// follows the lines that it refers to.
package enum InterchangeType: String, CaseIterable, Sendable {
  case tenant, device, sequence, lead, trigger, enrolment, guards
  case guardParams = "guard_params"
  case policyRevision = "policy_revision"
  case policyChange = "policy_change"
  case policyActivation = "policy_activation"
  case policyText = "policy_text"
  case policyRefusal = "policy_refusal"
  case canaryTally = "canary_tally"
  case shadowTally = "shadow_tally"
  case shadowDifference = "shadow_difference"
  case shadowSample = "shadow_sample"
  case decision
  case fleetRecord = "fleet_record"
  case leadHistory = "lead_history"
  case enrolmentHistory = "enrolment_history"
  case stepHistory = "step_history"
  case message, attempt, assignment
  case deviceEvent = "device_event"
  case audit
}
