import Foundation

/// C strings that live as long as this object.
final class CStrings {
  private var strings: [UnsafeMutablePointer<CChar>] = []

  deinit { for string in strings { free(string) } }

  func keep(_ text: String) -> UnsafePointer<CChar> {
    // `strdup` fails only without memory for a few hundred bytes.
    guard let copy = strdup(text) else { preconditionFailure("no memory") }
    strings.append(copy)
    return UnsafePointer(copy)
  }
}
