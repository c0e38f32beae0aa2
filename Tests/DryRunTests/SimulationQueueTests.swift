import Routing
import RoutingTestKit
import Testing

@testable import DryRun

/// The two orders that a simulation keeps in memory: what is due next, and what a device sends next.
struct SimulationQueueTests {
  @Test(arguments: [1, 2, 3] as [UInt64]) func `a heap returns its elements in ascending order`(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    var heap = MinHeap<Int>()
    var kept: [Int] = []
    for _ in 0..<500 {
      if kept.isEmpty || random.next() % 3 != 0 {
        let number = Int(random.next() % 50)
        heap.add(number)
        kept.append(number)
      } else {
        kept.sort()
        #expect(heap.first == kept.first)
        #expect(heap.removeFirst() == kept.removeFirst())
      }
      #expect(heap.elements.count == kept.count)
    }
    var rest: [Int] = []
    while heap.first != nil { rest.append(heap.removeFirst()) }
    #expect(rest == kept.sorted())
  }

  private func message(_ number: Int, second: Int64, _ priority: Priority = .normal) -> MessageQueue.Message {
    MessageQueue.Message(
      key: MessageKey(Int64(number)), enrolment: number, step: 1,
      createdAt: TestInstance.start.advanced(bySeconds: second), priority: priority)
  }

  @Test func `messages leave in order of arrival`() {
    var queue = MessageQueue()
    #expect(queue.readyAt(now: TestInstance.start) == nil && queue.take(at: TestInstance.start) == nil)
    // Enough messages that the space of sent ones is released.
    for number in 0..<1000 { queue.add(message(number, second: 0)) }
    for number in 0..<1000 {
      #expect(queue.count == 1000 - number)
      #expect(queue.take(at: TestInstance.start)?.enrolment == number)
    }
    #expect(queue.count == 0)
  }

  @Test func `urgent messages leave before normal ones, and bulk ones last`() {
    var queue = MessageQueue()
    for (number, priority) in [Priority.bulk, .normal, .urgent, .bulk, .urgent, .normal].enumerated() {
      queue.add(message(number, second: 0, priority))
    }
    #expect(!queue.hasOnlyBulk)
    let first = (0..<4).compactMap { _ in queue.take(at: TestInstance.start, withBulk: false)?.enrolment }
    #expect(first == [2, 4, 1, 5] && queue.hasOnlyBulk)
    #expect(queue.take(at: TestInstance.start, withBulk: false) == nil)
    #expect(queue.take(at: TestInstance.start)?.enrolment == 0)
    #expect(queue.take(at: TestInstance.start)?.enrolment == 3)
    #expect(queue.count == 0 && !queue.hasOnlyBulk)
  }

  @Test func `a message from the future does not delay those behind it`() {
    var queue = MessageQueue()
    queue.add(message(1, second: 60))
    queue.add(message(2, second: 0))
    #expect(queue.readyAt(now: TestInstance.start.advanced(bySeconds: -5)) == TestInstance.start)
    #expect(queue.take(at: TestInstance.start)?.enrolment == 2)
    #expect(queue.take(at: TestInstance.start) == nil)
    #expect(queue.readyAt(now: TestInstance.start) == TestInstance.start.advanced(bySeconds: 60))
    #expect(queue.take(at: TestInstance.start.advanced(bySeconds: 60))?.enrolment == 1)
  }
}
