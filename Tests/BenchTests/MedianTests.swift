import Testing

@testable import Bench

struct MedianTests {
  @Test(
    arguments: [([3.0], 3.0), ([3, 1], 2), ([5, 1, 3], 3), ([4, 1, 3, 2], 2.5), ([1, 1, 1, 1000], 1)]
      as [([Double], Double)])
  func `the median is the middle value, or the mean of the two middle ones`(values: [Double], median: Double) {
    #expect(values.median == median)
    #expect(Array(values.reversed()).median == median)
  }

  @Test func `a disturbed round does not change the median`() {
    #expect([2.0, 2.1, 2.2].median == [2.0, 2.1, 900].median)
  }
}
