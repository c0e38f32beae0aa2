import Routing
import StoreSQL

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension HeartbeatTime {
  /// The current time.
  package static func now() -> HeartbeatTime {
    var clock = timespec()
    clock_gettime(CLOCK_REALTIME, &clock)
    var uptime = timespec()
    clock_gettime(CLOCK_BOOTTIME, &uptime)
    return HeartbeatTime(
      clock: Instant(milliseconds: milliseconds(clock)), uptime: milliseconds(uptime), boot: currentBoot)
  }

  private static func milliseconds(_ time: timespec) -> Int64 {
    Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
  }

  private static let currentBoot: String =
    StoreLock.text(of: "/proc/sys/kernel/random/boot_id")?.split(separator: "\n").first.map(String.init) ?? ""
}
