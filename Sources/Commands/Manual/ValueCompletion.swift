import ArgumentParser
import Foundation
import Operations
import Policies
import Routing
import Stores

/// Values offered to a shell. After an error it offers nothing and prints nothing, since it runs while somebody types.
enum ValueCompletion {
  /// The most values offered.
  private static let most = 200

  /// The names of policies in the rules folder and of shipped ones, Lua files, and folders.
  static func policies(_ words: [String], prefix: String) -> [String] {
    let folder = prefix.lastIndex(of: "/").map { String(prefix[...$0]) } ?? ""
    let found = files(in: folder.isEmpty ? "." : folder)
    let folders = found.filter { PolicyArgument.isFolder(folder + $0) }.map { $0 + "/" }
    let paths = (found.filter(isPolicy) + folders).map { folder + $0 }
    guard folder.isEmpty else { return offered(paths, prefix) }
    let rules =
      value(of: "--rules", in: words)
      ?? URL(fileURLWithPath: store(in: words)).deletingLastPathComponent().appendingPathComponent("Rules").path
    let own = files(in: rules).filter(isPolicy).map { String($0.dropLast(4)) }
    return offered(ShippedPolicies.all.map(\.name) + own + paths, prefix)
  }

  static func tenants(_ words: [String], prefix: String) -> [String] {
    offered(ids(words) { try $0.ids(.tenant, of: nil, startingWith: prefix, limit: most) }, prefix)
  }

  static func devices(_ words: [String], prefix: String) -> [String] {
    let tenant = value(of: "--tenant", in: words)
    return offered(ids(words) { try $0.ids(.device, of: tenant, startingWith: prefix, limit: most) }, prefix)
  }

  static func contacts(_ words: [String], prefix: String) -> [String] {
    let tenant = value(of: "--tenant", in: words)
    return offered(ids(words) { try $0.ids(.contact, of: tenant, startingWith: prefix, limit: most) }, prefix)
  }

  /// The subcommands of the command that the line names so far.
  static func commands(_ words: [String], index: Int, prefix: String) -> [String] {
    let before = words.prefix(index).drop { $0 != "manual" }.dropFirst().filter { !$0.hasPrefix("-") }
    return offered(CommandPage.root.page(for: Array(before)).page.subcommands.compactMap(\.path.last), prefix)
  }

  // MARK: -

  private static func offered(_ words: [String], _ prefix: String) -> [String] {
    let found = Array(Set(words).filter { $0.hasPrefix(prefix) }.sorted().prefix(most))
    // After a colon zsh expects a description of the word.
    return CompletionShell.requesting == .zsh ? found.map { $0.replacing(":", with: "\\:") } : found
  }

  private static func ids(_ words: [String], _ read: (any Store) throws -> [String]) -> [String] {
    guard let store = try? Stores.open(store(in: words), mode: .readOnly) else { return [] }
    return (try? read(store)) ?? []
  }

  /// The path of the store that the line names, or the default.
  private static func store(in words: [String]) -> String {
    let address = value(of: "--store", in: words) ?? StoreOptions.usual
    return (try? Stores.path(of: address)) ?? address
  }

  /// `--store x` and `--store=x`.
  private static func value(of option: String, in words: [String]) -> String? {
    for (place, word) in words.enumerated() {
      if word == option, place + 1 < words.count { return words[place + 1] }
      if word.hasPrefix(option + "=") { return String(word.dropFirst(option.count + 1)) }
    }
    return nil
  }

  private static func files(in folder: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter { !$0.hasPrefix(".") }
  }

  private static func isPolicy(_ file: String) -> Bool { file.hasSuffix(".lua") && !file.hasSuffix("_test.lua") }
}

extension CompletionKind {
  static var policies: CompletionKind {
    .custom { words, _, prefix in ValueCompletion.policies(words, prefix: prefix) }
  }
  static var tenants: CompletionKind { .custom { words, _, prefix in ValueCompletion.tenants(words, prefix: prefix) } }
  static var devices: CompletionKind { .custom { words, _, prefix in ValueCompletion.devices(words, prefix: prefix) } }
  static var contacts: CompletionKind {
    .custom { words, _, prefix in ValueCompletion.contacts(words, prefix: prefix) }
  }
  static var commands: CompletionKind {
    .custom { words, index, prefix in ValueCompletion.commands(words, index: index, prefix: prefix) }
  }
}
