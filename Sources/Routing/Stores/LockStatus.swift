/// The process that holds a store's lock.
package struct LockHolder: Equatable, Sendable {
  /// By its own number.
  package var process: Int32
  /// Whether it is in another PID namespace, as in a container: its number is another process's here, or nobody's.
  package var isForeign = false

  /// In this PID namespace unless said otherwise.
  package init(process: Int32, isForeign: Bool = false) {
    (self.process, self.isForeign) = (process, isForeign)
  }

  /// In words, for messages: a foreign process says that its number is not one of here.
  package var name: String { isForeign ? "process \(process) of another PID namespace" : "process \(process)" }
}

/// Whether a process runs on a store.
package enum LockStatus: Equatable, Sendable {
  case free
  case held(LockHolder)
  /// It cannot be told: why.
  case unknown(String)
}
