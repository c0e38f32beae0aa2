import DryRun
import Operations
import Routing
import Wire

/// A plan as a file of JSON.
package enum PlanFile {
  /// Raised when an older program could misread a plan.
  static let format = 2
  /// Format 1, of version 0.1.0, calls the basis `standing`.
  private static let readable = 1...format

  /// The file's text, with a newline at its end. Parameters keep their type: 3.0 remains 3.0.
  package static func text(_ plan: Plan) -> String {
    JSONWriter(style: .pretty, keepsFractionOfZero: true).string(json(plan)) + "\n"
  }

  /// The plan in a file's bytes; `path` names the file in errors. Throws `stalePlan` for a file that is not a plan or has another
  /// format.
  package static func plan(_ bytes: [UInt8], path: String) throws -> Plan {
    let plan: Plan
    do {
      var reader = try JSONReader(value: try JSONParser.parse(bytes))
      let found = try reader.int("format")
      guard readable.contains(found) else {
        throw Problem(
          .stalePlan,
          "\(path) is a plan of format \(found), but this usher reads the formats \(readable.lowerBound) to \(format): "
            + "make the plan again")
      }
      plan = try self.plan(&reader, format: found)
    } catch let error as FieldError {
      throw Problem(.stalePlan, "\(path) is not an usher plan: \(error)")
    } catch let error as JSONError {
      throw Problem(.stalePlan, "\(path) is not an usher plan: \(error)")
    }
    let tried = Set(plan.basis.tenants.map(\.tenant.id))
    guard let stranger = plan.changes.first(where: { !tried.contains($0.tenant) }) else { return plan }
    throw Problem(
      .stalePlan,
      "\(path) is not an usher plan: it changes tenant '\(stranger.tenant)', which was not part of the dry run")
  }

  // MARK: - Writing

  private static func json(_ plan: Plan) -> JSONValue {
    .object(
      JSONObject([
        ("format", JSONValue(format)), ("saved_at", .string(plan.savedAt.rfc3339)),
        ("decided_at", .string(plan.decidedAt.rfc3339)), ("tenant", JSONValue(plan.tenant?.text)),
        (
          "summary",
          .object(
            JSONObject([
              ("contacts", JSONValue(plan.summary.contacts)), ("same", JSONValue(plan.summary.same)),
              ("changed", JSONValue(plan.summary.changed)), ("moved", JSONValue(plan.summary.moved)),
            ]))
        ),
        ("policies", .array(plan.sources.map(json))), ("changes", .array(plan.changes.map(json))),
        ("against", names(plan.against)), ("basis", json(plan.basis)),
      ]))
  }

  private static func json(_ source: Plan.Source) -> JSONValue {
    .object(
      JSONObject([
        ("name", .string(source.name)), ("path", JSONValue(source.path)), ("digest", .string(source.digest)),
        ("cases", JSONValue(source.cases)),
        (
          "replaces",
          source.replaced.map {
            .object(JSONObject([("digest", .string($0.digest)), ("cases", JSONValue($0.cases))]))
          } ?? .null
        ),
      ]))
  }

  private static func json(_ change: Plan.Change) -> JSONValue {
    .object(
      JSONObject([
        ("tenant", .string(change.tenant.text)), ("policies", .array(change.policies.map { .string($0) })),
        ("params", ParameterText.json(of: change.parameters)),
      ]))
  }

  private static func json(_ basis: PlanBasis) -> JSONValue {
    .object(
      JSONObject([
        (
          "counts",
          .array(
            basis.counts.map {
              .object(JSONObject([("rows", .string($0.rows)), ("last", .integer($0.last))]))
            })
        ),
        (
          "last_decision",
          basis.mark.map {
            .object(
              JSONObject([
                ("number", .integer($0.number)), ("at", .string($0.at.rfc3339)), ("enrolment", .integer($0.enrolment)),
              ]))
          } ?? .null
        ), ("tenants", .array(basis.tenants.map(json))),
      ]))
  }

  private static func json(_ tenant: PlanBasis.TenantBasis) -> JSONValue {
    let share = tenant.tenant.bulkShare
    return .object(
      JSONObject(
        [
          ("tenant", .string(tenant.tenant.id.text)), ("created_at", .string(tenant.createdAt.rfc3339)),
          ("policies", .array(tenant.tenant.policies.map { .string($0) })),
          ("params", ParameterText.json(of: tenant.tenant.parameters)), ("generation", JSONValue(tenant.generation)),
          ("revisions", .array(tenant.revisions.map { .string($0) })), ("devices", names(tenant.devices)),
          ("sequences", names(tenant.sequences)),
        ] + (share == Tenant.defaultBulkShare ? [] : [("bulk_share", JSONValue(share))])))
  }

  private static func names(_ names: [PlanBasis.Named]) -> JSONValue {
    .array(names.map { .array([.string($0.id), .string($0.text)]) })
  }

  // MARK: - Reading

  private static func plan(_ reader: inout JSONReader, format: Int) throws -> Plan {
    let (savedAt, decidedAt) = (try instant("saved_at", &reader), try instant("decided_at", &reader))
    let tenant = try reader.optionalString("tenant").map(TenantID.init(stored:))
    var summary = try reader.object("summary")
    let counts = Plan.Summary(
      contacts: try summary.int("contacts"), same: try summary.int("same"), changed: try summary.int("changed"),
      moved: try summary.int("moved"))
    let sources = try reader.objects("policies").map(source)
    let changes = try reader.objects("changes").map { object in
      var object = object
      return Plan.Change(
        tenant: TenantID(stored: try object.string("tenant")), policies: try object.strings("policies"),
        parameters: try parameters(&object))
    }
    let against = try names("against", &reader)
    let basis = try PlanFile.basis(try reader.object(format == 1 ? "standing" : "basis"), format: format)
    try reader.finish()
    return Plan(
      savedAt: savedAt, decidedAt: decidedAt, tenant: tenant, sources: sources, changes: changes, against: against,
      basis: basis, summary: counts)
  }

  private static func source(_ object: JSONReader) throws -> Plan.Source {
    var object = object
    var replaced: Plan.Replaced?
    if var place = try object.optionalObject("replaces") {
      replaced = Plan.Replaced(digest: try place.string("digest"), cases: try place.optionalString("cases"))
    }
    return Plan.Source(
      name: try object.string("name"), path: try object.optionalString("path"), digest: try object.string("digest"),
      cases: try object.optionalString("cases"), replaced: replaced)
  }

  private static func basis(_ object: JSONReader, format: Int) throws -> PlanBasis {
    var object = object
    let counts = try object.objects("counts").map { count in
      var count = count
      return PlanBasis.Count(try count.string("rows"), Int64(try count.int("last")))
    }
    var mark: PlanBasis.Mark?
    if var last = try object.optionalObject("last_decision") {
      mark = PlanBasis.Mark(
        number: Int64(try last.int("number")), at: try instant("at", &last),
        enrolment: Int64(try last.int("enrolment")))
    }
    let tenants = try object.objects("tenants").map { tenant in
      var tenant = tenant
      let id = TenantID(stored: try tenant.string("tenant"))
      let devices = try names("devices", &tenant)
      return PlanBasis.TenantBasis(
        tenant: Tenant(
          key: TenantKey(0), id: id, policies: try tenant.strings("policies"), parameters: try parameters(&tenant),
          bulkShare: try tenant.optionalInt("bulk_share") ?? Tenant.defaultBulkShare),
        createdAt: try instant("created_at", &tenant), generation: try tenant.int("generation"),
        revisions: try tenant.strings("revisions"), devices: format == 1 ? devices.map(renamed) : devices,
        sequences: try names("sequences", &tenant))
    }
    return PlanBasis(tenants: tenants, counts: counts, mark: mark, others: [])
  }

  /// A device's text in a plan of format 1 with the words of today: the cap on queued messages was called *in flight*.
  private static func renamed(_ device: PlanBasis.Named) -> PlanBasis.Named {
    let parts = device.text.split(separator: "; ", omittingEmptySubsequences: false).map { part in
      part.wholeMatch(of: /(\d+) in flight/).map { "\($0.1) queued" } ?? String(part)
    }
    return PlanBasis.Named(device.id, parts.joined(separator: "; "))
  }

  private static func instant(_ key: String, _ reader: inout JSONReader) throws -> Instant {
    guard let instant = Instant(rfc3339: try reader.string(key)) else {
      throw reader.failure(key, expected: "a time such as 2026-11-22T09:00:00Z")
    }
    return instant
  }

  private static func names(_ key: String, _ reader: inout JSONReader) throws -> [PlanBasis.Named] {
    try reader.array(key).map { element in
      guard case .array(let pair) = element, pair.count == 2, case .string(let id) = pair[0],
        case .string(let text) = pair[1]
      else { throw reader.failure(key, expected: "pairs of texts") }
      return PlanBasis.Named(id, text)
    }
  }

  private static func parameters(_ reader: inout JSONReader) throws -> [Parameter] {
    try reader.object("params").source.members.map { member in
      switch member.value {
      case .bool(let value): Parameter(member.key, .boolean(value))
      case .integer(let value): Parameter(member.key, .integer(value))
      case .number(let value): Parameter(member.key, .number(value))
      case .string(let value): Parameter(member.key, .text(value))
      case .null, .array, .object: throw reader.failure("params", expected: "parameters without parts")
      }
    }
  }
}
