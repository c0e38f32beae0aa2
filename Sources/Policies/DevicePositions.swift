import LuaSandbox
import Routing

/// A hash table from device keys to positions in a fleet, with open addressing: nearly every look-up takes one memory
/// access.
struct DevicePositions: ~Copyable {
  private struct Slot {
    var key: Int64
    var position: Int
  }

  /// A power of 2, at least twice the number of devices, so that there is always an empty slot (position -1).
  private let slots: UnsafeMutablePointer<Slot>
  private let shift: UInt64
  private let mask: Int

  /// Maps each key to its index in `keys`, which must be unique.
  init(_ keys: [DeviceKey]) {
    var bits = 1
    while 1 << bits < keys.count * 2 { bits += 1 }
    slots = RowMemory.allocate(byteCount: MemoryLayout<Slot>.stride << bits)
      .bindMemory(to: Slot.self, capacity: 1 << bits)
    slots.initialize(repeating: Slot(key: 0, position: -1), count: 1 << bits)
    shift = UInt64(64 - bits)
    mask = 1 << bits - 1
    for (position, key) in keys.enumerated() { slots[slot(key.raw)] = Slot(key: key.raw, position: position) }
  }

  deinit { slots.deallocate() }

  subscript(key: DeviceKey) -> Int? {
    let position = slots[slot(key.raw)].position
    return position < 0 ? nil : position
  }

  /// Prefetches the slot where the search for a key begins.
  func prefetch(_ key: DeviceKey) { prefetchMemory(slots + first(key.raw)) }

  private func first(_ key: Int64) -> Int { Int((UInt64(bitPattern: key) &* 0x9E37_79B9_7F4A_7C15) >> shift) }

  /// The slot of the key, or the empty slot where it would be inserted. Fibonacci hashing (Knuth, TAOCP 3, 6.4).
  private func slot(_ key: Int64) -> Int {
    var slot = first(key)
    while slots[slot].position >= 0 && slots[slot].key != key { slot = (slot + 1) & mask }
    return slot
  }
}
