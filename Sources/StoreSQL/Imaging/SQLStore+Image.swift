import Routing

extension SQLStore {
  /// Copies out what goes on; see `ImageableStore`. One read transaction; costs a walk over all enrolments.
  package func image(of tenant: TenantID?, modelLeads: Int, at now: Instant) throws -> StoreImage {
    try reading { db in
      var reader = try ImageReader(db, of: tenant, at: now, zones: zones)
      return try reader.read(modelLeads: modelLeads)
    }
  }
}
