import Policies
import Routing

/// A request that can be changed field by field during a search.
struct SearchRequest {
  var now: Instant
  var tenant = TenantID("default")!
  var seed: UInt64 = 0
  /// The tenant's `bulk_share`, in percent.
  var bulkShare = Tenant.defaultBulkShare
  var contact = ContactDraft(id: ContactID(stored: "c1"))
  /// Ids are unique. Keys are indices.
  var members: [Fleet.Member] = []
  /// The parameters that override the policy's defaults.
  var parameters: [Parameter] = []

  init(now: Instant) { self.now = now }

  init(_ request: DecideRequest) {
    now = request.fleet.now
    tenant = request.fleet.tenant
    seed = request.seed
    bulkShare = request.fleet.bulkShare
    parameters = request.parameters
    contact = ContactDraft(request.contact)
    // A request file contains no times of sends, and reservations only as queued messages.
    members = request.fleet.members.indices.map {
      Fleet.Member(device: request.fleet.members[$0].device, load: request.fleet.load($0))
    }
  }

  var request: DecideRequest {
    DecideRequest(
      contact: contact.contact,
      fleet: Fleet(
        tenant: tenant, now: now,
        members: members.enumerated().map { index, member in
          var device = member.device
          device.key = DeviceKey(Int64(index + 1))
          return Fleet.Member(device: device, load: member.load)
        }, bulkShare: bulkShare),
      seed: seed, parameters: parameters)
  }
}

// MARK: - Variants

extension SearchRequest {
  /// The fleet with the limits that the policy sees for this contact.
  var seenFleet: Fleet {
    let request = request
    return request.fleet.seen(by: request.contact)
  }

  /// With ten times the devices: nine copies of each, with new ids, in fleet order.
  var tenfold: SearchRequest {
    var copy = self
    for round in 2...10 {
      for member in members {
        var member = member
        member.device.id = DeviceID(stored: "\(member.device.id.text)~\(round)")
        copy.members.append(member)
      }
    }
    return copy
  }

  /// The id of the device that `withUnrelated` adds.
  var unrelatedID: String {
    var id = "unrelated"
    while members.contains(where: { $0.device.id.text == id }) || contact.assignedDevice?.text == id
      || contact.lastDevice?.text == id
    {
      id += "'"
    }
    return id
  }

  /// With one more device at the end that is unrelated to the contact: offline, without tags, platform, sends and limits,
  /// and neither the contact's assigned nor its last device.
  var withUnrelated: SearchRequest {
    var copy = self
    var device = Device(key: DeviceKey(0), id: DeviceID(stored: unrelatedID))
    device.status = .offline
    copy.members.append(Fleet.Member(device: device, load: DeviceLoad()))
    return copy
  }

  /// With the same devices in another order: reversed, and rotated by one.
  var renumbered: [SearchRequest] {
    guard members.count > 1 else { return [] }
    var (reversed, rotated) = (self, self)
    reversed.members.reverse()
    rotated.members.append(rotated.members.removeFirst())
    return members.count > 2 ? [reversed, rotated] : [reversed]
  }

  /// Whether two available devices are equal in everything that the fleet ranks by before the position: load, outstanding
  /// messages, messages sent in 24 hours. Between such devices the position must decide.
  var hasTies: Bool {
    var seen: Set<[UInt64]> = []
    let fleet = seenFleet
    for (place, member) in fleet.members.enumerated() where fleet.refusal(place) == nil {
      let mark = [
        member.load.share(under: member.device.limits).bitPattern, UInt64(member.load.outstanding),
        UInt64(min(member.load.sentDay, 0xFF_FFFF)),
      ]
      if !seen.insert(mark).inserted { return true }
    }
    return false
  }
}
