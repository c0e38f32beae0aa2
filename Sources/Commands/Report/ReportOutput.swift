import ArgumentParser
import Files
import Operations

/// An output file that an option names. The command line writes to files in no other way: see `OutputGuard`.
struct OutputPath: ExpressibleByArgument {
  let path: String

  init?(argument: String) {
    guard !argument.isEmpty else { return nil }
    path = argument
  }

  static var defaultCompletionKind: CompletionKind { .file() }

  /// Throws if the file must not be written. Call it before the work starts. `store`: the command's store.
  func check(for use: OutputUse = .report, store: String?) throws {
    do throws(FileProblem) {
      try OutputGuard(stores: store.map { [$0] } ?? []).check(path, for: use)
    } catch {
      throw Problem(.unwritableFile, error.description)
    }
  }

  /// Refuses two options with the same file, since the second would replace the output of the first.
  static func refuseSame(_ outputs: [(option: String, output: OutputPath?)]) throws {
    let named = outputs.compactMap { item in item.output.map { (option: item.option, path: $0.path) } }
    for (index, later) in named.enumerated() {
      for earlier in named[..<index] where OutputGuard.isSameFile(earlier.path, later.path) {
        throw ValidationError(
          "\(earlier.option) and \(later.option): expected two different files, found \(later.path) for both")
      }
    }
  }

  func write(_ text: String, for use: OutputUse = .report, mode: FileMode, store: String?) throws {
    let output = try ReportOutput(path: path, for: use, mode: mode, store: store)
    try output.put(text)
    try output.finish()
  }
}

/// The destination of a report, written in pieces: standard output, or a file that appears complete or not at all.
final class ReportOutput {
  private let file: OutputFile?

  /// `path` nil is standard output. `store`: the store that this command may have open. Throws if the file cannot be
  /// created, or if it would harm a store.
  init(path: String?, for use: OutputUse = .report, mode: FileMode, store: String?) throws {
    do throws(FileProblem) {
      file =
        if let path {
          try OutputFile(path, for: use, mode: mode, stores: store.map { [$0] } ?? [])
        } else {
          nil
        }
    } catch {
      throw Problem(.unwritableFile, error.description)
    }
  }

  /// Writes whole lines.
  func put(_ bytes: [UInt8]) throws {
    guard let file else { return TerminalOutput.write(String(decoding: bytes, as: UTF8.self)) }
    do throws(FileProblem) { try file.write(bytes) } catch { throw Problem(.unwritableFile, error.description) }
  }

  func put(_ text: String) throws {
    guard file != nil else { return TerminalOutput.write(text) }
    try put(Array(text.utf8))
  }

  func finish() throws {
    do throws(FileProblem) { try file?.finish() } catch { throw Problem(.unwritableFile, error.description) }
  }
}
