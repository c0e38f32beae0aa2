/// What the import of one line did to its row.
package enum ImportChange: Equatable {
  case created, updated, unchanged
}
