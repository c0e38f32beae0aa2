import LuaSandbox
import Routing
import Testing
import Wire

@testable import Policies
@testable import PolicyTesting

/// The field tables agree with views, requests, properties and pages.
struct FieldTableTests {
  private static let now = Instant(rfc3339: "2026-11-22T09:00:00Z")!

  private static func requests() -> [DecideRequest] {
    let literals = SourceLiterals(Array("return { 'kl', 7 }".utf8))
    var generator = RequestGenerator(seed: 4, literals: literals, declared: [])
    return (0..<60).map { _ in generator.fresh().request }
  }

  /// The note of a policy that reads a field of `value` with the code for the field's type.
  private func note<Owner>(
    _ field: Field<Owner>, of value: String, _ expected: FieldValue?, _ contact: Contact, _ fleet: Fleet
  ) throws -> String {
    let text: String
    switch expected {
    case .list:
      text = "local text = '' for _, one in ipairs(value) do text = text .. one .. ';' end note('{' .. text .. '}')"
    case .map(let entries):
      let parts = entries.map { "'\($0.name)=' .. tostring(value['\($0.name)']) .. ';'" }
      text = "note('{' .. \((parts + ["''"]).joined(separator: " .. ")) .. '}')"
    default: text = "note(tostring(value))"
    }
    let source = """
      return { select = function(contact, fleet)
        local value = \(value).\(field.name)
        \(text)
        return wait('x', 9)
      end }
      """
    let policy = try CompiledPolicy(file: "p", source: Array(source.utf8))
    let decision = Evaluator(policies: [policy], fleet: fleet).decide(contact, seed: 0)
    return try #require(decision.notes.first, "\(decision.reason)")
  }

  private func text(_ value: FieldValue?) -> String {
    switch value {
    case nil: "nil"
    case .boolean(let value): "\(value)"
    case .integer(let value): "\(value)"
    case .instant(let value): "\(value.milliseconds)"
    case .number(let value): value == value.rounded() ? "\(Int(value)).0" : "\(value)"
    case .text(let value): value
    case .list(let texts): "{" + texts.map { $0 + ";" }.joined() + "}"
    case .map(let entries): "{" + entries.map { "\($0.name)=\(text(of: $0.value));" }.joined() + "}"
    }
  }

  private func text(of scalar: Scalar) -> String {
    switch scalar {
    case .boolean(let value): text(FieldValue.boolean(value))
    case .integer(let value): text(FieldValue.integer(value))
    case .number(let value): text(FieldValue.number(value))
    case .text(let value): value
    }
  }

  private static let device: Device = {
    var device = Device(key: DeviceKey(1), id: DeviceID("D1")!, name: "Sales", platform: "sms")
    device.limits = DeviceLimits(minute: 10, hour: 80, day: 800, queue: 8)
    device.tags = ["kl", "vip"]
    device.attributes = [
      Parameter("city", .text("KL")), Parameter("slot", .integer(2)), Parameter("rate", .number(0.5)),
      Parameter("spare", .boolean(false)),
    ]
    device.activatedAt = now.advanced(bySeconds: -9 * 86_400 - 1)
    device.lastSeenAt = now
    device.lastSentAt = now.advanced(bySeconds: -5)
    return device
  }()

  @Test(arguments: DeviceFields.all.filter(\.isVisible).map(\.name))
  func `policies read the fields of a device that the table lists, with and without values`(name: String) throws {
    let field = try #require(DeviceFields.all.first { $0.name == name })
    let load = DeviceLoad(sentMinute: 1, sentHour: 2, sentDay: 3, queued: 3, inFlight: 1, failuresHour: 6)
    for member in [
      Fleet.Member(device: Self.device, load: load),
      Fleet.Member(device: Device(key: DeviceKey(1), id: DeviceID("D1")!, status: .offline), load: DeviceLoad()),
    ] {
      let fleet = Fleet(tenant: TenantID("t")!, now: Self.now, members: [member])
      let value = field.value(of: member, at: Self.now)
      let found = try note(field, of: "fleet[1]", value, Contact(id: ContactID("c")!), fleet)
      #expect(found == text(value), "\(name)")
    }
  }

