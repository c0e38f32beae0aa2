/// The checks of what is kept beside the rows: each compares it with the rows themselves (I-74).
extension IntegrityCheck {
  static let totals = [
    IntegrityCheck(
      name: "totals-agree", promise: "The kept totals equal the counts of the rows.",
      sql: """
        SELECT 'step ' || step || ' has ' || sum(found) || ' messages that are ' || status || ', the total is '
          || sum(kept) AS violation
        FROM (
          SELECT sequence_step_id AS step, status, count(*) AS found, 0 AS kept FROM broadcast_messages
          WHERE status <> 'pending' AND status <> 'sending' GROUP BY 1, 2
          UNION ALL SELECT sequence_step_id, status, 0, messages FROM message_totals) counts
        GROUP BY step, status HAVING sum(found) <> sum(kept)
        UNION ALL
        SELECT 'sequence ' || sequence_id || ' has ' || sum(found) || ' enrolments at step ' || step || ' that are '
          || state || ', the total is ' || sum(kept) AS violation
        FROM (
          SELECT sequence_id, current_step AS step, CASE WHEN ended_at IS NULL THEN '\(KeptTotals.open)' ELSE status END AS state,
            count(*) AS found, 0 AS kept
          FROM sequence_contacts GROUP BY 1, 2, 3
          UNION ALL SELECT sequence_id, step, state, 0, enrolments FROM enrolment_totals) counts
        GROUP BY sequence_id, step, state HAVING sum(found) <> sum(kept)
        UNION ALL
        SELECT 'device ' || device || ' has ' || sum(found) || ' open contacts, the total is ' || sum(kept) AS violation
        FROM (
          SELECT coalesce(assigned_device_id, 0) AS device, count(*) AS found, 0 AS kept FROM sequence_contacts
          WHERE ended_at IS NULL GROUP BY 1
          UNION ALL SELECT device_id, 0, contacts FROM contact_totals) counts
        GROUP BY device HAVING sum(found) <> sum(kept)
        UNION ALL
        SELECT 'a batch left its totals unfinished' AS violation FROM kept_totals WHERE is_grouped <> 0
        """),
    IntegrityCheck(
      name: "periods-agree", promise: "The kept periods of messages and sends equal the rows.",
      sql: """
        SELECT 'message ' || m.id || ' is not in the period of its time' AS violation
        FROM broadcast_messages m LEFT JOIN message_periods p ON p.period = m.created_at / 600000
        WHERE p.period IS NULL OR p.first_id > m.id
        UNION ALL
        SELECT 'device ' || device || ' has ' || sum(found) || ' sends in period ' || period || ', ' || sum(kept)
          || ' are kept' AS violation
        FROM (
          SELECT a.device_id AS device, a.finished_at / \(SendPeriods.length) AS period, count(*) AS found, 0 AS kept
          FROM attempts a CROSS JOIN kept_totals k ON a.finished_at >= k.sends_from AND a.finished_at < k.sends_until
          WHERE a.outcome IN ('accepted', 'unknown') GROUP BY 1, 2
          UNION ALL SELECT device_id, period, 0, length(sends) / 4 FROM send_periods) counts
        GROUP BY device, period HAVING sum(found) <> sum(kept)
        """),
  ]
}
