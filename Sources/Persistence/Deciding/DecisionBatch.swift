import Routing

/// One batch of due steps of a tenant: read, decided one by one, and written as it goes, inside a transaction.
struct DecisionBatch {
  /// How long a row that cannot be read is left alone; seconds.
  static let quarantineSeconds: Int64 = 3600

  /// How many rows ahead of its decision a step is told of.
  private static let rowsAhead = 8

  /// Rows that a batch has room for without growing.
  private static let rowsAtFirst = 1000

  private let statements: CycleStatements
  private let tenant: TenantKey
  private let now: Instant
  private var counts = DecisionCounts()
  private var revision: (digest: String, key: Int64)?
  /// What this batch's decisions are made on; nil before the first one, and where nothing is put on record.
  private var turn: TurnRecord?
  private var hasBegun = false

  init(_ statements: CycleStatements, tenant: TenantKey, at now: Instant) {
    (self.statements, self.tenant, self.now) = (statements, tenant, now)
  }

  /// Reads up to `limit` due steps, asks for each what becomes of it, and writes that down. `basis` is asked for once
  /// something was decided.
  mutating func run(
    limit: Int, basis: () -> DecisionBasis?, foresee: (DueStep) -> Void, decide: (DueStep) throws -> StepCommit
  ) throws -> DecisionCounts {
    let rows = try read(limit)
    for (index, row) in rows.enumerated() {
      let ahead = index + DecisionBatch.rowsAhead
      if ahead < rows.count, case .due(let due) = rows[ahead].content { foresee(due) }
      switch row.content {
      case .due(let due):
        let commit = try decide(due)
        if !hasBegun, commit.decision != nil { try begin(basis()) }
        try write(commit, of: due, row)
      case .unreadable(let unreadable):
        try quarantine(row, "this contact's row cannot be read: \(unreadable.reason)")
      case .carried(let message): try repair(row, message)
      }
    }
    return counts
  }

  private mutating func begin(_ basis: DecisionBasis?) throws {
    hasBegun = true
    turn = try basis.map { try TurnRecord($0, of: tenant, statements) }
  }

  /// Puts on record what was decided on; `chain` is where the tenant's record stands. Nil when nothing was.
  func record(after chain: FleetChain?) throws -> TurnRecord.Committed? { try turn?.write(after: chain) }

  /// The whole batch before the first write: what is written moves rows along the index that is read.
  private func read(_ limit: Int) throws -> [DueRow] {
    var rows = DueRows(statements.due, tenant: tenant, limit: limit, at: now)
    defer { rows.stop() }
    var batch: [DueRow] = []
    batch.reserveCapacity(min(limit, DecisionBatch.rowsAtFirst))
    while let row = try rows.next() { batch.append(row) }
    return batch
  }
}

// MARK: - What becomes of a step

extension DecisionBatch {
  private mutating func write(_ commit: StepCommit, of due: DueStep, _ row: DueRow) throws {
    switch commit {
    case .queue(let decision, let device, let moves, let content):
      try queue(row, due, decision, device: device.raw, moves: moves, content: content)
      counts.queued += 1
    case .wait(let decision, let until):
      let key = try insert(decision, .wait, row, due, until: until)
      try wait(row, decision, until: until, decided: key)
      counts.waiting += 1
      if decision.fault != nil { counts.faults += 1 }
    case .skip(let decision):
      let key = try insert(decision, .skip, row, due)
      try advance(row, doneAt: now, decided: key)
      counts.skipped += 1
    case .cancel(let reason):
      try end(row, .cancelled, reason: reason)
      counts.cancelled += 1
    }
    counts.decided += 1
  }

  private mutating func queue(
    _ row: DueRow, _ due: DueStep, _ decision: Decision, device: Int64, moves: Bool, content: String
  ) throws {
    let key = try insert(decision, moves ? .move : .use, row, due, device: device)
    try insertMessage(row, due, decided: key, device: device, content: content)
    let queue = statements.queue
    queue.bind(1, row.enrolment)
    queue.bind(2, key)
    try queue.run()
    try expectOne(queue, row)
    if moves && row.assignedDevice != device { try assign(row, to: device, decision, decided: key) }
  }

  private func assign(_ row: DueRow, to device: Int64, _ decision: Decision, decided: Int64) throws {
    let assign = statements.assign
    assign.bind(1, row.enrolment)
    assign.bind(2, device)
    try assign.run()
    try expectOne(assign, row)
    let assignment = statements.assignment
    assignment.bind(1, tenant.raw)
    assignment.bind(2, row.enrolment)
    assignment.bind(3, device)
    assignment.bind(4, decided)
    assignment.bind(5, decision.reason.asReason)
    assignment.bind(6, decision.policy)
    assignment.bind(7, now.milliseconds)
    try assignment.run()
  }

  private func wait(_ row: DueRow, _ decision: Decision, until: Instant, decided: Int64) throws {
    let wait = statements.wait
    wait.bind(1, row.enrolment)
    wait.bind(2, until.milliseconds)
    wait.bind(3, decision.reason.asReason)
    wait.bind(4, decision.capacityAt?.milliseconds)
    wait.bind(5, decided)
    try wait.run()
    try expectOne(wait, row)
  }

