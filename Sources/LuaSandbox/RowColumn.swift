/// The address of a row in a table, in words of 8 bytes. Valid only while the table lives.
package typealias RowAddress = UnsafeMutablePointer<Int64>

/// The offset in a row of a field that is one word: a boolean (0 or 1), an integer (`Int64.min` is absent), a member
/// (-1 is absent) or the bits of a number. Look it up once; then read and write `address[column]` in place.
package typealias RowColumn = Int
