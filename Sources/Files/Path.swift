#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Functions on paths, and file system lookups.
package enum Path {
  /// Splits a path into the folder and the last component.
  package static func split(_ path: String) -> (folder: String, name: String) {
    guard let slash = path.lastIndex(of: "/") else { return (".", path) }
    let name = String(path[path.index(after: slash)...])
    return (slash == path.startIndex ? "/" : String(path[..<slash]), name)
  }

  /// `folder` may be `/`; `name` must not begin with a slash.
  package static func join(_ folder: String, _ name: String) -> String {
    folder == "/" ? "/" + name : folder + "/" + name
  }

  /// The absolute path without links; nil if the file does not exist.
  package static func real(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  /// The target of a link as stored in it; nil for a path that is not a link.
  package static func destination(of link: String) -> String? {
    var bytes = [UInt8](repeating: 0, count: Int(PATH_MAX))
    let count = readlink(link, &bytes, bytes.count)
    return count < 0 ? nil : String(decoding: bytes.prefix(count), as: UTF8.self)
  }

  /// The names in a folder; empty when the folder cannot be read.
  package static func names(in folder: String) -> [String] {
    guard let stream = opendir(folder) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: pointer.pointee)) {
          String(cString: $0)
        }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }

  /// The first occurrence, compared by character; nil if not found. Quadratic time: meant for file names.
  package static func firstIndex(of part: String, in text: String) -> String.Index? {
    text.indices.first { text[$0...].hasPrefix(part) }
  }

  /// Makes new and changed names in a folder survive a power failure.
  package static func sync(folder: String) {
    let descriptor = openFile(folder, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }
}

/// `open(2)` under a name that no method called `open` hides. Returns -1 and leaves `errno` set on failure.
package func openFile(_ path: String, _ flags: CInt, _ mode: mode_t = 0) -> CInt { open(path, flags, mode) }
