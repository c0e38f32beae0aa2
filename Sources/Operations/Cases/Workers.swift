import Dispatch
import Foundation
import Synchronization

/// Runs independent pieces of work on several threads.
package struct Workers: Sendable {
  private let count: Int

  /// `count`: how many threads; less than 1 is 1.
  package init(count: Int) { self.count = count }

  /// As many as the machine has cores.
  package static var all: Workers { Workers(count: ProcessInfo.processInfo.activeProcessorCount) }

  /// The result of each piece, in the order of the pieces. Returns when all are done.
  package func map<Piece: Sendable, Result: Sendable>(_ pieces: [Piece], _ work: @Sendable (Piece) -> Result)
    -> [Result]
  {
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
