#if canImport(Glibc)
  import Glibc
#endif

/// Memory for what grows with a fleet and is read at random places.
package enum RowMemory {
  private static let hugePage = 2 << 20

  /// Begins at a cache line. From the size of a huge page on, the system is asked for such pages: with small ones nearly
  /// every row of a large fleet is a page whose address the processor has to look up first. Is given back with
  /// `deallocate()`.
  package static func allocate(byteCount: Int) -> UnsafeMutableRawPointer {
    let isLarge = byteCount >= hugePage
    let memory = UnsafeMutableRawPointer.allocate(
      byteCount: max(byteCount, RowSchema.cacheLine), alignment: isLarge ? hugePage : RowSchema.cacheLine)
    #if canImport(Glibc)
      // Where it is refused the memory is as good as any other, only slower.
      if isLarge { _ = madvise(memory, byteCount, MADV_HUGEPAGE) }
    #endif
    return memory
  }
}