  @Test(arguments: ContactFields.all.filter { $0.isVisible && $0.kind != .member }.map(\.name))
  func `policies read the fields of a contact that the table lists, with and without values`(name: String) throws {
    let field = try #require(ContactFields.all.first { $0.name == name })
    var full = ContactDraft(id: ContactID("c1")!)
    (full.phone, full.name, full.sequence, full.step) = ("+6012", "Aina", "welcome", 2)
    (full.assignedDevice, full.dueAt, full.attempts, full.lastDevice) = (DeviceID("D1")!, Self.now, 3, DeviceID("D2")!)
    (full.tags, full.attributes) = (["a"], [Parameter("city", .text("KL"))])
    (full.messagesDay, full.moves, full.priority) = (4, 5, .bulk)
    let fleet = Fleet(tenant: TenantID("t")!, now: Self.now, members: [])
    for contact in [full, ContactDraft(id: ContactID("c2")!)] {
      let value = field.value(of: contact, at: Self.now)
      let found = try note(field, of: "contact", value, contact.contact, fleet)
      #expect(found == text(value), "\(name)")
    }
  }

  @Test func `a lead's row has the fields that the table lists`() throws {
    let lead = Lead(
      id: "L1", phone: "+6012", name: "Aina", sequence: "welcome", trigger: "NEW", device: DeviceID("D1")!, tags: ["a"],
      attributes: [Parameter("city", .text("KL"))])
    for field in LeadFields.all where field.kind != .member {
      let source = """
        return { select = function() end, enroll = function(lead)
          local value = lead.\(field.name)
          if type(value) == 'userdata' then value = '\(field.name)' end
          return wait(tostring(value), 9)
        end }
        """
      let policy = try CompiledPolicy(file: "p", source: Array(source.utf8))
      let fleet = Fleet(tenant: TenantID("t")!, now: Self.now, members: [])
      guard case .wait(_, let reason) = Evaluator(policies: [policy], fleet: fleet).enroll(lead, seed: 0).choice else {
        Issue.record("\(field.name)")
        continue
      }
      switch field.kind {
      case .list, .map: #expect(reason.contains("fault") == false, "\(field.name): \(reason)")
      default: #expect(reason == text(field.value(of: lead, at: Self.now)), "\(field.name)")
      }
    }
  }

