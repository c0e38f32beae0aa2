#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Why a file cannot be written: what was expected, what was found, and what to do.
package struct FileProblem: Error, Equatable, CustomStringConvertible {
  /// One sentence for the person who named the file.
  package let description: String

  /// `text` must state what was expected, what was found and what to do.
  package init(_ text: String) { description = text }

  /// An error that a system call on `path` reported. `what` is the sentence's subject and predicate: `x.html cannot be
  /// written`.
  package init(_ what: String, path: String, code: CInt) {
    switch code {
    case ENOSPC, EDQUOT:
      let limit = code == EDQUOT ? "this user's quota is used up" : "the disk is full"
      description = "\(what): \(limit); free some space on the disk of \(path), or name a file on another one"
    case ENOENT, ENOTDIR:
      description = "\(what): its folder does not exist; create the folder, or name another file"
    case EACCES, EPERM, EROFS:
      description = "\(what): \(String(cString: strerror(code))); name a file in a folder that this user may write to"
    default:
      description = "\(what): \(String(cString: strerror(code))); name another file"
    }
  }
}
