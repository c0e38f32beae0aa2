/// What one line did.
enum ImportChange: Equatable {
  case created, updated, unchanged
}
