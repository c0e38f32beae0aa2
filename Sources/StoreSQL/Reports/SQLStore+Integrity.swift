import Routing

extension SQLStore {
  /// Checks every invariant over every row, in one snapshot. Walks several times over the whole store.
  package func integrity(at now: Instant?) throws -> IntegrityReport {
    try reading { db in
      let all = IntegrityCheck.all(references: referenceCheck, files: fileCheck)
      var checks = try all.map { try result(of: $0, in: db) }
      checks.append(try sums(db))
      if let now { checks.append(try clock(db, at: now)) }
      return IntegrityReport(checks: checks)
    }
  }

  private func result(of check: IntegrityCheck, in db: any SQLConnection) throws -> IntegrityReport.Check {
    var result = IntegrityReport.Check(name: check.name, promise: check.promise, violations: 0, examples: [])
    try db.each(check.sql) { row in
      result.violations += 1
      if result.examples.count < IntegrityReport.exampleLimit { result.examples.append(row["violation"]) }
    }
    return result
  }

  /// Compares the times on record with the machine's clock; see `TimesAhead`.
  private func clock(_ db: any SQLConnection, at now: Instant) throws -> IntegrityReport.Check {
    let limit = now.advanced(byMilliseconds: TimesAhead.toleranceMilliseconds)
    let ahead = try TimesAheadQuery(db).all(at: limit)
    return IntegrityReport.Check(
      name: "not-ahead-of-clock", promise: "No time on record is ahead of the clock.", violations: ahead.count,
      examples: Array(ahead.sentences.prefix(IntegrityReport.exampleLimit)))
  }

  /// Verifies the report that people read (I-71).
  private func sums(_ db: any SQLConnection) throws -> IntegrityReport.Check {
    let report = try sequenceReport(db)
    let counted = report.sequences.reduce(0) { $0 + $1.enrolments }
    let enrolments = try db.value("SELECT count(*) FROM sequence_contacts", as: Int.self) ?? 0
    let isRight = counted == enrolments
    return IntegrityReport.Check(
      name: "counted-once", promise: "The funnels count every enrolment once.", violations: isRight ? 0 : 1,
      examples: isRight ? [] : ["the funnels count \(counted) enrolments, the store has \(enrolments)"]
    )
  }
}
