/// The process that holds a store's lock.
package struct LockHolder: Equatable, Sendable {
  /// The process id, in the process's own PID namespace.
  package var process: Int32
  /// Whether it is in another PID namespace, as in a container: its id does not identify a process in this one.
  package var isForeign = false

  /// By default in this PID namespace.
  package init(process: Int32, isForeign: Bool = false) {
    (self.process, self.isForeign) = (process, isForeign)
  }

  /// For messages; names the other namespace of a foreign process.
  package var name: String { isForeign ? "process \(process) of another PID namespace" : "process \(process)" }
}

/// Whether a process runs on a store.
package enum LockStatus: Equatable, Sendable {
  case free
  case held(LockHolder)
  /// Unknown; the text says why.
  case unknown(String)
}
