import Routing
import Wire

extension ImportProblem {
  init(line: Int, _ error: FieldError, field: String) {
    let fault = error.kind == .unknownKey ? error.found : "expected \(error.expected), found \(error.found)"
    self.init(
      line: line, field: field.isEmpty ? nil : field, fault + (error.hint.map { "; " + $0 } ?? ""))
  }

  init(line: Int, _ error: JSONError) {
    self.init(line: line, field: nil, "column \(error.column): \(error.message)")
  }
}
