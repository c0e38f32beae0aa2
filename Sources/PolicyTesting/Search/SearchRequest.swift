import Policies
import Routing

/// A request that is changed piece by piece until a policy gives itself away.
struct SearchRequest {
  var now: Instant
  var tenant = TenantID("default")!
  var seed: UInt64 = 0
  var contact = ContactDraft(id: ContactID(stored: "c1"))
  /// With ids that differ. Their keys are their places.
  var members: [Fleet.Member] = []
  /// What is set beside the policy's defaults.
  var parameters: [Parameter] = []

  init(now: Instant) { self.now = now }

  init(_ request: DecideRequest) {
    now = request.fleet.now
    tenant = request.fleet.tenant
    seed = request.seed
    parameters = request.parameters
    contact = ContactDraft(request.contact)
    // Moments of sends are no part of a request from outside, nor are what reservations are made of.
    members = request.fleet.members.indices.map {
      Fleet.Member(device: request.fleet.members[$0].device, load: request.fleet.load($0))
    }
  }

  var request: DecideRequest {
    DecideRequest(
      contact: contact.contact,
      fleet: Fleet(
        tenant: tenant, now: now,
        members: members.enumerated().map { place, member in
          var device = member.device
          device.key = DeviceKey(Int64(place + 1))
          return Fleet.Member(device: device, load: member.load)
        }),
      seed: seed, parameters: parameters)
  }
}

// MARK: - Requests made of it

extension SearchRequest {
  /// With ten times the devices: each one nine times more, with ids of their own, in the order of the fleet.
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

  /// With one more device at the end that has nothing to do with the contact: offline, without tags and platform, with
  /// nothing sent and no limits, and neither the contact's own nor its last.
  var withUnrelated: SearchRequest {
    var copy = self
    var device = Device(key: DeviceKey(0), id: DeviceID(stored: unrelatedID))
    device.status = .offline
    copy.members.append(Fleet.Member(device: device, load: DeviceLoad()))
    return copy
  }

  /// With the same devices in other places: the other way round, and begun at the second.
  var renumbered: [SearchRequest] {
    guard members.count > 1 else { return [] }
    var (reversed, rotated) = (self, self)
    reversed.members.reverse()
    rotated.members.append(rotated.members.removeFirst())
    return members.count > 2 ? [reversed, rotated] : [reversed]
  }

  /// Whether two devices that can accept more are alike in what the fleet's own order looks at before their places: their
  /// load, what they owe, what they sent today. Between such the place decides, and has to.
  var hasTies: Bool {
    var seen: Set<[UInt64]> = []
    for member in members where DeviceRefusal.first(for: member.device, load: member.load, at: now) == nil {
      let mark = [
        member.load.share(under: member.device.limits).bitPattern, UInt64(member.load.outstanding),
        UInt64(min(member.load.sentDay, 0xFF_FFFF)),
      ]
      if !seen.insert(mark).inserted { return true }
    }
    return false
  }
}
