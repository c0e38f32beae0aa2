/// What one line did.
package enum ImportChange: Equatable {
  case created, updated, unchanged
}