  /// Counted as a fault that waits: the operator's screens show it, and nothing else is held up by it.
  private mutating func quarantine(_ row: DueRow, _ reason: String) throws {
    let statement = statements.quarantine
    statement.bind(1, row.enrolment)
    statement.bind(2, now.advanced(bySeconds: DecisionBatch.quarantineSeconds).milliseconds)
    statement.bind(3, reason.asReason)
    try statement.run()
    try expectOne(statement, row)
    counts.decided += 1
    counts.waiting += 1
    counts.faults += 1
  }

  /// Puts an enrolment where its message says that it is. Counts nothing: nothing was decided.
  private func repair(_ row: DueRow, _ message: CarryingMessage) throws {
    switch message.status {
    case .pending, .sending: try settle(row, .queued)
    case .unknown: try settle(row, .queued, reason: message.error)
    case .sent, .delivered, .read: try advance(row, doneAt: message.sentAt ?? now)
    case .expired: try advance(row, doneAt: now)
    case .failed: try end(row, .failed, reason: message.error ?? "")
    case .cancelled: try end(row, .cancelled, reason: message.error ?? "")
    }
  }
}

// MARK: - Rows

extension DecisionBatch {
  private mutating func insert(
    _ decision: Decision, _ outcome: Outcome, _ row: DueRow, _ due: DueStep, device: Int64? = nil,
    until: Instant? = nil
  ) throws -> Int64 {
    let insert = statements.decision
    let revision = try revisionKey(decision.revision)
    // The schema keeps faults to waits, as the core does.
    let fault = outcome == .wait ? decision.fault : nil
    insert.bind(1, tenant.raw)
    insert.bind(2, row.enrolment)
    insert.bind(3, row.place.step)
    insert.bind(4, row.lastDecision)
    insert.bind(5, outcome.rawValue)
    insert.bind(6, device)
    insert.bind(7, row.assignedDevice)
    insert.bind(8, decision.reason.asReason)
    insert.bind(9, revision)
    insert.bind(10, Int64(bitPattern: decision.seed))
    insert.bind(11, decision.instructions)
    insert.bind(12, until?.milliseconds)
    insert.bind(13, fault?.kind.rawValue)
    insert.bind(14, fault?.line.map(Int64.init))
    insert.bind(15, decision.notes.isEmpty ? nil : JSONText.text(of: decision.notes))
    insert.bind(16, now.milliseconds)
    insert.bind(17, turn?.key)
    insert.bind(18, due.contact.dueAt?.milliseconds)
    insert.bind(19, Int64(due.contact.attempts))
    insert.bind(20, row.lastDevice)
    try insert.run()
    let key = insert.insertedKey
    turn?.last = key
    return key
  }

  private func insertMessage(_ row: DueRow, _ due: DueStep, decided: Int64, device: Int64, content: String)
    throws
  {
    let insert = statements.message
    insert.bind(1, tenant.raw)
    insert.bind(2, row.sequence)
    insert.bind(3, row.enrolment)
    insert.bind(4, row.place.step)
    insert.bind(5, decided)
    insert.bind(6, due.contact.phone)
    insert.bind(7, device)
    insert.bind(8, content)
    insert.bind(9, now.milliseconds)
    try insert.run()
  }

  private func advance(_ row: DueRow, doneAt: Instant, decided: Int64? = nil) throws {
    let progress = EnrolmentProgress.after(
      step: row.place.ordinal, doneAt: doneAt, nextDelayMilliseconds: row.place.nextDelayMilliseconds)
    switch progress {
    case .nextStep(let number, let dueAt):
      try settle(row, .scheduled, step: number, dueAt: dueAt, decided: decided)
    case .completed(let at):
      try settle(row, .completed, decided: decided, endedAt: at)
    }
  }

  private func end(_ row: DueRow, _ status: EnrolmentStatus, reason: String) throws {
    try settle(row, status, reason: reason.asReason, endedAt: now)
  }

  private func settle(
    _ row: DueRow, _ status: EnrolmentStatus, step: Int? = nil, dueAt: Instant? = nil, reason: String? = nil,
    decided: Int64? = nil, endedAt: Instant? = nil
  ) throws {
    let settle = statements.settle
    settle.bind(1, row.enrolment)
    settle.bind(2, status.rawValue)
    settle.bind(3, Int64(step ?? row.place.ordinal))
    settle.bind(4, dueAt?.milliseconds)
    settle.bind(5, reason)
    settle.bind(6, 0)
    settle.bind(7, decided)
    settle.bind(8, endedAt?.milliseconds)
    try settle.run()
    try expectOne(settle, row)
  }

  private mutating func revisionKey(_ digest: String) throws -> Int64 {
    if let revision, revision.digest == digest { return revision.key }
    let statement = statements.revision
    statement.bind(1, digest)
    defer { statement.reset() }
    guard try statement.step() else {
      throw StoreError.conflict("expected the revision \(digest) on record, found none: activate it first")
    }
    let key = statement.integer(0)
    revision = (digest, key)
    return key
  }

  private func expectOne(_ statement: RawStatement, _ row: DueRow) throws {
    guard statement.changes == 1 else {
      throw StoreError.conflict(
        "expected enrolment \(row.enrolment) to be due, found \(statement.changes) such rows; "
          + "nothing of this batch was written")
    }
  }
}
