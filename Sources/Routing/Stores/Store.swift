/// A store of any engine, as `Stores.open` returns it: the contracts of all its clients.
///
/// Methods are synchronous and may be called from several threads: reads run beside a write, writes run one at a time.
/// Three promises hold across all methods. Each rests on writes that run one after the other; an engine that can run
/// them side by side has to keep the promises by other means.
///
/// - **Order.** Decisions, and changes of policies, have one order: that of their commits. A reader that has seen one
///   of them has seen all earlier ones, so "after number N" misses nothing.
/// - **Keys.** Keys of decisions, enrolments, messages, attempts, assignments and changes grow in the order of commit.
///   A batch takes its keys in the order of its rows. A key that was read is never followed by the commit of a smaller
///   one.
/// - **Epoch.** Each write of the leader compares the epoch in the transaction that makes it. Once another process has
///   become the leader, no write under an earlier epoch commits.
package protocol Store: CycleStore, OutboxStore, PolicyStore, OperatorStore, ReportStore, HistoryStore,
  InterchangeStore, MaintenanceStore, SimulationReadable
{}
