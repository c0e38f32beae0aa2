import Dispatch
import Foundation
import Synchronization

/// Work that is in pieces of which none needs another, done by several threads.
struct Workers: Sendable {
  let count: Int

  /// As many as the machine has cores.
  static var all: Workers { Workers(count: ProcessInfo.processInfo.activeProcessorCount) }

  /// What each piece gives, in the order of the pieces, whichever is done first.
  func map<Piece: Sendable, Result: Sendable>(_ pieces: [Piece], _ work: @Sendable (Piece) -> Result) -> [Result] {
    let results = Mutex<[Result?]>(Array(repeating: nil, count: pieces.count))
    let next = Atomic(0)
    DispatchQueue.concurrentPerform(iterations: min(max(count, 1), max(pieces.count, 1))) { _ in
      while true {
        let place = next.add(1, ordering: .relaxed).oldValue
        guard place < pieces.count else { return }
        let result = work(pieces[place])
        results.withLock { $0[place] = result }
      }
    }
    return results.withLock { $0.map { $0! } }
  }
}
