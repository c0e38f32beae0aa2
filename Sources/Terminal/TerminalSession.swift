import Dispatch

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A terminal that a program controls alone: alternate screen, no echo, single key presses, signals as events.
///
/// `enter` takes the terminal, `leave` restores it. After `enter`, `leave` must be called on every path.
package final class TerminalSession {
  private let input: Int32
  private let output: Int32
  private var ordinary: termios?
  private var decoder = KeyDecoder()
  private var signals: [any DispatchSourceSignal] = []
  /// A thread writes signals to this pipe, so that one call waits for keys and signals.
  private let pipe: (reading: Int32, writing: Int32)
  /// How long the rest of a key's sequence may take; milliseconds. After that it was the key Esc.
  private static let escapeMilliseconds: Int32 = 40

  /// Nil unless both are a terminal with cursor control.
  package init?(input: Int32 = 0, output: Int32 = 1, terminal: String?) {
    guard isatty(input) == 1, isatty(output) == 1, let terminal, !["", "dumb"].contains(terminal) else { return nil }
    var ends: [Int32] = [0, 0]
    guard systemPipe(&ends) == 0 else { return nil }
    (self.input, self.output, pipe) = (input, output, (ends[0], ends[1]))
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
  }

  deinit {
    leave()
    for source in signals { source.cancel() }
    close(pipe.reading)
    close(pipe.writing)
  }

  /// The present size.
  package var size: ScreenSize {
    var size = winsize()
    guard ioctl(output, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else { return .usual }
    return ScreenSize(columns: Int(size.ws_col), rows: Int(size.ws_row))
  }

  /// Takes the terminal and begins to listen for signals; a second call has no effect.
  package func enter() {
    listen()
    if ordinary == nil {
      var found = termios()
      guard tcgetattr(input, &found) == 0 else { return }
      ordinary = found
    }
    guard var raw = ordinary else { return }
    raw.c_lflag &= ~tcflag_t(ECHO | ICANON | ISIG | IEXTEN)
    raw.c_iflag &= ~tcflag_t(IXON | ICRNL)
    tcsetattr(input, TCSAFLUSH, &raw)
    // Alternate screen, no cursor, no wrapping at the end of a line.
    write(Array("\u{1B}[?1049h\u{1B}[?25l\u{1B}[?7l".utf8))
  }

  /// Restores the terminal; has no effect if it was not taken.
  package func leave() {
    guard var found = ordinary else { return }
    write(Array("\u{1B}[0m\u{1B}[?7h\u{1B}[?25h\u{1B}[?1049l".utf8))
    tcsetattr(input, TCSAFLUSH, &found)
    ordinary = nil
  }

  /// Restores the terminal and stops the process, as a shell expects of a suspended job; returns when it continues.
  package func suspend() {
    leave()
    raise(SIGSTOP)
    enter()
  }

  /// Writes everything, waiting for a slow terminal; gives up silently if it is gone.
  package func write(_ bytes: [UInt8]) {
    var start = 0
    while start < bytes.count {
      let written = bytes.withUnsafeBytes { systemWrite(output, $0.baseAddress! + start, bytes.count - start) }
      if written < 0, errno == EINTR { continue }
      if written < 0, errno == EAGAIN {
        var ready = pollfd(fd: output, events: Int16(POLLOUT), revents: 0)
        poll(&ready, 1, 1000)
        continue
      }
      if written <= 0 { return }
      start += written
    }
  }

  /// Waits for events, at most so many milliseconds. Empty if none occurs.
  package func events(within milliseconds: Int) -> [TerminalEvent] {
    var ready = [
      pollfd(fd: input, events: Int16(POLLIN), revents: 0), pollfd(fd: pipe.reading, events: Int16(POLLIN), revents: 0),
    ]
    let wait = decoder.isWaiting ? Self.escapeMilliseconds : Int32(clamping: max(0, milliseconds))
    guard poll(&ready, nfds_t(ready.count), wait) > 0 else {
      return decoder.flush().map { [.key($0)] } ?? []
    }
    var events: [TerminalEvent] = []
    if ready[1].revents != 0 { events += read(pipe.reading).compactMap { Self.event(of: Int32($0)) } }
    if ready[0].revents != 0 {
      let bytes = read(input)
      // Readable without data means that the terminal was closed.
      if bytes.isEmpty { return events + [.ended] }
      events += decoder.keys(of: bytes).map(TerminalEvent.key)
    }
    return events
  }

  private func read(_ descriptor: Int32) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 1024)
    var count = systemRead(descriptor, &bytes, bytes.count)
    while count < 0, errno == EINTR { count = systemRead(descriptor, &bytes, bytes.count) }
    return Array(bytes.prefix(max(0, count)))
  }

  private static func event(of signal: Int32) -> TerminalEvent? {
    switch signal {
    case SIGWINCH: .resized
    case SIGTSTP: .suspended
    case SIGCONT: .resumed
    case SIGINT, SIGTERM, SIGHUP: .ended
    default: nil
    }
  }

  private func listen() {
    guard signals.isEmpty else { return }
    let (queue, writing) = (DispatchQueue(label: "usher.signals"), pipe.writing)
    for number in [SIGWINCH, SIGTSTP, SIGCONT, SIGINT, SIGTERM, SIGHUP] {
      // The default action of a signal must not happen as well.
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler {
        var byte = UInt8(number)
        _ = systemWrite(writing, &byte, 1)
      }
      source.resume()
      signals.append(source)
    }
  }

}

// `pipe` and others are also names of methods above, so the system's calls need wrappers.
private func systemPipe(_ ends: inout [Int32]) -> Int32 { pipe(&ends) }
private func systemRead(_ descriptor: Int32, _ bytes: UnsafeMutableRawPointer, _ count: Int) -> Int {
  read(descriptor, bytes, count)
}
private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer, _ count: Int) -> Int {
  write(descriptor, bytes, count)
}
