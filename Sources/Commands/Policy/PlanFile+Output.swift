import DryRun
import Representations

extension PlanFile {
  /// Writes a plan to a file that only its owner can read. `store`: the store that the plan is for.
  static func write(_ plan: Plan, to path: OutputPath, store: String) throws {
    try path.write(text(plan), mode: .personal(store: store), store: store)
  }
}