  @Test func `a request contains every field that the tables allow, and is read back unchanged`() throws {
    var stated: Set<String> = []
    for request in Self.requests() {
      let read = try DecideRequest(json: .object(request.json))
      let (contact, again) = (ContactDraft(request.contact), ContactDraft(read.contact))
      for field in ContactFields.all {
        #expect(field.value(of: contact, at: Self.now) == field.value(of: again, at: Self.now), "\(field.name)")
        if !field.isDefault(in: contact) { stated.insert("contact.\(field.name)") }
      }
      for (member, again) in zip(request.fleet.members, read.fleet.members) {
        for field in DeviceFields.all {
          #expect(
            field.value(of: member, at: read.fleet.now) == field.value(of: again, at: read.fleet.now), "\(field.name)")
          if !field.isDefault(in: member) { stated.insert("device.\(field.name)") }
        }
      }
    }
    // The search generates each of them.
    let all =
      ContactFields.all.filter { $0.isStated && $0.name != "utc_offset_minutes" }.map { "contact.\($0.name)" }
      + DeviceFields.all.filter(\.isStated).map { "device.\($0.name)" }
    #expect(Set(all).subtracting(stated).sorted() == [])
  }

  @Test func `the smallest request keeps only the fields that matter`() {
    for request in Self.requests() {
      var shrinker = RequestShrinker { $0.members.contains { !$0.device.attributes.isEmpty } }
      let wasFound = request.fleet.members.contains { !$0.device.attributes.isEmpty }
      guard wasFound else { continue }
      let least = shrinker.shrunk(SearchRequest(request))
      #expect(least.members.count == 1 && least.members.first?.device.attributes.count == 1)
      for field in DeviceFields.all where field.isStated && !["id", "attributes"].contains(field.name) {
        #expect(field.isDefault(in: least.members[0]), "\(field.name)")
      }
    }
  }

  @Test func `each page gives the version and the type of each field`() throws {
    try expectPage("device.md", "device", DeviceFields.all)
    try expectPage("contact.md", "contact", ContactFields.all)
    try expectPage("lead.md", "lead", LeadFields.all)
  }

  private func expectPage<Owner>(_ page: String, _ noun: String, _ fields: [Field<Owner>]) throws {
    for field in fields where field.isVisible {
      let section = try #require(
        PolicyPages.sections.first { $0.page == page && $0.name == field.name }, "\(field.name)")
      #expect(section.facts["since"] == field.since, "\(page)#\(field.name)")
      let kind = field.kind == .member ? "[device]" : "\(field.kind)"
      let signature = section.prose.first { !$0.isEmpty } ?? ""
      #expect(signature.hasPrefix("`\(noun).\(field.name)` → \(kind)"), "\(page)#\(field.name): \(signature)")
    }
  }

  @Test func `attributes of devices are filled in for policies whose source has the name`() throws {
    let member = Fleet.Member(device: Self.device, load: DeviceLoad())
    let fleet = Fleet(tenant: TenantID("t")!, now: Self.now, members: [member])
    for (source, reads) in [
      ("return { select = function(c, fleet) return use(fleet[1], fleet[1].attributes.city) end }", true),
      (
        "return { select = function(c, fleet) local k = 'attributes' return use(fleet[1], fleet[1][k].city) end }", true
      ),
      ("return { select = function(c, fleet) return use(fleet[1], 'KL') end }", false),
    ] {
      let policy = try CompiledPolicy(file: "p", source: Array(source.utf8))
      #expect(policy.readsDeviceAttributes == reads)
      #expect(Evaluator(policies: [policy], fleet: fleet).decide(Contact(id: ContactID("c")!), seed: 0).reason == "KL")
    }
  }

  @Test func `guards see attributes and ages of devices`() throws {
    let member = Fleet.Member(device: Self.device, load: DeviceLoad())
    let fleet = Fleet(tenant: TenantID("t")!, now: Self.now, members: [member])
    let policy = try CompiledPolicy(
      file: "p", source: Array("return { select = function(c, fleet) return use(fleet[1], 'x') end }".utf8))
    let source = """
      return { guard = function(contact, choice, fleet)
        return wait(choice.device.attributes.city .. ' ' .. choice.device.age_days, 60)
      end }
      """
    let guardian = try CompiledPolicy(file: "g", source: Array(source.utf8), kind: .guard)
    let decision = Evaluator(policies: [policy], guards: [guardian], fleet: fleet)
      .decide(Contact(id: ContactID("c")!), seed: 0)
    #expect(decision.reason == "KL 9")
  }

  @Test func `an age is in whole days, 0 before the activation, and nil if unknown`() {
    var device = Self.device
    for (seconds, age) in [(0, 0), (86_399, 0), (86_400, 1), (-1, 0), (-86_400 * 40, 0), (86_400 * 40, 40)]
      as [(Int64, Int64)]
    {
      device.activatedAt = Self.now.advanced(bySeconds: -seconds)
      #expect(device.ageDays(at: Self.now) == age, "\(seconds)")
    }
    device.activatedAt = nil
    #expect(device.ageDays(at: Self.now) == nil)
    device.activatedAt = Instant(milliseconds: .min)
    #expect(device.ageDays(at: Self.now) == nil)
  }
}
