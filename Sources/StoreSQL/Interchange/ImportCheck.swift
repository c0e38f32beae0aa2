import Routing
import Wire

/// Checks a file before the transaction that imports it, so that a file with a broken line takes no lock.
///
/// Checks what needs no other rows: the length of lines, their encoding and their JSON, or the rows of CSV. Costs one pass
/// over the file; memory holds one line, or a CSV file as a whole.
struct ImportCheck {
  private let options: ImportOptions

  init(_ options: ImportOptions) { self.options = options }

  /// Returns the source from its beginning. Throws the `ImportProblem` of the first line that cannot be read, unless bad
  /// lines are skipped: then the import lists them. A source that can be read only once is returned unread.
  func check(_ source: ByteSource) throws -> ByteSource {
    guard let again = source.again else { return source }
    if !options.skipBad {
      switch options.format {
      case .jsonLines: try checkLines(source)
      case .csv: try checkRows(source)
      }
    }
    return try again()
  }

  private func checkLines(_ source: ByteSource) throws {
    var lines = LineSplitter(source)
    var number = 0
    while let line = try lines.next() {
      number += 1
      guard case .bytes(let bytes) = line else { throw ImportProblem.tooLong(number) }
      guard bytes.contains(where: { $0 != 0x20 && $0 != 0x09 }) else { continue }
      do {
        _ = try JSONParser.parse(bytes)
      } catch {
        throw ImportProblem(line: number, error)
      }
    }
  }

  private func checkRows(_ source: ByteSource) throws {
    var bytes: [UInt8] = []
    while let piece = try source.next() {
      bytes += piece
      // The import refuses a larger file.
      if bytes.count > Importer.csvBytesMax { return }
    }
    do {
      var rows = try CSVReader(bytes)
      while try rows.next() != nil {}
    } catch {
      throw ImportProblem(line: error.line, field: nil, error.message)
    }
  }
}

extension ImportProblem {
  /// A line beyond `LineSplitter.lineBytesMax`.
  static func tooLong(_ line: Int) -> ImportProblem {
    ImportProblem(
      line: line, field: nil, "expected a line of at most 1 MiB, found a longer one; put one object on each line")
  }
}
