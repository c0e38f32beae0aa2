import Policies
import Routing

/// Compares the texts of a recorded decision with those of its replay: Usher's own texts by their codes, all others
/// byte by byte. Where a script repeats one of Usher's texts that it caught, the code of that text is compared.
struct TextComparison {
  private let recorded: RecordedDecision
  private let replayed: Decision

  init(_ recorded: RecordedDecision, _ replayed: Decision) { (self.recorded, self.replayed) = (recorded, replayed) }

  /// Reason, notes, and the reason of a choice that a guard overruled.
  var areSame: Bool {
    isReasonSame && recorded.notes.count == replayed.notes.count
      && zip(recorded.notes, replayed.notes).allSatisfy { isSame($0, $1) } && isNarrowedSame
  }

  /// Earlier versions recorded faults without their cause.
  private var isReasonSame: Bool {
    if isReasonSame(as: replayed) { return true }
    guard let cause = replayed.fault?.cause else { return false }
    var plain = replayed
    plain.reason = String(
      decoding: replayed.reason.utf8.dropLast((Fault.causeSeparator + cause).utf8.count), as: UTF8.self)
    return isReasonSame(as: plain)
  }

  private func isReasonSame(as replayed: Decision) -> Bool {
    let reason = replayed.reason.asReason
    switch agreement(recorded.code, replayed.code, bytes: recorded.reason.isSame(reason)) {
    case .same: return true
    case .different: return false
    case .unknown: break
    }
    guard let code = replayed.code, code.isOwnWording else { return isSame(recorded.reason, reason) }
    return TextsOf010.isReason(recorded.reason, of: replayed)
  }

  private var isNarrowedSame: Bool {
    guard let then = recorded.narrowed, let now = replayed.narrowed else {
      return recorded.narrowed == nil && replayed.narrowed == nil
    }
    switch agreement(then.code, now.code, bytes: then.reason.isSame(now.reason.asReason)) {
    case .same: return true
    case .different: return false
    case .unknown: break
    }
    guard let code = now.code, code.isOwnWording else { return isSame(then.reason, now.reason.asReason) }
    return TextsOf010.code(of: then.reason) == code
  }

  private enum Agreement { case same, different, unknown }

  /// Compares only the codes. Decisions recorded by 0.1.0 have no codes, whoever wrote their texts.
  private func agreement(_ then: ReasonCode?, _ now: ReasonCode?, bytes isSameText: Bool) -> Agreement {
    guard let then else { return isSameText ? .same : .unknown }
    guard then == now else { return .different }
    return then.isOwnWording || isSameText ? .same : .different
  }

  private func isSame(_ then: String, _ now: String) -> Bool {
    if then.isSame(now) { return true }
    guard !replayed.caught.isEmpty else { return false }
    let caught = recorded.caught.isEmpty ? TextsOf010.caught(in: then) : recorded.caught
    return canonical(then, caught).elementsEqual(canonical(now, replayed.caught))
  }

  /// The text with each of `caught` replaced by its code between zero bytes, which no recorded text contains. An empty
  /// caught text, which only another program can have stored, stands for nothing.
  private func canonical(_ text: String, _ caught: [CaughtText]) -> [UInt8] {
    let caught = caught.map { (code: Array($0.code.rawValue.utf8), text: Array($0.text.utf8)) }
      .filter { !$0.text.isEmpty }.sorted { $0.text.count > $1.text.count }
    var (rest, written) = (Array(text.utf8)[...], [UInt8]())
    while let first = rest.first {
      if let found = caught.first(where: { rest.starts(with: $0.text) }) {
        written += [0] + found.code + [0]
        rest = rest.dropFirst(found.text.count)
      } else {
        written.append(first)
        rest = rest.dropFirst()
      }
    }
    return written
  }
}
