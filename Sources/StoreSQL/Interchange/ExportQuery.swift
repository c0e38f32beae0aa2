import Routing
import Wire

/// How to read and write the rows of one type. The parameter `?1` is a tenant's key, or NULL for all tenants.
struct ExportQuery {
  let sql: String
  let fields: (SQLRow, inout ExportLine) -> Void

  /// Nil for guards, which share one line, and for fleet records, which can take several lines each.
  static func of(_ type: InterchangeType) -> ExportQuery? {
    switch type {
    case .tenant: tenant
    case .device: device
    case .sequence: sequence
    case .lead: lead
    case .trigger: trigger
    case .enrolment: enrolment
    case .guards: nil
    case .guardParams: guardParams
    case .policyRevision: policyRevision
    case .policyChange: policyChange
    case .policyActivation: policyActivation
    case .policyText: policyText
    case .policyRefusal: policyRefusal
    case .canaryTally: canaryTally
    case .shadowTally: shadowTally
    case .shadowDifference: shadowDifference
    case .shadowSample: shadowSample
    case .decision: decision
    case .fleetRecord: nil
    case .leadHistory: leadHistory
    case .enrolmentHistory: enrolmentHistory
    case .stepHistory: stepHistory
    case .message: message
    case .attempt: attempt
    case .assignment: assignment
    case .deviceEvent: deviceEvent
    case .audit: audit
    }
  }
}
