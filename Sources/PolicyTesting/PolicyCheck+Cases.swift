import PolicyLint

extension PolicyCheck {
  /// The problems of a case file: empty, or why its cases cannot be read.
  package static func findings(inCases file: String, source: [UInt8]) -> [Finding] {
    do throws(PolicyCases.Failure) {
      _ = try PolicyCases(file: file, source: source)
      return []
    } catch {
      return [Finding(.unreadableCases, line: error.line, error.message)]
    }
  }
}
