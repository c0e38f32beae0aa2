import Foundation
import Routing

/// The location of a store as a person writes it: a path, `sqlite:PATH`, or a `file:` URL.
struct StoreAddress: Equatable {
  /// The path of the file.
  let path: String

  /// Throws `StoreError.unusable` for an address with another scheme, or without a path.
  init(_ text: String) throws(StoreError) {
    guard let colon = text.firstIndex(of: ":") else {
      path = text
      return
    }
    let (scheme, rest) = (text[..<colon].lowercased(), text[text.index(after: colon)...])
    switch scheme {
    case "sqlite": path = try StoreAddress.path(rest, of: scheme)
    case "file":
      guard !rest.contains(where: { $0 == "?" || $0 == "#" }), let decoded = String(rest).removingPercentEncoding else {
        throw StoreError.unusable(
          "expected a file: URL without '?', '#' or unescaped '%', found \(text): write %3F, %23 and %25, or name the "
            + "store by its path")
      }
      path = try StoreAddress.path(decoded[...], of: scheme)
    case _ where rest.hasPrefix("//") && StoreAddress.isScheme(scheme):
      // Only the scheme: the rest may contain a password.
      throw StoreError.unusable(
        "expected the path of an SQLite store, sqlite:PATH or file:PATH, found an address with \(scheme)://"
          + (scheme.hasPrefix("postgres") ? "; PostgreSQL is not supported by this version" : "")
          + ": name the path of a file")
    // A file name may contain a colon.
    default: path = text
    }
  }

  /// The part after the scheme: a path, or `///` and the rest of an absolute path.
  private static func path(_ rest: Substring, of scheme: String) throws(StoreError) -> String {
    let path = rest.hasPrefix("///") ? rest.dropFirst(2) : rest
    guard !path.isEmpty, !path.hasPrefix("//") else {
      throw StoreError.unusable(
        "expected \(scheme):PATH or \(scheme):///PATH as the address of a store, found \(scheme):\(rest): name the path "
          + "of a file")
    }
    // Makes sure that it stays a path when it is parsed as an address again.
    return (try? StoreAddress(String(path)))?.path == String(path) ? String(path) : "./" + path
  }

  private static func isScheme(_ text: String) -> Bool {
    text.first?.isLetter == true && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "+-.".contains($0)) }
  }
}
