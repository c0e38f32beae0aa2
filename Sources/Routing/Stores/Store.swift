/// A store of any engine, as `Stores.open` returns it: the contracts of all its clients.
///
/// Methods are synchronous and may be called from several threads. Reads run concurrently with a write; writes run one at
/// a time. Three guarantees hold across all methods. Each relies on serial writes; an engine with concurrent writes must
/// provide them by other means.
///
/// - **Order.** Decisions and changes of policies have one order: the order of their commits. A reader that has seen one
///   of them has seen all earlier ones, so "after number N" misses nothing.
/// - **Keys.** Keys of decisions, enrolments, messages, attempts, assignments and changes grow in the order of commits. A
///   batch assigns its keys in the order of its rows. After a key has been read, no smaller key is ever committed.
/// - **Epoch.** Each write of the leader compares the epoch in its own transaction. Once another process has become the
///   leader, no write under an earlier epoch commits.
///   become the leader, no write under an earlier epoch commits.
package protocol Store: CycleStore, OutboxStore, PolicyStore, OperatorStore, ReportStore, HistoryStore,
  InterchangeStore, MaintenanceStore, SimulationReadable, ClockStore
{}
