import Dispatch
import Foundation

/// Progress of work that takes longer than a second, on a terminal alone.
final class Progress {
  private let noun: String
  /// Nil where it is not known.
  private let total: Int?
  private let start = DispatchTime.now().uptimeNanoseconds
  private var shownAt: UInt64 = 0
  private var isShown = false

  init(_ noun: String, of total: Int? = nil) { (self.noun, self.total) = (noun, total) }

  func show(_ count: Int) {
    let now = DispatchTime.now().uptimeNanoseconds
    guard TerminalOutput.isTerminal, now - start > 1_000_000_000, now - shownAt > 200_000_000 else { return }
    shownAt = now
    isShown = true
    FileHandle.standardError.write(Data("\r\u{1B}[K\(text(count, seconds: Double(now - start) / 1e9))".utf8))
  }

  func text(_ count: Int, seconds: Double) -> String {
    guard let total else { return "\(count) \(noun)…" }
    // No rate without a time to count over: a division by nothing is no number.
    let rate = Int(exactly: (Double(count) / seconds).rounded(.down)).map { ", \($0) a second" }
    return "\(count) of about \(total) \(noun)\(rate ?? "")…"
  }

  func end() {
    if isShown { FileHandle.standardError.write(Data("\r\u{1B}[K".utf8)) }
  }
}
