#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A program that shows long text one screen at a time: the value of `PAGER`, otherwise `less`.
package struct Pager {
  /// The exit codes of a shell that cannot run a command.
  private static let notRun: ClosedRange<Int32> = 126...127
  /// Ctrl-C and Ctrl-\ are for the pager, and a pager that was left closes its pipe.
  private static let signals = [SIGINT, SIGQUIT, SIGPIPE]
  /// Quiet if `less` is not installed.
  private static let usual = "command -v less >/dev/null 2>&1 || exit 127; exec less"

  private let command: String
  private let environment: [String: String]

  /// Nil if text is to be written as it is: the output is not a terminal, the terminal is dumb, or `PAGER` is empty or `cat`.
  package init?(environment: [String: String], isTerminal: Bool) {
    guard isTerminal, let terminal = environment["TERM"], !["", "dumb"].contains(terminal) else { return nil }
    let named = environment["PAGER"].map { String($0.drop { $0 == " " }) }
    guard named != "", named != "cat" else { return nil }
    command = named ?? Pager.usual
    // As git does: `less` passes colours through, leaves a short text alone, and keeps the text on the screen.
    let defaults = ["LESS": "FRX", "LV": "-c"]
    // Where no locale is set, `less` would show other characters than ASCII as their bytes.
    let charset = environment["LESSCHARDEF"] == nil ? ["LESSCHARSET": "utf-8"] : [:]
    self.environment = environment.merging(defaults.merging(charset) { $1 }) { own, _ in own }
  }

  /// Whether a text has more lines than a screen can show above a prompt.
  package static func needed(for text: String, on screen: ScreenSize) -> Bool {
    let rows = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast(text.hasSuffix("\n") ? 1 : 0)
      .reduce(0) { $0 + max(1, (DisplayWidth.of(String($1)) + screen.columns - 1) / max(1, screen.columns)) }
    return rows >= screen.rows
  }

  /// Shows bytes and returns when the pager ends. False if it could not be run: then nothing was shown. Changes the signals of
  /// the process meanwhile.
  package func show(_ bytes: [UInt8]) -> Bool {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { return false }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    let before = Pager.signals.map { ($0, signal($0, SIG_IGN)) }
    defer { for (number, handler) in before { signal(number, handler) } }
    let child = start(reading: ends[0])
    close(ends[0])
    if child != nil { Pager.write(bytes, to: ends[1]) }
    close(ends[1])
    guard let child, let status = Pager.status(of: child) else { return false }
    return !Pager.notRun.contains(status)
  }

  private func start(reading input: Int32) -> pid_t? {
    #if canImport(Glibc)
      var (actions, attributes) = (posix_spawn_file_actions_t(), posix_spawnattr_t())
    #else
      var (actions, attributes): (posix_spawn_file_actions_t?, posix_spawnattr_t?) = (nil, nil)
    #endif
    posix_spawn_file_actions_init(&actions)
    posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
    posix_spawnattr_init(&attributes)
    defer {
      posix_spawn_file_actions_destroy(&actions)
      posix_spawnattr_destroy(&attributes)
    }
    // A process that is started inherits which signals are ignored.
    var signals = sigset_t()
    sigemptyset(&signals)
    for number in Pager.signals { sigaddset(&signals, number) }
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))
    let words: [String] = ["sh", "-c", command]
    let arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
    let variables: [UnsafeMutablePointer<CChar>?] =
      environment.sorted { $0.key < $1.key }.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for text in arguments + variables { free(text) } }
    var child = pid_t()
    return posix_spawn(&child, "/bin/sh", &actions, &attributes, arguments, variables) == 0 ? child : nil
  }

  /// Ends early when the reader does.
  private static func write(_ bytes: [UInt8], to descriptor: Int32) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { systemWrite(descriptor, $0.baseAddress, $0.count) }
      if written < 0, errno == EINTR { continue }
      if written <= 0 { return }
      rest = rest.dropFirst(written)
    }
  }

  /// The exit status; nil if it cannot be read. A child that a signal ended gives 0: it ran.
  private static func status(of child: pid_t) -> Int32? {
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0 {
      if errno != EINTR { return nil }
    }
    return status & 0x7F == 0 ? (status >> 8) & 0xFF : 0
  }
}

// The system call has the same name as a function above.
private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
  write(descriptor, bytes, count)
}
