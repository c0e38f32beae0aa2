/// Where one row of a table begins, in words of 8 bytes. The table must outlive it.
package typealias RowAddress = UnsafeMutablePointer<Int64>

/// The place in a row of a field that is one word: a boolean (0 or 1), an integer (`Int64.min` is absent), a member (-1
/// is absent) or the bits of a number. Found once, and then `address[column]` is read and written in place.
package typealias RowColumn = Int
