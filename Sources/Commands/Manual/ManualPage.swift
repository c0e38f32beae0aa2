import Foundation
import Routing

/// A command's manual page in mdoc, which `man` shows on every system.
struct ManualPage {
  private let page: CommandPage
  /// The date that the page states.
  private let date: String
  private let version: String

  /// `date` as `November 26, 2026`.
  init(_ page: CommandPage, date: String, version: String) {
    (self.page, self.date, self.version) = (page, date, version)
  }

  /// `usher-device-pause`.
  var name: String { page.path.joined(separator: "-") }
  var file: String { name + ".1" }

  var text: String {
    let isRoot = page.path.count == 1
    var lines = [
      ".\\\" Made by `usher manual` of Usher \(version).", ".Dd \(date)", ".Dt \(name.uppercased()) 1", ".Os",
      ".Sh NAME", ".Nm \(name)", ".Nd \(Mdoc.argument(ManualPage.withoutStop(page.abstract)))",
    ]
    lines += [".Sh SYNOPSIS", ".Nm \(page.name)"] + synopsis
    lines.append(".Sh DESCRIPTION")
    lines += Mdoc.prose(page.paragraphs.isEmpty ? [page.abstract] : page.paragraphs)
    for group in page.groups {
      lines.append(".Ss \(Mdoc.argument(group.title ?? "Commands"))")
      lines += Mdoc.list(group.pages.map { (".Xr \($0.path.joined(separator: "-")) 1", $0.abstract) })
    }
    let positional = page.arguments.filter { $0.kind == .positional }
    if !positional.isEmpty { lines += [".Ss Arguments"] + Mdoc.list(positional.map(ManualPage.item)) }
    lines += [".Ss Options"] + Mdoc.list(page.arguments.filter { $0.kind != .positional }.map(ManualPage.item))
    lines += [".Sh ENVIRONMENT"] + Mdoc.list(ManualPage.environment.map { (".Ev \($0.0)", $0.1) })
    if isRoot || page.arguments.contains(where: { $0.names.contains("--store") }) {
      lines += [".Sh FILES"] + Mdoc.list(ManualPage.files.map { (".Pa \($0.0)", $0.1) })
    }
    lines += [".Sh EXIT STATUS"] + Mdoc.list(ManualPage.exitCodes.map { (".No \($0.0)", $0.1) })
    if !page.examples.isEmpty { lines += [".Sh EXAMPLES"] + page.examples.flatMap(ManualPage.example) }
    lines += [".Sh SEE ALSO"] + seeAlso
    return lines.joined(separator: "\n") + "\n"
  }

  private var synopsis: [String] {
    guard page.subcommands.isEmpty else { return [".Ar command", ".Op Ar options"] }
    return page.arguments.map { argument in
      let label = ManualPage.macros(argument) + (argument.isRepeating ? " ..." : "")
      return argument.isOptional ? ".Op \(label)" : ".\(label)"
    }
  }

  private var seeAlso: [String] {
    var names = Set(page.subcommands.map { $0.path.joined(separator: "-") })
    for count in 1..<max(1, page.path.count) { names.insert(page.path.prefix(count).joined(separator: "-")) }
    // Commands in the examples, other than this one.
    for example in page.examples {
      let words = example.line.split { " |;&".contains($0) }.map(String.init)
      for (place, word) in words.enumerated() where word == "usher" {
        let shown = CommandPage.root.page(for: words[(place + 1)...]).page
        if shown.path != page.path { names.insert(shown.path.joined(separator: "-")) }
      }
    }
    let sorted = names.sorted()
    return sorted.enumerated().map { ".Xr \($1) 1\($0 + 1 < sorted.count ? " ," : "")" }
  }

  private static func example(_ example: CommandExample) -> [String] {
    Mdoc.prose([example.purpose.map { $0.prefix(1).uppercased() + $0.dropFirst() + ":" } ?? "Also:"])
      + [".Bd -literal -offset indent", Mdoc.literal(example.line), ".Ed"]
  }

  private static func item(_ argument: CommandArgument) -> (String, String) {
    ("." + macros(argument), argument.description)
  }

  /// `Fl -policy Ar file`, `Fl h , -help`.
  private static func macros(_ argument: CommandArgument) -> String {
    let value = argument.value.map { "Ar \(Mdoc.argument($0))" }
    let flags = argument.names.map { String($0.dropFirst()) }.map { $0.replacing("-", with: "\\-") }
    let names = flags.isEmpty ? nil : "Fl " + flags.joined(separator: " , ")
    return [names, value].compactMap(\.self).joined(separator: " ")
  }

  private static func withoutStop(_ text: String) -> String {
    let text = text.hasSuffix(".") ? String(text.dropLast()) : text
    return text.prefix(1).lowercased() + text.dropFirst()
  }

  private static let environment = [
    ("NO_COLOR", "Disables colours if set to anything."),
    ("CLICOLOR_FORCE", "Enables colours even if the output is not a terminal, if set to anything but 0."),
    ("PAGER", "The program that shows long help on a terminal. Empty or cat for none; without it, less."),
    ("TERM", "The type of the terminal: a dumb one gets no colours and no live screens."),
    (
      "SUDO_USER, DOAS_USER",
      "For root: the user who called sudo or doas, recorded in the audit with each command. USER is not used."
    ),
  ]

  private static let files = [
    ("usher.db", "The default store: an SQLite file. The files -wal and -shm belong to it while it is open."),
    ("usher.db.lock", "Locked by the process that runs cycles on the store."),
    ("usher.db.sent.jsonl", "The messages sent by the gateway 'log', unless --sent names another file."),
    ("Rules", "The default folder of policies, next to the store."),
  ]

  private static let exitCodes = [
    ("0", "Success."), ("1", "Failure, or a check found a problem; standard error explains it."),
    ("2", "A comparison or a dry run found differences."),
    ("64", "Wrong usage: a command, an option or a value that does not exist."),
  ]
}
