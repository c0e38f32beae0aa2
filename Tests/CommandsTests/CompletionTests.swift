import Foundation
import RoutingTestKit
import Testing

extension Slow {
  /// Completions, tested in a real shell if it is installed.
  struct CompletionTests {
    private static let bash = "/bin/bash"

    /// A folder with a store that contains the sample, a rules folder, and policies next to it.
    private func folder() throws -> TestFolder {
      let folder = TestFolder()
      #expect(try UsherProcess.run(["init", "--sample"], in: folder.path).code == 0)
      try folder.write("return {}", to: "Rules/night.lua")
      try folder.write("return {}", to: "Rules/night_test.lua")
      try folder.write("return {}", to: "tried.lua")
      try folder.write("return {}", to: "tries/one.lua")
      return folder
    }

    /// The completions that bash offers for the last word of a line.
    private func offers(_ line: String, in folder: TestFolder) throws -> [String] {
      let script = """
        source <(usher completions bash)
        COMP_LINE=$1 COMP_POINT=${#1}
        read -ra COMP_WORDS <<<"$1"
        [[ $1 == *' ' ]] && COMP_WORDS+=('')
        COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        COMPREPLY=()
        _usher usher "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
        printf '%s\\n' "${COMPREPLY[@]}"
        """
      let program = URL(fileURLWithPath: UsherProcess.program).deletingLastPathComponent().path
      let outcome = try UsherProcess(
        ["--norc", "-c", script, "bash", line],
        environment: ["PATH": program + ":" + (ProcessInfo.processInfo.environment["PATH"] ?? "")], in: folder.path,
        program: (Self.bash, [])
      ).end()
      #expect(outcome.stderr.isEmpty, "\(line): \(outcome)")
      return outcome.text.split(separator: "\n").map { String($0).trimmingCharacters(in: .whitespaces) }
        .filter { !$0.isEmpty }.sorted()
    }

    @Test func `bash completes commands, options and words`() throws {
      let folder = try folder()
      #expect(try offers("usher dev", in: folder) == ["device"])
      #expect(try offers("usher device pa", in: folder) == ["pause"])
      #expect(try offers("usher report ", in: folder).contains("mismatches"))
      #expect(try offers("usher dry-run --max", in: folder) == ["--max-moved"])
      #expect(try offers("usher tick --format ", in: folder) == ["csv", "json", "table"])
      #expect(try offers("usher device status --to off", in: folder) == ["offline"])
      #expect(try offers("usher completions ", in: folder).filter { !$0.hasPrefix("-") } == ["bash", "fish", "zsh"])
      #expect(try offers("usher manual dev", in: folder) == ["device"])
    }

    @Test func `bash completes values from the store named on the command line`() throws {
      let folder = try folder()
      #expect(try offers("usher report mismatches --tenant ", in: folder) == ["acme", "globex"])
      #expect(try offers("usher device pause --tenant acme D", in: folder) == ["D1", "D2", "D3", "D4"])
      #expect(
        try offers("usher device pause --tenant globex ", in: folder).filter { !$0.hasPrefix("-") } == [
          "B1", "B2", "H1",
        ])
      #expect(try offers("usher explain reminder/G", in: folder) == ["reminder/G15", "reminder/G7"])
      #expect(try UsherProcess.run(["init", "--store", "empty.db"], in: folder.path).code == 0)
      #expect(try offers("usher top --store empty.db --tenant ", in: folder).isEmpty)
    }

    @Test func `bash completes policies: shipped ones, those of the rules folder, files and folders`() throws {
      let folder = try folder()
      #expect(try offers("usher dry-run --policy fall", in: folder) == ["fallback"])
      #expect(try offers("usher dry-run --policy ni", in: folder) == ["night"])
      #expect(try offers("usher dry-run --policy tri", in: folder) == ["tried.lua", "tries/"])
      #expect(try offers("usher dry-run --policy tries/", in: folder) == ["tries/one.lua"])
      #expect(try offers("usher dry-run --policy Rules/ni", in: folder) == ["Rules/night.lua"])
    }

    @Test func `without a store, completion offers nothing and prints nothing`() throws {
      let folder = TestFolder()
      #expect(try offers("usher device pause --tenant ", in: folder).isEmpty)
      try folder.write("not a store", to: "usher.db")
      #expect(try offers("usher device pause --tenant ", in: folder).isEmpty)
      #expect(!folder.exists("usher.db-wal"))
    }

    @Test(arguments: ["bash", "zsh", "fish"])
    func `a script parses in its shell`(shell: String) throws {
      let script = try UsherProcess.run(["completions", shell])
      #expect(script.code == 0 && script.text.contains("usher"), "\(script)")
      let places = ["/bin/\(shell)", "/usr/bin/\(shell)", "/usr/local/bin/\(shell)"]
      guard let path = places.first(where: FileManager.default.isExecutableFile) else {
        return print("\(shell) is not installed: its completions were not parsed")
      }
      let folder = TestFolder()
      let outcome = try UsherProcess(
        ["-n", try folder.write(script.text, to: "script")], in: folder.path, program: (path, [])
      ).end()
      #expect(outcome.code == 0 && outcome.stderr.isEmpty, "\(outcome)")
    }
  }
}
