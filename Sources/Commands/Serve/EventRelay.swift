import Sequencing

/// Lets a cycle be made before there is a log for what it has to say.
final class EventRelay {
  var report: (Cycle.Event) -> Void = { _ in }
}
