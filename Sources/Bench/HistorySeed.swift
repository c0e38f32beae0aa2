import CBaseline
import Foundation
import Routing
import Stores

/// Adds a long history to a store with due contacts: sent messages with their leads, enrolments, decisions and attempts.
///
/// The history is that of one tenant: one message for each lead, on its own device. Half of the enrolments have ended, the
/// others wait for their second step. Nine tenths were sent in the month before the last day, one tenth in that day.
struct HistorySeed {
  /// Messages written in one transaction.
  private static let messagesAtOnce = 250_000

  private let seed: CycleSeed
  private let path: String

  /// `path` is a copy of the seed's store.
  init(_ seed: CycleSeed, at path: String) { (self.seed, self.path) = (seed, path) }

  /// Takes some 20 s for a million messages. Calls `progress` with the number of messages written so far.
  func fill(messages count: Int, progress: (Int) -> Void) throws {
    // The leader of the seed has packed periods to which the history adds sends.
    try run(
      """
      PRAGMA synchronous = OFF;
      DELETE FROM send_periods;
      UPDATE kept_totals SET is_grouped = 1, sends_from = NULL, sends_until = NULL;
      """)
    var first = 1
    while first <= count {
      let last = min(first + HistorySeed.messagesAtOnce - 1, count)
      try run(rows(from: first, through: last, of: count))
      progress(last)
      first = last + 1
    }
    try run(HistorySeed.totals)
    // Each start packs some of the sends of the last day.
    for _ in 0..<16 {
      _ = try Stores.open(path, mode: .readWrite).becomeLeader(processID: getpid(), at: seed.now)
    }
  }

  private func run(_ sql: String) throws {
    try BenchFailure.catching(path) { error in baseline_run(path, sql, error) ? () : nil }
  }

  /// The keys of the history follow those of the seed's leads and enrolments.
  private func rows(from first: Int, through last: Int, of count: Int) -> String {
    let (now, day, today) = (seed.now.milliseconds, RecentSends.day, max(count / 10, 1))
    let tenant = seed.tenant.key.raw
    let device = "i % \(CycleSeed.devices) + 1"
    return """
      PRAGMA synchronous = OFF;
      BEGIN;
      CREATE TEMP TABLE past (i INTEGER PRIMARY KEY, key INTEGER, at INTEGER);
      WITH RECURSIVE n (i) AS (SELECT \(first) UNION ALL SELECT i + 1 FROM n WHERE i < \(last))
      INSERT INTO past
      SELECT i, i + (SELECT max(id) FROM sequence_contacts) - \(first - 1),
        CASE WHEN i > \(count - today) THEN \(now) - (\(count) - i) * \(day - 120_000) / \(today) - 60000
          ELSE \(now - day) - (\(count - today) - i) * \(30 * day) / \(max(count - today, 1)) - 60000 END
      FROM n;
      INSERT INTO leads (id, tenant_id, external_id, phone, name, device_id, created_at)
      SELECT key, \(tenant), 'P' || i, '+61' || (100000000 + i), 'Past ' || i, \(device), at FROM past;
      INSERT INTO sequence_contacts (id, tenant_id, sequence_id, lead_id, external_id, contact_phone, assigned_device_id,
        status, current_step, due_at, next_at, enrolled_at, last_decision_id, last_device_id, last_sent_at, ended_at)
      SELECT key, \(tenant), 1, key, 'welcome/P' || i, '+61' || (100000000 + i), \(device),
        CASE i % 2 WHEN 0 THEN 'completed' ELSE 'scheduled' END, 1 + i % 2, at + i % 2 * \(day),
        CASE i % 2 WHEN 1 THEN \(now + day) END, at, i, \(device), at, CASE i % 2 WHEN 0 THEN at END FROM past;
      INSERT INTO assignments (tenant_id, sequence_contact_id, device_id, reason, actor, at)
      SELECT \(tenant), key, \(device), 'the lead''s device', 'usher', at FROM past;
      INSERT INTO decisions (id, tenant_id, sequence_contact_id, sequence_step_id, outcome, device_id, assigned_device_id,
        reason, revision_id, seed, instructions, at, fleet_id)
      SELECT i, \(tenant), key, 1, 'use', \(device), \(device), '\(CycleSeed.reason)', 1, i * 7919,
        \(CycleSeed.instructions), at, 0 FROM past;
      INSERT INTO broadcast_messages (id, tenant_id, sequence_id, sequence_contact_id, sequence_step_id, decision_id,
        recipient_phone, device_id, content, status, attempts, created_at, sent_at, gateway_message_id)
      SELECT i, \(tenant), 1, key, 1, i, '+61' || (100000000 + i), \(device),
        'Hi Past ' || i || ', welcome! Reply to this message and we will call you back.', 'sent', 1, at, at + 500, 'g' || i
      FROM past;
      INSERT INTO attempts (id, tenant_id, message_id, device_id, number, epoch, started_at, finished_at, outcome,
        gateway_message_id)
      SELECT i, \(tenant), i, \(device), 1, 1, at, at + 500, 'accepted', 'g' || i FROM past;
      DROP TABLE past;
      COMMIT;
      """
  }

  /// Counts the rows once more, as a migration does.
  private static let totals = """
    BEGIN;
    DELETE FROM message_totals;
    INSERT INTO message_totals (sequence_step_id, status, messages)
    SELECT sequence_step_id, status, count(*) FROM broadcast_messages
    WHERE status <> 'pending' AND status <> 'sending' GROUP BY 1, 2;
    DELETE FROM enrolment_totals;
    INSERT INTO enrolment_totals (sequence_id, step, state, enrolments)
    SELECT sequence_id, current_step, CASE WHEN ended_at IS NULL THEN 'open' ELSE status END, count(*)
    FROM sequence_contacts GROUP BY 1, 2, 3;
    DELETE FROM contact_totals;
    INSERT INTO contact_totals (device_id, contacts)
    SELECT ifnull(assigned_device_id, 0), count(*) FROM sequence_contacts WHERE ended_at IS NULL GROUP BY 1;
    DELETE FROM message_periods;
    INSERT INTO message_periods (period, first_id)
    SELECT created_at / 600000, min(id) FROM broadcast_messages GROUP BY 1;
    UPDATE kept_totals SET is_grouped = 0;
    COMMIT;
    """
}
