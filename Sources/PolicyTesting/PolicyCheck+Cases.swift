import PolicyLint

extension PolicyCheck {
  /// What is wrong with a file of test cases: nothing, or why it states none.
  package static func findings(inCases file: String, source: [UInt8]) -> [Finding] {
    do throws(PolicyCases.Failure) {
      _ = try PolicyCases(file: file, source: source)
      return []
    } catch {
      return [Finding(.unreadableCases, line: error.line, error.message)]
    }
  }
}
