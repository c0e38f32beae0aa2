import FuzzChecks

/// One run of the fuzzer.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  PolicyFuzzCheck.fuzz(start, count)
  return 0
}
