import Routing

extension SQLStore {
  /// Checks every invariant over every row, in one snapshot. Walks several times over the whole store.
  package func integrity() throws -> IntegrityReport {
    try reading { db in
      let all = IntegrityCheck.all(references: referenceCheck, files: fileCheck)
      var checks = try all.map { try result(of: $0, in: db) }
      checks.append(try sums(db))
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

  /// Verifies the report that people read (I-71).
  private func sums(_ db: any SQLConnection) throws -> IntegrityReport.Check {
    let report = try sequenceReport(db)
    let counted = report.sequences.reduce(0) { $0 + $1.enrolments }
    let isRight = counted == report.enrolments
    return IntegrityReport.Check(
      name: "counted-once", promise: "The funnels count every enrolment once.", violations: isRight ? 0 : 1,
      examples: isRight ? [] : ["the funnels count \(counted) enrolments, the store has \(report.enrolments)"]
    )
  }
}
