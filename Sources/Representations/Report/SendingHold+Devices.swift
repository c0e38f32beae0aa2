import Routing

extension [SendingHold] {
  /// Why no device of a tenant accepts messages, whatever its own state: sending is held because of the clock. Nil without
  /// such a hold. During every other hold, devices still accept messages into their queues.
  func deviceRefusal(of tenant: TenantID) -> String? {
    covering(tenant)?.kind == .clock ? "the clock: sending is on hold" : nil
  }
}
