#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Exchanges the names of two files atomically: `renameat2(2)` with `RENAME_EXCHANGE`.
enum FileExchange {
  /// 0, or the error number: `ENOSYS` if the system has no such call, `EINVAL` if the file system does not support it.
  static func run(_ first: String, _ second: String) -> CInt {
    #if canImport(Glibc)
      guard let call else { return ENOSYS }
      return call(AT_FDCWD, first, AT_FDCWD, second, exchange) == 0 ? 0 : errno
    #else
      return ENOSYS
    #endif
  }

  #if canImport(Glibc)
    private typealias Call =
      @convention(c) (
        CInt, UnsafePointer<CChar>, CInt, UnsafePointer<CChar>, CUnsignedInt
      ) -> CInt

    /// `RENAME_EXCHANGE`
    private static let exchange: CUnsignedInt = 2
    /// Looked up by name, because the header declares it only for `_GNU_SOURCE`, which Swift does not define.
    private static let call = dlsym(nil, "renameat2").map { unsafeBitCast($0, to: Call.self) }
  #endif
}
