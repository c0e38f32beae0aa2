#if canImport(Glibc)
  import Glibc
#endif

/// Allocates memory that grows with a fleet and is read at random addresses.
package enum RowMemory {
  private static let hugePage = 2 << 20

  /// Aligned to a cache line. Blocks of at least the size of a huge page are requested as huge pages: with small pages,
  /// nearly every access to a row of a large fleet misses the processor's address cache. Release with `deallocate()`.
  package static func allocate(byteCount: Int) -> UnsafeMutableRawPointer {
    let isLarge = byteCount >= hugePage
    let memory = UnsafeMutableRawPointer.allocate(
      byteCount: max(byteCount, RowSchema.cacheLine), alignment: isLarge ? hugePage : RowSchema.cacheLine)
    #if canImport(Glibc)
      // If the system refuses, the memory works the same, only slower.
      if isLarge { _ = madvise(memory, byteCount, MADV_HUGEPAGE) }
    #endif
    return memory
  }
}
